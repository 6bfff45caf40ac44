"""The serving index: from an identifier, a record or a customer id to the customer, at once.

The only module that uses sqlite3. The index is one table of pages: entries (value, type, customer)
sorted by value, sixty-four to a page, under the page's first value. A page is one line of text made
by Arrow, so a million records take half the time of a row for each entry, and the memory of
a batch beside the engine's sort; a look-up reads one page, some tens of microseconds.

Types are the identifiers' own (`email`, `social.twitter` …), `record:<source>` for a record id, and
`customer` for a customer id. Under `of:<type>` a customer id leads back to what he holds:
`of:email` to his e-mails, `of:record:<source>` to his record ids.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.govern.consents import holders
from connu.kernel.errors import BuildError
from connu.ledger.files import io_error

_PAGE_ENTRIES = 64
#: Between the fields of an entry, and between entries; no value holds them (they are taken out).
_FIELD, _ENTRY = "\x1f", "\x1e"
_FORMAT = 1
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, order=True)
class Hit:
    """An entry met: who, and by which type of key."""

    customer_id: str
    type: str


def write_serving(engine: Engine, path: Path) -> int:
    """Write the index of a build; replaces a file already there.

    Reads identities, identifiers, normal and, where there is one, visitors. Two sorts of the
    entries; memory of one batch.

    Returns:
        The number of entries.

    Raises:
        BuildError: the file cannot be written.
    """
    path = Path(path)
    try:
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _refused(path, error) from None
    try:
        # Nobody reads it before the build is published: no journal, one sync at the end.
        for pragma in (
            "page_size = 16384",  # several pages of entries fit one of SQLite's
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(
            "CREATE TABLE pages (page INTEGER PRIMARY KEY, first TEXT, entries BLOB)"
        )
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("BEGIN")
        entries = 0
        for page, first, text, length in _pages(engine):
            connection.execute("INSERT INTO pages VALUES (?, ?, ?)", (page, first, text))
            entries += length
        connection.execute("CREATE INDEX firsts ON pages (first, page)")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _refused(path, error) from None
    finally:
        connection.close()
    return entries


class Serving:
    """An open index. Values are looked up as they are stored: the caller normalises them.

    A connection belongs to one thread at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(path)
        try:
            self._connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as error:
            raise _unreadable(self._path) from error
        if version != _FORMAT:
            self._connection.close()
            raise _unreadable(self._path)

    def find(self, text: str) -> list[str]:
        """The customers who answer to a customer id, a record id or an identifier, sorted."""
        return sorted({hit.customer_id for hit in self.hits(text)})

    def hits(self, text: str) -> list[Hit]:
        """As `find`, with the type of key that each answers by."""
        return sorted(
            Hit(meant, kind) for kind, meant in self._entries(text) if not kind.startswith("of:")
        )

    def records(self, customer_id: str) -> list[tuple[str, str]]:
        """A customer's records, (source, record_id), sorted."""
        return [
            (kind.removeprefix("record:"), value)
            for kind, value in self._held(customer_id)
            if kind.startswith("record:")
        ]

    def identifiers(self, customer_id: str) -> list[tuple[str, str]]:
        """A customer's identifiers, (type, value), sorted."""
        return [
            (kind, value)
            for kind, value in self._held(customer_id)
            if not kind.startswith("record:")
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Serving:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ within
    def _held(self, customer_id: str) -> list[tuple[str, str]]:
        return sorted(
            (kind.removeprefix("of:"), value)
            for kind, value in self._entries(customer_id)
            if kind.startswith("of:")
        )

    def _entries(self, text: str) -> Iterator[tuple[str, str]]:
        """(type, what it leads to) of the entries whose value is `text`."""
        wanted = _plain(text)
        try:
            pages = self._connection.execute(
                # The page that begins before the value, and every page that begins with it.
                "SELECT entries FROM pages WHERE first = ?1 UNION ALL SELECT entries FROM"
                " (SELECT entries FROM pages WHERE first < ?1"
                " ORDER BY first DESC, page DESC LIMIT 1)",
                (wanted,),
            ).fetchall()
        except (sqlite3.Error, UnicodeEncodeError):
            if _is_text(wanted):
                raise _unreadable(self._path) from None
            return
        head = wanted + _FIELD
        for (page,) in pages:
            for entry in page.decode().split(_ENTRY):
                if entry.startswith(head):
                    kind, meant = entry[len(head) :].split(_FIELD, 1)
                    yield kind, meant


def open_serving(path: Path) -> Serving:
    """Open the index of a published build, `<build>/serving.sqlite`.

    Raises:
        BuildError: it is not there, damaged, or of another connu.
    """
    return Serving(path)


def sqlite_texts(path: Path) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    """Every cell of a SQLite file as text: (table, batches of rows). For proving what is gone.

    The file is not locked and not written to; what cannot be decoded is passed over.
    """
    try:
        connection = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in named.fetchall():
            yield table, _table_texts(connection, table)
    except sqlite3.Error:
        return
    finally:
        connection.close()


def _table_texts(connection: sqlite3.Connection, table: str) -> Iterator[pa.RecordBatch]:
    name = table.replace('"', '""')
    try:
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        rows = connection.execute(f'SELECT * FROM "{name}"')
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            cells = [[_shown(cell) for cell in column] for column in zip(*some, strict=True)]
            arrays = [pa.array(column, pa.string()) for column in cells]
            yield pa.RecordBatch.from_arrays(arrays, columns)
    except sqlite3.Error:
        return


def _shown(cell: object) -> str | None:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return None if cell is None else str(cell)


def _pages(engine: Engine) -> Iterator[tuple[int, str, bytes, int]]:
    """(page number, first value, entries as text, how many) in the order of values."""
    page = 0
    for batch in engine.batches(_entries_sql(engine.has("visitors"))):
        if not batch.num_rows:
            continue
        columns = [_without_marks(column) for column in batch.columns]
        lines = pc.binary_join_element_wise(*columns, _FIELD)
        offsets = np.append(np.arange(0, batch.num_rows, _PAGE_ENTRIES), batch.num_rows)
        grouped = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), lines)
        firsts = columns[0].take(pa.array(offsets[:-1])).to_pylist()
        texts = pc.binary_join(grouped, _ENTRY).cast(pa.binary()).to_pylist()
        for first, text, length in zip(firsts, texts, np.diff(offsets).tolist(), strict=True):
            yield page, first, text, length
            page += 1


def _entries_sql(visitors: bool) -> str:
    return (
        f"WITH held AS ({holders(visitors=visitors)} UNION ALL"
        " SELECT 'record:' || source AS type, record_id AS value, customer_id FROM identities)"
        " SELECT value, type, customer_id FROM held"
        " UNION ALL SELECT DISTINCT customer_id, 'customer', customer_id FROM identities"
        " UNION ALL SELECT customer_id, 'of:' || type, value FROM held"
        " ORDER BY 1, 2, 3"
    )


def _without_marks(column: pa.Array) -> pa.Array:
    """A column without the marks that separate; hardly any ever has one."""
    for mark in (_FIELD, _ENTRY):
        if pc.any(pc.match_substring(column, mark)).as_py():
            column = pc.replace_substring(column, mark, "")
    return column


def _plain(text: str) -> str:
    return text.replace(_FIELD, "").replace(_ENTRY, "")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(path: Path, error: Exception) -> BuildError:
    if isinstance(error, OSError):
        return io_error("the serving index cannot be written", error)
    return BuildError(
        "the serving index cannot be written",
        hint="check that the disk is not full and that the folder can be written",
        file=path,
    )


def _unreadable(path: Path) -> BuildError:
    return BuildError(
        "the serving index is missing, damaged or of another version of connu",
        hint="run: connu build",
        file=path,
    )
