"""What came of candidate pairs: how many days until the subject bought in the node."""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.intent_features import Pairs
from connu.know.trails import DAY, PURCHASE, Trails


def days_until(
    trails: Trails,
    category: np.ndarray,
    lineage: np.ndarray,
    moment: int,
    pairs: Pairs,
    within_days: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The first purchase after a moment, of candidate pairs and of pairs nobody thought of.

    Args:
        trails: whole: what came after the moment is in them.
        category: int32 (m,): the events' nodes.
        lineage: ancestors (k, levels).
        moment: µs.
        pairs: by subject.
        within_days: the longest horizon.

    Returns:
        float32 (n,): days, infinite where nothing was bought in time; and float64 (u, 3): node,
        days and subject of the purchases in nodes that were no candidates of a subject with any.
    """
    until, missed, size = _until(
        trails.starts,
        trails.time,
        category,
        trails.role,
        lineage,
        moment,
        pairs.place,
        pairs.node,
        within_days,
    )
    return until, missed[:size]


@njit(cache=True, nogil=True)
def _until(
    starts: np.ndarray,
    time: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    lineage: np.ndarray,
    moment: int,
    place: np.ndarray,
    node: np.ndarray,
    within: float,
) -> tuple[np.ndarray, np.ndarray, int]:
    k, levels = lineage.shape
    until = np.full(len(place), np.inf, np.float32)
    first = np.full(k + 1, np.inf)
    bought = np.empty(k + 1, np.int64)
    claimed = np.full(k + 1, -1, np.int64)
    missed = np.empty((64, 3))
    size = 0
    row = 0
    while row < len(place):
        s = place[row]
        stop = row
        while stop < len(place) and place[stop] == s:
            stop += 1
        count = 0
        begin = starts[s] + np.searchsorted(time[starts[s] : starts[s + 1]], moment)
        for i in range(begin, starts[s + 1]):
            days = (time[i] - moment) / DAY
            if days > within:
                break
            if role[i] != PURCHASE:
                continue
            for level in range(-1, levels):
                n = k
                if level >= 0:
                    n = lineage[category[i], level] if category[i] >= 0 else -1
                    if n < 0:
                        break
                if first[n] == np.inf:
                    first[n] = days
                    bought[count] = n
                    count += 1
        for r in range(row, stop):
            until[r] = first[node[r]]
            claimed[node[r]] = s
        for j in range(count):
            if claimed[bought[j]] != s:
                if size == len(missed):
                    more = np.empty((2 * size, 3))
                    more[:size] = missed
                    missed = more
                missed[size, 0] = bought[j]
                missed[size, 1] = first[bought[j]]
                missed[size, 2] = s
                size += 1
            first[bought[j]] = np.inf
        row = stop
    return until, missed, size
