"""The curve with two ends: its shape is found, its bounds are kept."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.beta import BetaCalibrator


def _two(odds: np.ndarray) -> np.ndarray:
    return np.column_stack([np.zeros(len(odds)), odds])


def test_beta_distributed_scores_are_calibrated_in_closed_form():
    # Scores Beta(4, 2) among the ones, Beta(2, 3) among the zeros, equal shares: the log odds of
    # the truth are 2 ln s − (−1) ln(1 − s) … that is a = 2, b = 1, and a constant.
    chance = np.random.default_rng(1)
    y = (chance.random(60_000) < 0.5).astype(np.int64)
    s = np.where(y == 1, chance.beta(4, 2, 60_000), chance.beta(2, 3, 60_000))
    made = BetaCalibrator().fit(np.log(np.column_stack([1 - s, s])), y)
    assert made.ceiling_ == 300.0
    slope, bend, _ = made.curves_[0]
    assert (slope + bend, slope - bend) == pytest.approx((2.0, 1.0), abs=0.1)
    grid = np.linspace(0.1, 0.9, 9)
    true = 2 * np.log(grid) - np.log(1 - grid) + np.log(20 / 12)
    told = made.transform(np.log(np.column_stack([1 - grid, grid])))[:, 1]
    assert told == pytest.approx(1 / (1 + np.exp(-true)), abs=0.015)


def test_classes_exchanged_give_probabilities_exchanged():
    chance = np.random.default_rng(2)
    odds = chance.normal(0.5, 2, 1500)
    y = (chance.random(1500) < 1 / (1 + np.exp(-odds / 2 + 0.1 * odds**2))).astype(np.int64)
    one = BetaCalibrator().fit(_two(odds), y).transform(_two(odds))
    other = BetaCalibrator().fit(_two(odds)[:, ::-1], 1 - y).transform(_two(odds)[:, ::-1])
    assert other[:, ::-1] == pytest.approx(one, abs=1e-6)


@pytest.mark.parametrize("flat", ["below", "above"])
def test_the_bend_never_turns_the_order_round(flat: str):
    # The truth falls at one end: the curve is flat there instead.
    chance = np.random.default_rng(3)
    odds = chance.normal(0, 2, 4000)
    inner = -np.abs(odds) if flat == "above" else np.abs(odds)
    y = (chance.random(4000) < 1 / (1 + np.exp(-inner))).astype(np.int64)
    made = BetaCalibrator().fit(_two(odds), y)
    slope, bend, _ = made.curves_[0]
    assert abs(bend) <= slope * (1 + 1e-9)
    grid = _two(np.linspace(-30, 30, 400))
    assert (np.diff(made.transform(grid)[:, 1]) >= -1e-12).all()


def test_more_classes_have_a_curve_each():
    chance = np.random.default_rng(4)
    logits = chance.normal(size=(3000, 5))
    y = (logits + chance.gumbel(size=logits.shape)).argmax(1)
    made = BetaCalibrator().fit(logits * 3, y)
    assert made.curves_.shape == (5, 3)
    assert (np.abs(made.curves_[:, 1]) <= made.curves_[:, 0] * (1 + 1e-9)).all()
