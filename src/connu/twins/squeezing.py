"""Squeezing: rows counted in provisional columns become one matrix of the columns that stay."""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy import sparse

from connu.twins.counting import Rows


def squeezed(parts: list[Rows], seen: np.ndarray, kept: np.ndarray) -> sparse.csr_matrix:
    """The matrix of the kept columns, which are renumbered in their order.

    `parts` is emptied on the way: a part is freed once it is copied, so that the peak is little
    more than the matrix.

    Args:
        parts: rows one after another.
        seen: (columns,) how many entries each column has.
        kept: int64 (d,) the columns that stay, ascending.
    """
    number = np.full(len(seen), -1, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    total = int(seen[kept].sum(dtype=np.int64))
    wide = np.int64 if total > np.iinfo(np.int32).max else np.int32
    rows = sum(len(part.lengths) for part in parts)
    columns, values = np.empty(total, np.int32), np.empty(total, np.float32)
    starts = np.zeros(rows + 1, np.int64)
    row = at = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        at = _squeeze(
            part.lengths, part.columns, part.values, number, starts, row, at, columns, values
        )
        row += len(part.lengths)
    matrix = sparse.csr_matrix((rows, len(kept)), dtype=np.float32)
    matrix.data, matrix.indices, matrix.indptr = (
        values,
        columns.astype(wide, copy=False),
        starts.astype(wide),
    )
    matrix.has_canonical_format = True
    return matrix


@njit(cache=True, nogil=True)
def count_columns(columns, seen):
    """Add to `seen` how often each column occurs."""
    for column in columns:
        seen[column] += 1


@njit(cache=True, nogil=True)
def _squeeze(lengths, columns, values, number, starts, row, at, out_columns, out_values):
    begin = 0
    for r in range(len(lengths)):
        for i in range(begin, begin + lengths[r]):
            new = number[columns[i]]
            if new >= 0:
                out_columns[at] = new
                out_values[at] = values[i]
                at += 1
        begin += lengths[r]
        starts[row + r + 1] = at
    return at
