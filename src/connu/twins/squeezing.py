"""Squeezing: rows counted in provisional columns become one matrix of the columns that stay."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, repeat

import numpy as np
from numba import njit
from scipy import sparse

from connu.twins.coded import Rows


def squeezed(
    parts: list[Rows], seen: np.ndarray, kept: np.ndarray, threads: int = 2
) -> sparse.csr_matrix:
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
    rows = sum(len(part.lengths) for part in parts)
    columns, values = np.empty(total, np.int32), np.empty(total, np.float32)
    starts = np.zeros(rows + 1, np.int64)
    row = at = 0
    parts.reverse()
    with ThreadPoolExecutor(threads) as pool:
        while parts:
            lengths, in_columns, in_values = _cut(parts.pop(), threads)
            kept_in = list(pool.map(_count_kept, in_columns, repeat(number)))
            places = np.concatenate([[at], at + np.cumsum(kept_in)])
            rows_before = np.concatenate([[0], np.cumsum([len(piece) for piece in lengths])])
            ends = [starts[row + a + 1 : row + b + 1] for a, b in pairwise(rows_before.tolist())]
            made = pool.map(
                _squeeze,
                lengths,
                in_columns,
                in_values,
                repeat(number),
                ends,
                places[:-1].tolist(),
                repeat(columns),
                repeat(values),
            )
            deque(made, maxlen=0)
            row, at = row + int(rows_before[-1]), int(places[-1])
            del lengths, in_columns, in_values
    return _matrix(columns, values, starts, len(kept))


def unsqueezed(rows: Rows, width: int) -> sparse.csr_matrix:
    """The matrix of rows whose columns are those that stay."""
    starts = np.concatenate([[0], np.cumsum(rows.lengths)])
    return _matrix(rows.columns, rows.values, starts, width)


def _matrix(
    columns: np.ndarray, values: np.ndarray, starts: np.ndarray, width: int
) -> sparse.csr_matrix:
    """CSR over these arrays as they are; its indices are wide where there are so many entries."""
    wide = np.int64 if len(columns) > np.iinfo(np.int32).max else np.int32
    matrix = sparse.csr_matrix((len(starts) - 1, width), dtype=np.float32)
    matrix.data, matrix.indices = values, columns.astype(wide, copy=False)
    matrix.indptr = starts.astype(wide)
    matrix.has_canonical_format = True
    return matrix


def _cut(part: Rows, pieces: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The lengths, columns and values of a part, in so many runs of rows."""
    ends = np.concatenate([[0], np.cumsum(part.lengths)])
    marks = np.linspace(0, len(part.lengths), pieces + 1).astype(np.int64)
    entries = [slice(ends[a], ends[b]) for a, b in pairwise(marks)]
    return (
        [part.lengths[a:b] for a, b in pairwise(marks)],
        [part.columns[piece] for piece in entries],
        [part.values[piece] for piece in entries],
    )


@njit(cache=True, nogil=True)
def count_columns(columns, seen):
    """Add to `seen` how often each column occurs."""
    for column in columns:
        seen[column] += 1


@njit(cache=True, nogil=True)
def _count_kept(columns, number):
    kept = 0
    for column in columns:
        if number[column] >= 0:
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _squeeze(lengths, columns, values, number, ends, at, out_columns, out_values):
    """Copy rows to `at`, and note where each ends."""
    begin = 0
    for r in range(len(lengths)):
        for i in range(begin, begin + lengths[r]):
            new = number[columns[i]]
            if new >= 0:
                out_columns[at] = new
                out_values[at] = values[i]
                at += 1
        begin += lengths[r]
        ends[r] = at
