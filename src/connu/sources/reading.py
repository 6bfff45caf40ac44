"""Opening a source: whatever its format, it becomes one table of text with numbered rows.

Parquet is read by the engine; CSV, JSON Lines and databases are streamed into it, so that a source
of any size is never held whole. Rows that cannot be read are set aside, not lost.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.kernel.errors import EngineError, SourceError
from connu.kernel.settings import Source
from connu.sources.csvfiles import ROW, Rejected, csv_batches
from connu.sources.dialects import Dialect, distinct_names, sniff
from connu.sources.jsonlines import jsonl_batches, jsonl_columns
from connu.sources.locations import files_of, format_of

__all__ = ["ROW", "Opened", "open_source"]


@dataclass(frozen=True)
class Opened:
    """A source as a table of text.

    Attributes:
        name: the source's name.
        table: the engine's table: the columns as VARCHAR, and ROW.
        columns: the source's columns, in order.
        rejected: rows that could not be read.
        files: each file with the number of rows before it; empty for a database.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    rejected: Rejected
    files: tuple[tuple[Path, int], ...] = ()

    def place(self, row: int) -> tuple[str | None, int]:
        """The file's name and the row in it, of a row of the source."""
        found: tuple[str | None, int] = (None, row)
        for path, before in self.files:
            if row > before:
                found = (path.name, row - before)
        return found


def open_source(
    engine: Engine, name: str, source: Source, folder: Path, *, limit: int | None = None
) -> Opened:
    """Make a source's table of text, `raw_<name>`.

    Args:
        engine: where the table goes.
        name: the source's name in the settings.
        source: its settings.
        folder: the brand's folder; paths are relative to it.
        limit: stop after about so many rows (to look, not to take in).

    Raises:
        SourceError: a file or database is absent, unreadable or of another format; names it.
    """
    try:
        if source.url is not None:
            return _open_database(engine, name, source, folder, limit)
        files = files_of(name, source, folder)
        kinds = {format_of(name, source, path) for path in files}
        if len(kinds) > 1:
            raise SourceError(
                "the files are of several formats", hint="make a source of each", source=name
            )
        kind = kinds.pop()
        if kind == "parquet":
            return _open_parquet(engine, name, files, limit)
        if kind == "jsonl":
            return _open_jsonl(engine, name, files, limit)
        return _open_csv(engine, name, source, files, limit)
    except SourceError as error:
        error.fields.setdefault("source", name)
        raise
    except OSError as error:
        raise SourceError(
            f"source «{name}» cannot be read: {error.strerror or type(error).__name__}",
            hint="check that the file is there and may be read",
            source=name,
            file=error.filename,
        ) from None


def working_table(kind: str, source: str) -> str:
    """The name of a table that only the load uses; source names may hold what tables may not.

    >>> working_table("raw", "crm"), working_table("raw", "c-r.m")
    ('raw_crm', 'raw_c_r_m_25992594')
    """
    word = re.sub(r"[^A-Za-z0-9_]", "_", source)[:64]
    if word != source:
        word += f"_{zlib.crc32(source.encode()):08x}"
    return f"{kind}_{word}"


def _open_csv(
    engine: Engine, name: str, source: Source, files: list[Path], limit: int | None
) -> Opened:
    dialects: list[tuple[Path, Dialect]] = []
    for path in files:
        dialect = sniff(
            path, encoding=source.encoding, delimiter=source.delimiter, header=source.header
        )
        if dialect is not None:
            dialects.append((path, dialect))
    if not dialects:
        raise SourceError(
            f"source «{name}» is empty: no header, no row", source=name, file=files[0]
        )
    spelled: dict[str, str] = {}
    for _, dialect in dialects:
        for column in dialect.columns:
            spelled.setdefault(column.lower(), column)
    gathered = _Gathered(name, tuple(spelled.values()))

    def batches() -> Iterator[pa.RecordBatch]:
        for path, dialect in dialects:
            rejected = gathered.enter(path)
            names = [spelled[column.lower()] for column in dialect.columns]
            for batch in csv_batches(path, dialect, rejected):
                yield gathered.batch(names, batch.columns[:-1], batch.columns[-1].to_numpy())
            gathered.leave(rejected)

    return gathered.opened(engine, _up_to(batches(), limit))


def _open_jsonl(engine: Engine, name: str, files: list[Path], limit: int | None) -> Opened:
    members = jsonl_columns(files)
    gathered = _Gathered(name, tuple(members.values()))

    def batches() -> Iterator[pa.RecordBatch]:
        for path in files:
            rejected = gathered.enter(path)
            for columns, rows in jsonl_batches(path, list(members), rejected):
                yield gathered.batch(list(members.values()), columns, np.array(rows))
            gathered.leave(rejected)

    return gathered.opened(engine, _up_to(batches(), limit))


def _open_database(
    engine: Engine, name: str, source: Source, folder: Path, limit: int | None
) -> Opened:
    # Imported only here: most brands have no database, and SQLAlchemy takes its time to load.
    from connu.sources.database import DatabaseSource

    database = DatabaseSource(name, source, folder)
    gathered = _Gathered(name, distinct_names(list(database.columns)))

    def batches() -> Iterator[pa.RecordBatch]:
        done = 0
        for columns in database.batches():
            rows = np.arange(done, done + len(columns[0])) + 1
            done += len(rows)
            yield gathered.batch(list(gathered.columns), columns, rows)

    try:
        return gathered.opened(engine, _up_to(batches(), limit))
    finally:
        database.close()


def _up_to(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    """Batches until `limit` rows are reached."""
    rows = 0
    for batch in batches:
        yield batch
        rows += batch.num_rows
        if limit is not None and rows >= limit:
            return


class _Gathered:
    """Puts the files of a source into one shape and counts their rows on."""

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns
        self._schema = pa.schema([*((c, pa.string()) for c in columns), (ROW, pa.int64())])
        self._rejected = Rejected()
        self._files: list[tuple[Path, int]] = []
        self._before = self._last = 0

    def enter(self, path: Path) -> Rejected:
        """Begin a file; what it rejects is to be handed to `leave`."""
        self._before = self._last
        self._files.append((path, self._before))
        return Rejected()

    def leave(self, rejected: Rejected) -> None:
        """End the file."""
        self._rejected.extend(rejected, self._before)
        self._last = max([self._last, *self._rejected.rows[-1:]])

    def batch(self, names: list[str], columns: list[pa.Array], rows: np.ndarray) -> pa.RecordBatch:
        """A file's columns in the source's shape: absent ones missing, rows counted on."""
        given = dict(zip(names, columns, strict=True))
        counted = rows + self._before
        self._last = max(self._last, int(counted.max(initial=0)))
        shaped = [given.get(c, pa.nulls(len(rows), pa.string())) for c in self.columns]
        return pa.record_batch([*shaped, pa.array(counted, pa.int64())], schema=self._schema)

    def opened(self, engine: Engine, batches: Iterator[pa.RecordBatch]) -> Opened:
        """Stream the batches into the engine."""
        table = working_table("raw", self.name)
        engine.put(table, pa.RecordBatchReader.from_batches(self._schema, batches))
        return Opened(self.name, table, self.columns, self._rejected, tuple(self._files))


def _open_parquet(engine: Engine, name: str, files: list[Path], limit: int | None) -> Opened:
    parts: list[tuple[str, pa.Schema, int]] = []
    places: list[tuple[Path, int]] = []
    before = 0
    for number, path in enumerate(files):
        part = working_table(f"file_{number}", name)
        try:
            engine.read_parquet(part, path, row=ROW)
            shape = engine.collect(f"SELECT * FROM {quoted(part)} LIMIT 0").schema
        except EngineError:
            raise SourceError(
                f"«{path.name}» is no Parquet file that can be read",
                hint="check the file, or set format",
                source=name,
                file=path,
            ) from None
        parts.append((part, shape, before))
        places.append((path, before))
        if len(files) > 1:
            rows = engine.collect(f"SELECT count(*) AS n FROM {quoted(part)}")
            before += rows["n"][0].as_py()
    columns = tuple(
        dict.fromkeys(field.name for _, shape, _ in parts for field in shape if field.name != ROW)
    )
    table = working_table("raw", name)
    whole = " UNION ALL ".join(_as_text(*part, columns) for part in parts)
    engine.view(table, whole if limit is None else f"SELECT * FROM ({whole}) LIMIT {limit}")
    return Opened(name, table, columns, Rejected(), tuple(places))


def _as_text(part: str, shape: pa.Schema, before: int, columns: tuple[str, ...]) -> str:
    """The SQL that gives one file's rows as text."""
    chosen = [
        f"{_text_of(shape.field(c)) if shape.get_field_index(c) >= 0 else 'NULL::VARCHAR'}"
        f" AS {quoted(c)}"
        for c in columns
    ]
    chosen.append(f"{quoted(ROW)} + {before} AS {quoted(ROW)}")
    return f"SELECT {', '.join(chosen)} FROM {quoted(part)}"


def _text_of(field: pa.Field) -> str:
    """A column as the text a person would have written: 75001.0 is 75001."""
    column = quoted(field.name)
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        return column
    if pa.types.is_floating(field.type):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return (
            f"CASE WHEN {whole} THEN CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR) "
            f"WHEN isnan({column}) THEN NULL ELSE CAST({column} AS VARCHAR) END"
        )
    if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
        return f"coalesce(TRY(decode({column})), CAST({column} AS VARCHAR))"
    if pa.types.is_nested(field.type):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"
