"""The curve from summed bits to what they turned out to be worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.calibration import Calibration
from connu.identify.scoring import probability


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000))
def test_the_curve_never_falls(seed: int, size: int):
    chance = np.random.default_rng(seed)
    bits = chance.normal(2, 6, size)
    curve = Calibration.fit(bits, chance.random(size) < probability(bits))
    asked = np.linspace(-60, 60, 500)
    assert (np.diff(curve(asked)) >= -1e-9).all()
    assert np.isfinite(curve(asked)).all()
    assert (np.diff(curve.bits) > 0).all()


def test_what_speaks_too_surely_is_taken_back():
    chance = np.random.default_rng(1)
    bits = chance.normal(0, 6, 50_000)
    truly = bits / 3
    curve = Calibration.fit(bits, chance.random(len(bits)) < probability(truly))
    asked = np.linspace(-9, 9, 19)
    assert probability(curve(asked)) == pytest.approx(probability(asked / 3), abs=0.05)


def test_what_is_right_stays():
    chance = np.random.default_rng(2)
    bits = chance.normal(0, 6, 50_000)
    curve = Calibration.fit(bits, chance.random(len(bits)) < probability(bits))
    asked = np.linspace(-9, 9, 19)
    assert probability(curve(asked)) == pytest.approx(probability(asked), abs=0.05)


def test_without_pairs_nothing_changes():
    for curve in (Calibration.none(), Calibration.fit(np.zeros(0), np.zeros(0, np.bool_))):
        assert curve(np.array([-3.0, 0.5])).tolist() == [-3.0, 0.5]


def test_a_few_pairs_change_little():
    curve = Calibration.fit(np.array([3.0]), np.array([True]))
    assert curve(np.array([3.0]))[0] == pytest.approx(3.0, abs=0.3)


def test_beyond_its_ends_the_curve_goes_on():
    curve = Calibration(np.array([0.0, 10.0]), np.array([-1.0, 4.0]))
    assert curve(np.array([-5.0, 0.0, 5.0, 10.0, 12.0])).tolist() == [-6.0, -1.0, 1.5, 4.0, 6.0]
