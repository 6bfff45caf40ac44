"""The tables `events` and `verbatims`: what people did and what they said.

Times are UTC; identifiers are normalised exactly as those of people, so that they meet. Rows
without a readable time (events), an id or a text (verbatims) go to the quarantine; so do events
without a type where their source has a column for it. A log of clicks has none: its events have no
type, and whoever reads them takes them for looks at what they name.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.kernel.fields import IDENTIFIERS, INSTEAD, REQUIRED
from connu.kernel.settings import Settings
from connu.sources.duplicates import older_rows
from connu.sources.evidence import regions_by_source
from connu.sources.keys import KeyReader
from connu.sources.knows_me import knows_me_sql
from connu.sources.mapping import Mapping
from connu.sources.numbers import comma_decimal, number_sql
from connu.sources.quarantine import Quarantine
from connu.sources.regions import RegionReader
from connu.sources.text import as_text
from connu.sources.times import time_sql

_TIME = pa.timestamp("us")
_EVENTS = {
    "source": pa.string(),
    "row": pa.int64(),
    "event_id": pa.string(),
    "time": _TIME,
    "type": pa.string(),
    "session": pa.string(),
    "product": pa.string(),
    "category": pa.string(),
    "value": pa.float64(),
    "currency": pa.string(),
    "page": pa.string(),
}
_VERBATIMS = {
    "source": pa.string(),
    "verbatim_id": pa.string(),
    "row": pa.int64(),
    "text": pa.string(),
    "time": _TIME,
    "channel": pa.string(),
    "rating": pa.float64(),
    "nps": pa.float64(),
    "knows_me": pa.float64(),
}
#: What is named by programs: their `null` and `undefined` would be a best-seller.
_NAMES = ("session", "product", "category")
_NUMBERS = ("value", "rating", "nps")
#: Why a row is of no use where its source has this instead of what is asked.
_REASONS = {"knows_me": "the row has no answer from 0 to 10"}


@dataclass(frozen=True)
class _Reader:
    """Normalises the identifier columns of a batch; the others pass through."""

    schema: pa.Schema
    keys: tuple[str, ...]
    regions: RegionReader
    reader: KeyReader

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        source = as_text(batch.column("source"))
        region = self.regions.read(source, None, None)
        columns = []
        for field in self.schema:
            values = batch.column(field.name)
            if field.name in self.keys:
                values = self.reader.first(field.name, as_text(values), source, region)
            columns.append(values.cast(field.type))
        return pa.record_batch(columns, schema=self.schema)


def make_events(
    engine: Engine, settings: Settings, mappings: list[Mapping], quarantine: Quarantine
) -> dict[str, int]:
    """Write `events` (empty without such a source); returns the rows of each source.

    Cost: about 4 µs a row.
    """
    needed = {"time": "the time is missing or unreadable", "type": "the row has no type"}
    return _make(engine, settings, mappings, quarantine, "events", _EVENTS, needed)


def make_verbatims(
    engine: Engine, settings: Settings, mappings: list[Mapping], quarantine: Quarantine
) -> dict[str, int]:
    """Write `verbatims` (empty without such a source); returns the rows of each source.

    A row without a text stays where it answers whether the brand knows him.
    """
    needed = {"verbatim_id": "the row has no id", "text": "the row has no text"}
    return _make(engine, settings, mappings, quarantine, "verbatims", _VERBATIMS, needed)


def _make(
    engine: Engine,
    settings: Settings,
    mappings: list[Mapping],
    quarantine: Quarantine,
    table: str,
    columns: dict[str, pa.DataType],
    needed: dict[str, str],
) -> dict[str, int]:
    mapped = {word for mapping in mappings for word in mapping.fields}
    keys = (*IDENTIFIERS, *sorted(word for word in mapped if word.startswith("social.")))
    schema = pa.schema(
        [*columns.items(), *((key, pa.string()) for key in keys), ("attributes", pa.string())]
    )
    if not mappings:
        engine.put(table, schema.empty_table())
        return {}
    selects, rows = [], {}
    for mapping in mappings:
        asked = {word: reason for word, reason in needed.items() if _is_asked(table, word, mapping)}
        chosen = _columns_sql(settings, mapping, columns, keys)
        select = f"SELECT {', '.join(f'{sql} AS {quoted(name)}' for name, sql in chosen.items())}"
        stay = None
        if "id" in mapping.fields:
            stay = older_rows(engine, mapping, quarantine, chosen["time"])
        select += f" FROM {mapping.table}" + (f" WHERE {stay}" if stay else "")
        said = {word: _said(word, mapping, chosen) for word in asked}
        whole = " AND ".join(
            f"coalesce({', '.join(f'CAST({quoted(one)} AS VARCHAR)' for one in words)}) IS NOT NULL"
            for words in said.values()
        )
        selects.append(f"SELECT * FROM ({select}) WHERE {whole}")
        for word, reason in asked.items():
            column = mapping.fields[_field(table, said[word][0])][0]
            reason = _REASONS.get(said[word][0], reason)
            condition = _nothing(chosen, said[word]) + (f" AND {stay}" if stay else "")
            for earlier in list(asked)[: list(asked).index(word)]:
                condition += f" AND NOT ({_nothing(chosen, said[earlier])})"
            quarantine.add_query(engine, mapping, reason, condition, column=column)
    reader = _Reader(
        schema=schema,
        keys=keys,
        regions=RegionReader(
            settings.brand.country.upper(),
            {mapping.name: mapping.country(settings) for mapping in mappings},
        ),
        reader=KeyReader(regions_by_source(engine, settings, mappings)),
    )
    engine.map(table, " UNION ALL ".join(selects), reader, schema)
    counted = engine.collect(f"SELECT source, count(*) AS n FROM {table} GROUP BY source")
    rows = dict(zip(counted["source"].to_pylist(), counted["n"].to_pylist(), strict=True))
    return {mapping.name: rows.get(mapping.name, 0) for mapping in mappings}


def _is_asked(table: str, column: str, mapping: Mapping) -> bool:
    """Whether rows without this column's value say nothing: not where the source has none."""
    word = _field(table, column)
    return word in REQUIRED[mapping.source.kind] or word in mapping.fields


def _said(column: str, mapping: Mapping, chosen: dict[str, str]) -> list[str]:
    """The columns of which one must say something, the asked one first where the source has it."""
    instead = INSTEAD.get(column, "")
    words = [word for word in (column, instead) if word in chosen and word in mapping.fields]
    return words or [column]


def _nothing(chosen: dict[str, str], words: list[str]) -> str:
    """SQL: none of the columns says anything."""
    return " AND ".join(f"({chosen[word]}) IS NULL" for word in words)


def _field(table: str, column: str) -> str:
    """The settings' word for a column of the table."""
    return "id" if column in ("event_id", "verbatim_id") else column


def _columns_sql(
    settings: Settings,
    mapping: Mapping,
    columns: dict[str, pa.DataType],
    keys: tuple[str, ...],
) -> dict[str, str]:
    """Column: its SQL over the source's table, in the order of the table."""
    country = mapping.country(settings)
    chosen: dict[str, str] = {}
    for name in columns:
        value = mapping.value(_field(mapping.source.kind, name))
        if name == "source":
            value = literal(mapping.name)
        elif name in _NAMES:
            value = mapping.name_of(name)
        elif name in ("event_id", "verbatim_id"):
            value = mapping.record_id
        elif name == "row":
            value = mapping.row
        elif name == "time":
            value = f"CAST({time_sql(value, day_first=mapping.day_first(settings))} AS TIMESTAMP)"
        elif name == "knows_me":
            value = knows_me_sql(value)
        elif name in _NUMBERS:
            value = number_sql(value, comma_decimal=comma_decimal(country))
        chosen[name] = value
    for key in keys:
        chosen[key] = mapping.values(key)
    consents = [c for w, cs in mapping.fields.items() if w.startswith("consent.") for c in cs]
    chosen["attributes"] = mapping.attributes_json(consents)
    return chosen
