"""Products are near by who looks at them: as found by comparing every two, ties by number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins import spreading
from connu.twins.spreading import spread_of


def compared(counts: np.ndarray, nearest: int) -> np.ndarray:
    """The same by comparing every two columns."""
    looked = (counts > 0).astype(float)
    both = looked.T @ looked
    people = np.maximum(np.diag(both), 1)
    near = both / np.sqrt(np.outer(people, people))
    np.fill_diagonal(near, 0)
    for row in near:
        row[np.argsort(-np.round(row, 12), kind="stable")[nearest:]] = 0
        if row.any():
            row /= np.linalg.norm(row)
    return near


def test_it_is_what_comparing_every_two_finds(monkeypatch):
    monkeypatch.setattr(spreading, "_NEAREST", 5)
    counts = np.random.default_rng(0).poisson(0.4, (200, 30)).astype(np.float32)
    counts *= np.random.default_rng(1).gamma(1.0, size=30) > 0.5
    spread = spread_of(sparse.csr_matrix(counts), np.arange(30)).toarray()
    assert np.allclose(spread, compared(counts, 5), atol=1e-6)
    assert spread.dtype == np.float32


def test_rows_have_length_one_and_nothing_of_themselves():
    counts = sparse.csr_matrix(np.random.default_rng(0).poisson(0.3, (300, 80)), dtype=np.float32)
    spread = spread_of(counts, np.arange(80))
    length = np.sqrt(spread.multiply(spread).sum(axis=1))
    assert np.allclose(length, 1, atol=1e-5) and (spread.diagonal() == 0).all()
    assert (spread.data > 0).all() and np.diff(spread.indptr).max() <= 30


def test_only_the_columns_named_are_spread():
    counts = sparse.csr_matrix(np.ones((4, 5), np.float32))
    spread = spread_of(counts, np.array([1, 3])).toarray()
    wanted = np.zeros((5, 5))
    wanted[1, 3] = wanted[3, 1] = 1
    assert np.array_equal(spread, wanted)


def test_more_columns_than_are_made_at_once(monkeypatch):
    """Chains of two products each, 4,100 of them: parts must not lose their place."""
    pairs = np.repeat(np.arange(2_050), 2)
    columns = np.random.default_rng(0).permutation(4_100)
    counts = sparse.csr_matrix((np.ones(4_100, np.float32), (pairs, columns)), shape=(2_050, 4_100))
    spread = spread_of(counts, np.arange(4_100)).tocoo()
    partner = np.empty(4_100, int)
    partner[columns[::2]], partner[columns[1::2]] = columns[1::2], columns[::2]
    assert spread.nnz == 4_100 and np.array_equal(partner[spread.row], spread.col)


def test_how_often_somebody_looks_changes_nothing():
    counts = np.random.default_rng(0).poisson(0.5, (50, 9)).astype(np.float32)
    once = spread_of(sparse.csr_matrix((counts > 0).astype(np.float32)), np.arange(9))
    often = spread_of(sparse.csr_matrix(counts * 1_000), np.arange(9))
    assert (once != often).nnz == 0


def test_who_looks_at_everything_links_nothing():
    everything = sparse.csr_matrix(np.ones((3, 1_500), np.float32))
    assert spread_of(everything, np.arange(1_500)).nnz == 0


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (3, 1), (3, 4)])
def test_nothing_to_spread_is_no_error(shape):
    spread = spread_of(sparse.csr_matrix(shape, dtype=np.float32), np.arange(shape[1]))
    assert spread.shape == (shape[1], shape[1]) and spread.nnz == 0


def test_it_grows_no_rows_beyond_its_budget(monkeypatch):
    counts = sparse.csr_matrix(np.ones((10, 10), np.float32))
    monkeypatch.setattr(spreading, "_BUDGET", 250)
    assert np.diff(spread_of(counts, np.arange(10)).indptr).tolist() == [2] * 10
    monkeypatch.setattr(spreading, "_BUDGET", 50)
    assert spread_of(counts, np.arange(10)).nnz == 0
