"""Counting over trails what is known of the nodes: by day, and in the order they were bought in."""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.intent_features import AFTER_DAYS
from connu.know.trails import DAY, PURCHASE, REMOVE

#: Days of touches that alikeness is read from; categories of one subject that pair up.
ALIKE_DAYS, PAIRED = 182.0, 30


@njit(cache=True, nogil=True)
def count_days(
    starts: np.ndarray,
    time: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    lineage: np.ndarray,
    now: int,
    days: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Subjects who bought and events that touched, by day back from `now` and node (k: the shop),
    and newcomers by day. Cost: 20 ns an event and level."""
    k, levels = lineage.shape
    bought = np.zeros((days, k + 1), np.float32)
    touched = np.zeros((days, k + 1), np.float32)
    newcomers = np.zeros(days, np.int64)
    whose = np.full(k + 1, -1, np.int64)
    when = np.full(k + 1, -1, np.int64)
    for s in range(len(starts) - 1):
        for i in range(starts[s], starts[s + 1]):
            day = max((now - 1 - time[i]) // DAY, 0)
            if i == starts[s]:
                newcomers[day] += 1
            if role[i] == REMOVE:
                continue
            for level in range(-1, levels):
                node = k
                if level >= 0:
                    node = lineage[category[i], level] if category[i] >= 0 else -1
                    if node < 0:
                        break
                if role[i] != PURCHASE:
                    touched[day, node] += 1
                elif whose[node] != s or when[node] != day:
                    whose[node] = s
                    when[node] = day
                    bought[day, node] += 1
    return bought, touched, newcomers


@njit(cache=True, nogil=True)
def histories(
    starts: np.ndarray,
    time: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    lineage: np.ndarray,
    k: int,
    moment: int,
    some: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each node: times bought again and bought, sum of log gaps; pairs (bought, bought after),
    and (subject, node touched)."""
    levels = lineage.shape[1]
    again = np.zeros((k + 1, 2))
    gap = np.zeros(k + 1)
    last = np.zeros(k + 1, np.int64)
    whose = np.full(k + 1, -1, np.int64)
    touched_by = np.full(k + 1, -1, np.int64)
    pairs = np.empty((1024, 2), np.int32)
    size = 0
    rows = np.empty((1024, 2), np.int32)
    filled = 0
    for place in range(len(some)):
        s = some[place]
        mine = 0
        for i in range(starts[s], starts[s + 1]):
            if time[i] >= moment:
                break
            c = category[i]
            if role[i] != PURCHASE:
                if c < 0 or role[i] == REMOVE or (moment - time[i]) / DAY > ALIKE_DAYS:
                    continue
                for level in range(levels):
                    node = lineage[c, level]
                    if node < 0 or mine >= PAIRED:
                        break
                    if touched_by[node] == s:
                        continue
                    touched_by[node] = s
                    mine += 1
                    if filled == len(rows):
                        more = np.empty((2 * filled, 2), np.int32)
                        more[:filled] = rows
                        rows = more
                    rows[filled, 0] = place
                    rows[filled, 1] = node
                    filled += 1
                continue
            for level in range(-1, levels):
                node = k
                if level >= 0:
                    node = lineage[c, level] if c >= 0 else -1
                    if node < 0:
                        break
                if whose[node] == s:
                    days = (time[i] - last[node]) / DAY
                    if days < 0.5:
                        continue
                    again[node, 0] += 1
                    gap[node] += np.log(days + 1.0)
                again[node, 1] += 1
                whose[node] = s
                last[node] = time[i]
            back = 0
            j = i - 1
            while j >= starts[s] and back < 20 and (time[i] - time[j]) / DAY <= AFTER_DAYS:
                if role[j] == PURCHASE and category[j] >= 0 and c >= 0 and time[j] < time[i]:
                    back += 1
                    for level in range(levels):
                        a, b = lineage[category[j], level], lineage[c, level]
                        if a < 0 or b < 0:
                            break
                        if size == len(pairs):
                            longer = np.empty((2 * size, 2), np.int32)
                            longer[:size] = pairs
                            pairs = longer
                        pairs[size, 0] = a
                        pairs[size, 1] = b
                        size += 1
                j -= 1
    return again, gap, pairs[:size], rows[:filled]
