"""Spreading: a product speaks for those that the same people look at.

Most products are seen a few times only, too few to learn what each says. What is looked at by the
same people mostly says the same, and that needs no labels: visitors nobody knows teach it too.
Each product is spread over the products nearest to it by who looks at them; a linear model over
the spread rows is again a linear model over the rows, so that spreading costs nothing later.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy import sparse

#: Products that one is spread over.
_NEAREST = 30
#: Stored numbers that spread rows may add where a model is learnt.
_BUDGET = 6_000_000
#: People whose looks are compared; enough for what is alike, and the square of their rows is made.
_MOST_PEOPLE = 200_000


def spread_of(matrix: sparse.csr_matrix, columns: np.ndarray) -> sparse.csr_matrix:
    """What each column of a matrix is spread over.

    Nearness is the cosine of two columns over people (n of both / √(n of one · n of the other)),
    the nearest 30 are kept, fewer where rows are long, and a column's row is brought to length 1.

    Args:
        matrix: counts (n, d).
        columns: the products, int32, ascending; other columns are spread over nothing.

    Returns:
        float32 (d, d), CSR, nothing on the diagonal.

    Cost: the sum over people of the square of what they looked at, in parts that fit in memory.

    Source: item-item nearness as in Sarwar, Karypis, Konstan & Riedl (WWW 2001).
    """
    n, d = matrix.shape
    looked = matrix[: min(n, _MOST_PEOPLE)][:, columns]
    looked = sparse.csr_matrix(
        ((looked.data > 0).astype(np.float32), looked.indices, looked.indptr), shape=looked.shape
    )
    looked.eliminate_zeros()
    nearest = min(_NEAREST, _BUDGET // max(1, looked.nnz))
    if nearest < 1 or len(columns) < 2:
        return sparse.csr_matrix((d, d), dtype=np.float32)
    people = np.asarray(looked.sum(axis=0)).ravel()
    # A person who looked at thousands links everything with everything and costs its square.
    looked = looked[np.diff(looked.indptr) <= 1_000]
    by_column = looked.T.tocsr()
    weight = sparse.diags_array((1 / np.sqrt(np.maximum(people, 1.0))).astype(np.float32))
    parts = []
    for first in range(0, len(columns), 2_000):
        last = min(first + 2_000, len(columns))
        near = (by_column[first:last] @ looked).tocsr() @ weight
        near.sort_indices()
        parts.append(_kept(near, first, nearest))
    found = sparse.vstack(parts, format="csr")
    place = sparse.csr_matrix(
        (np.ones(len(columns), np.float32), (np.arange(len(columns)), columns)),
        shape=(len(columns), d),
    )
    return (place.T @ found @ place).tocsr().astype(np.float32)


def _kept(near: sparse.csr_matrix, first: int, nearest: int) -> sparse.csr_matrix:
    data = near.data.astype(np.float32).copy()
    _keep(near.indptr, near.indices, data, first, nearest)
    kept = sparse.csr_matrix((data, near.indices, near.indptr), shape=near.shape)
    kept.eliminate_zeros()
    return kept


@njit(cache=True, nogil=True)
def _keep(indptr, indices, data, first, nearest):
    """Zero all but the nearest of each row, and its diagonal; rows get length 1."""
    for row in range(len(indptr) - 1):
        a, b = indptr[row], indptr[row + 1]
        for at in range(a, b):
            if indices[at] == row + first:
                data[at] = 0.0
        if b - a > nearest:
            # Mergesort is stable: of equally near columns those with the lower number stay.
            order = np.argsort(-data[a:b], kind="mergesort")
            for place in range(nearest, b - a):
                data[a + order[place]] = 0.0
        total = 0.0
        for at in range(a, b):
            total += data[at] * data[at]
        if total > 0.0:
            for at in range(a, b):
                data[at] = data[at] / np.sqrt(total)
