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
    order: np.ndarray,
    cold: np.ndarray,
    base: np.ndarray,
    top: int,
    lift: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """The strongest categories of each subject, the same within every horizon.

    Told is what is so much likelier than its base rate, in the (geometric) mean of the horizons;
    and, of what he touched or is led to, so much likelier than the base rate among what is bought
    at all, however seldom he buys:
    of each depth the `top` likeliest; what a depth leaves over goes to the deepest that have more.

    Args:
        place, node: (n,): candidates by subject; each one's first is the shop, k.
        depth: (k + 1,): of each node, -1 the shop.
        told: float64 (n, h): probabilities.
        order: int32 (k,): nodes by the mean of `cold` over `base`, the highest first.
        cold: float64 (k, h): share of a subject's probability that falls on an untouched node.
        base: float64 (k + 1, h): base rates; the last of the shop.
        top: categories per subject and depth.
        lift: over the base rate.

    Returns:
        Subject, node (-1: the shop), row of the candidate (-1: untouched), and how many there are.
        By subject, the shop first, then depth and mean.

    Cost: about 1 µs a candidate.
    """
    k, horizons = cold.shape
    levels = 0
    for n in range(k):
        levels = max(levels, depth[n] + 1)
    log_cold = np.zeros(k)
    log_base = np.zeros(k + 1)
    for h in range(horizons):
        log_base[k] += np.log(base[k, h])
        for n in range(k):
            log_cold[n] += np.log(cold[n, h])
            log_base[n] += np.log(base[n, h])
    least = horizons * np.log(lift)
    subjects = 0
    for r in range(len(place)):
        subjects += node[r] == k
    most = min(levels * top, k)
    room = subjects * (most + 1)
    out_place = np.empty(room, np.int32)
    out_node = np.empty(room, np.int32)
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
        whole = 0.0
        for h in range(horizons):
            whole += np.log(told[first, h])
        for r in range(first + 1, stop):
            mean = 0.0
            for h in range(horizons):
                mean += np.log(told[r, h])
            above = mean - log_base[node[r]]
            if max(above, above - (whole - log_base[k])) > least:
                _insert(best, which, row, taken, depth[node[r]], mean, node[r], r, most)
        for c in order:
            mean = whole + log_cold[c]
            if mean - log_base[c] <= least:
                break
            if mine[c] != s:
                _insert(best, which, row, taken, depth[c], mean, c, -1, most)
        out_place[size], out_node[size], out_row[size] = s, -1, first
        size += 1
        spare = most
        for d in range(levels):
            spare -= min(taken[d], top)
        for d in range(levels - 1, -1, -1):
            more = min(max(taken[d] - top, 0), max(spare, 0))
            spare -= more
            taken[d] = min(taken[d], top) + more
        for d in range(levels):
            for j in range(taken[d]):
                out_place[size], out_node[size] = s, which[d, j]
                out_row[size] = row[d, j]
                size += 1
        first = stop
    return out_place, out_node, out_row, size


@njit(cache=True, nogil=True)
def ranks(place: np.ndarray, depth: np.ndarray, p: np.ndarray) -> np.ndarray:
    """int32 (n, h): rank of each row among those of its subject and depth, within each horizon.

    Args:
        place, depth: (n,): rows by subject and depth. p: float64 (n, h); of equals the first wins.
    """
    out = np.empty(p.shape, np.int32)
    first = 0
    while first < len(place):
        stop = first
        while stop < len(place) and place[stop] == place[first] and depth[stop] == depth[first]:
            stop += 1
        for h in range(p.shape[1]):
            for r in range(first, stop):
                rank = 1
                for other in range(first, stop):
                    rank += p[other, h] > p[r, h] or (p[other, h] == p[r, h] and other < r)
                out[r, h] = rank
        first = stop
    return out


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
