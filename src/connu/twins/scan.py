"""The scan of the neighbour search: distances, and the k nearest of them.

People's vectors lie in lists (`connu.twins.lists`), each *transposed*: a list of s vectors of d
numbers is d runs of s numbers. The inner loop then walks over neighbouring people, the processor's
wide registers are full, and each distance is still summed in one fixed order, dimension by
dimension. That order is the reason for a kernel of our own: the same pair gives the same float
whether asked alone or among a million, on one thread or on two. Queries that ask for the same list
are answered together while the list is in the cache.

A person's place in the answer is one whole number, the bits of the squared distance (never
negative, so they order as the float does) before the bits of the row: one comparison orders by
distance and breaks ties by row. Kernels release the GIL.

Source: Jégou, Douze, Schmid (2011), Product quantization for nearest neighbor search (the inverted
file; its codes are not needed at our sizes).
"""

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK = 512  # people at a time: their distances stay in the first cache
_HALF = np.uint64(32)
_ROW = np.uint64(2**32 - 1)
_NOBODY = np.uint64(2**64 - 1)  # a place nobody has taken: loses against everyone
MOST_PEOPLE = 2**32 - 1  # rows are 32 bits of the key


@njit(cache=True, nogil=True)
def scan(flat, starts, rows_of, queries, probes, distances, rows):
    """The k nearest people of each query among the lists it probes.

    Args:
        flat: float32 [n · d]: list after list, each transposed.
        starts: int64 [lists + 1]: where each list starts, counted in people.
        rows_of: uint32 [n]: the row of each person, in the order of the lists.
        queries: float32 (m, d).
        probes: int64 (m, p): the lists each query asks for.
        distances: float32 (m, k), filled here: squared, ascending, ties by row.
        rows: int64 (m, k), filled here; −1 (and distance NaN) where the lists held too few.
    """
    m, k = distances.shape
    d = queries.shape[1]
    first, askers = _askers(probes, starts.size - 1)
    keys = np.full((m, k), _NOBODY, np.uint64)
    out = np.empty(BLOCK, np.float32)
    bits = out.view(np.uint32)
    for l in range(starts.size - 1):
        if first[l] == first[l + 1]:
            continue
        base, size = starts[l] * d, starts[l + 1] - starts[l]
        for start in range(0, size, BLOCK):
            many = min(BLOCK, size - start)
            for a in range(first[l], first[l + 1]):
                i = askers[a]
                _squared_distances(flat, base + start, size, many, queries[i], out)
                _keep(bits, many, rows_of, starts[l] + start, keys[i])
    near = np.empty(k, np.uint32)
    for i in range(m):
        _rank(keys[i])
        for j in range(k):
            near[j] = np.uint32(keys[i, j] >> _HALF)
            rows[i, j] = -1 if keys[i, j] == _NOBODY else np.int64(keys[i, j] & _ROW)
        distances[i] = near.view(np.float32)


@njit(cache=True, nogil=True)
def _askers(probes, lists):
    """Who asks for each list: queries askers[first[l] : first[l + 1]], ascending."""
    m, p = probes.shape
    first = np.zeros(lists + 1, np.int64)
    for i in range(m):
        for j in range(p):
            first[probes[i, j] + 1] += 1
    for l in range(lists):
        first[l + 1] += first[l]
    free = first.copy()
    askers = np.empty(m * p, np.int64)
    for i in range(m):
        for j in range(p):
            l = probes[i, j]
            askers[free[l]] = i
            free[l] += 1
    return first, askers


@njit(cache=True, nogil=True)
def _squared_distances(flat, at, size, many, query, out):
    """Distances of one query to `many` people from `at` on, in a list of `size`."""
    d = query.size
    whole = d - d % 4
    for v in range(many):
        out[v] = np.float32(0.0)
    for j in range(0, whole, 4):
        x0, x1 = flat[at : at + many], flat[at + size : at + size + many]
        x2, x3 = flat[at + 2 * size : at + 2 * size + many], flat[at + 3 * size :]
        q0, q1, q2, q3 = query[j], query[j + 1], query[j + 2], query[j + 3]
        for v in range(many):
            t0, t1, t2, t3 = x0[v] - q0, x1[v] - q1, x2[v] - q2, x3[v] - q3
            out[v] = (((out[v] + t0 * t0) + t1 * t1) + t2 * t2) + t3 * t3
        at += 4 * size
    for j in range(whole, d):
        x0, q0 = flat[at : at + many], query[j]
        for v in range(many):
            t0 = x0[v] - q0
            out[v] += t0 * t0
        at += size


@njit(cache=True, nogil=True)
def _keep(bits, many, rows_of, start, keys):
    """Put into the heap `keys` (farthest on top) whoever is nearer than its top."""
    top = keys[0]
    far = np.uint32(top >> _HALF)
    for v in range(many):
        if bits[v] <= far:
            key = (np.uint64(bits[v]) << _HALF) | np.uint64(rows_of[start + v])
            if key < top:
                _sink(keys, keys.size, key)
                top = keys[0]
                far = np.uint32(top >> _HALF)


@njit(cache=True, nogil=True)
def _sink(keys, end, key):
    """Put `key` in place of the top of the heap keys[:end]."""
    place = 0
    while 2 * place + 1 < end:
        child = 2 * place + 1
        if child + 1 < end and keys[child + 1] > keys[child]:
            child += 1
        if keys[child] <= key:
            break
        keys[place] = keys[child]
        place = child
    keys[place] = key


@njit(cache=True, nogil=True)
def _rank(keys):
    """Turn the heap into an ascending list."""
    for end in range(keys.size - 1, 0, -1):
        last = keys[end]
        keys[end] = keys[0]
        _sink(keys, end, last)
