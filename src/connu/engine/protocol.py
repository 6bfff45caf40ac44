"""What a stage may ask of an engine: read, SQL, map over Arrow batches, collect, write.

A stage that keeps to these verbs runs embedded (DuckDB) and on a cluster (Spark). SQL is written
once, in DuckDB's dialect. Every named table is materialised as Parquet in the engine's workspace,
so a stage holds no large table in memory and a finished build is a set of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


@runtime_checkable
class Engine(Protocol):
    """A place where tables live and SQL runs. One engine serves one build or one reader."""

    name: str
    workspace: Path

    def read_parquet(self, name: str, path: Path | str, *, row: str | None = None) -> None:
        """Name a Parquet file, folder or glob: it becomes the table `name`; nothing is copied.

        With `row`, a BIGINT column of that name is added: the row's 1-based place in its file.
        """
        ...

    def put(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        """Materialise an Arrow table, or a stream of batches, as the table `name`.

        The stream is read once and never held whole; an error it raises is raised here.
        """
        ...

    def run(self, name: str, sql: str) -> int:
        """Materialise a query as the table `name` (Parquet in the workspace); returns its rows."""
        ...

    def view(self, name: str, sql: str) -> None:
        """Name a query without running it."""
        ...

    def map(self, name: str, sql: str, function: BatchFunction, schema: pa.Schema) -> int:
        """Materialise `function` over the Arrow batches of a query; returns the rows written.

        `function` must be pure and order-free: batches may be cut anywhere and run in parallel.
        """
        ...

    def collect(self, sql: str) -> pa.Table:
        """The result of a query as one Arrow table. For what fits in memory."""
        ...

    def batches(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The result of a query as a stream of Arrow batches of at most `rows` rows."""
        ...

    def write(self, sql: str, path: Path) -> int:
        """Write a query to .parquet, .csv or .jsonl by the suffix of `path`; returns its rows."""
        ...

    def has(self, name: str) -> bool:
        """Whether a table or view of that name exists."""
        ...

    def columns(self, name: str) -> list[str]:
        """The column names of a table, in order."""
        ...

    def drop(self, name: str) -> None:
        """Forget a table and delete its file in the workspace, if it has one."""
        ...

    def close(self) -> None:
        """Release everything; the workspace's files stay."""
        ...
