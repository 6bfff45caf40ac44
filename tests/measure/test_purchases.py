"""Expected purchases against what came: errors counted by hand, the baseline, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.measure.intervals import wilson
from connu.measure.purchases import purchase_score


def test_a_case_counted_by_hand():
    told, came = np.array([1.0, 0.5, 2.0, 0.0]), np.array([2, 0, 2, 0])
    low, high = np.array([0, 0, 3, 0]), np.array([2, 1, 4, 0])
    score = purchase_score(told, came, low, high, baseline=np.array([1.0, 1.0, 1.0, 1.0]))
    assert (score.customers, score.total) == (4, 4.0)
    assert score.errors.mae == pytest.approx(1.5 / 4)
    assert score.errors.rmse == pytest.approx(np.sqrt(1.25 / 4))
    assert (score.errors.total, score.errors.total_error) == pytest.approx((3.5, -0.125))
    assert (score.baseline.mae, score.baseline.total_error) == pytest.approx((1.0, 0.0))
    for name, bounds in score.errors.bounds.items():
        assert bounds.low < getattr(score.errors, name) < bounds.high, name
    assert set(score.errors.bounds) == {"mae", "rmse", "total_error"}
    assert score.mae_gain.value == pytest.approx(1.0 - 1.5 / 4)
    assert score.mse_gain.value == pytest.approx(1.0 - 1.25 / 4)
    assert score.mae_gain.low < score.mae_gain.value < score.mae_gain.high
    # The bounds belong to the interval: 2 of 0–2 and 0 of 0–0 lie in it, 2 of 3–4 does not.
    assert score.inside == wilson(0.75, 4)
    assert score.width == pytest.approx((2 + 1 + 1 + 0) / 4)


def test_without_baseline_and_interval():
    score = purchase_score(np.array([1.0]), np.array([0.0]))
    assert (score.baseline, score.mae_gain, score.inside, score.width) == (None,) * 4
    # Nothing came: a share of nothing is none.
    assert score.errors.total_error is None and score.total == 0.0
    # One customer says nothing of how customers differ.
    assert score.errors.bounds == {}
    assert score.as_dict()["errors"]["mae"] == 1.0


def test_a_model_against_itself_gains_nothing():
    chance = np.random.default_rng(0)
    told, came = chance.random(500), chance.poisson(0.5, 500)
    score = purchase_score(told, came, baseline=told)
    assert (score.mae_gain.value, score.mae_gain.low, score.mae_gain.high) == (0.0, 0.0, 0.0)


def test_the_interval_of_the_gain_holds_the_truth():
    """The model is nearer by exactly one half, on noisy customers."""
    inside = 0
    for seed in range(100):
        noise = np.random.default_rng(seed).exponential(1.0, 400)
        came = np.zeros(400)
        score = purchase_score(noise, came, baseline=noise[::-1] + 0.5)
        inside += score.mae_gain.low <= 0.5 <= score.mae_gain.high
    assert inside >= 88


def test_refusals():
    one = np.ones(2)
    with pytest.raises(UsageError, match="no customer"):
        purchase_score(one[:0], one[:0])
    with pytest.raises(UsageError, match="do not meet"):
        purchase_score(one, one[:1])
    with pytest.raises(UsageError, match="do not meet"):
        purchase_score(one, one, baseline=one[:1])
    with pytest.raises(UsageError, match="two bounds"):
        purchase_score(one, one, low=one)
    with pytest.raises(UsageError, match="no number"):
        purchase_score(one * np.nan, one)
    with pytest.raises(UsageError, match="no number"):
        purchase_score(one, one, low=one, high=one * np.inf)
