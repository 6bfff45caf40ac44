"""Lists of vectors, laid out for the scan: each list transposed, one behind the other.

Who is added comes behind those who are there, so rows within a list ascend. Nothing is learnt here
and nothing is changed in place: a search under way keeps the lists it began with.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit

from connu.twins.scan import scan

TOGETHER = 1024  # queries a thread answers at a time: what they find stays in the second cache


@dataclass(frozen=True)
class Lists:
    """n vectors of d numbers in `count` lists; nothing in them is ever written to.

    Attributes:
        flat: float32 [n · d]: list after list, each transposed.
        starts: int64 [count + 1]: where each list starts, counted in vectors.
        rows: uint32 [n]: the row of each vector, in the order of the lists.
        dimension: d.
    """

    flat: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    dimension: int

    @classmethod
    def empty(cls, count: int, dimension: int) -> Self:
        """`count` lists that hold nobody."""
        return cls(
            np.empty(0, np.float32),
            np.zeros(count + 1, np.int64),
            np.empty(0, np.uint32),
            dimension,
        )

    @classmethod
    def one(cls, vectors: np.ndarray) -> Self:
        """All vectors (float32 (n, d)) in one list."""
        return cls.empty(1, vectors.shape[1]).extended(vectors, np.zeros(len(vectors), np.int64))

    @property
    def count(self) -> int:
        """How many lists."""
        return self.starts.size - 1

    def extended(self, vectors: np.ndarray, lists_of: np.ndarray) -> Self:
        """These and new vectors (float32 (m, d)), each in its list; their rows go on from n.

        Cost: everything is copied once (0.2 s for a million of 64 dimensions).
        """
        counts = np.bincount(lists_of, minlength=self.count)
        flat, starts, rows = _lay(*self._arrays(), fixed(vectors), lists_of, counts)
        return type(self)(flat, starts, rows, self.dimension)

    def nearest(
        self, queries: np.ndarray, k: int, probes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `connu.twins.scan.scan`: (distances, rows), each (m, k)."""
        distances = np.empty((len(queries), k), np.float32)
        rows = np.empty((len(queries), k), np.int64)
        scan(*self._arrays(), fixed(queries), fixed(probes), distances, rows)
        return distances, rows

    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return fixed(self.flat), fixed(self.starts), fixed(self.rows)


def fixed(array: np.ndarray) -> np.ndarray:
    """A view that cannot be written to: kernels are then compiled for one kind of array only."""
    view = array.view()
    view.flags.writeable = False
    return view


def in_chunks(
    answer: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Answer queries chunk by chunk on every core.

    Args:
        answer: gives (distances, rows), (m, k) each, for some of the queries.
        queries: float32 (m, d).
        k: how many answers a query has.
    """
    m = len(queries)
    if m <= TOGETHER:
        return answer(queries)
    distances, rows = np.empty((m, k), np.float32), np.empty((m, k), np.int64)

    def one(start: int) -> None:
        part = slice(start, start + TOGETHER)
        distances[part], rows[part] = answer(queries[part])

    with ThreadPoolExecutor(_threads()) as pool:
        for _ in pool.map(one, range(0, m, TOGETHER)):
            pass
    return distances, rows


def _threads() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@njit(cache=True, nogil=True)
def _lay(flat, starts, rows_of, vectors, lists_of, counts):
    """Lists with `counts` new vectors each behind those there: flat, starts, rows of all."""
    m, d = vectors.shape
    lists, n = counts.size, rows_of.size
    after = np.zeros(lists + 1, np.int64)
    for l in range(lists):
        after[l + 1] = after[l] + starts[l + 1] - starts[l] + counts[l]
    laid = np.empty((n + m) * d, np.float32)
    rows = np.empty(n + m, np.uint32)
    free = np.empty(lists, np.int64)
    for l in range(lists):
        old, new = starts[l + 1] - starts[l], after[l + 1] - after[l]
        for j in range(d):
            source, goal = starts[l] * d + j * old, after[l] * d + j * new
            laid[goal : goal + old] = flat[source : source + old]
        rows[after[l] : after[l] + old] = rows_of[starts[l] : starts[l + 1]]
        free[l] = old
    for i in range(m):
        l = lists_of[i]
        size, base, place = after[l + 1] - after[l], after[l] * d, free[l]
        for j in range(d):
            laid[base + j * size + place] = vectors[i, j]
        rows[after[l] + place] = n + i
        free[l] += 1
    return laid, after, rows
