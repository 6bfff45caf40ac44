"""Friends of friends: pairs that two likely matches of one record make.

Top-k candidates leave gaps inside large groups; average link would hold the gaps against them. So
the neighbours of each record are compared with one another. Cost: the square of the neighbours of
a record, at most MOST_NEIGHBOURS.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.identify.pair_keys import among, sorted_once

#: Likely matches of one record that are paired with one another.
MOST_NEIGHBOURS = 30


def friends_of_friends(
    n: int,
    left: np.ndarray,
    right: np.ndarray,
    bits: np.ndarray,
    compared: np.ndarray,
    fresh: np.ndarray | None = None,
) -> np.ndarray:
    """Pairs two steps apart by positive evidence and not yet compared.

    Args:
        n: number of records.
        left, right: int32 [pairs]: likely matches.
        bits: float64 [pairs]: how likely; the likeliest neighbours come first.
        compared: int64 [pairs compared], sorted: left · n + right of what needs no second look.
        fresh: bool [n]: only pairs that one of these records has a part in; None: all.

    Returns:
        left · n + right (left < right), int64, sorted.
    """
    ends = np.concatenate([left, right]).astype(np.int64)
    others = np.concatenate([right, left]).astype(np.int32)
    order = np.lexsort((others, -np.concatenate([bits, bits]), ends))
    others = others[order]
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=start[1:])
    fresh = np.ones(n, np.bool_) if fresh is None else fresh
    keys = sorted_once(_pairs(n, start, others, fresh, MOST_NEIGHBOURS))
    return keys[~among(keys, compared)]


@njit(cache=True, nogil=True)
def _pairs(n, start, others, fresh, most):
    """Keys of pairs of neighbours of one record, of which one or that record is fresh."""
    made = 0
    for round in range(2):
        if round == 1:
            out = np.empty(made, np.int64)
            made = 0
        for i in range(n):
            last = min(start[i + 1], start[i] + most)
            for a in range(start[i], last):
                for b in range(a + 1, last):
                    x, y = others[a], others[b]
                    if fresh[i] or fresh[x] or fresh[y]:
                        if round == 1:
                            out[made] = np.int64(min(x, y)) * n + max(x, y)
                        made += 1
    return out
