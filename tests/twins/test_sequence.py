"""Tests in order: exact tails, starts that look at no answer, levels that are never exceeded."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from connu.twins.sequence import fewest, starts, tail, walk


def test_in_the_long_run_the_tail_is_the_binomials():
    people = np.array([1, 29, 30, 400, 5000])
    for share in (0.0, 0.03, 0.1, 1.0):
        missed = np.floor(people * share)
        expected = binom.cdf(missed, people, 0.1)
        assert tail(missed, people, 0.1, 1.0) == pytest.approx(expected)


@pytest.mark.parametrize("error", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("ahead", [0.5, 1, 3])
def test_for_people_ahead_it_allows_no_more_errors_than_the_exact_tail(error: float, ahead: float):
    for n in (40, 57, 80, 120, 200, 400, 1000, 2000, 5000):
        again = round(n * ahead)
        missed = np.arange(int(2 * error * n))
        # The promise is broken ahead by one error too many: of all errors, at most `missed` seen.
        broken = missed + int(np.floor(error * again + 1e-9)) + 1
        exact = hypergeom.cdf(missed, n + again, broken, n)
        told = tail(missed, np.full(len(missed), n), error, ahead / (1 + ahead))
        for level in (0.05, 0.02, 0.005, 0.001):
            allowed, allowed_exactly = (told <= level).sum(), (exact <= level).sum()
            assert allowed_exactly - 4 <= allowed <= allowed_exactly


def test_the_fewest_errorless_people_just_pass():
    assert fewest(0.1, 0.05, 1.0) == pytest.approx(np.log(0.05) / np.log(0.9))
    for counted in (1.0, 0.5):
        least = fewest(0.1, 0.05, counted)
        near = tail(np.zeros(2), np.array([least - 0.01, least + 0.01]), 0.1, counted)
        assert near[0] > 0.05 > near[1]


@pytest.mark.parametrize("said", [0.0, 0.02, 0.09, 0.3])
def test_starts_share_out_the_level_and_rise(said: float):
    people = np.arange(1.0, 3001)
    expected = np.linspace(said / 2, said * 1.5, 3000)
    made = starts(people, expected, 0.1, 0.05, 1.0)
    at = [start for start, _ in made]
    assert sum(share for _, share in made) == pytest.approx(0.05)
    assert at == sorted(set(at)) and at[0] >= 0 and at[-1] < 3000
    assert people[at[0]] >= 29
    assert len(made) > 3


def test_a_handful_have_no_start():
    assert starts(np.arange(1.0, 29), np.zeros(28), 0.1, 0.05, 1.0) == []
    assert starts(np.zeros(0), np.zeros(0), 0.1, 0.05, 1.0) == []
    assert starts(np.arange(1.0, 30), np.zeros(29), 0.1, 0.05, 1.0) == [(28, 0.05)]


def test_a_walk_ends_at_its_first_failure_and_the_next_start_begins_another():
    p_value = np.array([0.04, 0.01, 0.2, 0.0, 0.0, 0.03, 0.0])
    assert walk(p_value, [(0, 0.05)]) == 1
    assert walk(p_value, [(0, 0.01)]) == -1
    assert walk(p_value, [(3, 0.02)]) == 4
    assert walk(p_value, []) == -1
    # A walk that was broken takes nothing along: .02 does not pass .03; one unbroken does.
    assert walk(p_value, [(0, 0.04), (4, 0.02)]) == 4
    assert walk(p_value, [(3, 0.02), (4, 0.02)]) == 6


def test_false_nulls_aside_a_true_one_is_rejected_as_seldom_as_the_level_says():
    # Walks over p-values of one random walk, true from index 20 on: rejecting any beyond is wrong.
    chance = np.random.default_rng(2)
    made = [(0, 0.02), (10, 0.01), (25, 0.02)]
    wrong = 0
    for _ in range(4000):
        shared = chance.random()
        p_value = np.where(np.arange(40) < 20, 0.0, np.where(chance.random(40) < 0.5, shared, 1.0))
        p_value[20] = p_value[25] = shared
        wrong += walk(p_value, made) >= 20
    assert 0.02 < wrong / 4000 <= 0.05
