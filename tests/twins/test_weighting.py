"""Weights: what is rare counts more, no block drowns another, each row stands for itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins.vocabulary import Block
from connu.twins.weighting import SCALES, Weighting


def block(name: str, kind, columns) -> Block:
    return Block(name, kind, np.array(columns, np.int32))


def weighed(counts, blocks, asked=None) -> np.ndarray:
    """The weights of rows, of the same or others, dense."""
    matrix = sparse.csr_matrix(np.asarray(counts, np.float32))
    weighting = Weighting.fit(matrix, blocks)
    asked = matrix if asked is None else sparse.csr_matrix(np.asarray(asked, np.float32))
    weights = weighting.transform(asked)
    assert weights.dtype == np.float32 and weights.shape == asked.shape
    return weights.toarray()


PRODUCTS = [block("product", "items", [0, 1, 2])]


def test_the_rare_weighs_more_than_the_common():
    counts = [[1, 1, 0], [1, 0, 1], [1, 0, 0], [1, 0, 0]]
    first = weighed(counts, PRODUCTS)[0]
    assert first[1] > first[0] > 0 and first[2] == 0
    idf = np.log(5 / (1 + np.array([4, 1]))) + 1
    assert np.allclose(first[:2], idf / np.linalg.norm(idf) * SCALES["items"], atol=1e-6)


def test_more_looks_count_by_their_logarithm_and_length_does_not():
    counts = [[1, 3, 0], [1, 1, 1], [2, 0, 0], [1_000_000, 0, 0]]
    weights = weighed(counts, PRODUCTS)
    ratio = weights[0, 1] / weights[0, 0] * (weights[1, 0] / weights[1, 1])
    assert ratio == pytest.approx(2.0, rel=1e-5)  # log2(1 + 3) of log2(1 + 1)
    assert np.allclose(np.linalg.norm(weights, axis=1), SCALES["items"], atol=1e-6)


def test_every_block_has_its_own_length():
    counts = np.array([[1, 0, 5, 5, 5], [0, 1, 0, 0, 9], [0, 0, 1, 0, 0]])
    blocks = [block("product", "items", [0, 1]), block("hour", "context", [2, 3, 4])]
    weights = weighed(counts, blocks)
    assert np.allclose(np.linalg.norm(weights[:, :2], axis=1), [SCALES["items"]] * 2 + [0])
    assert np.allclose(np.linalg.norm(weights[:, 2:], axis=1), SCALES["context"])


def test_a_column_in_no_block_weighs_nothing():
    weights = weighed([[1, 1, 1], [0, 1, 1]], [block("product", "items", [0, 2])])
    assert (weights[:, 1] == 0).all() and (weights[0, [0, 2]] > 0).all()


def test_ratings_keep_their_sign():
    weights = weighed([[-2, 1, 0], [0, 1, 2]], [block("stars", "ratings", [0, 1, 2])])
    assert weights[0, 0] < 0 < weights[0, 1]
    assert np.allclose(np.linalg.norm(weights, axis=1), SCALES["ratings"], atol=1e-6)


def test_measures_beside_counts_are_brought_to_one_scale_and_stay_sparse():
    chance = np.random.default_rng(0)
    counts = np.hstack([np.ones((500, 1)), chance.normal(50, 10, (500, 1)), np.zeros((500, 1))])
    blocks = [block("product", "items", [0]), block("pace", "measures", [1, 2])]
    weights = weighed(counts, blocks)
    assert weights[:, 1].std() == pytest.approx(SCALES["measures"], rel=1e-4)
    assert (weights[:, 2] == 0).all()
    far = weighed(counts, blocks, [[1, 1e9, 0], [1, 100, 0], [1, 0, 0]])[:, 1]
    assert far[0] == pytest.approx(SCALES["measures"] * (5 + 5), rel=0.05)
    assert far[0] >= far[1] > far[2] == 0


@pytest.mark.parametrize("shift", [0.0, 1e3, -1e5])
def test_measures_alone_are_told_from_their_means(shift):
    numbers = np.random.default_rng(0).normal(size=(400, 2)) * [1, 30] + shift
    weights = weighed(numbers, [block("all", "measures", [0, 1])])
    assert np.allclose(weights.mean(axis=0), 0, atol=0.02)
    assert np.allclose(weights.std(axis=0), 1, atol=0.02)
    assert np.abs(weighed(numbers, [block("all", "measures", [0, 1])], [[1e20, -1e20]])).max() <= 5


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6, -3.0])
def test_what_does_not_vary_says_nothing(value):
    weights = weighed(np.full((50, 2), value), [block("all", "measures", [0, 1])])
    assert np.isfinite(weights).all() and np.abs(weights).max() < 1e-5


def test_the_measures_of_nobody_and_blocks_without_columns_are_no_error():
    assert weighed([[1, 0, 0]], [*PRODUCTS, block("pace", "measures", [])]).shape == (1, 3)
    assert weighed(np.zeros((2, 3)), PRODUCTS).sum() == 0


def test_each_row_is_weighed_by_itself():
    counts = sparse.csr_matrix(np.random.default_rng(0).poisson(0.5, (60, 6)).astype(np.float32))
    for kind in ("items", "ratings", "measures"):
        weighting = Weighting.fit(counts, [block("all", kind, range(6))])
        whole = weighting.transform(counts)
        for row in range(0, 60, 7):
            alone = weighting.transform(counts[row])
            assert np.array_equal(alone.toarray()[0], whole[row].toarray()[0])
