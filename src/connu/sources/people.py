"""The table `people`: every record as its source wrote it, one row per (source, record_id).

Tables written: people, consents, and parts of the quarantine (rows without an id, and the older
rows of an id that comes twice).
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.kernel.fields import FIELDS
from connu.kernel.settings import Settings
from connu.sources.mapping import Mapping
from connu.sources.quarantine import Quarantine
from connu.sources.times import time_sql

_NOT_RAW = ("id", "recorded_at")


def make_people(
    engine: Engine, settings: Settings, mappings: list[Mapping], quarantine: Quarantine
) -> dict[str, int]:
    """Write `people`, sorted by source and record id; returns the rows of each source.

    Tables read: the sources' own. Cost: one scan of each source, one sort.
    """
    fields = raw_fields(mappings)
    selects = []
    for mapping in mappings:
        losers = _losers(engine, settings, mapping, quarantine)
        quarantine.add_query(
            engine,
            mapping,
            "the row has no id",
            f"{mapping.value('id')} IS NULL",
            column=mapping.fields["id"][0],
        )
        selects.append(_people_sql(settings, mapping, fields, losers))
    if not selects:
        selects.append(_nobody(fields))
    engine.run("people", f"{' UNION ALL '.join(selects)} ORDER BY source, record_id")
    counted = engine.collect("SELECT source, count(*) AS n FROM people GROUP BY source")
    return dict(zip(counted["source"].to_pylist(), counted["n"].to_pylist(), strict=True))


def raw_fields(mappings: list[Mapping]) -> list[str]:
    """The people fields that any source maps, in the order of the design; consents are apart."""
    mapped = {word for mapping in mappings for word in mapping.fields}
    plain = [word for word in FIELDS["people"] if word in mapped and word not in _NOT_RAW]
    return plain + sorted(word for word in mapped if word.startswith("social."))


def recorded_at_sql(mapping: Mapping, settings: Settings) -> str:
    """SQL: when the record was made, TIMESTAMP in UTC or NULL."""
    day_first = mapping.source.day_first
    if day_first is None:
        day_first = mapping.country(settings) != "US"
    return f"CAST({time_sql(mapping.value('recorded_at'), day_first=day_first)} AS TIMESTAMP)"


def _people_sql(settings: Settings, mapping: Mapping, fields: list[str], losers: str | None) -> str:
    columns = [
        f"{literal(mapping.name)} AS source",
        f"{mapping.value('id')} AS record_id",
        f"{mapping.row} AS row",
        f"{recorded_at_sql(mapping, settings)} AS recorded_at",
        *(f"{mapping.value(field)} AS {quoted(field)}" for field in fields),
        f"{mapping.attributes_json()} AS attributes",
    ]
    where = f"{mapping.value('id')} IS NOT NULL"
    if losers is not None:
        where += f" AND {mapping.row} NOT IN (SELECT row FROM {quoted(losers)})"
    return f"SELECT {', '.join(columns)} FROM {mapping.table} WHERE {where}"


def _losers(
    engine: Engine, settings: Settings, mapping: Mapping, quarantine: Quarantine
) -> str | None:
    """The table of rows that give way to a later row of the same id; None when ids are unique."""
    record_id, table = mapping.value("id"), f"losers_{mapping.name}"
    recorded = recorded_at_sql(mapping, settings)
    twice = (
        f"SELECT {record_id} AS record_id FROM {mapping.table} "
        f"WHERE {record_id} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    ranked = (
        f"SELECT {mapping.row} AS row, row_number() OVER (PARTITION BY {record_id} "
        f"ORDER BY {recorded} DESC NULLS LAST, {mapping.row} DESC) AS rank "
        f"FROM {mapping.table} WHERE {record_id} IN ({twice})"
    )
    if engine.run(table, f"SELECT row FROM ({ranked}) WHERE rank > 1") == 0:
        engine.drop(table)
        return None
    quarantine.add_query(
        engine,
        mapping,
        "the id comes again in a later row, which is kept",
        f"{mapping.row} IN (SELECT row FROM {quoted(table)})",
        column=mapping.fields["id"][0],
    )
    return table


def _nobody(fields: list[str]) -> str:
    texts = ", ".join(f"'' AS {quoted(field)}" for field in fields)
    return (
        "SELECT '' AS source, '' AS record_id, CAST(0 AS BIGINT) AS row, "
        f"CAST(NULL AS TIMESTAMP) AS recorded_at, {texts + ', ' if texts else ''}'' AS attributes "
        "WHERE false"
    )
