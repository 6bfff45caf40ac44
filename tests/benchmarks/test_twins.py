"""The twins' benchmark: its own arithmetic, its made people, and small runs of its parts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as everything
from benchmarks import coverage, identities, intents, twin_speed, twins, understand
from benchmarks.twin_baselines import METHODS, cross_fitted
from benchmarks.twin_crowd import ratings_crowd, visitor_crowd
from benchmarks.twin_promise import promise
from connu.measure.twins import evaluate_twins

ROOT = Path(__file__).resolve().parents[2]


def test_a_row_has_a_cell_for_every_heading():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    stated = evaluate_twins(p, np.array([0, 1, 1]), ["man", "woman"], np.array([0, 1, -1]))
    silent = evaluate_twins(p, np.array([0, 0, 0]), ["man", "woman"])
    for score in (stated, silent):
        told = twins.row("made", "connu", score, 1.25)
        assert told.count("|") == twins.QUALITY.count("|") == twins.RULE.count("|")
    assert "| 66.7% | 1.0000 | 1.2 |" in twins.row("made", "connu", stated, 1.2)
    assert "| – | – | 1.2 |" in twins.row("made", "connu", silent, 1.2)


def test_a_target_missed_is_told():
    p = np.array([[0.995, 0.005]] * 50 + [[0.005, 0.995]] * 50)
    right = np.repeat([0, 1], 50)
    assert "NOT" not in twins.reached("sessions", evaluate_twins(p, right, "mw"))
    told = twins.reached("sessions", evaluate_twins(p, np.tile([0, 1], 50), "mw"))
    assert "auc 0.88: NOT reached" in told
    assert "ece 0.01: NOT reached" in told


def test_the_page_has_a_place_for_figures():
    text = identities.PAGE.read_text(encoding="utf-8")
    assert text.count(twins.BEGIN) == text.count(twins.END) == 1


def test_each_name_goes_to_its_own_benchmark(monkeypatch: pytest.MonkeyPatch):
    run: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(intents, "main", lambda given: run.append(("intents", given)) or 0)
    monkeypatch.setattr(understand, "main", lambda given: run.append(("understand", given)) or 0)
    monkeypatch.setattr(identities, "main", lambda given: run.append(("identities", given)) or 0)
    monkeypatch.setattr(twins, "main", lambda given: run.append(("twins", given)) or 1)
    monkeypatch.setattr(coverage, "main", lambda given: run.append(("coverage", given)) or 0)
    assert everything.main(["--only", "febrl3", "--write", "--json", "a.json"]) == 0
    assert run == [
        ("identities", ["--write", "--only", "febrl3", "--json", "a.identities.json"]),
    ]
    run.clear()
    assert everything.main(["--only", "visits", "--splits", "5"]) == 1
    assert run == [("twins", ["--splits", "5", "--only", "visits"])]
    run.clear()
    assert everything.main([]) == 1
    assert [name for name, _ in run] == ["identities", "twins", "intents", "understand"]
    size = ["--subjects", "50", "--events", "900"]
    for only, asked in (("next", ["--only", "next"]), ("intents", [])):
        run.clear()
        assert everything.main(["--only", only, "--json", "a.json", *size]) == 0
        assert run == [("intents", [*size, *asked, "--json", "a.intents.json"])]
    run.clear()
    assert everything.main(["--only", "wishes", "--write"]) == 0
    assert run == [("understand", ["--write", "--only", "wishes"])]
    run.clear()
    assert everything.main(["--only", "coverage"]) == 0
    assert run == [("coverage", [])]


def test_made_raters_are_what_they_say():
    ratings, sex, age = ratings_crowd(people=800, items=500, seed=3)
    assert (ratings.shape, ratings.dtype) == ((800, 500), np.float32)
    assert ratings.has_canonical_format
    assert set(np.unique(ratings.data)) == {1, 2, 3, 4, 5}
    many = np.diff(ratings.indptr)
    assert many.min() >= 20
    assert np.median(many) < many.mean()
    assert 0.2 < sex.mean() < 0.36
    assert set(np.unique(age)) == set(range(7))
    again = ratings_crowd(people=800, items=500, seed=3)
    assert (again[0] != ratings).nnz == 0
    assert (again[1] == sex).all() and (again[2] == age).all()
    assert (ratings_crowd(people=800, items=500, seed=4)[0] != ratings).nnz > 0


def test_made_visitors_are_what_they_say():
    crowd = visitor_crowd(visitors=3000, known=1000, products=400, seed=3)
    assert (crowd.visitors.shape, crowd.known.shape) == ((3000, 400), (1000, 400))
    assert (len(crowd.sex), len(crowd.age), len(crowd.known_sex)) == (3000, 3000, 1000)
    events = np.asarray(crowd.visitors.sum(axis=1)).ravel()
    assert events.min() >= 1
    assert 15 < events.mean() < 25
    assert crowd.known.sum() / 1000 > 1.5 * events.mean()
    again = visitor_crowd(visitors=3000, known=1000, products=400, seed=3)
    assert (again.visitors != crowd.visitors).nnz == 0
    assert (again.sex == crowd.sex).all()


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_every_method_beats_chance_and_gives_probabilities(method):
    ratings, sex, age = ratings_crowd(people=400, items=200, seed=0)
    fold = np.arange(400) % 2
    fold[:100] = -1
    told = cross_fitted(METHODS[method], ratings, sex.astype(np.int64), fold)
    assert np.isnan(told[:100]).all()
    score = evaluate_twins(told[100:], sex[100:], ["man", "woman"])
    assert score.auc.value > 0.6
    banded = cross_fitted(METHODS[method], ratings, np.minimum(age, 3).astype(np.int64), fold)
    assert banded.shape == (400, 4)
    assert np.allclose(banded[100:].sum(axis=1), 1)


def test_a_promise_is_kept_by_honest_probabilities_and_broken_by_bold_ones():
    rng = np.random.default_rng(0)
    p = 1 / (1 + np.exp(-rng.normal(1.0, 1.6, 4000)))
    y = (rng.random(4000) < p).astype(np.int64)
    both = np.stack([1 - p, p], axis=1)
    kept = promise(both, y, splits=20)
    assert 0.2 < kept.coverage < 0.7
    assert kept.right > 0.9
    assert kept.beyond_chance <= 1
    assert kept == promise(both, y, splits=20)
    assert f"of {kept.splits} splits" in kept.told()
    chance = promise(np.full((4000, 2), 0.5), rng.integers(0, 2, 4000), splits=5)
    assert (chance.coverage, chance.broken) == (0.0, 0)
    assert "nobody" in chance.told()


@pytest.mark.parametrize("tool", [pytest.param("connu", marks=pytest.mark.slow), "tfidf-logistic"])
def test_a_crowd_is_told_in_a_process_of_its_own(tmp_path: Path, tool: str):
    crowd = visitor_crowd(visitors=2000, known=1500, products=300, seed=0)
    twin_speed.save(crowd, tmp_path)
    run = [sys.executable, "-m", "benchmarks.twin_speed", tool, str(tmp_path)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    took = json.loads(done.stdout)
    assert [n for n, _ in took["told"]] == [500, 1000, 2000]
    assert took["score"]["people"] == 2000
    assert took["score"]["auc"]["value"] > 0.6
    assert took["one_ms"][0] <= took["one_ms"][1]
    assert (took["score"]["stated"] is None) == (tool != "connu")
