"""One slope, one bias a class, a ceiling: what was done to the scores is undone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from connu.twins.temperature import TemperatureCalibrator


def test_slope_and_biases_are_found_again():
    chance = np.random.default_rng(1)
    logits = chance.normal(size=(40_000, 4)) * 1.2
    y = (logits + chance.gumbel(size=logits.shape)).argmax(1)
    shift = np.array([0.0, 1.0, -2.0, 0.5])
    made = TemperatureCalibrator().fit((logits + shift) / 0.4, y)
    assert made.ceiling_ == 300.0
    assert made.slope_ == pytest.approx(0.4, rel=0.03)
    assert made.bias_ == pytest.approx(-(shift - shift.mean()), abs=0.06)


def test_newton_reaches_the_optimum():
    chance = np.random.default_rng(2)
    scores = chance.normal(size=(300, 3)) * 2
    y = (scores / 2 + chance.gumbel(size=scores.shape)).argmax(1)
    made = TemperatureCalibrator().fit(scores, y)
    gap = made.ceiling_ * np.tanh((scores - scores.max(1, keepdims=True)) / made.ceiling_)

    def loss(theta: np.ndarray) -> float:
        logits = theta[0] * gap + theta[1:]
        total = np.log(np.exp(logits).sum(1))
        return float((total - logits[np.arange(300), y]).mean())

    best = minimize(loss, np.array([1.0, 0.0, 0.0, 0.0])).fun
    # The penalty is worth a person among three hundred.
    assert best - 1e-9 <= loss(np.append(made.slope_, made.bias_)) <= best + 1e-4


def test_votes_of_nobody_find_a_ceiling():
    chance = np.random.default_rng(3)
    odds = chance.normal(-1, 1.5, 8000)
    y = (chance.random(8000) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    share = chance.binomial(50, 1 / (1 + np.exp(-1.8 * odds))) / 50
    with np.errstate(divide="ignore"):
        scores = np.log(np.column_stack([1 - share, share]))
    made = TemperatureCalibrator().fit(scores, y)
    assert made.ceiling_ < 10
    nobody, everybody = np.flatnonzero(share == 0), np.flatnonzero(share == 1)
    told = made.transform(scores)[:, 1]
    assert told[nobody[0]] == pytest.approx(y[nobody].mean(), abs=0.03)
    assert told[everybody[0]] == pytest.approx(y[everybody].mean(), abs=0.05)


def test_two_classes_say_the_same_as_two_of_three():
    # The short way for two classes and the long way for more are one formula.
    made = TemperatureCalibrator.from_dict(
        {"kind": "temperature", "ceiling": 5.0, "slope": 0.7, "bias": [0.2, -0.2]}
    )
    more = TemperatureCalibrator.from_dict(
        {"kind": "temperature", "ceiling": 5.0, "slope": 0.7, "bias": [0.2, -0.2, -600.0]}
    )
    scores = np.random.default_rng(4).normal(size=(50, 2)) * 6
    wide = np.column_stack([scores, scores.min(1) - 50])
    assert more.transform(wide)[:, :2] == pytest.approx(made.transform(scores), abs=1e-9)


def test_equal_scores_for_all_classes_of_a_row_say_nothing():
    chance = np.random.default_rng(5)
    scores = np.repeat(chance.normal(size=(600, 1)) * 9, 3, axis=1)
    told = TemperatureCalibrator().fit(scores, np.arange(600) % 3).transform(scores)
    assert told == pytest.approx(np.full((600, 3), 1 / 3), abs=1e-6)
