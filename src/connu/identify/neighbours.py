"""Friends of friends: pairs that two likely matches of one record make.

Top-k candidates leave gaps inside large groups; average link would hold the gaps against them. So
the neighbours of each record are compared with one another. Cost: the square of the neighbours of
a record, at most MOST_NEIGHBOURS.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: Likely matches of one record that are paired with one another.
MOST_NEIGHBOURS = 30


def friends_of_friends(
    n: int, left: np.ndarray, right: np.ndarray, bits: np.ndarray, compared: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (left < right) two steps apart by positive evidence and not yet compared.

    Args:
        n: number of records.
        left, right: int32 [pairs]: likely matches.
        bits: float64 [pairs]: how likely; the likeliest neighbours come first.
        compared: int64 [pairs compared], sorted: left · n + right of what needs no second look.
    """
    ends = np.concatenate([left, right]).astype(np.int64)
    others = np.concatenate([right, left]).astype(np.int32)
    order = np.lexsort((others, -np.concatenate([bits, bits]), ends))
    others = others[order]
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=start[1:])
    keys = np.unique(_pairs(n, start, others, MOST_NEIGHBOURS))
    at = np.minimum(np.searchsorted(compared, keys), max(len(compared) - 1, 0))
    if len(compared):
        keys = keys[compared[at] != keys]
    return (keys // n).astype(np.int32), (keys % n).astype(np.int32)


@njit(cache=True, nogil=True)
def _pairs(n, start, others, most):
    total = 0
    for i in range(n):
        k = min(start[i + 1] - start[i], most)
        total += k * (k - 1) // 2
    out = np.empty(total, np.int64)
    made = 0
    for i in range(n):
        k = min(start[i + 1] - start[i], most)
        for a in range(start[i], start[i] + k):
            for b in range(a + 1, start[i] + k):
                x, y = others[a], others[b]
                out[made] = np.int64(min(x, y)) * n + max(x, y)
                made += 1
    return out
