"""Venn–Abers against isotonic regression fitted twice for every question, as it is defined."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from connu.twins.venn_abers import VennAbersCalibrator


def _two(odds: np.ndarray) -> np.ndarray:
    return np.column_stack([np.zeros(len(odds)), odds])


@pytest.mark.parametrize("seed", range(40))
def test_the_interval_is_what_two_isotonic_fits_say(seed: int):
    chance = np.random.default_rng(seed)
    n = int(chance.integers(1, 40))
    odds = chance.normal(size=n) if seed % 2 else chance.integers(-4, 5, n) / 2
    y = (chance.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    made = VennAbersCalibrator().fit(_two(odds), y)
    asked = np.concatenate([odds[:4], chance.normal(size=4) * 2])
    told = made.interval(_two(asked))
    for added, said in enumerate(told):
        for at, value in zip(asked, said, strict=True):
            fit = IsotonicRegression().fit(np.append(odds, at), np.append(y, added))
            exact = fit.predict([at])[0]
            # Rounded outwards by at most 1e-4.
            assert 0 <= (value - exact) * (1 if added else -1) + 1e-12 <= 1.01e-4
    assert (told[0] <= told[1]).all()


def test_the_merged_probability_lies_between_and_is_never_certain():
    chance = np.random.default_rng(50)
    odds = chance.normal(size=500) * 3
    y = (odds > 0).astype(np.int64)
    made = VennAbersCalibrator().fit(_two(odds), y)
    low, high = made.interval(_two(odds))
    told = made.transform(_two(odds))[:, 1]
    assert 0 < told.min() < 0.01 and 0.99 < told.max() < 1
    # Straight lines leave the staircase between two steps only.
    inside = (low - 1e-9 <= told) & (told <= high + 1e-9)
    assert inside.mean() > 0.95


def test_the_interval_narrows_where_more_people_are_known():
    widths = []
    for n in (50, 500, 5000):
        chance = np.random.default_rng(51)
        odds = chance.normal(size=n) * 2
        y = (chance.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
        low, high = VennAbersCalibrator().fit(_two(odds), y).interval(_two(np.linspace(-2, 2, 99)))
        widths.append((high - low).mean())
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_any_rising_truth_is_followed_and_few_scores_are_tied():
    chance = np.random.default_rng(52)
    s = chance.random(20_000)
    truth = np.where(s < 0.3, 0.05, np.where(s < 0.7, 0.5, 0.9)) + 0.05 * s
    y = (chance.random(20_000) < truth).astype(np.int64)
    made = VennAbersCalibrator().fit(np.log(np.column_stack([1 - s, s])), y)
    told = made.transform(np.log(np.column_stack([1 - s, s])))[:, 1]
    away = (np.abs(s - 0.3) > 0.02) & (np.abs(s - 0.7) > 0.02)
    assert np.abs(told - truth)[away].max() < 0.08
    assert np.abs(told - truth)[away].mean() < 0.015
    assert len(np.unique(told)) > 15_000


def test_more_classes_are_told_one_against_the_rest():
    chance = np.random.default_rng(53)
    logits = chance.normal(size=(2000, 4)) * 2
    y = (logits + chance.gumbel(size=logits.shape)).argmax(1)
    made = VennAbersCalibrator().fit(logits, y)
    low, high = made.interval(logits)
    assert low.shape == high.shape == (2000, 4)
    assert (low <= high).all() and (low >= 0).all() and (high <= 1).all()


def test_the_file_stays_small():
    chance = np.random.default_rng(54)
    odds = chance.normal(size=100_000) * 2
    y = (chance.random(100_000) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    shape = VennAbersCalibrator().fit(_two(odds), y).to_dict()
    assert sum(len(x) for part in ("knots", "low", "high") for x, _ in shape[part]) < 10_000
