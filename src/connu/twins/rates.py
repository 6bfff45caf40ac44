"""The rates: how often those with a feature are of a class, shrunk towards the wider category's.

A product seen three times says little by itself; its category says more, and the product's own
rate departs from it only as far as people bear it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit
from scipy import sparse

from connu.twins.vocabulary import Block

#: People that the wider category's rate counts for.
_PRIOR_PEOPLE = 5.0
#: What is told of the features of a block: their mean, most and least.
_TOLD = 3


@dataclass(frozen=True, eq=False)
class Rates:
    """Log rates of the classes by feature, and what a row's features say together.

    Attributes:
        odds: float32 (d, j): log of a feature's rate of a class over the base rate; j is 1 for two
            classes (the log odds of the second), else the number of classes.
        support: float32 (d,): ln(1 + people with the feature), how far its rate may be trusted.
        block: int32 (d,): the block of a feature; −1: it does not speak.
        blocks: how many there are.
    """

    odds: np.ndarray
    support: np.ndarray
    block: np.ndarray
    blocks: int

    @classmethod
    def fit(
        cls,
        matrix: sparse.csr_matrix,
        codes: np.ndarray,
        classes: int,
        blocks: Sequence[Block],
        parents: np.ndarray,
    ) -> Self:
        """Count people with each feature by class, and shrink.

        Args:
            matrix: counts (n, d).
            codes: (n,).
            blocks: only items, levels, transitions and contexts speak here.
            parents: int32 (d,): the wider column; −1: the base rate.

        Source: m-estimate of Cestnik (ECAI 1990), as Micci-Barreca (SIGKDD Explorations 2001).
        """
        n, d = matrix.shape
        there = sparse.csr_matrix(
            ((matrix.data > 0).astype(np.float64), matrix.indices, matrix.indptr),
            shape=matrix.shape,
        )
        one = sparse.csr_matrix((np.ones(n), (np.arange(n), codes)), shape=(n, classes))
        people = np.asarray((there.T @ one).todense())
        base = np.bincount(codes, minlength=classes) / max(n, 1)
        rate = np.tile(base, (d, 1))
        block = np.full(d, -1, np.int32)
        speaking = [b for b in blocks if b.kind in ("items", "levels", "transitions", "context")]
        for number, each in enumerate(speaking):
            block[each.columns] = number
        total = people.sum(axis=1, keepdims=True)
        for columns in _widest_first(parents):
            wider = parents[columns]
            prior = np.where((wider >= 0)[:, None], rate[wider], base)
            shrunk = people[columns] + _PRIOR_PEOPLE * prior
            rate[columns] = shrunk / (total[columns] + _PRIOR_PEOPLE)
        floor = 1e-4
        rate, base = np.clip(rate, floor, 1 - floor), np.clip(base, floor, 1 - floor)
        if classes == 2:
            odds = np.log(rate[:, 1:] / rate[:, :1]) - np.log(base[1] / base[0])
        else:
            odds = np.log(rate / base)
        support = np.log1p(total[:, 0]).astype(np.float32)
        return cls(odds.astype(np.float32), support, block, len(speaking))

    def features(self, matrix: sparse.csr_matrix) -> np.ndarray:
        """What a row's features say, by block: float32 (n, blocks · (j · 3 + 2)), 0 without any.

        Mean, most and least of their odds; mean and most of their support.

        Cost: j steps a stored number.
        """
        rows = matrix.indptr, matrix.indices, matrix.data
        odds, support = _features(*rows, self.odds, self.support, self.block, self.blocks)
        told = self.blocks * self.odds.shape[1] * _TOLD
        n = matrix.shape[0]
        return np.hstack([odds.reshape(n, told), support.reshape(n, 2 * self.blocks)])


def _widest_first(parents: np.ndarray) -> list[np.ndarray]:
    """Columns by how many are wider than they, the widest first."""
    depth = np.zeros(len(parents), np.int64)
    up = parents.copy()
    while (up >= 0).any():
        deeper = up >= 0
        depth[deeper] += 1
        up[deeper] = parents[up[deeper]]
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)) + 1)]


@njit(cache=True, nogil=True)
def _features(indptr, indices, data, odds, support, block, blocks):
    n, many = len(indptr) - 1, odds.shape[1]
    out = np.zeros((n, blocks, many, _TOLD), np.float32)
    held = np.zeros((n, blocks, 2), np.float32)
    count = np.zeros(blocks)
    total = np.zeros((blocks, many))
    for row in range(n):
        count[:] = 0.0
        total[:] = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            column = indices[at]
            b = block[column]
            if b < 0 or not data[at] > 0:
                continue
            for j in range(many):
                value = odds[column, j]
                total[b, j] += value
                if count[b] == 0.0 or value > out[row, b, j, 1]:
                    out[row, b, j, 1] = value
                if count[b] == 0.0 or value < out[row, b, j, 2]:
                    out[row, b, j, 2] = value
            held[row, b, 0] += support[column]
            held[row, b, 1] = max(held[row, b, 1], support[column])
            count[b] += 1.0
        for b in range(blocks):
            if count[b] > 0.0:
                held[row, b, 0] /= count[b]
                for j in range(many):
                    out[row, b, j, 0] = total[b, j] / count[b]
    return out, held
