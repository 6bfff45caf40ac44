"""Weighting: counts made comparable, so that no block of behaviour drowns another.

A block (products, one level of the category path, hours …) is weighed by how rare its columns are
and brought to one length a row; the dense measures are only brought to one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit
from scipy import sparse

from connu.twins.vocabulary import Block

#: How much a block weighs beside products and categories.
SCALES = {
    "items": 1.0,
    "levels": 1.0,
    "context": 0.3,
    "transitions": 0.3,
    "ratings": 0.5,
    "measures": 0.3,
}
#: Measures beyond so many standard deviations say no more.
_FAR = 5.0


@dataclass(frozen=True, eq=False)
class Weighting:
    """Counts (n, d) to weights (n, d), the same cells filled; of measures alone, all cells.

    Measures beside counts keep their zero, so that rows stay sparse; measures alone are told from
    their means, as a model over numbers far from zero is hardly learnt.

    Attributes:
        factor: float32 (d,): idf of a count, one over the spread of a measure.
        mean: float64 (d,): of measures, zeros counted; 0 elsewhere.
        block: int32 (d,): the block of each column; −1: in none, weighs nothing.
        scale: float32 (blocks,): the length of a row in a block.
        counted: bool (blocks,): counts, whose logarithm counts and whose rows get one length.
        signed: bool (blocks,): above or below a mean, so without logarithm.
    """

    factor: np.ndarray
    mean: np.ndarray
    block: np.ndarray
    scale: np.ndarray
    counted: np.ndarray
    signed: np.ndarray

    @classmethod
    def fit(cls, matrix: sparse.csr_matrix, blocks: Sequence[Block]) -> Self:
        """Learn what is rare: idf = ln((1 + n) / (1 + people with it)) + 1.

        Args:
            matrix: counts (n, d), sorted indices.
            blocks: which columns go together; a column in none is left out.

        Source: Salton & Buckley, Information Processing & Management 24 (1988).
        """
        n, d = matrix.shape
        seen = np.bincount(matrix.indices[matrix.data != 0], minlength=d)
        factor = np.log((1.0 + n) / (1.0 + seen)) + 1.0
        mean = np.zeros(d)
        block = np.full(d, -1, np.int32)
        for number, one in enumerate(blocks):
            block[one.columns] = number
            if one.kind == "measures":
                mean[one.columns], spread = _mean_and_spread(matrix[:, one.columns])
                factor[one.columns] = 1.0 / spread
        alone = all(one.kind == "measures" for one in blocks)
        return cls(
            factor=factor.astype(np.float32),
            mean=mean,
            block=block,
            scale=np.array([1.0 if alone else SCALES[one.kind] for one in blocks], np.float32),
            counted=np.array([one.kind != "measures" for one in blocks], np.bool_),
            signed=np.array([one.kind == "ratings" for one in blocks], np.bool_),
        )

    def transform(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """Weights float32 (n, d), each row by itself. Cost: some 10 ns a stored number."""
        if not self.counted.any():
            return self._measured(matrix)
        weights = _weigh(
            matrix.indptr,
            matrix.indices,
            matrix.data,
            self.factor,
            self.mean,
            self.block,
            self.scale,
            self.counted,
            self.signed,
        )
        return sparse.csr_matrix((weights, matrix.indices, matrix.indptr), shape=matrix.shape)

    def _measured(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """Measures alone: how far above or below their means."""
        told = (matrix.toarray() - self.mean) * self.factor
        weights = np.where(self.block < 0, 0.0, np.clip(told, -_FAR, _FAR) * self.scale.max())
        return sparse.csr_matrix(weights.astype(np.float32))


def _mean_and_spread(measures: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column, zeros counted; 1 where nothing varies."""
    n, d = measures.shape
    column, value = measures.indices, measures.data.astype(np.float64)
    mean = np.bincount(column, value, d) / max(n, 1)
    # From the mean, not from the squares: of large numbers these leave nothing but rounding.
    square = (n - np.bincount(column, minlength=d)) * mean**2
    square += np.bincount(column, (value - mean[column]) ** 2, d)
    spread = np.sqrt(square / max(n, 1))
    return mean, np.where(spread > 1e-9 * np.abs(mean) + 1e-30, spread, 1.0)


@njit(cache=True, nogil=True)
def _weigh(indptr, indices, data, factor, mean, block, scale, counted, signed):
    out = np.zeros(len(data), np.float32)
    length = np.zeros(len(scale))
    for row in range(len(indptr) - 1):
        length[:] = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            column = indices[at]
            b = block[column]
            if b < 0:
                continue
            value = float(data[at])
            if counted[b] and not signed[b]:
                value = np.log1p(max(value, 0.0)) / np.log(2.0)
            value *= factor[column]
            if not counted[b]:
                middle = mean[column] * factor[column]
                value = min(max(value, middle - _FAR), middle + _FAR)
            out[at] = value
            length[b] += value * value
        for at in range(indptr[row], indptr[row + 1]):
            b = block[indices[at]]
            if b < 0:
                continue
            if counted[b] and length[b] > 0.0:
                out[at] = out[at] * scale[b] / np.sqrt(length[b])
            elif not counted[b]:
                out[at] = out[at] * scale[b]
    return out
