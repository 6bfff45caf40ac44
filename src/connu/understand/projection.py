"""Projection: sparse rows on dense columns, many models in one pass over the rows."""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix


def projected(rows: csr_matrix, columns: np.ndarray) -> np.ndarray:
    """rows @ columns, without the lock of the interpreter.

    Args:
        rows: float32 (n, features).
        columns: float32 (features, m), C order.

    Returns:
        float32 (n, m).
    """
    made = np.zeros((rows.shape[0], columns.shape[1]), np.float32)
    _project(rows.indptr.astype(np.int64), rows.indices, rows.data, columns, made)
    return made


@njit(cache=True, nogil=True, fastmath=True)
def _project(
    indptr: np.ndarray, indices: np.ndarray, data: np.ndarray, columns: np.ndarray,
    made: np.ndarray,
) -> None:  # fmt: skip
    m = columns.shape[1]
    for i in range(len(indptr) - 1):
        row = made[i]
        for at in range(indptr[i], indptr[i + 1]):
            weight = data[at]
            column = columns[indices[at]]
            for j in range(m):
                row[j] += weight * column[j]
