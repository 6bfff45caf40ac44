"""DuckDB as the engine: embedded, columns, two threads and a bounded memory.

The only module that imports duckdb. Tables are Parquet files in the workspace under views, so a
build's memory is bounded by `memory_gb`, not by the data. Queries run beside the main thread:
DuckDB looks for Ctrl-C only between the tasks of a query, which may be minutes apart, while an
interrupt from another thread stops it at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from connu.engine.failure import engine_error, unreadable
from connu.engine.protocol import BatchFunction
from connu.engine.sql import literal, quoted, table_name
from connu.kernel.errors import EngineError

_BATCH_ROWS = 100_000
#: What a suffix makes of COPY, by the file's format.
_FORMATS = {
    # Small row groups cost nothing to write or scan, and let one customer's rows be read alone.
    ".parquet": "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480",
    ".csv": "FORMAT csv, HEADER",
    ".jsonl": "FORMAT json",
}
T = TypeVar("T")


class DuckEngine:
    """An engine over an in-memory DuckDB whose tables are Parquet files in `workspace`.

    Args:
        workspace: folder for tables and for what does not fit in memory; made when absent.
        threads: of queries, and of `map`'s functions.
        memory_gb: what DuckDB holds before it spills to the workspace.
    """

    name = "duckdb"

    def __init__(self, workspace: Path, *, threads: int = 2, memory_gb: float = 1.5) -> None:
        self.workspace = Path(workspace)
        try:
            self.workspace.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable("make the folder", self.workspace, error) from None
        self._threads = threads
        self._owned: set[str] = set()
        # What stages ask of most; each would be a query of its own. None: not asked yet.
        self._columns: dict[str, list[str] | None] = {}
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="connu-query")
        with _told():
            self._connection = duckdb.connect(
                ":memory:",
                config={
                    "threads": threads,
                    "memory_limit": f"{int(memory_gb * 1000)}MB",
                    "temp_directory": str(self._spill),
                    "preserve_insertion_order": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                },
            )
            # Not in `config`: the setting belongs to icu, which is loaded only once connected.
            self._connection.execute("SET TimeZone = 'UTC'")

    # ------------------------------------------------------------------ naming
    def read_parquet(self, name: str, path: Path | str, *, row: str | None = None) -> None:
        place = "" if row is None else f", file_row_number + 1 AS {quoted(row)}"
        files = _files_of(path)
        if isinstance(files, list):
            where = "[" + ", ".join(literal(file) for file in files) + "]"
        else:
            where = literal(files)
        self.view(name, f"SELECT *{place} FROM read_parquet({where}, union_by_name = true)")

    def view(self, name: str, sql: str) -> None:
        self._fetch(f"CREATE OR REPLACE VIEW {quoted(table_name(name))} AS {sql}")
        if name.lower() in self._columns:
            # Views over it may have other columns now.
            self._columns = dict.fromkeys(self._columns)
        self._columns[name.lower()] = None

    def has(self, name: str) -> bool:
        return name.lower() in self._columns

    def columns(self, name: str) -> list[str]:
        known = self._columns.get(name.lower())
        if known is None:
            known = [row[0] for row in self._fetch(f"DESCRIBE {quoted(table_name(name))}")]
            if self.has(name):
                self._columns[name.lower()] = known
        return list(known)

    def drop(self, name: str) -> None:
        self._fetch(f"DROP VIEW IF EXISTS {quoted(table_name(name))}")
        self._columns.pop(name.lower(), None)
        if name in self._owned:
            self._file(name).unlink(missing_ok=True)
            self._owned.discard(name)

    # ------------------------------------------------------------------ making
    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        with self._cursor() as cursor:
            self._pour(cursor, name, table)

    def run(self, name: str, sql: str) -> int:
        with self._cursor() as cursor:
            return self._materialise(cursor, sql, name)

    def map(self, name: str, sql: str, function: BatchFunction, schema: pa.Schema) -> int:
        with (
            self._cursor() as source,
            self._cursor() as sink,
            ThreadPoolExecutor(self._threads, thread_name_prefix="connu-map") as pool,
        ):
            reader = self._wait(source, lambda: source.sql(sql).to_arrow_reader(_BATCH_ROWS))
            made = _in_order(
                pool,
                _cast(function, schema),
                _grouped(reader, _BATCH_ROWS),
                ahead=self._threads,
            )
            return self._pour(sink, name, pa.RecordBatchReader.from_batches(schema, made))

    # ------------------------------------------------------------------ taking
    def collect(self, sql: str) -> pa.Table:
        with self._cursor() as cursor:
            return self._wait(cursor, lambda: cursor.sql(sql).to_arrow_table())

    def batches(self, sql: str, rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        with self._cursor() as cursor:
            reader = self._wait(cursor, lambda: cursor.sql(sql).to_arrow_reader(rows))
            grouped = _grouped(reader, rows)
            while (batch := self._wait(cursor, lambda: next(grouped, None))) is not None:
                yield batch

    def write(self, sql: str, path: Path) -> int:
        path = Path(path)
        form = _FORMATS.get(path.suffix.lower())
        if form is None:
            raise EngineError(
                f"connu cannot write files ending in «{path.suffix}»",
                hint="use .parquet, .csv or .jsonl",
                file=path,
            )
        with self._cursor() as cursor:
            return self._copy(cursor, sql, path, form)

    def close(self) -> None:
        self._beside.shutdown(wait=True)
        self._connection.close()
        with suppress(OSError):
            self._spill.rmdir()

    # ------------------------------------------------------------------ within
    @property
    def _spill(self) -> Path:
        return self.workspace / "spill"

    def _file(self, name: str) -> Path:
        return self.workspace / f"{table_name(name)}.parquet"

    def _pour(
        self, cursor: duckdb.DuckDBPyConnection, name: str, data: pa.Table | pa.RecordBatchReader
    ) -> int:
        """Materialise Arrow data; what a stream raises is raised as it is.

        DuckDB would wrap it in an error of its own, with its text.
        """
        failures: list[Exception] = []
        if isinstance(data, pa.RecordBatchReader):
            data = pa.RecordBatchReader.from_batches(data.schema, _keeping(failures, data))
        cursor.register("_poured", data)
        try:
            return self._materialise(cursor, "SELECT * FROM _poured", name)
        except EngineError:
            if not failures:
                raise
            cause = failures[0]
        raise engine_error(cause) if isinstance(cause, duckdb.Error) else cause

    def _materialise(self, cursor: duckdb.DuckDBPyConnection, sql: str, name: str) -> int:
        rows = self._copy(cursor, sql, self._file(name), _FORMATS[".parquet"])
        self._owned.add(name)
        self.read_parquet(name, self._file(name))
        return rows

    def _copy(self, cursor: duckdb.DuckDBPyConnection, sql: str, path: Path, form: str) -> int:
        """COPY aside, then rename: `path` holds all of the old or all of the new, always."""
        fresh = path.with_name(path.name + ".new")
        copy = f"COPY ({sql}) TO {literal(str(fresh))} ({form}, USE_TMP_FILE false)"
        try:
            rows = self._wait(cursor, lambda: cursor.execute(copy).fetchall())
            fresh.replace(path)
        except OSError as error:
            raise unreadable("write", path, error) from None
        finally:
            fresh.unlink(missing_ok=True)
        return int(rows[0][0])

    def _fetch(self, sql: str) -> list[tuple]:
        with self._cursor() as cursor:
            return self._wait(cursor, lambda: cursor.execute(sql).fetchall())

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with _told():
            cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _wait(self, cursor: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
        """Do `work` beside, and stop it when the main thread is interrupted.

        Only the main thread is ever interrupted; any other, such as a stream that asks the engine
        while it is being written, does its work itself.
        """
        if threading.current_thread() is not threading.main_thread():
            with _told():
                return work()
        doing = self._beside.submit(work)
        try:
            with _told():
                return doing.result()
        except BaseException:
            if not doing.done():
                cursor.interrupt()
                wait([doing])
            raise


@contextmanager
def _told() -> Iterator[None]:
    """DuckDB's errors as ours. `from None`: the cause's text would show the cell it met."""
    try:
        yield
    except duckdb.Error as error:
        raise engine_error(error) from None


def _files_of(path: Path | str) -> str | list[str]:
    """A folder's Parquet files, sorted; a file or a glob as it is."""
    folder = Path(path)
    if not folder.is_dir():
        return str(path)
    files = sorted(str(file) for file in folder.rglob("*.parquet") if file.is_file())
    if not files:
        raise EngineError("the folder holds no Parquet file", file=folder)
    return files


def _cast(function: BatchFunction, schema: pa.Schema) -> BatchFunction:
    """`function`, its batches cast to the schema: DuckDB would misread any other's memory."""

    def cast(batch: pa.RecordBatch) -> pa.RecordBatch:
        made = function(batch)
        if made.schema.equals(schema):
            return made
        with suppress(pa.ArrowException, ValueError):
            return made.cast(schema)
        raise EngineError(
            "a mapped function returned other columns than it declared",
            expected=_described(schema),
            returned=_described(made.schema),
        )

    return cast


def _described(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)


def _grouped(reader: pa.RecordBatchReader, rows: int) -> Iterator[pa.RecordBatch]:
    """The batches put together to about `rows`: DuckDB cuts windows and sorts into 2,048 each."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        if count and count + batch.num_rows > rows:
            yield pa.concat_batches(waiting)
            waiting, count = [], 0
        waiting.append(batch)
        count += batch.num_rows
    if waiting:
        yield pa.concat_batches(waiting)


def _in_order(
    pool: ThreadPoolExecutor,
    function: BatchFunction,
    reader: Iterable[pa.RecordBatch],
    ahead: int,
) -> Iterator[pa.RecordBatch]:
    """Run `function` over batches on the pool, `ahead` + 1 at a time, yielding in order."""
    waiting: list[Future[pa.RecordBatch]] = []
    try:
        for batch in reader:
            waiting.append(pool.submit(function, batch))
            if len(waiting) > ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for future in waiting:
            future.cancel()


def _keeping(failures: list[Exception], made: Iterable[T]) -> Iterator[T]:
    """Pass on what is made, and keep what was raised."""
    try:
        yield from made
    except Exception as error:
        failures.append(error)
        raise
