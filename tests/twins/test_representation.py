"""Directions are those of a singular value decomposition; near is alike in answer and in deed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins.representation import SUPERVISED, Directions, placed, told_columns
from tests.twins.made_people import shoppers

ROWS = shoppers(200)[0]


def test_directions_are_where_rows_differ_most():
    made = Directions.fit(ROWS, None, 5, unit=False, seed=0)
    axes = made.axes.astype(float)
    assert axes.shape == (60, 5) and np.allclose(axes.T @ axes, np.eye(5), atol=1e-4)
    exact = np.linalg.svd(ROWS.toarray(), full_matrices=False)[1]
    caught = np.linalg.norm(ROWS @ axes, axis=0)
    assert np.allclose(caught, exact[:5], rtol=0.02)


def test_vectors_have_length_one_where_there_is_behaviour():
    made = Directions.fit(ROWS, None, 5, unit=True, seed=0)
    asked = sparse.vstack([ROWS, sparse.csr_matrix((1, 60))], format="csr")
    length = np.linalg.norm(made.transform(asked), axis=1)
    assert np.allclose(length[:-1], 1, atol=1e-5) and length[-1] == 0
    assert made.transform(asked).dtype == np.float32
    assert np.allclose(made.transform(ROWS * 1_000), made.transform(ROWS), atol=1e-5)


@pytest.mark.parametrize("d", [1, 3, 5])
def test_few_columns_stay_as_they_are(d):
    rows = sparse.csr_matrix(np.random.default_rng(0).random((20, d)).astype(np.float32))
    made = Directions.fit(rows, None, 5, unit=False, seed=0)
    assert np.array_equal(made.transform(rows), rows.toarray())


def test_a_spread_is_folded_into_directions_of_the_rows():
    spread = sparse.csr_matrix(np.roll(np.eye(60), 1, axis=1), dtype=np.float32)
    beside = sparse.hstack([ROWS, ROWS @ spread], format="csr")
    folded = Directions.fit(ROWS, spread, 5, unit=False, seed=0)
    whole = Directions.fit(beside, None, 5, unit=False, seed=0)
    assert folded.axes.shape == (60, 5)
    assert np.allclose(folded.transform(ROWS), whole.transform(beside), atol=1e-4)


@pytest.mark.parametrize(
    "rows", [np.zeros((30, 40)), np.ones((30, 40)), np.ones((1, 40)), np.eye(3, 40)]
)
@pytest.mark.parametrize("unit", [False, True])
def test_rows_that_do_not_differ_have_finite_places(rows, unit):
    matrix = sparse.csr_matrix(rows.astype(np.float32))
    made = Directions.fit(matrix, None, 5, unit=unit, seed=0)
    assert np.isfinite(made.axes).all() and made.axes.dtype == np.float32
    assert np.isfinite(made.transform(matrix)).all()


def test_one_seed_finds_the_same_and_each_row_stands_by_itself():
    made = Directions.fit(ROWS, None, 7, unit=True, seed=3)
    assert np.array_equal(Directions.fit(ROWS, None, 7, unit=True, seed=3).axes, made.axes)
    whole = made.transform(ROWS)
    for row in range(0, 200, 7):
        assert np.array_equal(made.transform(ROWS[row])[0], whole[row])


def test_of_two_classes_one_column_says_all():
    assert told_columns(np.array([[-1.0, 1.0]])).tolist() == [[1.0]]
    assert told_columns(np.array([[-1.0, 0.0, 1.0]])).tolist() == [[-1.0, 0.0, 1.0]]


def test_a_place_is_what_is_said_and_what_was_done():
    scores, vectors = np.array([[-3.0, 3.0], [0.0, 0.0]]), np.array([[1, 0], [0, 1]], np.float32)
    place = placed(scores, np.array([2.0]), vectors)
    assert place.dtype == np.float32 and place.shape == (2, 3)
    assert np.allclose(place[:, 0], [1.5 * SUPERVISED, 0])
    assert np.array_equal(place[:, 1:], vectors)
