"""Searching a folder for a person: the proof that he is gone, or where he still is.

Parquet and SQLite are decoded and looked through cell by cell; every file, these too, is searched
as raw bytes, so that free pages, write-ahead logs and statistics are seen. What is found is told
by file and place, never by value.

A value may be part of another person's longer one: ada@example.org is in bada@example.org. A cell
counts when it is his value whole; raw bytes count unless a decoded cell of that file, of somebody
else, explains them.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connu.ledger.serving import sqlite_texts

#: Shorter values are not looked for in raw bytes: chance would find them anywhere.
RAW_CHARACTERS = 7
_SQLITE = b"SQLite format 3\x00"
_PARQUET = b"PAR1"
_LINES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".log", ".toml")
_TOLD = 20
_BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Needles:
    """What to look for.

    Attributes:
        values: values that are his alone: identifiers, as normalised and as written, his
            customer id, cells no other record holds.
        records: his records, (source, record_id): looked for as a pair, for a record id alone may
            be anybody's.
        verbatims: what he said, (source, verbatim_id): likewise a pair.
    """

    values: frozenset[str]
    records: frozenset[tuple[str, str]]
    verbatims: frozenset[tuple[str, str]] = frozenset()

    def __len__(self) -> int:
        return len(self.values) + len(self.records) + len(self.verbatims)

    def pairs(self) -> Iterator[tuple[str, str, frozenset[tuple[str, str]]]]:
        """The pairs of columns that name what is his, and the pairs of values looked for there."""
        for side in ("", "left_", "right_"):
            yield f"{side}source", f"{side}record_id", self.records
        yield "source", "verbatim_id", self.verbatims


@dataclass(frozen=True, order=True)
class Remain:
    """A place where he still is.

    Attributes:
        file: the file.
        where: the table and column, the lines or the rows, or the bytes.
    """

    file: Path
    where: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}"


@dataclass(frozen=True)
class Searched:
    """The outcome of a search.

    Attributes:
        files: looked into.
        remains: where he still is, sorted.
        unread: files that could not be looked into.
    """

    files: int
    remains: tuple[Remain, ...]
    unread: tuple[Path, ...] = ()


def search(places: Iterable[Path], needles: Needles) -> Searched:
    """Look for a person in files and folders.

    Symbolic links to files are followed, to folders are not; hidden folders are passed over, but
    for .connu. Costs one decoding of every file and
    one pass over its bytes for each value.

    Args:
        places: files, or folders searched whole.
        needles: what to look for.
    """
    remains: set[Remain] = set()
    unread: list[Path] = []
    files = sorted({path for place in places for path in _files(place)})
    for path in files:
        try:
            remains.update(Remain(path, where) for where in _in_file(path, needles))
        except FileNotFoundError:
            continue  # gone meanwhile: nothing is in it
        except OSError:
            unread.append(path)
    return Searched(len(files), tuple(sorted(remains)), tuple(unread))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for folder, folders, names in os.walk(place):
        # Hidden folders are not the brand's data, but for our own.
        folders[:] = [name for name in folders if not name.startswith(".") or _ours(folder, name)]
        for name in names:
            path = Path(folder) / name
            if path.is_file():
                yield path


def _ours(folder: str, name: str) -> bool:
    return name == ".connu" or ".connu" in Path(folder).parts


def _in_file(path: Path, needles: Needles) -> Iterator[str]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    explained: set[str] = set()
    cells: set[str] = set()
    with suppress(pa.ArrowException):  # not whole: its bytes are searched all the same
        if head.startswith(_PARQUET):
            cells.update(_in_parquet(path, needles, explained))
        elif head == _SQLITE:
            cells.update(_in_sqlite(path, needles, explained))
    yield from cells or _in_bytes(path, needles, explained)


def _in_parquet(path: Path, needles: Needles, explained: set[str]) -> Iterator[str]:
    with pq.ParquetFile(path, memory_map=True) as file:
        names = [
            field.name
            for field in file.schema_arrow
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        batches = file.iter_batches(batch_size=_BATCH_ROWS, columns=names)
        yield from _in_batches(batches, needles, explained)


def _in_sqlite(path: Path, needles: Needles, explained: set[str]) -> Iterator[str]:
    for table, batches in sqlite_texts(path):
        for where in _in_batches(batches, needles, explained):
            yield f"table {table}, {where}"


def _in_batches(
    batches: Iterable[pa.RecordBatch], needles: Needles, explained: set[str]
) -> Iterator[str]:
    """The columns in which he is, with the rows."""
    rows: dict[str, list[int]] = {}
    before = 0
    for batch in batches:
        for name in batch.schema.names:
            found = _in_column(batch.column(name), needles, explained)
            rows.setdefault(f"column {name}", []).extend(before + at for at in found)
        for id_column, found_at in _pairs_in(batch, needles):
            rows.setdefault(f"source and {id_column}", []).extend(before + at for at in found_at)
        before += batch.num_rows
    for where, found in rows.items():
        if found:
            yield f"{where}, {_counted('row', [at + 1 for at in found])}"


def _counted(word: str, numbers: Iterable[int]) -> str:
    """« row 7 », « rows 7, 9 and 3 more »."""
    ordered = sorted(set(numbers))
    told = ", ".join(f"{number:,}" for number in ordered[:_TOLD])
    more = len(ordered) - _TOLD
    return f"{word}{'s' if len(ordered) > 1 else ''} {told}" + (
        f" and {more:,} more" if more > 0 else ""
    )


def _in_column(column: pa.Array, needles: Needles, explained: set[str]) -> list[int]:
    """Where a cell is, or holds as a JSON text or an index entry, one of the values."""
    column = column.cast(pa.string())
    values = sorted(needles.values)
    if not values or not len(column):
        return []
    found = set(pc.indices_nonzero(pc.is_in(column, pa.array(values, pa.string()))).to_pylist())
    forms = {form for value in values for form in (value, json.dumps(value)[1:-1])}
    parts = pc.match_substring_regex(column, "|".join(map(re.escape, sorted(forms))))
    for at in pc.indices_nonzero(pc.fill_null(parts, False)).to_pylist():
        if at not in found:
            cell = column[at].as_py()
            texts = _texts_of(cell)
            if any(value in texts or _said_in(cell, value) for value in values):
                found.add(at)
            else:
                explained.update(value for value in values if value in cell)
    return sorted(found)


def _texts_of(cell: str) -> set[str]:
    """The texts a cell is made of: those of its JSON, or the fields of a page of the index."""
    if cell[:1] in "{[":
        with suppress(ValueError):
            return set(_leaves(json.loads(cell)))
    return set(re.split("[\x1e\x1f]", cell))


def _said_in(cell: str, value: str) -> bool:
    """Whether a longer text says an e-mail or a number; a name or a street may be another's."""
    return _is_strong(value) and any(
        _stands_alone(cell.encode(), found.start(), len(value.encode()), _WORD)
        for found in re.finditer(re.escape(value.encode()), cell.encode())
    )


def _is_strong(value: str) -> bool:
    return "@" in value or sum(c.isdigit() for c in value) >= RAW_CHARACTERS


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)


def _pairs_in(batch: pa.RecordBatch, needles: Needles) -> Iterator[tuple[str, list[int]]]:
    """Where a row names a record or a verbatim of his, by source and id together."""
    names = set(batch.schema.names)
    for source_column, id_column, wanted in needles.pairs():
        if not wanted or not {source_column, id_column} <= names:
            continue
        ids = pa.array(sorted({id for _, id in wanted}), pa.string())
        sources = batch.column(source_column).cast(pa.string())
        column = batch.column(id_column).cast(pa.string())
        places = pc.indices_nonzero(pc.is_in(column, ids)).to_pylist()
        found = [at for at in places if (sources[at].as_py(), column[at].as_py()) in wanted]
        yield id_column.removeprefix("left_").removeprefix("right_"), found


def _in_bytes(path: Path, needles: Needles, explained: set[str]) -> Iterator[str]:
    wanted = [
        (written, _WORD if _is_strong(value) else _CELL)
        for value in sorted(needles.values - explained)
        if len(value) >= RAW_CHARACTERS
        for written in sorted(_written(value))
    ]
    places: set[int] = set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for value, part in wanted:
            at = content.find(value)
            if at >= 0 and path.suffix.lower() not in _LINES:
                yield f"bytes at {at:,}"
                return
            while at >= 0:
                if _stands_alone(content, at, len(value), part):
                    places.add(at)
                at = content.find(value, at + len(value))
        if places:
            yield _counted("line", _lines(content, sorted(places)))


def _written(value: str) -> set[bytes]:
    """How a value may stand in a file: in UTF-8, in Latin-1, and escaped as in JSON."""
    forms = {value.encode(), json.dumps(value)[1:-1].encode()}
    with suppress(UnicodeEncodeError):
        forms.add(value.encode("latin-1"))
    return forms


#: What makes a value a part of a longer one: of a word; or of a cell, for what is no identifier.
#: What stands before, what after. A full stop ends a sentence, or joins two words.
_WORD = re.compile(rb"(?:[\w+@-]|\w\.)\Z"), re.compile(rb"[\w+@-]|\.\w")
_CELL = re.compile(rb"[^,;|\t\r\n\"'=:>]\Z"), re.compile(rb"[^,;|\t\r\n\"'=:>]")


_Part = tuple[re.Pattern[bytes], re.Pattern[bytes]]


def _stands_alone(content: bytes | mmap.mmap, at: int, length: int, part: _Part) -> bool:
    """Whether the bytes are a value whole, not a part of a longer one."""
    before, after = content[max(0, at - 2) : at], content[at + length : at + length + 2]
    return not (part[0].search(before) or part[1].match(after))


def _lines(content: mmap.mmap, places: list[int]) -> list[int]:
    """The 1-based lines of positions in order; one pass up to the last."""
    found, line, start = [], 1, 0
    for at in places:
        while (end := content.find(b"\n", start, at)) >= 0:
            line, start = line + 1, end + 1
        found.append(line)
    return found
