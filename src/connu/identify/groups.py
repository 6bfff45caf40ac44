"""Groups made before anything is weighed: what a person decided, and shared identifiers.

A shared identifier links at once, with protection: generic values are gone before (see junk), the
rest of the two records must not speak against it, and no group may come to hold more values of an
identifier than its limit; a link so refused is left to probability.

Cost: about linear; union–find (Tarjan 1975) with the members of each group in a ring.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: log2 odds at which a shared identifier links at once: 95 to 5.
AT_ONCE_BITS = 4.25


def group(
    n: int,
    joins: np.ndarray,
    splits: np.ndarray,
    links: np.ndarray,
    codes: np.ndarray,
    limits: np.ndarray,
    unique_source: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Group records by hand and by identifier.

    Args:
        n: number of records.
        joins: int32 [j, 2]: records a person said are one, oldest first.
        splits: int32 [s, 2]: records a person said are two.
        links: int32 [l, 2]: records that share an identifier, the surest first.
        codes: int32 [n, t]: value of each record and identifier type, -1 for none.
        limits: int32 [t]: values of a type one group may hold.
        unique_source: int16 [n]: see Records.

    Returns:
        root record of each record's group, int32 [n]; whether each link was taken, bool [l].
    """
    parent = np.arange(n, dtype=np.int32)
    ring = np.arange(n, dtype=np.int32)
    free = np.full(len(limits), 2**31 - 1, np.int32)
    nobody = np.full(n, -1, np.int16)
    # A join by hand overrides limits and sources, never another hand's split.
    _unite(joins, splits, codes, free, nobody, parent, ring)
    taken = _unite(links, splits, codes, limits, unique_source, parent, ring)
    return _roots(parent), taken


@njit(cache=True, nogil=True)
def _root(parent, x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@njit(cache=True, nogil=True)
def _roots(parent):
    out = np.empty(parent.size, np.int32)
    for i in range(parent.size):
        out[i] = _root(parent, i)
    return out


@njit(cache=True, nogil=True)
def _within_limits(a, b, ring, codes, limits):
    """Whether the groups of a and b together hold at most their limit of every identifier."""
    for t in range(limits.size):
        limit = limits[t]
        if limit == 2**31 - 1:
            continue
        held = np.empty(limit + 1, np.int32)
        k = 0
        for first in (a, b):
            x = first
            while True:
                c = codes[x, t]
                if c >= 0:
                    new = True
                    for z in range(k):
                        if held[z] == c:
                            new = False
                            break
                    if new:
                        if k == limit:
                            return False
                        held[k] = c
                        k += 1
                x = ring[x]
                if x == first:
                    break
    return True


@njit(cache=True, nogil=True)
def _one_source(a, b, ring, unique):
    """Whether both groups hold a record of one source in which a person stands once."""
    x = a
    while True:
        if unique[x] >= 0:
            y = b
            while True:
                if unique[y] == unique[x]:
                    return True
                y = ring[y]
                if y == b:
                    break
        x = ring[x]
        if x == a:
            break
    return False


@njit(cache=True, nogil=True)
def _unite(links, splits, codes, limits, unique, parent, ring):
    taken = np.zeros(links.shape[0], np.bool_)
    for p in range(links.shape[0]):
        a, b = _root(parent, links[p, 0]), _root(parent, links[p, 1])
        if a == b:
            taken[p] = True
            continue
        allowed = True
        for s in range(splits.shape[0]):
            x, y = _root(parent, splits[s, 0]), _root(parent, splits[s, 1])
            if (x == a and y == b) or (x == b and y == a):
                allowed = False
                break
        if not allowed or _one_source(a, b, ring, unique):
            continue
        if not _within_limits(a, b, ring, codes, limits):
            continue
        taken[p] = True
        parent[max(a, b)] = min(a, b)
        ring[a], ring[b] = ring[b], ring[a]
    return taken
