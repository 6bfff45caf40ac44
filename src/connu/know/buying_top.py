"""The strongest categories of each subject, from his candidates and from what he never touched."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def agree(place: np.ndarray, node: np.ndarray, above: np.ndarray, told: np.ndarray) -> None:
    """Make probabilities agree, in place: a category is bought when one below it is, and within a
    month when within a week.

    Args:
        place, node: (n,): pairs by subject; what is above a pair's node is a pair too.
        above: (k + 1,): parent of each node, k at the top; k is the shop as a whole.
        told: float64 (n, horizons): ascending horizons.
    """
    k = len(above) - 1
    row_of = np.full(k + 1, -1, np.int64)
    first = 0
    while first < len(place):
        stop = first
        while stop < len(place) and place[stop] == place[first]:
            row_of[node[stop]] = stop
            stop += 1
        for h in range(told.shape[1]):
            for r in range(first, stop):
                if h > 0:
                    told[r, h] = max(told[r, h], told[r, h - 1])
                up = node[r]
                while up != k:
                    up = above[up]
                    if row_of[up] >= first:
                        told[row_of[up], h] = max(told[row_of[up], h], told[r, h])
        first = stop


@njit(cache=True, nogil=True)
def strongest(
    place: np.ndarray,
    node: np.ndarray,
    depth: np.ndarray,
    told: np.ndarray,
    touched: np.ndarray,
    order: np.ndarray,
    cold: np.ndarray,
    base: np.ndarray,
    muted: np.ndarray,
    top: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """The strongest categories of each subject, and the shop as a whole; one horizon.

    Told are touched categories, and others that are likelier than their base rate: of each depth
    `top`; what a depth leaves over goes to the deepest that have more.

    Args:
        place, node: (n,): candidates by subject; each one's first is the shop, k.
        depth: (k + 1,): of each node, -1 the shop.
        told: float64 (n,): probabilities.
        touched: bool (n,): whether the subject ever touched the node.
        order: int32 (k,): nodes by `cold` over `base`, the highest first.
        cold: float64 (k,): share of a subject's probability that falls on an untouched node.
        base: float64 (k,): base rates.
        muted: bool (k,): nodes of which nothing is told.
        top: rows per subject and depth.

    Returns:
        Subject, node (-1: the shop), probability, rank within the depth, row of the candidate (-1:
        untouched), and how many there are. By subject, the shop first, then depth and rank.

    Cost: about 1 µs a row told.
    """
    k = len(depth) - 1
    levels = 0
    for n in range(k):
        levels = max(levels, depth[n] + 1)
    subjects = 0
    for r in range(len(place)):
        subjects += node[r] == k
    most = levels * top
    room = subjects * (most + 1)
    out_place = np.empty(room, np.int32)
    out_node = np.empty(room, np.int32)
    out_p = np.empty(room, np.float64)
    out_rank = np.empty(room, np.int32)
    out_row = np.empty(room, np.int32)
    size = 0
    mine = np.full(k + 1, -1, np.int64)
    taken = np.empty(levels, np.int64)
    best = np.empty((levels, most), np.float64)
    which = np.empty((levels, most), np.int64)
    row = np.empty((levels, most), np.int64)
    first = 0
    while first < len(place):
        s = place[first]
        stop = first
        while stop < len(place) and place[stop] == s:
            mine[node[stop]] = s
            stop += 1
        taken[:] = 0
        for r in range(first + 1, stop):
            if not muted[node[r]] and (touched[r] or told[r] > base[node[r]]):
                _insert(best, which, row, taken, depth[node[r]], told[r], node[r], r, most)
        for c in order:
            p = told[first] * cold[c]
            if p <= base[c]:
                break
            if mine[c] != s and not muted[c]:
                _insert(best, which, row, taken, depth[c], p, c, -1, most)
        out_place[size], out_node[size], out_p[size] = s, -1, told[first]
        out_rank[size], out_row[size] = 1, first
        size += 1
        spare = most
        for d in range(levels):
            spare -= min(taken[d], top)
        for d in range(levels - 1, -1, -1):
            more = min(max(taken[d] - top, 0), spare)
            spare -= more
            taken[d] = min(taken[d], top) + more
        for d in range(levels):
            for j in range(taken[d]):
                out_place[size], out_node[size], out_p[size] = s, which[d, j], best[d, j]
                out_rank[size], out_row[size] = j + 1, row[d, j]
                size += 1
        first = stop
    return out_place, out_node, out_p, out_rank, out_row, size


@njit(cache=True, nogil=True)
def _insert(
    best: np.ndarray,
    which: np.ndarray,
    row: np.ndarray,
    taken: np.ndarray,
    d: int,
    p: float,
    node: int,
    r: int,
    most: int,
) -> None:
    """Keep the list of a depth sorted; of equals the lower node first."""
    j = taken[d]
    if j == most:
        last = most - 1
        if best[d, last] > p or (best[d, last] == p and which[d, last] < node):
            return
        j = last
    else:
        taken[d] += 1
    while j > 0 and (best[d, j - 1] < p or (best[d, j - 1] == p and which[d, j - 1] > node)):
        best[d, j], which[d, j], row[d, j] = best[d, j - 1], which[d, j - 1], row[d, j - 1]
        j -= 1
    best[d, j], which[d, j], row[d, j] = p, node, r
