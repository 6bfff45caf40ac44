"""Households: customers who live together. A household is its own thing, never a person.

Two customers are of one household when they live at one address and bear a common surname or
answer one telephone. Nothing here changes who is who.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from connu.engine.protocol import Engine
from connu.kernel.ids import hashed_id_sql

#: More people under one name at one address are no household: a hotel, a dormitory, the shop.
MOST_MEMBERS = 8
#: At an address of more customers than this (a tower, a campus) a common surname says little.
MOST_NEIGHBOURS = 20

#: Words between the words of a street, written or left out as one likes.
_SMALL_WORDS = "de du des la le les l d the of der die das am im an zum zur".split()
#: Parts of surnames that relate nobody.
_PARTICLES = "de du des la le les van von der den del della di da dos el al ben bin mac".split()


def find_households(engine: Engine) -> int:
    """Make `households`: household_id, customer_id, for customers who live with another.

    The address is that of the golden record: number, street (small words and their order put
    aside) and postcode, or town where no postcode is known; without a number it is no address.
    Common surname: a word of the surnames of any of their records. Common telephone: any of their
    numbers. Groups are closed over such pairs, and those of more than MOST_MEMBERS are left out.
    household_id is a hash of the smallest customer_id in it.

    Reads `golden_places`, `normal`, `identifiers`, `identities`. Cost: linear, about 2 s for a
    million records.

    Returns:
        How many households there are.
    """
    engine.run("household_homes", _HOMES_SQL)
    engine.run("household_ties", _TIES_SQL)
    ties = engine.collect("SELECT customer_id, tie FROM household_ties ORDER BY customer_id, tie")
    engine.put("household_groups", _groups(ties))
    id_sql = hashed_id_sql("h", ["first"])
    engine.run(
        "households",
        f"SELECT {id_sql} AS household_id, customer_id FROM household_groups "
        "ORDER BY household_id, customer_id",
    )
    for name in ("homes", "ties", "groups"):
        engine.drop(f"household_{name}")
    found = engine.collect("SELECT count(DISTINCT household_id) AS n FROM households")
    return int(found["n"][0].as_py())


def _words(words: list[str]) -> str:
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


# Sorted, the empty words that small words leave come first, and are trimmed.
_STREET = (
    "trim(array_to_string(list_sort(string_split("
    f"regexp_replace(n.address, '\\b({'|'.join(_SMALL_WORDS)})\\b', '', 'g'), ' ')), ' '))"
)

# One home per customer; homes of a single customer are dropped at once.
_HOMES_SQL = f"""
    SELECT customer_id, home, neighbours
    FROM (
        SELECT customer_id, home, count(*) OVER (PARTITION BY home) AS neighbours
        FROM (
            SELECT p.customer_id,
                {_STREET} || chr(31) || coalesce(n.postcode, n.city) AS home
            FROM golden_places p
            JOIN normal n ON n.rid = p.rid
            WHERE regexp_matches(n.address, '[0-9]')
        )
        WHERE home IS NOT NULL
    )
    WHERE neighbours > 1
"""

_RECORDS = """
    FROM household_homes h
    JOIN identities o ON o.customer_id = h.customer_id
    JOIN normal n ON n.source = o.source AND n.record_id = o.record_id
"""

# What ties customers within a home: a word of a surname, or a number, that two of them have.
_TIES_SQL = f"""
    SELECT customer_id, home || chr(31) || tie AS tie
    FROM (
        SELECT customer_id, home, tie, count(*) OVER (PARTITION BY home, tie) AS holders
        FROM (
            SELECT DISTINCT customer_id, home, word AS tie
            FROM (
                SELECT h.customer_id, h.home, unnest(string_split(n.family, ' ')) AS word
                {_RECORDS}
                WHERE h.neighbours <= {MOST_NEIGHBOURS} AND n.family IS NOT NULL
            )
            WHERE length(word) > 1 AND NOT list_contains({_words(_PARTICLES)}, word)
            UNION ALL
            SELECT DISTINCT h.customer_id, h.home, '+' || i.value
            {_RECORDS}
            JOIN identifiers i ON i.rid = n.rid
            WHERE i.type = 'phone'
        )
    )
    WHERE holders > 1
"""


def _groups(ties: pa.Table) -> pa.Table:
    """Customers closed over their ties: `first` (the smallest customer_id) and customer_id."""
    customers = ties["customer_id"].combine_chunks().dictionary_encode()
    homes = ties["tie"].combine_chunks().dictionary_encode()
    names = customers.dictionary
    if not len(names):
        return pa.table({"first": names, "customer_id": names})
    size = len(names) + len(homes.dictionary)
    pairs = (customers.indices.to_numpy(), homes.indices.to_numpy() + len(names))
    graph = coo_array((np.ones(len(pairs[0]), np.int8), pairs), shape=(size, size))
    group = connected_components(graph, directed=False)[1][: len(names)]
    members = np.bincount(group)
    # Customers come sorted: the first of a group is its smallest.
    _, first = np.unique(group, return_index=True)
    small = members[group] <= MOST_MEMBERS
    return pa.table(
        {
            "first": names.take(pa.array(first[group[small]])),
            "customer_id": names.filter(pa.array(small)),
        }
    )
