"""Spark as the engine: the same stages on a cluster, or on two local threads for the tests.

The only module that imports pyspark (extra `spark`) and sqlglot, which turns DuckDB's SQL into
Spark's. Tables are folders of Parquet files in the workspace, which every node must see.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from connu.engine.failure import spark_error, unreadable
from connu.engine.protocol import BatchFunction
from connu.engine.sql import quoted, table_name
from connu.kernel.errors import ConnuError, EngineError, MissingExtraError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_BATCH_ROWS = 100_000
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".parquet": ("parquet", {"compression": "zstd"}),
    ".csv": ("csv", {"header": True, "escape": '"', "emptyValue": '""'}),
    ".jsonl": ("json", {"ignoreNullFields": False}),
}


class SparkEngine:
    """An engine over a Spark session whose tables are Parquet folders in `workspace`.

    Args:
        workspace: folder for tables; made when absent.
        threads: of the local master, when no session runs yet.
        memory_gb: of the driver, when no session runs yet.
        master: where Spark runs; local when absent.

    Raises:
        MissingExtraError: the extra `spark` is not installed.
        EngineError: Spark does not start (Java 17 is missing).
    """

    name = "spark"

    def __init__(
        self,
        workspace: Path,
        *,
        threads: int = 2,
        memory_gb: float = 1.5,
        master: str | None = None,
    ) -> None:
        self.workspace = Path(workspace).resolve()
        try:
            self.workspace.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable("make the folder", self.workspace, error) from None
        self._owned: set[str] = set()
        self._named: set[str] = set()
        self._session, self._started = _session(master or f"local[{threads}]", threads, memory_gb)

    # ------------------------------------------------------------------ naming
    def read_parquet(self, name: str, path: Path | str, *, row: str | None = None) -> None:
        with self._told():
            frame = self._session.read.option("mergeSchema", True).parquet(str(path))
            if row is not None:
                frame = frame.selectExpr("*", f"_metadata.row_index + 1 AS {_quoted(row)}")
            self._name(name, frame)

    def view(self, name: str, sql: str) -> None:
        with self._told():
            self._name(name, self._sql(sql))

    def has(self, name: str) -> bool:
        with self._told():
            return bool(self._session.catalog.tableExists(_quoted(name)))

    def columns(self, name: str) -> list[str]:
        with self._told():
            return list(self._session.table(_quoted(table_name(name))).columns)

    def drop(self, name: str) -> None:
        with self._told():
            self._session.catalog.dropTempView(table_name(name))
        self._named.discard(name)
        if name in self._owned:
            shutil.rmtree(self._folder(name), ignore_errors=True)
            self._owned.discard(name)

    # ------------------------------------------------------------------ making
    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        fresh = self._fresh(name)
        fresh.mkdir(parents=True)
        try:
            with pq.ParquetWriter(fresh / "part-00000.parquet", table.schema) as writer:
                for batch in table if isinstance(table, pa.RecordBatchReader) else _cut(table):
                    writer.write_batch(batch)
        except OSError as error:
            raise unreadable("write", self._folder(name), error) from None
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        with self._told():
            self._take(name, fresh)

    def run(self, name: str, sql: str) -> int:
        with self._told():
            return self._materialise(name, self._sql(sql))

    def map(self, name: str, sql: str, function: BatchFunction, schema: pa.Schema) -> int:
        from pyspark.sql.pandas.types import from_arrow_schema

        def over_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield function(batch).cast(schema)

        with self._told():
            mapped = self._sql(sql).mapInArrow(over_batches, from_arrow_schema(schema))
            return self._materialise(name, mapped)

    # ------------------------------------------------------------------ taking
    def collect(self, sql: str) -> pa.Table:
        with self._told():
            return self._sql(sql).toArrow()

    def batches(self, sql: str, rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        aside = self.workspace / f".batches-{os.urandom(8).hex()}"
        try:
            with self._told():
                self._sql(sql).write.parquet(str(aside))
            files = sorted(str(file) for file in aside.glob("part-*.parquet"))
            if files:
                yield from ds.dataset(files).to_batches(batch_size=rows, fragment_readahead=1)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def write(self, sql: str, path: Path) -> int:
        path = Path(path)
        if path.suffix.lower() not in _FORMATS:
            raise EngineError(
                f"connu cannot write files ending in «{path.suffix}»",
                hint="use .parquet, .csv or .jsonl",
                file=path,
            )
        form, options = _FORMATS[path.suffix.lower()]
        aside = path.with_name(path.name + ".new")
        try:
            with self._told():
                frame = self._sql(sql).cache()
                rows = frame.count()
                frame.coalesce(1).write.mode("overwrite").options(**options).format(form).save(
                    str(aside)
                )
                frame.unpersist()
            next(aside.glob("part-*")).replace(path)
        except OSError as error:
            raise unreadable("write", path, error) from None
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return rows

    def close(self) -> None:
        for name in list(self._named):
            with suppress(Exception):
                self._session.catalog.dropTempView(name)
        if self._started:
            self._session.stop()

    # ------------------------------------------------------------------ within
    def _sql(self, sql: str) -> DataFrame:
        return self._session.sql(for_spark(sql))

    def _name(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(table_name(name))
        self._named.add(name)

    def _folder(self, name: str) -> Path:
        return self.workspace / f"{table_name(name)}.parquet"

    def _fresh(self, name: str) -> Path:
        fresh = self._folder(name).with_suffix(".parquet.new")
        shutil.rmtree(fresh, ignore_errors=True)
        return fresh

    def _materialise(self, name: str, frame: DataFrame) -> int:
        fresh = self._fresh(name)
        try:
            frame.write.option("compression", "zstd").parquet(str(fresh))
            return self._take(name, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _take(self, name: str, fresh: Path) -> int:
        """Put the finished folder in the place of the old one, and name it."""
        folder = self._folder(name)
        if folder.is_dir():
            shutil.rmtree(folder)
        folder.unlink(missing_ok=True)
        fresh.replace(folder)
        self._owned.add(name)
        self._session.catalog.refreshByPath(str(folder))
        frame = self._session.read.parquet(str(folder))
        self._name(name, frame)
        return int(frame.count())

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Spark's errors as ours. `from None`: the cause's text would show the cell it met."""
        try:
            yield
        except (ConnuError, KeyboardInterrupt, GeneratorExit):
            raise
        except Exception as error:
            raise spark_error(error) from None


def for_spark(sql: str) -> str:
    """DuckDB's SQL in Spark's words.

    >>> for_spark("SELECT a::VARCHAR FROM t ORDER BY a")
    'SELECT CAST(a AS STRING) FROM t ORDER BY a NULLS LAST'

    Raises:
        EngineError: the query cannot be said in Spark's SQL.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.transpile(
            sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
        )[0]
    except SqlglotError as error:
        kind = type(error).__name__
        raise EngineError("a query cannot be said in Spark's SQL", cause=kind) from None


def _quoted(name: str) -> str:
    return for_spark(quoted(name))


def _cut(table: pa.Table) -> list[pa.RecordBatch]:
    return table.to_batches(max_chunksize=_BATCH_ROWS) or [
        pa.RecordBatch.from_pylist([], schema=table.schema)
    ]


def _session(master: str, threads: int, memory_gb: float) -> tuple[SparkSession, bool]:
    """The running session, or a new one; and whether it is new."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtraError(
            "Spark is not installed", hint="install the extra: pip install 'connu[spark]'"
        ) from None
    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    settings = {
        "spark.driver.memory": f"{max(1, int(memory_gb))}g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(threads),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Spark logs the cell that failed: what went wrong reaches us as an exception anyway.
        "spark.log.level": "OFF",
    }
    # Workers are started by this name, and must find what this Python finds.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("connu")
    for word, value in settings.items():
        builder = builder.config(word, value)
    try:
        return builder.getOrCreate(), True
    except Exception as error:
        raise EngineError(
            "Spark does not start", hint="it needs Java 17 or later", cause=type(error).__name__
        ) from None
