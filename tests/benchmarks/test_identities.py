"""The benchmark's own arithmetic, and one small run of both tools."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import identities
from benchmarks.datasets import DATA_SETS
from benchmarks.identities import Figures, ratio, row, write_page

OURS = Figures("connu", "febrl3", 5000, 0.9998, 0.9999, 3.0, 5.0, 0.5, 2000, 2000)
THEIRS = replace(OURS, tool="splink", pairwise_f1=0.996, bcubed_f1=0.998, seconds=2.0, peak_gb=0.25)
FEBRL3 = DATA_SETS[0]


def test_a_row_has_a_cell_for_every_heading():
    assert row(OURS).count("|") == identities.HEADER.count("|")
    assert "| 5,000 | 0.9998 | 0.9999 | 3.0 | 5.0 | 0.50 |" in row(OURS)


def test_ratios_are_ours_by_theirs():
    told = ratio([OURS, THEIRS], FEBRL3)
    assert "seconds 1.50, processor seconds 1.00, memory 2.00" in told
    assert "pairwise errors 0.05, B-cubed errors 0.05" in told
    assert told.endswith(": reached")


def test_a_target_missed_is_told():
    assert ratio([replace(OURS, bcubed_f1=0.9995)], FEBRL3).endswith(": NOT reached")


def test_figures_replace_figures_and_prose_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{identities.BEGIN}\nold\n{identities.END}\nafter\n")
    monkeypatch.setattr(identities, "PAGE", page)
    for lines in (["new", "er"], ["newest"]):
        write_page(lines)
    assert page.read_text() == (f"before\n{identities.BEGIN}\nnewest\n{identities.END}\nafter\n")


def test_the_page_has_a_place_for_figures():
    text = identities.PAGE.read_text(encoding="utf-8")
    assert text.count(identities.BEGIN) == text.count(identities.END) == 1


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("splink") is None, reason="Splink is not installed")
def test_both_tools_link_the_same_records(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
):
    kept = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["identities", "--only", "made_2k", "--json", str(kept)])
    assert identities.main() == 0
    figures = json.loads(kept.read_text())
    assert [one["tool"] for one in figures] == ["connu", "splink"]
    assert all(one["records"] == 2000 and one["peak_gb"] > 0 for one in figures)
    assert figures[0]["bcubed_f1"] > 0.9
    assert "| made_2k | splink | 2,000 |" in capsys.readouterr().out
