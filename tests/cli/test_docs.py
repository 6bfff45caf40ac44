"""The docs cannot lie: tables, columns and commands of the pages are those of the program."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connu.app.stages import TABLES
from connu.ledger.builds import Builds
from connu.ledger.shapes import EXPORTS
from connu.ledger.twins import REASONS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def described() -> dict[str, list[str]]:
    """Table → its columns in order, as docs/tables.md tells them."""
    text = (DOCS / "tables.md").read_text(encoding="utf-8")
    found = {}
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        cells = re.findall(r"^\| ([^|]+) \|", body, re.M)
        words = [word.strip() for cell in cells[1:] for word in cell.split(",")]
        found[name.strip()] = words
    found["undecided"] = found["links"]
    return found


def family(column: str) -> str:
    return "social.&lt;network&gt;" if column.startswith("social.") else column


def test_every_table_is_described():
    assert set(described()) == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described_and_no_other(sample, table):
    file = Builds(sample).current().file(table)
    real = [family(column) for column in pq.read_schema(file).names]
    told = described()[table]
    assert set(real) <= set(told), f"docs/tables.md does not tell of {set(real) - set(told)}"
    if EXPORTS.get(table):
        assert real == told


def test_fixed_exports_are_the_ledger_s():
    for name, columns in EXPORTS.items():
        if columns is not None:
            # A table may hold more than its export, behind the export's columns.
            assert described()[name][: len(columns)] == list(columns)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def commands(page: Path) -> list[list[str]]:
    """The lines of a page's code blocks that run connu, as words."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^(?:    |\$ |    \$ )(connu .*)$", text, re.M)
    return [shlex.split(line.partition("#")[0].partition("→")[0])[1:] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_the_pages_exist(run, page):
    for words in commands(page):
        names = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
        if words[0] not in ("consent", "evaluate", "preference", "survey"):
            names = names[:1]
        ran = run(*names, "--help") if names else run(*words)
        assert ran.code == 0, f"{page.name}: connu {' '.join(words)}"
        for option in (word for word in words if word.startswith("--") and names):
            assert option in ran.out, f"{page.name}: connu {' '.join(words)}"


def test_examples_of_python_on_the_page_of_twins_run():
    ran = doctest.testfile(str(DOCS / "twins.md"), module_relative=False)
    assert ran.failed == 0 and ran.attempted >= 15


def test_every_reason_for_silence_is_explained():
    text = (DOCS / "twins.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| (\w+) \| ([^|]+) \|", text, re.M)
    words = {reason: meaning.strip() for reason, meaning in explained}
    assert {reason for reason in REASONS if reason != "shared_device"} <= set(words)
    assert words["not_alike"] == REASONS["not_alike"]
