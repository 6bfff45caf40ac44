"""`connu check`: what is wrong with the sources, before a build.

Every source is opened and read whole; what would go to the quarantine or stay unread is counted,
with the numbers of the first rows and never with a value.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow.compute as pc

from connu.engine.duckdb import DuckEngine
from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.errors import ConnuError
from connu.kernel.fields import INSTEAD
from connu.kernel.settings import Settings, Source
from connu.sources.countries import normalise_countries
from connu.sources.dates import normalise_birth_dates, normalise_birth_years
from connu.sources.emails import normalise_emails
from connu.sources.evidence import dates_by_source, regions_by_source
from connu.sources.mapping import Mapping, cell, map_source, mapping_problems
from connu.sources.numbers import comma_decimal, number_sql
from connu.sources.phones import normalise_phones
from connu.sources.reading import open_source
from connu.sources.sexes import normalise_sexes
from connu.sources.text import Column, as_text, known
from connu.sources.times import time_sql

Severity = Literal["error", "warning", "info"]

_SHOWN_ROWS = 5
_FEW = 0.01  # below this share, unreadable values are only told
_MOST = 0.8  # from this share on, the mapping itself must be wrong
_LEAST_VALUES = 10
_TIMES = ("time", "recorded_at")
_NUMBERS = ("value", "price", "rating", "nps")
#: UTF-8 read as Latin-1 once too often, or bytes that no encoding explained.
_BROKEN = "Ã[\u0080-¿]|Â[\u0080-¿]|â€|\ufffd"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Attributes:
        severity: error (a build would stop or be worthless), warning, info.
        source: the source's name.
        file: the file's name, or None.
        row: the first data row concerned, or None.
        column: the column, or None.
        message: what is wrong, without a value.
        hint: the remedy, or None.
    """

    severity: Severity
    source: str
    message: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    hint: str | None = None


def check_sources(settings: Settings, folder: Path) -> list[Finding]:
    """Everything wrong with the sources, by source; nothing is written in the brand's folder.

    Cost: about that of taking the sources in.
    """
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="connu-check-") as workspace:
        choice = settings.engine
        engine = DuckEngine(Path(workspace), threads=choice.threads, memory_gb=choice.memory_gb)
        try:
            for name, source in sorted(settings.sources.items()):
                findings += _Checker(engine, settings, folder).check(name, source)
        finally:
            engine.close()
    return findings


class _Checker:
    """Checks one source."""

    def __init__(self, engine: Engine, settings: Settings, folder: Path) -> None:
        self._engine = engine
        self._settings = settings
        self._folder = folder
        self._found: list[Finding] = []

    def check(self, name: str, source: Source) -> list[Finding]:
        try:
            opened = open_source(self._engine, name, source, self._folder)
        except ConnuError as error:
            return [_of_error(name, error)]
        problems = mapping_problems(opened, source, self._settings)
        if problems:
            return [_of_error(name, problem) for problem in problems]
        mapping = map_source(opened, source, self._settings)
        try:
            rows = self._count(mapping, mapping.filled())
            self._rejected(mapping)
            if rows:
                self._ids(mapping, rows)
                self._needed(mapping)
                self._empty(mapping)
                self._encoding(mapping)
                for word in source.fields:
                    self._readable(mapping, word)
            else:
                self._say("warning", mapping, "the source holds no row")
        except ConnuError as error:
            self._found.append(_of_error(name, error))
        finally:
            self._engine.drop(opened.table)
        return self._found

    # ------------------------------------------------------------------ rows
    def _rejected(self, mapping: Mapping) -> None:
        rejected = mapping.opened.rejected
        for reason in sorted(set(rejected.reasons)):
            rows = [
                r for r, why in zip(rejected.rows, rejected.reasons, strict=True) if why == reason
            ]
            self._say(
                "warning",
                mapping,
                f"{reason}: {_counted(len(rows), 'row')}, {_rows(mapping, rows)}",
                rows=rows,
                hint="such rows go to the quarantine; put them right in the file",
            )

    def _ids(self, mapping: Mapping, rows: int) -> None:
        if "id" not in mapping.fields:
            return
        record_id, column = mapping.record_id, mapping.fields["id"][0]
        self._rows_where(mapping, f"{record_id} IS NULL AND {mapping.filled()}", "id", column)
        counted = self._engine.collect(
            f"SELECT count({record_id}) AS n, count(DISTINCT {record_id}) AS d FROM {mapping.table}"
        ).to_pylist()[0]
        twice = counted["n"] - counted["d"]
        if twice and mapping.source.kind != "events":
            share = twice / rows
            self._say(
                "error" if share >= 0.5 else "warning",
                mapping,
                f"{_counted(twice, 'row')} ({share:.1%}) with an id that another row has too",
                column=column,
                hint="the most recent row of an id is kept; is it the right column?",
            )

    def _needed(self, mapping: Mapping) -> None:
        kind = mapping.source.kind
        for word in {"events": ("type",), "verbatims": ("text",)}.get(kind, ()):
            words = [w for w in (word, INSTEAD.get(word, "")) if w in mapping.fields]
            nothing = " AND ".join(f"{mapping.value(one)} IS NULL" for one in words)
            where = f"{nothing} AND {mapping.filled()}"
            self._rows_where(mapping, where, words[0], mapping.fields[words[0]][0])
        if kind == "events":
            where = f"{mapping.value('time')} IS NULL AND {mapping.filled()}"
            self._rows_where(mapping, where, "time", mapping.fields["time"][0])

    def _rows_where(self, mapping: Mapping, where: str, what: str, column: str) -> None:
        count = self._count(mapping, where)
        if not count:
            return
        found = self._engine.collect(
            f"SELECT {mapping.row} AS row FROM {mapping.table} WHERE {where} "
            f"ORDER BY 1 LIMIT {_SHOWN_ROWS}"
        )
        rows = found["row"].to_pylist()
        self._say(
            "warning",
            mapping,
            f"{_counted(count, 'row')} with no {what}, {_rows(mapping, rows, count)}",
            rows=rows,
            column=column,
            hint="such rows go to the quarantine",
        )

    # --------------------------------------------------------------- columns
    def _empty(self, mapping: Mapping) -> None:
        for word, columns in mapping.fields.items():
            for column in columns:
                if not self._count(mapping, f"{cell(column)} IS NOT NULL"):
                    self._say(
                        "warning", mapping, f"the column is empty, mapped to {word}", column=column
                    )

    def _encoding(self, mapping: Mapping) -> None:
        for column in mapping.opened.columns:
            where = f"regexp_matches({cell(column)}, {literal(_BROKEN)})"
            count = self._count(mapping, where)
            if count:
                rows = self._engine.collect(
                    f"SELECT {mapping.row} AS row FROM {mapping.table} WHERE {where} "
                    f"ORDER BY 1 LIMIT {_SHOWN_ROWS}"
                )["row"].to_pylist()
                self._say(
                    "warning",
                    mapping,
                    f"{_counted(count, 'value')} badly encoded, {_rows(mapping, rows, count)}",
                    rows=rows,
                    column=column,
                    hint='set encoding = "latin-1" or "utf-8", or export the file again',
                )

    def _readable(self, mapping: Mapping, word: str) -> None:
        reader = self._reader(mapping, word)
        if reader is None:
            return
        called, read = reader
        for column in mapping.fields[word]:
            told = unread = 0
            rows: list[int] = []
            for batch in self._engine.batches(self._values_sql(mapping, word, column)):
                values = known(as_text(batch.column("value")))
                found = batch.column("found") if read is None else read(values)
                bad = pc.and_(pc.is_valid(values), pc.is_null(found))
                told += len(values) - values.null_count
                unread += pc.sum(bad).as_py() or 0
                rows += batch.column("row").filter(bad).to_pylist()
            self._say_unread(mapping, column, called, told, unread, sorted(rows)[:_SHOWN_ROWS])

    def _say_unread(
        self, mapping: Mapping, column: str, called: str, told: int, unread: int, rows: list[int]
    ) -> None:
        if not unread:
            return
        share = unread / told
        severity: Severity = "info" if share < _FEW else "warning"
        kind = mapping.source.kind
        hint = f"they are missing from {kind}"
        if kind == "people":
            hint = "they stay as written in people and are not compared"
            if called == "dates":
                hint += "; placeholders such as 1900-01-01 are among them"
        elif kind == "events" and called == "times":
            hint = "such rows go to the quarantine"
        if share >= _MOST and told >= _LEAST_VALUES:
            severity, hint = "error", "is it the right column, or the right day_first or country?"
        self._say(
            severity,
            mapping,
            f"{unread:,} of {told:,} values ({share:.1%}) cannot be read as {called}, "
            f"{_rows(mapping, rows, unread)}",
            rows=rows,
            column=column,
            hint=hint,
        )

    def _values_sql(self, mapping: Mapping, word: str, column: str) -> str:
        """Row, value, and what SQL reads in it (times and numbers; NULL for other fields)."""
        value, found = cell(column), "NULL"
        if word in _TIMES:
            found = time_sql(value, day_first=mapping.day_first(self._settings))
        elif word in _NUMBERS:
            comma = comma_decimal(mapping.country(self._settings))
            found = number_sql(value, comma_decimal=comma)
        return (
            f"SELECT {mapping.row} AS row, {value} AS value, {found} AS found "
            f"FROM {mapping.table} WHERE {value} IS NOT NULL"
        )

    def _reader(
        self, mapping: Mapping, word: str
    ) -> tuple[str, Callable[[Column], Column] | None] | None:
        """What the field's values are called, and the function that reads them (None: SQL does)."""
        country = mapping.country(self._settings)
        if word in _TIMES:
            return "times", None
        if word in _NUMBERS:
            return "numbers", None
        if word == "phone":
            others = regions_by_source(self._engine, self._settings, [mapping])[mapping.name]
            return "phone numbers", lambda values: normalise_phones(values, country, others)
        if word == "birth_date":
            order = dates_by_source(self._engine, self._settings, [mapping])[mapping.name]
            return "dates", lambda values: normalise_birth_dates(values, order)
        simple: dict[str, tuple[str, Callable[[Column], Column]]] = {
            "email": ("e-mail addresses", normalise_emails),
            "birth_year": ("years", normalise_birth_years),
            "sex": ("words for a sex", normalise_sexes),
            "country": ("countries", normalise_countries),
        }
        return simple.get(word)

    # ---------------------------------------------------------------- saying
    def _count(self, mapping: Mapping, where: str) -> int:
        counted = self._engine.collect(f"SELECT count(*) AS n FROM {mapping.table} WHERE {where}")
        return int(counted["n"][0].as_py())

    def _say(
        self,
        severity: Severity,
        mapping: Mapping,
        message: str,
        *,
        rows: list[int] | None = None,
        column: str | None = None,
        hint: str | None = None,
    ) -> None:
        file, row = mapping.opened.place(rows[0]) if rows else (mapping.source.path, None)
        self._found.append(Finding(severity, mapping.name, message, file, row, column, hint))


def _of_error(name: str, error: ConnuError) -> Finding:
    row = error.fields.get("row")
    file = error.fields.get("file")
    return Finding(
        severity="error",
        source=name,
        message=error.message,
        file=None if file is None else str(file),
        row=int(row) if row is not None else None,
        column=error.fields.get("column"),
        hint=error.hint,
    )


def _rows(mapping: Mapping, rows: list[int], count: int | None = None) -> str:
    """`rows 3, 17, 250 …`; with the files' names where there are several."""
    places = [mapping.opened.place(row) for row in rows[:_SHOWN_ROWS]]
    several = len(mapping.opened.files) > 1
    shown = [f"{file}:{row}" if several else str(row) for file, row in places]
    more = " …" if (count or len(rows)) > len(shown) else ""
    return f"{'row' if len(shown) == 1 else 'rows'} {', '.join(shown)}{more}"


def _counted(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"
