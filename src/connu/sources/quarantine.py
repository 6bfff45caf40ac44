"""The quarantine: rows that could not become records, kept whole with the reason."""

from __future__ import annotations

import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.sources.mapping import Mapping

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("kind", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("content", pa.string()),
    ]
)


class Quarantine:
    """Gathers what is set aside while sources are taken in; ends as the table `quarantine`."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add_rejected(self, engine: Engine, mapping: Mapping) -> None:
        """Rows that could not be read as the source's columns."""
        rejected = mapping.opened.rejected
        count = len(rejected.rows)
        if not count:
            return
        self._put(
            engine,
            pa.table(
                {
                    "source": pa.repeat(mapping.name, count),
                    "kind": pa.repeat(mapping.source.kind, count),
                    "row": pa.array(rejected.rows, pa.int64()),
                    "column": pa.nulls(count, pa.string()),
                    "reason": pa.array(rejected.reasons, pa.string()),
                    "content": pa.array(rejected.contents, pa.string()),
                },
                schema=SCHEMA,
            ),
        )

    def add_query(
        self, engine: Engine, mapping: Mapping, reason: str, where: str, column: str | None = None
    ) -> None:
        """Rows of a source that a condition (SQL over its raw columns) excludes."""
        part = self._next()
        rows = engine.run(
            part,
            f"SELECT {literal(mapping.name)} AS source, {literal(mapping.source.kind)} AS kind, "
            f"{mapping.row} AS row, "
            f'{"CAST(NULL AS VARCHAR)" if column is None else literal(column)} AS "column", '
            f"{literal(reason)} AS reason, {mapping.content_json()} AS content "
            f"FROM {mapping.table} WHERE ({where}) AND {mapping.filled()}",
        )
        if not rows:
            engine.drop(part)
            self._parts.remove(part)

    def finish(self, engine: Engine) -> dict[str, dict[str, int]]:
        """Write the table `quarantine`; returns the rows by source and reason."""
        if not self._parts:
            self._put(engine, SCHEMA.empty_table())
        union = " UNION ALL ".join(f"SELECT * FROM {quoted(part)}" for part in self._parts)
        engine.run("quarantine", f"{union} ORDER BY source, row, reason")
        for part in self._parts:
            engine.drop(part)
        counted = engine.collect(
            "SELECT source, reason, count(*) AS n FROM quarantine GROUP BY ALL ORDER BY ALL"
        )
        found: dict[str, dict[str, int]] = {}
        for row in counted.to_pylist():
            found.setdefault(row["source"], {})[row["reason"]] = row["n"]
        return found

    def _put(self, engine: Engine, table: pa.Table) -> None:
        engine.put(self._next(), table)

    def _next(self) -> str:
        self._parts.append(f"quarantine_{len(self._parts)}")
        return self._parts[-1]
