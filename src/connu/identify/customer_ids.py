"""Customer ids that stay: each cluster of records keeps the name its people already had.

A clustering says who belongs together, never who he was last time. Here the clusters of this
build meet the identities of the build in force, and every cluster that holds known records keeps
a known customer_id. Nothing here looks at a name, a date or an address, and nothing depends on
the clusters' numbers or on the order of rows: only on keys (source, record_id), through `rid`,
their rank.
"""

from __future__ import annotations

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.kernel.ids import hashed_id_sql

#: The kinds of change that `identity_changes` holds.
CHANGES = ("new", "gone", "merged", "split", "moved")


def name_customers(engine: Engine, *, previous: bool) -> dict[str, int]:
    """Give every cluster its customer_id, and tell what changed since the build in force.

    A cluster takes the old customer_id of most of its known members; an old id goes to at most
    one cluster, the one that holds most of its members. Where the two wishes cross, pairs
    (cluster, old id) are granted from the largest number of common records down, equal numbers
    by their smallest record key, so a cluster that loses its first choice may still keep its
    second. A cluster left without one takes the hash of its smallest key (source, record_id);
    an id that a past or present customer holds is never given twice.

    Changes are told as flows of records from the old id to the new one:

    | what | customer_id | other_customer_id | records |
    |---|---|---|---|
    | new | a customer none of whose records were known | NULL | his records |
    | gone | a customer none of whose records are left | NULL | the records he had |
    | merged | the id that ends | the customer who took (most of) his records | those |
    | split | the customer who stays | the new one, made of records of his | those |
    | moved | the customer who lost records | another known customer, who got them | those |

    Reads `normal` (rid, source, record_id), `clusters` and, when `previous`,
    `previous_identities`; makes `identities` (in the order of rid) and `identity_changes`.
    Cost: linear, about 1.5 s for a million records on two cores; only crossing wishes are
    settled one by one.

    Args:
        engine: holds the tables.
        previous: whether there is a build in force; without one every customer is new.

    Returns:
        Counts: records, customers, kept, and each kind of change.
    """
    first = "SELECT cluster, min(rid) AS first FROM clusters GROUP BY cluster"
    engine.run("naming_clusters", first)
    if previous:
        engine.run("naming_shares", _shares_sql())
        engine.put("naming_won", _grant(engine.collect(_contested_sql())))
        engine.run("naming_kept", _kept_sql())
    else:
        engine.put("naming_shares", _SHARES.empty_table())
        engine.put("naming_kept", _KEPT.empty_table())
    _name_the_rest(engine, previous)
    records = engine.run("identities", _identities_sql())
    engine.run("identity_changes", _changes_sql(previous))
    counts = {"records": records, **_counts(engine)}
    for name in ("clusters", "shares", "won", "kept", "names"):
        engine.drop(f"naming_{name}")
    return counts


_SHARES = pa.schema(
    {"cluster": pa.int32(), "old": pa.string(), "records": pa.int64(), "first": pa.int32()}
)
_KEPT = pa.schema({"cluster": pa.int32(), "customer_id": pa.string()})


def _shares_sql() -> str:
    """One row per (cluster, old id) that have records in common."""
    return """
    SELECT c.cluster, p.customer_id AS old, count(*) AS records, min(c.rid) AS first
    FROM clusters c
    JOIN normal n ON n.rid = c.rid
    JOIN previous_identities p ON p.source = n.source AND p.record_id = n.record_id
    GROUP BY c.cluster, p.customer_id
    """


def _wishes_sql() -> str:
    return """
    SELECT *, count(*) OVER (PARTITION BY cluster) AS olds,
        count(*) OVER (PARTITION BY old) AS clusters
    FROM naming_shares
    """


def _contested_sql() -> str:
    """The pairs that cross, in the order in which they are granted.

    `first` settles equal numbers for good: a record is in one pair only, so no two are equal.
    """
    return f"""
    SELECT cluster, old FROM ({_wishes_sql()})
    WHERE olds > 1 OR clusters > 1 ORDER BY records DESC, first
    """


def _grant(contested: pa.Table) -> pa.Table:
    """Grant pairs in order, each cluster and each old id once.

    Splits and merges only: what a build left untouched never comes here.
    """
    served: set[int] = set()
    spent: set[str] = set()
    won = []
    rows = zip(contested["cluster"].to_pylist(), contested["old"].to_pylist(), strict=True)
    for place, (cluster, old) in enumerate(rows):
        if cluster not in served and old not in spent:
            served.add(cluster)
            spent.add(old)
            won.append(place)
    return contested.take(pa.array(won, pa.int64())).rename_columns(["cluster", "customer_id"])


def _kept_sql() -> str:
    return f"""
    SELECT cluster, old AS customer_id FROM ({_wishes_sql()}) WHERE olds = 1 AND clusters = 1
    UNION ALL SELECT cluster, customer_id FROM naming_won
    """


def _name_the_rest(engine: Engine, previous: bool) -> None:
    """Make `naming_names` (cluster, customer_id, kept): the kept ids and the fresh ones.

    Each attempt names the clusters whose hash is free; of two clusters with one hash the one with
    the smaller first record takes it. What is left goes to the next attempt.
    """
    engine.run("naming_names", "SELECT cluster, customer_id, true AS kept FROM naming_kept")
    clusters = engine.collect("SELECT count(*) FROM naming_clusters")[0][0].as_py()
    attempt = 0
    while engine.collect("SELECT count(*) FROM naming_names")[0][0].as_py() < clusters:
        engine.run("naming_attempt", _fresh_sql(attempt, previous))
        engine.run(
            "naming_names_next",
            "SELECT * FROM naming_names UNION ALL SELECT * FROM naming_attempt",
        )
        engine.run("naming_names", "SELECT * FROM naming_names_next")
        engine.drop("naming_attempt")
        engine.drop("naming_names_next")
        attempt += 1


def _fresh_sql(attempt: int, previous: bool) -> str:
    id_sql = hashed_id_sql("c", ["n.source", "n.record_id"], attempt)
    taken = "SELECT customer_id FROM naming_names"
    if previous:
        taken += " UNION ALL SELECT customer_id FROM previous_identities"
    return f"""
    WITH wanted AS (
        SELECT k.cluster, k.first, {id_sql} AS customer_id
        FROM naming_clusters k
        JOIN normal n ON n.rid = k.first
        WHERE NOT EXISTS (SELECT 1 FROM naming_names m WHERE m.cluster = k.cluster)
    ), free AS (
        SELECT customer_id, min(first) AS first FROM wanted w
        WHERE NOT EXISTS (SELECT 1 FROM ({taken}) t WHERE t.customer_id = w.customer_id)
        GROUP BY customer_id
    )
    SELECT w.cluster, w.customer_id, false AS kept
    FROM wanted w JOIN free f ON f.first = w.first
    """


def _identities_sql() -> str:
    return """
    SELECT n.source, n.record_id, m.customer_id
    FROM normal n
    JOIN clusters c ON c.rid = n.rid
    JOIN naming_names m ON m.cluster = c.cluster
    ORDER BY n.rid
    """


def _changes_sql(previous: bool) -> str:
    parts = [
        """
        SELECT 'new' AS what, m.customer_id, CAST(NULL AS VARCHAR) AS other_customer_id,
            count(*) AS records
        FROM naming_names m JOIN clusters c ON c.cluster = m.cluster
        WHERE NOT m.kept
          AND NOT EXISTS (SELECT 1 FROM naming_shares s WHERE s.cluster = m.cluster)
        GROUP BY m.customer_id
        """
    ]
    if previous:
        parts.append(_FLOWS_SQL)
        parts.append(
            """
            SELECT 'gone', p.customer_id, NULL, count(*)
            FROM previous_identities p
            WHERE NOT EXISTS (SELECT 1 FROM naming_shares s WHERE s.old = p.customer_id)
            GROUP BY p.customer_id
            """
        )
    return f"""
    SELECT what, customer_id, other_customer_id, CAST(records AS INTEGER) AS records
    FROM ({" UNION ALL ".join(parts)})
    ORDER BY what, customer_id, other_customer_id
    """


# Records that left an old id. An id that ends has one heir: the flow with the most records.
_FLOWS_SQL = """
    SELECT CASE
        WHEN NOT kept THEN 'split'
        WHEN NOT stays AND place = 1 THEN 'merged'
        ELSE 'moved' END, old, customer_id, records
    FROM (
        SELECT s.old, m.customer_id, m.kept, s.records, k.customer_id IS NOT NULL AS stays,
            row_number() OVER (PARTITION BY s.old ORDER BY s.records DESC, s.first) AS place
        FROM naming_shares s
        JOIN naming_names m ON m.cluster = s.cluster
        LEFT JOIN naming_kept k ON k.customer_id = s.old
        WHERE m.customer_id <> s.old
    )
"""


def _counts(engine: Engine) -> dict[str, int]:
    named = engine.collect(
        "SELECT count(*) AS customers, count(*) FILTER (WHERE kept) AS kept FROM naming_names"
    ).to_pylist()[0]
    changes = engine.collect("SELECT what, count(*) AS n FROM identity_changes GROUP BY what")
    told = {row["what"]: row["n"] for row in changes.to_pylist()}
    return {**named, **{what: told.get(what, 0) for what in CHANGES}}
