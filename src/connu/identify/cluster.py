"""Average-link clustering on log-odds: two groups become one while the mean evidence says so.

Connected components let one wrong edge join two people; here every pair between two groups has a
say, and a pair nobody compared counts against. Each component of positive evidence is clustered
on its own, so the work spreads.

Cost: linear in the pairs, plus the square of each component's groups; components too large for
that are first cut where evidence is weak. Source: average linkage (UPGMA), Sokal & Michener (1958).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

#: Bits of a pair nobody compared; a pair that speaks against more counts as much.
ABSENT_BITS = -4.0
#: A pair's evidence counts at most so much: one sure pair must not outvote all others.
MOST_BITS = 15.0
#: What may never be one person: more than any evidence outweighs.
_NEVER = -1e12
#: Groups in a component that are clustered at once, in a square table.
_MOST_GROUPS = 2000


def average_link(
    left: np.ndarray,
    right: np.ndarray,
    bits: np.ndarray,
    group: np.ndarray,
    apart: np.ndarray,
    unique_source: np.ndarray,
    *,
    threshold: float = 0.0,
) -> np.ndarray:
    """Cluster records.

    Args:
        left, right: int32 [pairs]: compared records.
        bits: float64 [pairs]: log2 odds that they are one person.
        group: int32 [n]: records with one value are one to begin with.
        apart: int32 [a, 2]: records that are never one.
        unique_source: int16 [n]: records of one such source (≥ 0) are never one.
        threshold: mean log2 odds above which two groups become one.

    Returns:
        cluster of each record, int32 [n], numbered in order of their first record.
    """
    n = len(group)
    _, group = np.unique(group, return_inverse=True)
    group = group.astype(np.int64)
    a, b, excess = _between_groups(left, right, bits, group)
    a, b, excess = _with_never(a, b, excess, group, apart, unique_source)
    # Stronger cuts first where a component is too large; each pass merges what it may.
    cuts = [*(cut for cut in (12.0, 8.0, 4.0) if cut > threshold), threshold]
    while cuts:
        groups = int(group.max()) + 1 if n else 0
        size = np.bincount(group, minlength=groups).astype(np.float64)
        strong = ABSENT_BITS + excess / (size[a] * size[b]) > cuts[0]
        part = _components(groups, a[strong], b[strong])
        small = not groups or np.bincount(part).max() <= _MOST_GROUPS
        if small and len(cuts) > 1:
            del cuts[0]
            continue
        merged = _cluster_parts(groups, _blocks(part), a, b, excess, size, cuts[0])
        group, a, b, excess = _contract(merged, group, a, b, excess)
        if small or len(np.unique(merged)) == groups:
            del cuts[0]
    return _in_order(group)


def _between_groups(left, right, bits, group):
    """Summed evidence above ABSENT_BITS between groups, per pair of groups."""
    a, b = group[left], group[right]
    keep = (bits > ABSENT_BITS) & (a != b)
    a, b = np.minimum(a[keep], b[keep]), np.maximum(a[keep], b[keep])
    return _summed(a, b, np.minimum(bits[keep], MOST_BITS) - ABSENT_BITS)


def _summed(a, b, excess):
    order = np.lexsort((b, a))
    a, b, excess = a[order], b[order], excess[order]
    first = np.flatnonzero((np.diff(a, prepend=-1) != 0) | (np.diff(b, prepend=-1) != 0))
    total = np.add.reduceat(excess, first) if len(first) else excess
    return a[first], b[first], total


def _with_never(a, b, excess, group, apart, unique_source):
    """Add pairs of groups that must stay apart: by hand, or as a source is unique."""
    never = [group[apart]] if len(apart) else []
    unique = np.flatnonzero(unique_source >= 0)
    if len(unique) and len(a):
        part = _components(int(group.max()) + 1, a, b)[group[unique]]
        order = np.lexsort((unique, unique_source[unique], part))
        never.append(group[_same_cell(part[order], unique_source[unique][order], unique[order])])
    if not never:
        return a, b, excess
    pairs = np.concatenate(never)
    x, y = pairs.min(axis=1), pairs.max(axis=1)
    apart_too = x != y
    x, y = x[apart_too], y[apart_too]
    return _summed(
        np.concatenate([a, x]),
        np.concatenate([b, y]),
        np.concatenate([excess, np.full(len(x), _NEVER)]),
    )


@njit(cache=True, nogil=True)
def _same_cell(part, source, record):
    """All pairs of records of one component and one unique source: int64 [pairs, 2]."""
    total = 0
    for i in range(part.size):
        j = i + 1
        while j < part.size and part[j] == part[i] and source[j] == source[i]:
            total += 1
            j += 1
    out = np.empty((total, 2), np.int64)
    k = 0
    for i in range(part.size):
        j = i + 1
        while j < part.size and part[j] == part[i] and source[j] == source[i]:
            out[k, 0] = record[i]
            out[k, 1] = record[j]
            k += 1
            j += 1
    return out


def _components(groups, a, b):
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), (groups, groups))
    return connected_components(graph, directed=False)[1]


def _blocks(part):
    """Parts of more than _MOST_GROUPS groups cut into blocks, to be met again in the next pass."""
    order = np.argsort(part, kind="stable")
    size = np.bincount(part)
    rank = np.empty(len(part), np.int64)
    rank[order] = np.arange(len(part)) - np.repeat(np.cumsum(size) - size, size)
    return np.unique(part * (len(part) + 1) + rank // _MOST_GROUPS, return_inverse=True)[1]


def _cluster_parts(groups, part, a, b, excess, size, threshold):
    """The group each group becomes: int64 [groups]."""
    inside = part[a] == part[b]
    a, b, excess = a[inside], b[inside], excess[inside]
    order = np.argsort(part[a], kind="stable")
    a, b, excess = a[order], b[order], excess[order]
    first = np.flatnonzero(np.diff(part[a], prepend=-1))
    last = np.append(first[1:], len(a))
    merged = np.arange(groups)
    local = np.full(groups, -1)
    _merge_parts(first, last, a, b, excess, size, merged, local, threshold)
    return merged


def _contract(merged, group, a, b, excess):
    _, merged = np.unique(merged, return_inverse=True)
    a, b = merged[a], merged[b]
    keep = a != b
    a, b = np.minimum(a[keep], b[keep]), np.maximum(a[keep], b[keep])
    return merged[group], *_summed(a, b, excess[keep])


def _in_order(group):
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[inverse]


@njit(cache=True, nogil=True)
def _merge_parts(first, last, a, b, excess, size, merged, local, threshold):
    for c in range(first.size):
        members = np.empty(2 * (last[c] - first[c]), np.int64)
        k = 0
        for p in range(first[c], last[c]):
            for x in (a[p], b[p]):
                if local[x] < 0:
                    local[x] = k
                    members[k] = x
                    k += 1
        if k == 2:
            if ABSENT_BITS + excess[first[c]] / (size[a[first[c]]] * size[b[first[c]]]) > threshold:
                merged[members[1]] = members[0]
        else:
            _merge_part(
                members[:k], first[c], last[c], a, b, excess, size, merged, local, threshold
            )


@njit(cache=True, nogil=True)
def _merge_part(members, first, last, a, b, excess, size, merged, local, threshold):
    """Average linkage of one component in a square table of summed excess bits."""
    k = members.size
    total = np.zeros((k, k))
    weight = np.empty(k)
    for x in range(k):
        weight[x] = size[members[x]]
    for p in range(first, last):
        x, y = local[a[p]], local[b[p]]
        total[x, y] = excess[p]
        total[y, x] = excess[p]
    alive = np.ones(k, np.bool_)
    best = np.full(k, -1e300)
    to = np.full(k, -1)
    for x in range(k):
        for y in range(k):
            mean = total[x, y] / (weight[x] * weight[y])
            if x != y and mean > best[x]:
                best[x] = mean
                to[x] = y
    while True:
        top = threshold - ABSENT_BITS
        x = -1
        for z in range(k):
            if alive[z] and best[z] > top:
                top = best[z]
                x = z
        if x < 0:
            break
        y = to[x]
        if y < x:
            x, y = y, x
        for z in range(k):
            if alive[z] and z != x and z != y:
                total[x, z] += total[y, z]
                total[z, x] = total[x, z]
        weight[x] += weight[y]
        alive[y] = False
        merged[members[y]] = members[x]
        for z in range(k):
            if not alive[z]:
                continue
            if z == x or to[z] == x or to[z] == y:
                best[z] = -1e300
                to[z] = -1
                for o in range(k):
                    if alive[o] and o != z:
                        mean = total[z, o] / (weight[z] * weight[o])
                        if mean > best[z]:
                            best[z] = mean
                            to[z] = o
            else:
                mean = total[z, x] / (weight[z] * weight[x])
                if mean > best[z]:
                    best[z] = mean
                    to[z] = x
    for z in range(k):
        r = members[z]
        while merged[r] != r:
            r = merged[r]
        merged[members[z]] = r
