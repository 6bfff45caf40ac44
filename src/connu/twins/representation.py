"""The representation: a space in which near means alike for one attribute.

Half of it is what the linear member says of a subject, half what he does whatever it says (the
directions in which behaviour differs most, a truncated SVD). Measured: neighbours in behaviour
alone are far worse, and neighbours by the linear model alone are no twins one would recognise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

#: Standard deviations of what the linear member says, beside a unit of behaviour.
SUPERVISED = 1.5
_ITERATIONS = 3


@dataclass(frozen=True, eq=False)
class Directions:
    """Weighted behaviour to dense vectors.

    Attributes:
        axes: float32 (d, c).
        unit: whether vectors get length 1: how much somebody does is not whom he is like.
    """

    axes: np.ndarray
    unit: bool

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        spread: sparse.csr_matrix | None,
        components: int,
        unit: bool,
        seed: int,
    ) -> Self:
        """The directions in which rows differ most.

        Args:
            rows: weighted behaviour (n, d), of known people and of others.
            spread: (d, d): directions of rows and spread rows, folded into those of the rows.
            components: how many directions; all d columns as they are where there are no more.

        Source: Halko, Martinsson & Tropp, SIAM Review 53 (2011).
        """
        n, d = rows.shape
        if d <= components:
            return cls(np.eye(d, dtype=np.float32), unit)
        whole = rows if spread is None else sparse.hstack([rows, rows @ spread], format="csr")
        count = min(components, n - 1, d - 1)
        if count < 1:
            return cls(np.zeros((d, 1), np.float32), unit)
        # Matrices this narrow gain nothing by threads, and round alike on every number of cores.
        with threadpool_limits(1, "blas"):
            _, _, across = randomized_svd(
                whole.astype(np.float64), count, n_iter=_ITERATIONS, random_state=seed
            )
        axes = across.T
        if spread is not None:
            axes = axes[:d] + spread @ axes[d:]
        return cls(np.ascontiguousarray(axes, np.float32), unit)

    def transform(self, rows: sparse.csr_matrix) -> np.ndarray:
        """float32 (n, c), each row by itself."""
        made = np.asarray(rows @ self.axes, np.float32)
        if self.unit:
            length = np.sqrt(np.einsum("ij,ij->i", made, made))[:, None]
            made = np.divide(made, length, out=made, where=length > 1e-12)
        return made


def told_columns(scores: np.ndarray) -> np.ndarray:
    """Scores (n, k) as the fewest columns: the second of two classes, else all."""
    return scores[:, 1:] if scores.shape[1] == 2 else scores


def placed(scores: np.ndarray, spread: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Where subjects stand: float32 (n, k' + c).

    Args:
        scores: what the linear member says (n, k).
        spread: (k',) standard deviation of each column among the known.
        vectors: from `Directions.transform`.
    """
    return np.hstack([told_columns(scores) / spread * SUPERVISED, vectors]).astype(np.float32)
