"""What a first name says of the sex is calibrated, and silent where names say nothing."""

from __future__ import annotations

import numpy as np

from connu.identify.first_names import probability_female


def drawn(alpha: float, beta: float, names: int, seed: int = 3):
    """Names whose share of women follows Beta(alpha, beta), with one to thirty bearers."""
    rng = np.random.default_rng(seed)
    share = rng.beta(alpha, beta, names)
    bearers = rng.integers(1, 31, names)
    women = rng.binomial(bearers, share)
    return share, women, bearers - women


def test_names_of_one_sex_need_few_bearers():
    share, women, men = drawn(0.05, 0.05, 3000)
    told = probability_female(women, men)
    three = (women == 3) & (men == 0)
    assert three.sum() > 10
    assert told[three].min() > 0.95
    sure = told >= 0.9
    # What is said at .9 or more holds for the share of women it says.
    assert abs(share[sure].mean() - told[sure].mean()) < 0.02


def test_names_that_say_nothing_stay_near_the_mean():
    _, women, men = drawn(40, 40, 3000)
    told = probability_female(women, men)
    assert abs(told - 0.5).max() < 0.2


def test_a_handful_of_names_is_no_law():
    told = probability_female(np.array([1, 0, 50]), np.array([0, 1, 0]))
    assert told[0] < 0.99 and told[1] > 0.05
    assert told[2] > 0.98


def test_nobody_declared():
    none = np.zeros(0, np.int64)
    assert len(probability_female(none, none)) == 0


def test_women_and_men_are_treated_alike():
    _, women, men = drawn(0.1, 0.3, 500)
    assert np.allclose(probability_female(women, men), 1 - probability_female(men, women))
