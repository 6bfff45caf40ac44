"""Ratings given as a bare matrix: rated or not, and how far from the mean, are told apart."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from connu.twins.classifier import TwinsClassifier
from connu.twins.ground import planned


def _ratings(people: int = 400, seed: int = 0) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Everybody rates the same; the first half likes what the second half does not."""
    chance = np.random.default_rng(seed)
    group = np.arange(people) % 2
    there = chance.random((people, 12)) < 0.35
    liked = (np.arange(12) % 2)[None, :] == group[:, None]
    height = np.where(
        liked, chance.integers(4, 6, (people, 12)), chance.integers(2, 5, (people, 12))
    )
    return sparse.csr_matrix(np.where(there, height, 0).astype(float)), group


def test_ratings_are_two_columns_an_item() -> None:
    matrix, _ = _ratings()
    plan = planned(matrix, None, None, None)
    assert [block.kind for block in plan.blocks] == ["items", "ratings"]
    made = plan.columns(matrix)
    there, above = made[:, :12].toarray(), made[:, 12:].toarray()
    assert set(np.unique(there)) == {0.0, 1.0}
    assert (there.sum(axis=0) == (matrix > 0).sum(axis=0)).all()
    assert np.abs(above.sum(axis=0)).max() < 1e-2


def test_counts_are_no_ratings() -> None:
    chance = np.random.default_rng(0)
    counts = sparse.csr_matrix(chance.poisson(0.3, (500, 20)).astype(float))
    plan = planned(counts, None, None, None)
    assert [block.kind for block in plan.blocks] == ["items"]


def test_what_is_rated_alike_but_liked_otherwise_is_told_apart() -> None:
    matrix, group = _ratings(800)
    model = TwinsClassifier().fit(matrix[:600], group[:600])
    assert (model.predict(matrix[600:]) == group[600:]).mean() > 0.9


def test_a_thinned_rating_keeps_its_height() -> None:
    matrix, _ = _ratings()
    plan = planned(matrix, None, None, None)
    keys = np.arange(matrix.shape[0], dtype=np.uint64)
    cut = plan.cut(matrix, np.array([2]), keys, 0)
    whole = plan.columns(matrix)
    assert (cut[:, :12].sum(axis=1) <= 2).all()
    left = cut[:, :12].toarray() > 0
    assert np.allclose(cut[:, 12:].toarray()[left], whole[:, 12:].toarray()[left])
