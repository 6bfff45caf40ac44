"""Small brands for the tests of sources: files and settings in, tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.engine.duckdb import DuckEngine
from connu.kernel.settings import Settings, settings_from
from connu.sources.load import LoadReport, load_sources


def texts(*values: str | None) -> pa.Array:
    """A column of text."""
    return pa.array(values, pa.string())


def brand(sources: dict[str, dict[str, Any]], **about: Any) -> Settings:
    """Settings of a brand with these sources; `about` goes into [brand]."""
    return settings_from({"brand": {"name": "Test", **about}, "sources": sources})


class TakenIn:
    """The tables of a brand whose sources were taken in."""

    def __init__(self, folder: Path, settings: Settings, **options: Any) -> None:
        self.engine = DuckEngine(folder / "workspace")
        self.report: LoadReport = load_sources(self.engine, settings, folder, **options)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows, in a fixed order, missing cells left out."""
        columns = self.engine.columns(table)
        keys = ("rid", "type", "value") if "rid" in columns else ("source", "record_id", "row")
        order = [key for key in keys if key in columns]
        found = self.engine.collect(f"SELECT * FROM {table} ORDER BY {', '.join(order)}")
        return [{k: v for k, v in row.items() if v is not None} for row in found.to_pylist()]

    def column(self, table: str, name: str) -> list[Any]:
        """One column of a table, in the order of `rows`."""
        return [row.get(name) for row in self.rows(table)]
