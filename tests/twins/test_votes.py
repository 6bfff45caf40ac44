"""Neighbours vote: the near more, nobody on himself."""

import numpy as np
import pytest

from connu.measure.auc import Area
from connu.twins.neighbours import Neighbours
from connu.twins.votes import of_other_folds, others, vote


def test_heads_are_counted_where_all_are_equally_near():
    shares = vote(np.array([[0, 1, 2, 3]]), np.full((1, 4), 2.0), np.array([0, 0, 0, 1]), 3)
    assert shares.tolist() == [[0.75, 0.25, 0.0]]
    assert shares.dtype == np.float32
    at_zero = vote(np.array([[0, 3]]), np.zeros((1, 2)), np.array([0, 0, 0, 1]), 2)
    assert at_zero.tolist() == [[0.5, 0.5]]


def test_the_nearer_weighs_more_whatever_the_unit():
    rows, squared = np.array([[0, 1]]), np.array([[1.0, 4.0]])
    codes = np.array([1, 0])
    shares = vote(rows, squared, codes, 2)
    assert shares[0, 1] == pytest.approx(1 / (1 + np.exp(-3 / 2.5)))
    assert np.allclose(vote(rows, squared * 1e6, codes, 2), shares)
    assert vote(rows, squared, codes, 2, sharpness=0).tolist() == [[0.5, 0.5]]


def test_who_has_no_class_does_not_vote():
    shares = vote(np.array([[0, 1], [2, 2]]), np.ones((2, 2)), np.array([1, 0, -1]), 2)
    assert shares.tolist() == [[0.5, 0.5], [0.0, 0.0]]
    only = vote(np.array([[0, 2]]), np.array([[0.5, 0.0]]), np.array([1, 0, -1]), 2)
    assert only.tolist() == [[0.0, 1.0]]


def test_nobody_votes():
    assert vote(np.empty((2, 0), int), np.empty((2, 0)), np.array([], int), 2).tolist() == [
        [0.0, 0.0],
        [0.0, 0.0],
    ]


def test_nobody_votes_on_himself():
    vectors = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    distances, rows = Neighbours.build(vectors).search(vectors, 6)
    own = np.arange(200)
    kept, nearness = others(rows, distances, own)
    assert kept.shape == nearness.shape == (200, 5)
    assert not (kept == own[:, None]).any()
    assert np.array_equal(kept, rows[:, 1:])
    alone = vote(rows, distances, own, 200, exclude=own)
    assert not alone[own, own].any()
    assert np.allclose(alone.sum(axis=1), 1)


def test_a_crowd_of_people_just_alike_pushes_nobody_in():
    distances, rows = Neighbours.build(np.zeros((10, 2))).search(np.zeros((10, 2)), 4)
    kept = others(rows, distances, np.arange(10))[0]
    assert kept[:, :].tolist() == [
        [1, 2, 3],
        [0, 2, 3],
        [0, 1, 3],
        *[[0, 1, 2]] * 7,
    ]


def test_shares_do_not_depend_on_who_else_is_asked():
    random = np.random.default_rng(1)
    rows = random.integers(0, 100, (500, 20))
    squared = np.sort(random.random((500, 20), np.float32), axis=1)
    codes = random.integers(-1, 4, 100)
    all_at_once = vote(rows, squared, codes, 4)
    for i in (0, 3, 499):
        assert np.array_equal(vote(rows[[i]], squared[[i]], codes, 4)[0], all_at_once[i])


def test_a_whole_fold_is_left_out():
    rows = np.array([[0, 1, 2, 3], [3, 2, 1, 0]])
    squared = np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]], np.float32)
    folds = np.array([0, 0, 1, -1])
    kept, near = of_other_folds(rows, squared, folds, np.array([0, 1]), 3)
    assert kept.tolist() == [[2, 3, -1], [3, 1, 0]]
    assert near.tolist() == [[2, 3, 0], [0, 2, 3]]
    assert vote(kept, near, np.array([0, 0, 1, 1]), 2, sharpness=0)[0].tolist() == [0, 1]


def test_shares_of_noise_do_not_speak_against_whoever_is_left_out():
    """Of people who differ in nothing the shares tell nothing: the area is .5, not below it."""
    rng = np.random.default_rng(5)
    codes, folds, n = np.arange(100) % 2, np.arange(100) // 2 % 5, np.arange(100)
    alone, apart = [], []
    for _ in range(60):
        vectors = rng.normal(size=(100, 4)).astype(np.float32)
        squared, rows = Neighbours.build(vectors).search(vectors, 100)
        asked = of_other_folds(rows, squared, folds, folds, 50)
        near = rows[:, :51], squared[:, :51]
        alone.append(Area(vote(*near, codes, 2, exclude=n)[:, 1], codes == 1).value)
        apart.append(Area(vote(*asked, codes, 2)[:, 1], codes == 1).value)
    assert np.mean(alone) < 0.45 and 0.475 < np.mean(apart) < 0.51
