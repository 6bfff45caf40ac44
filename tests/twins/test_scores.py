"""Scores in one form: finite log odds, an order of their own."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.scores import checked_pair, log_odds, shares, spread_out


def test_log_odds_are_those_of_the_softmax():
    scores = np.random.default_rng(1).normal(size=(200, 5)) * 3
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    assert log_odds(scores) == pytest.approx(np.log(p / (1 - p)))
    assert log_odds(scores + 1000) == pytest.approx(log_odds(scores))


def test_log_odds_stay_exact_where_one_minus_p_would_not():
    scores = np.array([[0.0, -25.0, -26.0]])
    expected = -np.log(np.exp(-25.0) + np.exp(-26.0))
    assert log_odds(scores)[0, 0] == pytest.approx(expected)
    assert log_odds(scores)[0, 1] == pytest.approx(-25 - np.log1p(np.exp(-26.0)))
    assert log_odds(np.array([[0.0, -1e12, -1e12]])).tolist() == [[30.0, -30.0, -30.0]]


def test_people_are_sorted_by_content():
    chance = np.random.default_rng(2)
    scores, y = chance.integers(0, 3, (60, 2)).astype(float), chance.integers(0, 2, 60)
    turn = chance.permutation(60)
    one, other = checked_pair(scores, y), checked_pair(scores[turn], y[turn])
    assert (one[0] == other[0]).all() and (one[1] == other[1]).all()


def test_no_class_is_impossible():
    assert shares(np.array([0, 0, 0]), 2).tolist() == [0.875, 0.125]
    assert shares(np.zeros(0, np.int64), 4).tolist() == [0.25] * 4


def test_probabilities_against_the_rest_are_spread_out():
    assert spread_out(np.array([[0.25]]), 2).tolist() == [[0.75, 0.25]]
    assert spread_out(np.array([[0.5, 0.25, 0.25]]), 3).tolist() == [[0.5, 0.25, 0.25]]
    assert spread_out(np.array([[0.8, 0.8]] * 2), 3).sum(1) == pytest.approx([1.0, 1.0])
