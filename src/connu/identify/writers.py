"""Writers: whose each verbatim is, by the same identification as everything else.

A verbatim is a customer's when it carries an identifier that is his alone; a visitor's by its
cookie where that is nobody known's and no shared device. A value that two customers hold says
nobody.
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.identify.devices import find_owners, identified_sql, identifier_columns

WRITERS = "verbatim_writers"


def find_writers(engine: Engine) -> dict[str, int]:
    """Make `verbatim_writers`: source, row, subject_kind, subject – the verbatims that are tied.

    Reads `verbatims`, `identifiers`, `normal`, `identities`, `visitors`. Linear in verbatims.

    Returns:
        Counts: customers, visitors – verbatims of each.
    """
    names = [name for name in identifier_columns(engine, "verbatims") if _holds(engine, name)]
    find_owners(engine, names)
    if names:
        owned = identified_sql("verbatims", names, "e.source, e.row")
    else:
        owned = (
            "SELECT source, row, CAST(NULL AS VARCHAR) AS customer_id FROM verbatims WHERE FALSE"
        )
    engine.run("verbatim_owners", f"SELECT source, row, customer_id FROM ({owned})")
    cookies = _holds(engine, "anonymous_id")
    engine.run(WRITERS, _WRITERS_SQL if cookies else _OWNERS_SQL)
    for name in ("device_owners", "verbatim_owners"):
        engine.drop(name)
    counted = engine.collect(
        f"SELECT subject_kind, count(*) AS n FROM {WRITERS} GROUP BY subject_kind"
    )
    counts = dict(zip(counted["subject_kind"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {f"{kind}s": counts.get(kind, 0) for kind in ("customer", "visitor")}


def _holds(engine: Engine, name: str) -> bool:
    found = engine.collect(f"SELECT 1 FROM verbatims WHERE {quoted(name)} IS NOT NULL LIMIT 1")
    return found.num_rows > 0


_OWNERS_SQL = """
    SELECT source, row, 'customer' AS subject_kind, customer_id AS subject FROM verbatim_owners
"""
# A cookie that no event shows is nobody's known: he is a visitor all the same.
_WRITERS_SQL = f"""
    {_OWNERS_SQL}
    UNION ALL
    SELECT v.source, v.row,
        CASE WHEN d.customer_id IS NULL THEN 'visitor' ELSE 'customer' END,
        coalesce(d.customer_id, v.anonymous_id)
    FROM verbatims v
    LEFT JOIN verbatim_owners o ON o.source = v.source AND o.row = v.row
    LEFT JOIN visitors d ON d.anonymous_id = v.anonymous_id
    WHERE o.customer_id IS NULL AND v.anonymous_id IS NOT NULL
        AND NOT coalesce(d.shared_device, FALSE)
"""
