"""The figures of intents have intervals that hold them, wider where rows hang together."""

from __future__ import annotations

import numpy as np
import pytest

from connu.app.intent_bounds import bounds_of, curve_of
from connu.app.intent_rows import measured
from connu.know.buying_figures import Held, figures_of
from connu.know.judged import Judged


def judged(n: int = 2000, *, each: int = 1, seed: int = 0) -> Judged:
    """Calibrated probabilities; `each` rows alike of one subject."""
    draw = np.random.default_rng(seed)
    told = np.repeat(draw.beta(1, 6, n // each), each)
    came = np.repeat(draw.random(n // each), each) < told
    hits = {"hr1": came.astype(np.float64)}
    return Judged(told, came, np.repeat(np.arange(n // each), each), np.ones(n), hits)


def test_every_interval_holds_its_figure():
    rows = judged()
    held = Held(rows.told, rows.told, rows.told, rows.came, rows.weight, rows.whose, rows.whose)
    figures = {f.measure: f.figure for f in figures_of("any", 7, held, True)}
    bounds = bounds_of(rows)
    assert set(bounds) >= {"roc_auc", "lift10", "ece", "brier", "log_loss", "hr1"}
    for name in ("roc_auc", "pr_auc", "lift10", "ece", "brier", "log_loss"):
        assert bounds[name].low <= figures[name] <= bounds[name].high, name
        assert bounds[name].low < bounds[name].high


def test_rows_of_one_subject_say_less_than_rows_of_many():
    alone, together = bounds_of(judged()), bounds_of(judged(each=10))
    for name in ("roc_auc", "hr1"):
        width = [b[name].high - b[name].low for b in (alone, together)]
        assert width[1] > 2 * width[0]


def test_rows_of_one_subject_alone_say_nothing_of_others():
    rows = judged(200, each=200)
    found = bounds_of(rows)["hr1"]
    assert found.high - found.low > 0.5


def test_the_intervals_hold_the_truth_about_as_often_as_they_say():
    right = {"ece": 0, "hr1": 0}
    for seed in range(200):
        rows = judged(400, seed=seed)
        bounds = bounds_of(rows)
        right["hr1"] += bounds["hr1"].low <= 1 / 7 <= bounds["hr1"].high
        right["ece"] += bounds["ece"].low == 0  # the probabilities are what they say
    assert 180 <= right["hr1"] <= 199
    assert right["ece"] >= 190


def test_a_curve_speaks_of_ten_people_at_least():
    curve = curve_of(judged())
    assert curve and all(one.people >= 10 for one in curve)
    assert all(one.right.low <= one.right.value <= one.right.high for one in curve)


def test_nothing_judged_nothing_bounded():
    nothing = Judged(*(np.zeros(0) for _ in range(4)), {})
    assert bounds_of(nothing) == {} and curve_of(nothing) == []


def test_the_table_of_reliability_tells_intervals_and_the_curve():
    rows = judged()
    table = measured(
        [("again_ece", 91, 0.02, None, 2000), ("purchases_mae", 91, 3.0, 4.0, 2000)],
        kind="stay",
        level="any",
        stated={91: True},
        judged={91: rows},
        prefix="again_",
    ).to_pylist()
    ece, mae, *curve = table
    assert ece["low"] <= 0.02 <= ece["high"]
    assert mae["low"] is None and mae["figure"] == 3.0
    assert curve and {row["measure"] for row in curve} == {"reliability"}
    assert sum(row["people"] for row in curve) <= 2000
    assert curve[0]["told"] == pytest.approx(curve[0]["figure"], abs=0.1)
