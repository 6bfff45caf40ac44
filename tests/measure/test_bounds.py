"""Bounds of figures that are no share: how often they hold the truth, and what they heed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from connu.measure.bounds import (
    Bounds,
    calibration_bounds,
    mean_bounds,
    ratio_bounds,
    root_bounds,
)
from connu.measure.reliability import place_of, reliability

BINS = 15


def test_a_mean_counted_by_hand():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    half = 1.959963984540054 * values.std() / 2
    found = mean_bounds(values)
    assert (found.low, found.high) == (pytest.approx(3 - half), pytest.approx(3 + half))
    assert mean_bounds(values, least=2.9, most=3.1) == Bounds(2.9, 3.1)


def test_of_one_row_nothing_is_known():
    assert mean_bounds(np.array([3.0]), least=0.0) == Bounds(0.0, math.inf)
    assert ratio_bounds(np.ones(3), np.zeros(3), least=-1.0) == Bounds(-1.0, math.inf)
    nothing = np.zeros(0)
    assert calibration_bounds(nothing, nothing, nothing.astype(int)) == Bounds(0.0, 1.0)


def test_a_mean_is_held_as_often_as_said():
    rng = np.random.default_rng(3)
    drawn = rng.exponential(2.0, (2000, 200))
    held = [found.low <= 2.0 <= found.high for found in map(mean_bounds, drawn)]
    assert 0.92 < np.mean(held) < 0.97


def test_a_ratio_is_held_as_often_as_said():
    rng = np.random.default_rng(4)
    whole = rng.exponential(1.0, (1000, 300))
    part = whole * 0.3 + rng.normal(0.0, 0.5, whole.shape)
    held = [b.low <= 0.3 <= b.high for b in map(ratio_bounds, part, whole)]
    assert 0.93 < np.mean(held) < 0.97


def test_a_row_with_a_weight_is_so_many_rows():
    rng = np.random.default_rng(5)
    values, many = rng.random(50), rng.integers(1, 9, 50)
    alike = np.repeat(values, many)
    weighted = mean_bounds(values, many.astype(float))
    assert weighted.low == pytest.approx(mean_bounds(alike).low)
    right = (rng.random(50) < values).astype(float)
    place = place_of(values, BINS)
    there = calibration_bounds(values, right, place, many.astype(float))
    same = calibration_bounds(alike, np.repeat(right, many), np.repeat(place, many))
    assert there.low == pytest.approx(same.low) and there.high == pytest.approx(same.high)


def test_rows_that_say_the_same_twice_say_it_once():
    rng = np.random.default_rng(6)
    p = rng.random(400)
    right = (rng.random(400) < p).astype(float)
    place, whose = place_of(p, BINS), np.arange(400)
    twice = [np.tile(column, 2) for column in (p, right, place, whose)]
    once = calibration_bounds(p, right, place, groups=whose)
    assert calibration_bounds(*twice[:3], groups=twice[3]).high == pytest.approx(
        once.high, abs=0.01
    )
    assert mean_bounds(twice[0], groups=twice[3]).low == pytest.approx(mean_bounds(p).low)
    # Taken for rows of their own they would look surer than they are.
    assert mean_bounds(twice[0]).low > mean_bounds(p).low


@pytest.mark.parametrize("n", [60, 1000])
@pytest.mark.parametrize(("shape", "off"), [((2, 2), 0.0), ((2, 2), 0.1), ((0.5, 8), 0.0)])
def test_a_calibration_error_is_held_at_least_as_often_as_said(n, shape, off):
    rng = np.random.default_rng(7)

    def truly(p: np.ndarray) -> np.ndarray:
        return np.clip(p - off, 0, 1)

    every = rng.beta(*shape, 400_000)
    gaps = np.bincount(place_of(every, BINS), weights=every - truly(every), minlength=BINS)
    true = float(np.abs(gaps).sum()) / len(every)
    held = []
    for _ in range(200):
        p = rng.beta(*shape, n)
        right = (rng.random(n) < truly(p)).astype(float)
        found = calibration_bounds(p, right, place_of(p, BINS))
        value = reliability(p, right, BINS)[1]
        assert 0 <= found.low <= value <= found.high <= 1
        held.append(found.low - 1e-12 <= true <= found.high)
    # 95 in a hundred, but for the chance of two hundred draws.
    assert np.mean(held) >= 0.935


def test_what_is_far_off_is_not_called_right():
    rng = np.random.default_rng(8)
    p = rng.uniform(0.6, 1.0, 2000)
    found = calibration_bounds(p, (rng.random(2000) < p - 0.3).astype(float), place_of(p, BINS))
    assert found.low > 0.2 and found.high < 0.36


def test_roots_keep_their_order():
    assert root_bounds(Bounds(-1.0, 4.0)) == Bounds(0.0, 2.0)
