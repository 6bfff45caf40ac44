"""The table `people`: every record as its source wrote it, one row per (source, record_id).

Tables written: people, consents, and parts of the quarantine (rows without an id, and the older
rows of an id that comes twice).
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.kernel.fields import FIELDS
from connu.kernel.settings import Settings
from connu.sources.duplicates import older_rows
from connu.sources.mapping import Mapping
from connu.sources.quarantine import Quarantine
from connu.sources.times import time_sql

_NOT_RAW = ("id", "recorded_at")


def make_people(
    engine: Engine, settings: Settings, mappings: list[Mapping], quarantine: Quarantine
) -> dict[str, int]:
    """Write `people`, sorted by source and record id; returns the rows of each source.

    Tables read: the sources' own. Cost: two scans of each source, one sort.
    """
    fields = raw_fields(mappings)
    selects = []
    for mapping in mappings:
        stay = older_rows(engine, mapping, quarantine, recorded_at_sql(mapping, settings))
        quarantine.add_query(
            engine,
            mapping,
            "the row has no id",
            f"{mapping.record_id} IS NULL",
            column=mapping.fields["id"][0],
        )
        selects.append(_people_sql(settings, mapping, fields, stay))
    if not selects:
        selects.append(_nobody(fields))
    engine.run("people", f"{' UNION ALL '.join(selects)} ORDER BY source, record_id")
    counted = engine.collect("SELECT source, count(*) AS n FROM people GROUP BY source")
    rows = dict(zip(counted["source"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {mapping.name: rows.get(mapping.name, 0) for mapping in mappings}


def raw_fields(mappings: list[Mapping]) -> list[str]:
    """The people fields that any source maps, in the order of the design; consents are apart."""
    mapped = {word for mapping in mappings for word in mapping.fields}
    plain = [word for word in FIELDS["people"] if word in mapped and word not in _NOT_RAW]
    return plain + sorted(word for word in mapped if word.startswith("social."))


def recorded_at_sql(mapping: Mapping, settings: Settings) -> str:
    """SQL: when the record was made, TIMESTAMP in UTC or NULL."""
    value = mapping.value("recorded_at")
    return f"CAST({time_sql(value, day_first=mapping.day_first(settings))} AS TIMESTAMP)"


def _people_sql(settings: Settings, mapping: Mapping, fields: list[str], stay: str | None) -> str:
    columns = [
        f"{literal(mapping.name)} AS source",
        f"{mapping.record_id} AS record_id",
        f"{mapping.row} AS row",
        f"{recorded_at_sql(mapping, settings)} AS recorded_at",
        *(f"{mapping.value(field)} AS {quoted(field)}" for field in fields),
        f"{mapping.attributes_json()} AS attributes",
    ]
    where = f"{mapping.record_id} IS NOT NULL" + (f" AND {stay}" if stay else "")
    return f"SELECT {', '.join(columns)} FROM {mapping.table} WHERE {where}"


def _nobody(fields: list[str]) -> str:
    texts = ", ".join(f"'' AS {quoted(field)}" for field in fields)
    return (
        "SELECT '' AS source, '' AS record_id, CAST(0 AS BIGINT) AS row, "
        f"CAST(NULL AS TIMESTAMP) AS recorded_at, {texts + ', ' if texts else ''}'' AS attributes "
        "WHERE false"
    )
