"""Rates are counts of people, drawn to the wider category's as far as people are few."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins.rates import Rates
from connu.twins.vocabulary import Block


def block(kind, columns, name="all") -> Block:
    return Block(name, kind, np.array(columns, np.int32))


def rates_of(counts, codes, blocks, parents=None, classes=2) -> Rates:
    matrix = sparse.csr_matrix(np.asarray(counts, np.float32))
    wider = np.full(matrix.shape[1], -1, np.int32) if parents is None else np.array(parents)
    return Rates.fit(matrix, np.asarray(codes), classes, blocks, wider)


def told(rates: Rates, rows) -> np.ndarray:
    """What is told of odds: (n, blocks, j, 3): mean, most, least."""
    made = rates.features(sparse.csr_matrix(np.asarray(rows, np.float32)))
    wide = rates.blocks * rates.odds.shape[1] * 3
    return made[:, :wide].reshape(len(made), rates.blocks, rates.odds.shape[1], 3)


def test_a_feature_s_odds_grow_with_the_people_who_bear_it_out():
    """1, 10 and 100 people have the feature, all of the second class."""
    n = 222
    counts, codes = np.zeros((n, 3)), np.repeat([0, 1], n // 2)
    counts[-1:, 0] = counts[-10:, 1] = counts[-100:, 2] = 1
    odds = rates_of(counts, codes, [block("items", range(3))]).odds[:, 0]
    assert 0 < odds[0] < odds[1] < odds[2]
    assert odds.dtype == np.float32


def test_odds_are_over_the_base_rate():
    chance = np.random.default_rng(0)
    counts, codes = np.ones((400, 1)), (np.arange(400) < 40).astype(int)
    assert abs(rates_of(counts, codes, [block("items", [0])]).odds[0, 0]) < 1e-3
    counts = (chance.random((400, 1)) < np.where(codes, 0.8, 0.1)[:, None]).astype(float)
    assert rates_of(counts, codes, [block("items", [0])]).odds[0, 0] > 1
    assert rates_of(counts, 1 - codes, [block("items", [0])]).odds[0, 0] < -1


def test_many_looks_of_one_are_one():
    counts, codes = np.eye(6)[:, :3], np.arange(6) % 2
    once = rates_of(counts, codes, [block("items", range(3))])
    often = rates_of(counts * 1_000, codes, [block("items", range(3))])
    assert np.array_equal(once.odds, often.odds)


def test_what_nobody_has_says_what_its_category_says():
    """Product 0 unseen, product 1 seen by all of category 2, which is in category 3."""
    counts = np.zeros((100, 4))
    counts[50:, 1:] = 1
    codes = np.repeat([0, 1], 50)
    blocks = [block("items", [0, 1]), block("levels", [2, 3])]
    odds = rates_of(counts, codes, blocks, [2, 2, 3, -1]).odds[:, 0]
    assert odds[0] == pytest.approx(odds[2]) and odds[0] > 1
    assert odds[1] > odds[2] > odds[3]
    assert rates_of(counts, codes, blocks).odds[0, 0] == pytest.approx(0)


def test_parents_are_counted_before_their_children_whatever_their_numbers():
    chance = np.random.default_rng(0)
    codes = chance.integers(0, 2, 300)
    leaf = (chance.random((300, 1)) < np.where(codes, 0.2, 0.02)[:, None]).astype(float)
    up = np.minimum(leaf + (chance.random((300, 1)) < 0.2), 1)
    down = rates_of(np.hstack([leaf, up]), codes, [block("items", [0, 1])], [1, -1]).odds
    flipped = rates_of(np.hstack([up, leaf]), codes, [block("items", [0, 1])], [-1, 0]).odds
    assert np.array_equal(down, flipped[::-1])


def test_a_row_says_mean_most_and_least_of_its_features_block_by_block():
    chance = np.random.default_rng(0)
    counts, codes = chance.integers(0, 2, (200, 6)), chance.integers(0, 3, 200)
    blocks = [block("items", [0, 2, 4]), block("context", [1, 3]), block("measures", [5])]
    rates = rates_of(counts, codes, blocks, classes=3)
    assert rates.blocks == 2 and rates.odds.shape == (6, 3)
    rows = np.array([[1, 0, 0, 7, 2, 9], [0, 0, 0, 0, 0, 3]])
    said = told(rates, rows)
    for number, columns in enumerate(([0, 4], [3])):
        odds = rates.odds[columns]
        assert np.allclose(said[0, number, :, 0], odds.mean(axis=0), atol=1e-6)
        assert np.array_equal(said[0, number, :, 1], odds.max(axis=0))
        assert np.array_equal(said[0, number, :, 2], odds.min(axis=0))
    assert (said[1] == 0).all()


@pytest.mark.parametrize("kind", ["measures", "ratings"])
def test_measures_and_ratings_do_not_speak(kind):
    rates = rates_of(np.ones((4, 2)), [0, 1, 0, 1], [block(kind, [0, 1])])
    made = rates.features(sparse.csr_matrix(np.ones((3, 2), np.float32)))
    assert made.shape == (3, 0) and made.dtype == np.float32
    assert rates.features(sparse.csr_matrix((0, 2), dtype=np.float32)).shape == (0, 0)


def test_all_is_finite_where_a_feature_is_one_class_s_only():
    counts = np.repeat(np.eye(2), 100_000, axis=0)
    rates = rates_of(counts, np.repeat([0, 1], 100_000), [block("items", [0, 1])])
    assert np.isfinite(rates.odds).all() and np.abs(rates.odds).max() < 20


def test_each_row_is_told_by_itself():
    chance = np.random.default_rng(0)
    counts = sparse.csr_matrix(chance.integers(0, 3, (60, 5)).astype(np.float32))
    rates = rates_of(counts.toarray(), chance.integers(0, 2, 60), [block("items", range(5))])
    whole = rates.features(counts)
    assert all(np.array_equal(rates.features(counts[r])[0], whole[r]) for r in range(60))
