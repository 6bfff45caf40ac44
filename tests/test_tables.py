"""docs/tables.md names every column of every table that a build publishes, and no other."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connu.app.stages import TABLES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tables.md"
FAMILIES = ("social.", "consent.")
#: Which of their documented columns there are depends on what a brand maps.
BY_MAPPING = {"people", "events", "verbatims", "customers"}


def documented() -> dict[str, set[str]]:
    """Columns by table, as the page has them: the first cells under each heading."""
    tables: dict[str, set[str]] = {}
    name = ""
    for line in html.unescape(PAGE.read_text(encoding="utf-8")).splitlines():
        heading = re.fullmatch(r"### `?(\w+)`?", line)
        if heading:
            name = heading[1]
            tables[name] = set()
        elif name and line.startswith("| ") and line != "| column | meaning |":
            cell = line.split("|")[1].replace("`", "")
            tables[name] |= {word.strip() for word in cell.split(",")}
        elif name and (alike := re.search(r"[Cc]olumns (?:as|of|like) `?(\w+)", line)):
            tables[name] |= tables[alike[1]]
    return tables


@pytest.mark.slow
def test_every_column_is_documented_and_every_documented_column_exists(tmp_path: Path):
    from connu.app.brand import open as open_brand
    from connu.kernel.progress import Silent
    from connu.sample import make_brand

    make_brand(tmp_path / "brand", people=300, progress=Silent())
    built = open_brand(tmp_path / "brand").build()
    folder = tmp_path / "brand" / ".connu" / "builds" / built.build_id
    page = documented()
    missing, gone = [], []
    for table in TABLES:
        columns = {
            next((f + "<" for f in FAMILIES if name.startswith(f)), name)
            for name in pq.read_schema(folder / f"{table}.parquet").names
        }
        told = {
            next((f + "<" for f in FAMILIES if w.startswith(f)), w) for w in page.get(table, ())
        }
        missing += [f"{table}.{column}" for column in sorted(columns - told)]
        if table not in BY_MAPPING:
            gone += [f"{table}.{column}" for column in sorted(told - columns)]
    assert (missing, gone) == ([], [])
