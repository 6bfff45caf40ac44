"""DuckDB as the engine: embedded, columns, two threads and a bounded memory.

The only module that imports duckdb. Tables are Parquet files in the workspace under views, so a
build's memory is bounded by `memory_gb`, not by the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa

from connu.engine.protocol import BatchFunction
from connu.engine.sql import literal, quoted
from connu.kernel.errors import EngineError

_BATCH_ROWS = 100_000


class DuckEngine:
    """An engine over an in-memory DuckDB whose tables are Parquet files in `workspace`."""

    name = "duckdb"

    def __init__(self, workspace: Path, *, threads: int = 2, memory_gb: float = 1.5) -> None:
        self.workspace = Path(workspace)
        self.workspace.mkdir(parents=True, exist_ok=True)
        self._threads = threads
        self._owned: set[str] = set()
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": threads,
                "memory_limit": f"{int(memory_gb * 1000)}MB",
                "temp_directory": str(self.workspace / "spill"),
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
        self.view(name, f"SELECT *{place} FROM read_parquet({literal(str(path))})")

    def view(self, name: str, sql: str) -> None:
        self._execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {sql}")

    def has(self, name: str) -> bool:
        found = self._fetch(
            "SELECT count(*) FROM information_schema.tables WHERE table_name = "
            + literal(name)
        )
        return bool(found[0][0])

    def columns(self, name: str) -> list[str]:
        return [row[0] for row in self._fetch(f"DESCRIBE {quoted(name)}")]

    def drop(self, name: str) -> None:
        self._execute(f"DROP VIEW IF EXISTS {quoted(name)}")
        if name in self._owned:
            self._file(name).unlink(missing_ok=True)
            self._owned.discard(name)

    # ------------------------------------------------------------------ making
    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        cursor = self._connection.cursor()
        try:
            cursor.register("_put", table)
            self._copy(cursor, "SELECT * FROM _put", name)
        finally:
            cursor.close()

    def run(self, name: str, sql: str) -> int:
        cursor = self._connection.cursor()
        try:
            return self._copy(cursor, sql, name)
        finally:
            cursor.close()

    def map(self, name: str, sql: str, function: BatchFunction, schema: pa.Schema) -> int:
        source = self._connection.cursor()
        sink = self._connection.cursor()
        try:
            with ThreadPoolExecutor(self._threads) as pool:
                reader = _grouped(source.sql(sql).to_arrow_reader(_BATCH_ROWS), _BATCH_ROWS)
                stream = pa.RecordBatchReader.from_batches(
                    schema, _in_order(pool, function, reader, ahead=self._threads)
                )
                sink.register("_map", stream)
                return self._copy(sink, "SELECT * FROM _map", name)
        except duckdb.Error as error:
            raise _engine_error(error) from error
        finally:
            source.close()
            sink.close()

    # ------------------------------------------------------------------ taking
    def collect(self, sql: str) -> pa.Table:
        try:
            return self._connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise _engine_error(error) from error

    def batches(self, sql: str, rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        cursor = self._connection.cursor()
        try:
            yield from _grouped(cursor.sql(sql).to_arrow_reader(rows), rows)
        except duckdb.Error as error:
            raise _engine_error(error) from error
        finally:
            cursor.close()

    def write(self, sql: str, path: Path) -> int:
        form = {
            ".parquet": "FORMAT parquet, COMPRESSION zstd",
            ".csv": "FORMAT csv, HEADER",
            ".jsonl": "FORMAT json",
        }.get(Path(path).suffix.lower())
        if form is None:
            raise EngineError(
                f"connu cannot write files ending in «{Path(path).suffix}»",
                hint="use .parquet, .csv or .jsonl",
                file=path,
            )
        rows = self._fetch(f"COPY ({sql}) TO {literal(str(path))} ({form})")
        return int(rows[0][0])

    def close(self) -> None:
        self._connection.close()

    # ------------------------------------------------------------------ within
    def _file(self, name: str) -> Path:
        return self.workspace / f"{name}.parquet"

    def _copy(self, cursor: duckdb.DuckDBPyConnection, sql: str, name: str) -> int:
        path = self._file(name)
        fresh = path.with_suffix(".parquet.new")
        try:
            rows = cursor.execute(
                f"COPY ({sql}) TO {literal(str(fresh))} (FORMAT parquet, COMPRESSION zstd)"
            ).fetchall()
        except duckdb.Error as error:
            fresh.unlink(missing_ok=True)
            raise _engine_error(error) from error
        fresh.replace(path)
        self._owned.add(name)
        self.read_parquet(name, path)
        return int(rows[0][0])

    def _execute(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except duckdb.Error as error:
            raise _engine_error(error) from error

    def _fetch(self, sql: str) -> list[tuple]:
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise _engine_error(error) from error


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


def _in_order(pool, function, reader, ahead):
    """Run `function` over batches on the pool, `ahead` + 1 at a time, yielding in order."""
    waiting = []
    for batch in reader:
        waiting.append(pool.submit(function, batch))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _engine_error(error: duckdb.Error) -> EngineError:
    """DuckDB's error without its text's values: a conversion error quotes the cell it met."""
    kind = type(error).__name__
    hints = {
        "OutOfMemoryException": "free memory, or raise [engine] memory_gb",
        "IOException": "check that the disk is not full and that the file still exists",
    }
    return EngineError(f"DuckDB stopped with {kind}", hint=hints.get(kind), cause=kind)
