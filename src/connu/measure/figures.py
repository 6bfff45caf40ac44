"""The figures of the scorecard, each as the one query that counts it.

Queries name their tables in braces: filled with plain names they are what a reader may run
himself; filled with a Reader's queries they count only who may be read. Nothing here runs them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure: one row, one column. Unit: count, share or mean."""

    name: str
    label: str
    unit: str
    sql: str


class Spread(NamedTuple):
    """A figure by parts: rows of (part, how many). `people`: the parts are groups of people."""

    name: str
    label: str
    sql: str
    people: bool = True


#: How each record came to its customer: the surest of its links; a hand's word is final.
_RECORD_LINKS = """
    SELECT coalesce(k.kind, CASE WHEN c.records > 1 THEN 'chain' ELSE 'alone' END) AS kind
    FROM {identities} i
    JOIN {customers} c ON c.customer_id = i.customer_id
    LEFT JOIN (
        SELECT source, record_id, CASE max(rank) WHEN 3 THEN 'hand' WHEN 2 THEN 'identifier'
            ELSE 'probability' END AS kind
        FROM (
            SELECT left_source AS source, left_record_id AS record_id,
                CASE kind WHEN 'hand' THEN 3 WHEN 'identifier' THEN 2 ELSE 1 END AS rank
            FROM {links}
            UNION ALL
            SELECT right_source, right_record_id,
                CASE kind WHEN 'hand' THEN 3 WHEN 'identifier' THEN 2 ELSE 1 END
            FROM {links}
        )
        GROUP BY source, record_id
    ) k ON k.source = i.source AND k.record_id = i.record_id
"""


def _known(name: str, label: str, *attributes: str) -> Spread:
    """How many customers declared an attribute, are told it otherwise, or are not known by it.

    Twins tell only what nobody else does.
    """
    wanted = ", ".join(f"'{attribute}'" for attribute in attributes)
    return Spread(
        f"known_by_{name}",
        f"customers by {label}",
        f"""
    SELECT how, count(*) FROM (
        SELECT CASE WHEN max(CASE WHEN f.basis = 'declared' THEN 1 ELSE 0 END) = 1 THEN 'declared'
            WHEN max(CASE WHEN f.basis <> 'twins' THEN 1 ELSE 0 END) = 1 THEN 'derived'
            WHEN count(f.basis) > 0 THEN 'told by twins' ELSE 'unknown' END AS how
        FROM {{customers}} c
        LEFT JOIN (
            SELECT subject, basis FROM {{facts}}
            WHERE subject_kind = 'customer' AND attribute IN ({wanted})
        ) f ON f.subject = c.customer_id
        GROUP BY c.customer_id
    ) GROUP BY how
    """,
    )


FIGURES = (
    Figure("records", "records", "count", "SELECT count(*) FROM {identities}"),
    Figure("customers", "customers", "count", "SELECT count(*) FROM {customers}"),
    Figure(
        "records_per_customer",
        "records per customer",
        "mean",
        "SELECT avg(records) FROM {customers}",
    ),
    Figure(
        "sources_per_customer",
        "sources per customer",
        "mean",
        "SELECT avg(sources) FROM {customers}",
    ),
    Figure(
        "several_sources_share",
        "customers known to several sources",
        "share",
        "SELECT avg(CASE WHEN sources > 1 THEN 1 ELSE 0 END) FROM {customers}",
    ),
    Figure(
        "undecided_pairs",
        "pairs in doubt, not merged",
        "count",
        "SELECT count(*) FROM {undecided}",
    ),
    Figure(
        "households",
        "households of several customers",
        "count",
        "SELECT count(DISTINCT household_id) FROM {households}",
    ),
    Figure("events", "events", "count", "SELECT count(*) FROM {events}"),
    Figure(
        "events_tied_share",
        "events of a known customer",
        "share",
        "SELECT CAST((SELECT count(*) FROM {event_customers}) AS DOUBLE) / nullif(count(*), 0) "
        "FROM {events}",
    ),
    Figure(
        "visitors_known_share",
        "cookies of a known customer",
        "share",
        "SELECT avg(CASE WHEN customer_id IS NOT NULL THEN 1 ELSE 0 END) FROM {visitors}",
    ),
    Figure(
        "facts",
        "facts about customers",
        "count",
        "SELECT count(*) FROM {facts} WHERE subject_kind = 'customer'",
    ),
    Figure(
        "visitor_facts",
        "facts about visitors, told by twins",
        "count",
        "SELECT count(*) FROM {facts} WHERE subject_kind = 'visitor' AND basis = 'twins'",
    ),
    Figure(
        "intent_customers_share",
        "customers of whom an intent is told",
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {intents} "
        "WHERE subject_kind = 'customer') AS DOUBLE) / nullif(count(*), 0) FROM {customers}",
    ),
    Figure(
        "intent_visitors_share",
        "unknown visitors of whom an intent is told",
        "share",
        "SELECT CAST((SELECT count(DISTINCT subject) FROM {intents} "
        "WHERE subject_kind = 'visitor') AS DOUBLE) / nullif(count(*), 0) FROM {visitors} "
        "WHERE customer_id IS NULL AND NOT shared_device",
    ),
    Figure("quarantined", "rows in quarantine", "count", "SELECT count(*) FROM {quarantine}"),
)

SPREADS = (
    Spread(
        "records_by_source",
        "records by source",
        "SELECT source, count(*) FROM {identities} GROUP BY source",
    ),
    Spread(
        "customers_by_source",
        "customers by source",
        "SELECT source, count(DISTINCT customer_id) FROM {identities} GROUP BY source",
    ),
    Spread(
        "customers_by_sources",
        "customers by how many sources know them",
        "SELECT CAST(sources AS VARCHAR), count(*) FROM {customers} GROUP BY sources",
    ),
    Spread(
        "records_by_link",
        "records by what ties them to their customer",
        f"SELECT kind, count(*) FROM ({_RECORD_LINKS}) GROUP BY kind",
    ),
    Spread(
        "links_by_kind",
        "links by kind",
        "SELECT kind, count(*) FROM {links} GROUP BY kind",
        people=False,
    ),
    Spread(
        "visitors_by_standing",
        "cookies by who is behind them",
        """
    SELECT CASE WHEN shared_device THEN 'shared device'
        WHEN customer_id IS NOT NULL THEN 'known customer' ELSE 'unknown visitor' END AS standing,
        count(*)
    FROM {visitors} GROUP BY standing
    """,
    ),
    Spread(
        "events_by_tie",
        "events tied to a customer, by what ties them",
        "SELECT basis, count(*) FROM {event_customers} GROUP BY basis",
        people=False,
    ),
    _known("name", "name", "last_name", "full_name"),
    _known("sex", "sex", "sex"),
    _known("birth_year", "year of birth", "birth_year"),
    _known("place", "place", "postcode", "city"),
    _known("email", "e-mail", "email"),
    _known("phone", "phone", "phone"),
    Spread(
        "consents_by_purpose",
        "customers by what their sources say they granted",
        """
    SELECT purpose || CASE WHEN granted_at > refused_at OR refused_at IS NULL
        THEN ' granted' ELSE ' refused' END AS said, count(*)
    FROM (
        SELECT i.customer_id, c.purpose,
            max(CASE WHEN c.granted THEN coalesce(c.since, TIMESTAMP '0001-01-01') END)
                AS granted_at,
            max(CASE WHEN NOT c.granted THEN coalesce(c.since, TIMESTAMP '0001-01-01') END)
                AS refused_at
        FROM {consents} c
        JOIN {identities} i ON i.source = c.source AND i.record_id = c.record_id
        WHERE c.granted IS NOT NULL
        GROUP BY i.customer_id, c.purpose
    ) GROUP BY said
    """,
    ),
    Spread(
        "quarantined_by_reason",
        "rows in quarantine by source and reason",
        "SELECT source || ': ' || reason AS why, count(*) FROM {quarantine} GROUP BY why",
        people=False,
    ),
)


def whole(table: str) -> str:
    """The query of a table, nobody left out."""
    return f"SELECT * FROM {table}"


def tables_of(sql: str) -> list[str]:
    """The tables a query names.

    >>> tables_of("SELECT 1 FROM {facts} f JOIN {customers} c ON f.subject = c.customer_id")
    ['customers', 'facts']
    """
    return sorted(set(re.findall(r"{(\w+)}", sql)))


def plain(sql: str) -> str:
    """A query as one reads and runs it."""
    return " ".join(sql.format_map({table: table for table in tables_of(sql)}).split())


def filled(sql: str, read: Callable[[str], str]) -> str:
    """A query over what may be read."""
    return sql.format_map({table: f"({read(table)})" for table in tables_of(sql)})
