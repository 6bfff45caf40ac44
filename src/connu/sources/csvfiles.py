"""CSV files as streams of text batches, every row numbered, unreadable rows set aside.

Two readers, one meaning: Arrow's for plain files (a second per 100 MB), and a patient one where
quoted cells span lines, quotes are left open or bytes are broken. A stray quote spoils the row it
stands in and not the rest of the file.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from connu.kernel.errors import SourceError
from connu.sources.dialects import Dialect, cut, left_open

#: The column that every opened source carries: the 1-based data row.
ROW = "connu_row"

_BLOCK_BYTES = 1 << 23
_BATCH_ROWS = 50_000
_OPEN_LINES = 200
_LONGEST_RECORD = 1 << 20
_MOST_REJECTED = 500_000
_LONGEST_LINE = 1 << 22


@dataclass
class Rejected:
    """Rows that no reader could cut into the file's columns.

    Attributes:
        rows: 1-based data rows.
        reasons: a sentence each, without a value.
        contents: the raw rows, each a JSON object: its cells by column where it could be cut,
            else the line and what stands between the delimiters.
    """

    rows: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)

    def add(self, row: int, reason: str, content: dict[str, str]) -> None:
        """Set one row aside.

        Raises:
            SourceError: so many rows cannot be read that the file must be of another form.
        """
        if len(self.rows) >= _MOST_REJECTED:
            raise SourceError(
                f"more than {_MOST_REJECTED:,} rows cannot be read",
                hint="check the delimiter, the quotes and the format of the file",
                row=row,
            )
        self.rows.append(row)
        self.reasons.append(reason)
        self.contents.append(json.dumps(content, ensure_ascii=False))

    def extend(self, other: Rejected, before: int) -> None:
        """Take over the rows of a further file, that `before` rows precede."""
        self.rows.extend(row + before for row in other.rows)
        self.reasons.extend(other.reasons)
        self.contents.extend(other.contents)


def csv_batches(path: Path, dialect: Dialect, rejected: Rejected) -> Iterator[pa.RecordBatch]:
    """The file's rows as text: the dialect's columns, then ROW; empty cells are missing.

    Every data row is either in a batch or in `rejected`. Rows are counted without empty lines.
    """
    reader = _fast if dialect.plain else _patient
    return reader(path, dialect, rejected)


def _fast(path: Path, dialect: Dialect, rejected: Rejected) -> Iterator[pa.RecordBatch]:
    ragged: list[tuple[int, str]] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    names = list(dialect.columns)
    with pa.OSFile(str(path)) as file:
        file.seek(dialect.header_bytes)
        if file.tell() >= file.size():
            return
        try:
            reader = arrow_csv.open_csv(
                file,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=max(_BLOCK_BYTES, dialect.longest_line * 2 + 1024),
                    column_names=names,
                    encoding="utf8" if dialect.encoding.startswith("utf-8") else dialect.encoding,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=dialect.delimiter,
                    newlines_in_values=False,
                    invalid_row_handler=set_aside,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        except pa.ArrowInvalid:
            reader = iter(())  # nothing but empty lines
        read = last = 0
        for batch in reader:
            if _swallowed(batch, ragged):
                del ragged[bisect_right(ragged, (last, chr(0x10FFFF))) :]
                yield from _repaired(ragged, dialect, rejected)
                yield from _patient(path, dialect, rejected, after=last)
                return
            places = np.arange(read, read + batch.num_rows)
            bad = np.array([number for number, _ in ragged], np.int64)
            rows = places + 1 + np.searchsorted(bad - 1 - np.arange(len(bad)), places, "right")
            read += batch.num_rows
            last = max(last, int(rows[-1]) if len(rows) else 0)
            yield pa.record_batch([*batch.columns, pa.array(rows)], schema=schema_of(dialect))
    yield from _repaired(ragged, dialect, rejected)


def _swallowed(batch: pa.RecordBatch, ragged: list[tuple[int, str]]) -> bool:
    """Whether a cell holds a line break although none may: a quote was opened and not closed."""
    if any("\n" in text or "\r" in text for _, text in ragged):
        return True
    return any(
        pc.any(pc.match_substring(column, mark)).as_py()
        for column in batch.columns
        for mark in ("\n", "\r")
    )


def _repaired(
    ragged: list[tuple[int, str]], dialect: Dialect, rejected: Rejected
) -> Iterator[pa.RecordBatch]:
    """Rows that are only too long by empty cells; the others are rejected."""
    rows = _Rows(dialect, rejected)
    for number, text in ragged:
        rows.add(number, text)
    yield from rows.flush()


def _patient(
    path: Path, dialect: Dialect, rejected: Rejected, after: int = 0
) -> Iterator[pa.RecordBatch]:
    """Every row whose number is larger than `after`."""
    rows = _Rows(dialect, rejected)
    number = (0 if dialect.header else 1) - dialect.preamble
    for record in _records(path, dialect):
        if number > after:
            rows.add(number, record)
        number += 1
        if len(rows) >= _BATCH_ROWS:
            yield from rows.flush()
    yield from rows.flush()


class _Rows:
    """Cuts records and gathers the good ones into a batch."""

    def __init__(self, dialect: Dialect, rejected: Rejected) -> None:
        self._dialect = dialect
        self._rejected = rejected
        self._numbers: list[int] = []
        self._cells: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, record: str) -> None:
        """Cut one record, or set it aside with the reason."""
        dialect, width = self._dialect, len(self._dialect.columns)
        if not record.strip():
            return  # an empty row is no row
        reason = None
        cells: list[str] = []
        if len(record) > _LONGEST_RECORD:
            reason = "the row is longer than 1,048,576 characters"
        elif '"' in record and left_open(record, dialect.delimiter, dialect.padded):
            reason = "a quote is opened and never closed"
        elif '"' not in record and not dialect.padded:
            cells = record.split(dialect.delimiter)
        else:
            try:
                cells = cut(record, dialect.delimiter, dialect.padded)
            except csv.Error:
                reason = "a cell is longer than 131,072 characters"
        if reason is not None:
            rough = (cell.strip('" ') for cell in record.split(dialect.delimiter)[:1000])
            numbered = {str(place): cell for place, cell in enumerate(rough, start=1)}
            self._rejected.add(number, reason, {"line": record} | numbered)
            return
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            del cells[width:]
        if len(cells) != width and any(cell.strip() for cell in cells):
            names = (*dialect.columns, *(str(place + 1) for place in range(width, len(cells))))
            self._rejected.add(
                number,
                f"the row has {len(cells)} cells where the file has {width} columns",
                dict(zip(names, cells, strict=False)),
            )
        elif len(cells) == width:
            self._numbers.append(number)
            self._cells.append(cells)

    def flush(self) -> Iterator[pa.RecordBatch]:
        if not self._numbers:
            return
        columns = [
            pa.array([cell or None for cell in column], pa.string())
            for column in zip(*self._cells, strict=True)
        ]
        yield pa.record_batch(
            [*columns, pa.array(self._numbers, pa.int64())], schema=schema_of(self._dialect)
        )
        self._numbers, self._cells = [], []


def _records(path: Path, dialect: Dialect) -> Iterator[str]:
    """Logical rows: lines joined while a quote is open, given up after 200 lines or 1 MB.

    When a quote is never closed, the line that opened it is a row of its own (to be rejected) and
    reading resumes with the next line.
    """
    delimiter, padded = dialect.delimiter, dialect.padded
    with open(path, encoding=dialect.encoding, errors="replace", newline=None) as file:
        waiting: list[str] = []
        while True:
            line = waiting.pop(0) if waiting else file.readline(_LONGEST_LINE)
            if not line:
                return
            if '"' not in line or not left_open(line, delimiter, padded):
                if line.strip("\n\ufeff"):
                    yield line.removesuffix("\n").lstrip("\ufeff")
                continue
            lines, size = [line], len(line)
            closed = False
            while not closed and len(lines) < _OPEN_LINES and size < _LONGEST_RECORD:
                more = waiting.pop(0) if waiting else file.readline(_LONGEST_LINE)
                if not more:
                    break
                lines.append(more)
                size += len(more)
                closed = '"' in more and not left_open("".join(lines), delimiter, padded)
            if closed:
                yield "".join(lines).removesuffix("\n")
            else:
                yield line.removesuffix("\n")
                waiting[:0] = lines[1:]


def schema_of(dialect: Dialect) -> pa.Schema:
    """The batches' shape: the columns as text, then ROW."""
    return pa.schema(
        [pa.field(name, pa.string()) for name in dialect.columns] + [pa.field(ROW, pa.int64())]
    )
