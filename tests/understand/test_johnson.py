"""Johnson's weights against published values, and what they must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.johnson import collinear, correlations, johnson_weights

#: Henderson & Velleman (1981), 32 cars of 1974: miles per gallon, cylinders, displacement, horse
#: power, weight.
CARS = np.array(
    """21 6 160 110 2.62  21 6 160 110 2.875  22.8 4 108 93 2.32  21.4 6 258 110 3.215
    18.7 8 360 175 3.44  18.1 6 225 105 3.46  14.3 8 360 245 3.57  24.4 4 146.7 62 3.19
    22.8 4 140.8 95 3.15  19.2 6 167.6 123 3.44  17.8 6 167.6 123 3.44  16.4 8 275.8 180 4.07
    17.3 8 275.8 180 3.73  15.2 8 275.8 180 3.78  10.4 8 472 205 5.25  10.4 8 460 215 5.424
    14.7 8 440 230 5.345  32.4 4 78.7 66 2.2  30.4 4 75.7 52 1.615  33.9 4 71.1 65 1.835
    21.5 4 120.1 97 2.465  15.5 8 318 150 3.52  15.2 8 304 150 3.435  13.3 8 350 245 3.84
    19.2 8 400 175 3.845  27.3 4 79 66 1.935  26 4 120.3 91 2.14  30.4 4 95.1 113 1.513
    15.8 8 351 264 3.17  19.7 6 145 175 2.77  15 8 301 335 3.57  21.4 4 121 109 2.78""".split(),
    np.float64,
).reshape(32, 5)


def test_weights_are_those_published_for_cars():
    # The R package rwa (page «regression methods»): mpg by cyl, disp, hp, wt.
    found = np.corrcoef(CARS, rowvar=False)
    weights = johnson_weights(found[1:, 1:], found[1:, 0])
    assert weights == pytest.approx([0.2096904, 0.1883043, 0.1799590, 0.2706812], abs=5e-8)


def test_two_drivers_are_those_of_the_closed_formula():
    """With two drivers Johnson's weights are general dominance: Lindeman, Merenda & Gold (1980)."""
    r, a, b = 0.6, 0.5, 0.1
    together = (a * a + b * b - 2 * r * a * b) / (1 - r * r)
    average = [(a * a + together - b * b) / 2, (b * b + together - a * a) / 2]
    weights = johnson_weights(np.array([[1, r], [r, 1]]), np.array([a, b]))
    assert weights == pytest.approx(average)


@given(st.integers(0, 10_000), st.integers(1, 8))
def test_weights_are_none_below_0_sum_to_r2_and_ignore_order_and_direction(seed, d):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, d)) @ rng.normal(size=(d, d))
    y = x @ rng.normal(size=d) + 3 * rng.normal(size=60)
    found = np.corrcoef(np.column_stack([x, y]), rowvar=False)
    weights = johnson_weights(found[:d, :d], found[:d, d])
    left = (
        y
        - np.column_stack([np.ones(60), x])
        @ np.linalg.lstsq(np.column_stack([np.ones(60), x]), y, rcond=None)[0]
    )
    assert weights.sum() == pytest.approx(1 - left.var() / y.var(), abs=1e-6)
    assert (weights >= 0).all()
    order, turn = rng.permutation(d), rng.choice([-1.0, 1.0], d)
    again = np.corrcoef(np.column_stack([(x * turn)[:, order], y]), rowvar=False)
    assert johnson_weights(again[:d, :d], again[:d, d]) == pytest.approx(weights[order], abs=1e-6)


def test_many_matrices_at_once_are_each_alone():
    rng = np.random.default_rng(3)
    some = np.stack([np.corrcoef(rng.normal(size=(30, 4)), rowvar=False) for _ in range(5)])
    together = johnson_weights(some[:, :3, :3], some[:, :3, 3])
    for one, weights in zip(some, together, strict=True):
        assert johnson_weights(one[:3, :3], one[:3, 3]) == pytest.approx(weights)


def test_drivers_that_are_one_share_their_weight():
    among = np.array([[1, 1, 0.0], [1, 1, 0.0], [0, 0, 1.0]])
    weights = johnson_weights(among, np.array([0.5, 0.5, 0.3]))
    assert weights == pytest.approx([0.125, 0.125, 0.09])
    assert collinear(among).tolist() == [True, True, False]


def test_what_does_not_vary_correlates_with_nothing():
    found = correlations(np.array([[4.0, 2.0, 0.0], [2.0, 9.0, 1e-9], [0.0, 1e-9, 1e-12]]), 1e-6)
    assert found == pytest.approx(np.array([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]]))
