"""Coverage: brands are made once each, intervals are counted, and misses are told apart."""

from __future__ import annotations

import json

import pytest

from benchmarks import coverage
from benchmarks.coverage_interval import Interval
from benchmarks.coverage_kinds import KINDS, Kind
from benchmarks.coverage_stages import STAGES, settings_without
from connu.kernel.settings import read_settings


class MadeBrand:
    """Stands for a built brand: nothing is read of it."""

    def __init__(self, folder):
        self.folder = folder

    def build(self):
        (self.folder / "built").write_text("yes")


def interval(true: float, figure: str = "share") -> Interval:
    return Interval(figure, "all", 0.5, 0.4, 0.6, 100, true, 200)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch):
    """Brands that cost nothing, of two kinds; returns the seeds made."""
    seeds: list[int] = []

    def make(folder, *, people, seed, progress):
        seeds.append(seed)
        (folder / "connu.toml").write_text('[brand]\nname = "x"\n\n[twins]\narea = "habitat"\n')

    def judge(brand, seed):
        assert (brand.folder / "built").exists()
        yield interval(0.5 if seed % 4 else 0.7)
        yield interval(0.45)

    kinds = {"one": Kind(("twins",), judge), "other": Kind((), judge)}
    monkeypatch.setattr(coverage, "make_brand", make)
    monkeypatch.setattr(coverage.connu, "open", MadeBrand)
    monkeypatch.setattr(coverage, "KINDS", kinds)
    return seeds


def test_a_brand_in_the_file_is_not_made_again(made, tmp_path):
    out = tmp_path / "out.jsonl"
    coverage.run(out, range(1, 3), 100, ["one"], tmp_path)
    coverage.run(out, range(1, 4), 100, ["one"], tmp_path)
    assert made == [1, 2, 3]
    coverage.run(out, range(1, 4), 100, ["one", "other"], tmp_path)
    assert made == [1, 2, 3, 1, 2, 3]
    rows = coverage.read(out)
    assert [row["kind"] for row in rows if "done" in row] == ["one"] * 3 + ["other"] * 3
    assert sum("figure" in row for row in rows) == 12


def test_a_line_cut_off_costs_no_other(made, tmp_path):
    out = tmp_path / "out.jsonl"
    coverage.run(out, range(1, 3), 100, ["one"], tmp_path)
    with out.open("a") as file:
        file.write('{"kind": "one", "fig')
    assert len(coverage.read(out)) == 6


def test_intervals_are_counted_by_figure_and_misses_told_apart(made, tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    asked = ["--brands", "20", "--only", "one", "--out", str(out)]
    assert coverage.main(asked) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[2].startswith("| one share | 20 | 40 | 87.5% |")
    assert "| 12.5% | 0.0% | 0.200 |" in told[2] and "**missed**" in told[2]
    assert coverage.main(["--summary", str(out), str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[2].startswith("| one share | 20 | 80 | 87.5% |")


def test_the_true_value_on_a_bound_is_covered():
    rows = [
        {"kind": "k", "seed": seed} | interval(true)._asdict()
        for seed, true in enumerate((0.4, 0.6, 0.39, 0.61))
    ]
    assert "| 50.0% |" in coverage.summary(rows)[2]
    assert "| 25.0% | 25.0% |" in coverage.summary(rows)[2]


def test_nothing_judged_is_a_failure(tmp_path):
    file = tmp_path / "empty.jsonl"
    file.write_text(json.dumps({"kind": "one", "seed": 1, "people": 100, "done": True}))
    assert coverage.main(["--summary", str(file)]) == 1


def test_stages_nobody_asks_for_are_switched_off(tmp_path):
    text = '[brand]\nname = "x"\ncountry = "FR"\n\n[twins]\nneighbors = 20\n'
    (tmp_path / "connu.toml").write_text(text)
    settings_without(tmp_path, {"intents"})
    settings_without(tmp_path, {"intents"})
    settings = read_settings(tmp_path)
    assert not settings.twins.enabled and settings.twins.neighbors == 20
    assert settings.intents.enabled and not settings.understand.enabled


def test_every_kind_needs_stages_that_there_are():
    assert {stage for kind in KINDS.values() for stage in kind.needs} <= set(STAGES)
