"""Rows whose id comes again in the same source: the most recent one stays."""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.sources.mapping import Mapping
from connu.sources.quarantine import Quarantine
from connu.sources.reading import working_table

REASON = "the id comes again in another row of the source, which is more recent or later"


def older_rows(
    engine: Engine, mapping: Mapping, quarantine: Quarantine, recent: str = "NULL"
) -> str | None:
    """Set aside the rows that give way to another one of the same id.

    Args:
        engine: reads the source, writes the table `losers_<source>` (column `row`).
        mapping: of a source that maps `id`.
        quarantine: takes the rows.
        recent: SQL of the moment that decides; then the last row.

    Returns:
        SQL that is true for the rows that stay, or None when every id is unique.
    """
    record_id, table = mapping.record_id, losers_table(mapping.name)
    twice = (
        f"SELECT {record_id} AS record_id FROM {mapping.table} "
        f"WHERE {record_id} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    ranked = (
        f"SELECT {mapping.row} AS row, row_number() OVER (PARTITION BY {record_id} "
        f"ORDER BY {recent} DESC NULLS LAST, {mapping.row} DESC) AS rank "
        f"FROM {mapping.table} WHERE {record_id} IN ({twice})"
    )
    rows = engine.run(table, f"SELECT row FROM ({ranked}) WHERE rank > 1")
    if rows == 0:
        engine.drop(table)
        return None
    losers = f"{mapping.row} IN (SELECT row FROM {quoted(table)})"
    quarantine.add_query(engine, mapping, REASON, losers, column=mapping.fields["id"][0])
    return f"NOT ({losers})"


def losers_table(source: str) -> str:
    """The working table of a source's rows that give way; dropped when the load is done."""
    return working_table("losers", source)
