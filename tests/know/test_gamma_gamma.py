"""Gamma-gamma against its formula, and on bases it made itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma as gamma_law

from connu.know.gamma_gamma import GammaGamma


def test_expected_value_is_the_published_formula() -> None:
    # Fader & Hardie's worked example (CDNOW): p 6.25, q 3.74, gamma 15.44.
    model = GammaGamma(6.25, 3.74, 15.44)
    told = model.expected(np.array([0, 1, 3]), np.array([np.nan, 20.0, 50.0]))
    assert told[0] == pytest.approx(15.44 * 6.25 / 2.74)
    assert told[1] == pytest.approx((15.44 + 20) * 6.25 / (6.25 + 2.74))
    assert told[2] == pytest.approx((15.44 + 150) * 6.25 / (3 * 6.25 + 2.74))


def test_fit_finds_what_made_the_base() -> None:
    rng = np.random.default_rng(2)
    n = 20_000
    count = rng.integers(1, 8, n)
    rate = rng.gamma(4.0, 1 / 20.0, n)
    mean = gamma_law.rvs(5.0 * count, scale=1 / rate, random_state=rng) / count
    found = GammaGamma.fit(count, mean)
    assert (found.p, found.q, found.gamma) == pytest.approx((5.0, 4.0, 20.0), rel=0.1)
    mixed = rng.permutation(n)
    assert GammaGamma.fit(count[mixed], mean[mixed]) == found


@pytest.mark.parametrize("mean", [[], [np.nan], [10.0], [10.0] * 50, [1e-6, 1e9]])
def test_bases_that_say_little_still_give_a_number(mean: list[float]) -> None:
    values = np.array(mean)
    count = (values > 0).astype(np.int64)
    found = GammaGamma.fit(count, values)
    assert np.isfinite(found.expected(count, values)).all()
    assert found.expected(np.zeros(1), np.full(1, np.nan))[0] > 0


def test_equal_values_are_expected_again() -> None:
    found = GammaGamma.fit(np.full(500, 4), np.full(500, 25.0))
    assert found.expected(np.array([4]), np.array([25.0]))[0] == pytest.approx(25.0, rel=0.02)
