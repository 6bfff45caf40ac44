"""Telling affinities: one walk along each subject's events, and the nodes that stand out.

Nothing of the size subjects × categories is held: a subject's nodes live in one line of scratch,
emptied after him, and only the `top` nodes of each depth leave it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.affinity_mass import age_days, repeat_mass
from connu.know.affinity_tail import beta_above

#: How many times everybody's share a share must surely be: where most of everybody's interest goes
#: anyhow, nobody's taste shows.
MORE = 1.25
#: What a told row holds besides its place and node; columns of the float buffer.
FIGURES = ("share", "lift", "surely")
#: Counts of the evidence; columns of the integer buffer.
COUNTS = ("place", "node", "rank", "events", "of_events", "sessions", "of_sessions")


@njit(cache=True, nogil=True)
def tell_slice(
    first: int,
    last: int,
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    key: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    now: int,
    rate: float,
    weight: np.ndarray,
    ancestors: np.ndarray,
    depth: np.ndarray,
    parent: np.ndarray,
    prior: np.ndarray,
    base: np.ndarray,
    strength: np.ndarray,
    stray: np.ndarray,
    scale: np.ndarray,
    sure: float,
    top: int,
    seen: np.ndarray,
    times: np.ndarray,
    counts: np.ndarray,
    figures: np.ndarray,
    since: np.ndarray,
) -> int:  # pragma: no cover - compiled
    """Fill the buffers with the told nodes of subjects first … last − 1; how many rows.

    Args:
        rate: log 2 over the half-life in days. weight: (6,) by role.
        prior: (k,) base rate of a node among its parent's children. base: among all of its depth.
        strength: (levels,) what the base rate counts for. stray: (levels,) share that follows it
            whatever was shown. scale: (levels,) observations a unit of mass is worth, when it is
            said how sure a share is.
        counts: int32 (r, 7), figures: float64 (r, 3), since: int64 (r, 2) – first and last event
            of the node; r ≥ (last − first) · levels · top.
    """
    nodes, levels = ancestors.shape
    mass = np.zeros(nodes)
    below = np.zeros(nodes + 1)
    events = np.zeros(nodes, np.int32)
    visits = np.zeros(nodes, np.int32)
    in_visit = np.full(nodes, -1, np.int32)
    opened = np.zeros(nodes, np.int64)
    closed = np.zeros(nodes, np.int64)
    mean = np.zeros(nodes)
    square = np.zeros(nodes)
    touched = np.zeros(nodes, np.int32)
    best = np.zeros((levels, top), np.int32)
    score = np.zeros((levels, top))
    surely = np.zeros((levels, top))
    held = np.zeros(levels, np.int32)
    rows = 0
    # higher than any visit of an earlier slice, so that `seen` need not be emptied
    visit = starts[first]
    for place in range(first, last):
        found = 0
        total = 0
        sessions = 0
        in_session = -1
        for e in range(starts[place], starts[place + 1]):
            if e == starts[place] or session[e] != session[e - 1]:
                visit += 1
            node = category[e]
            if node < 0:
                continue
            total += 1
            if in_session != visit:
                in_session = visit
                sessions += 1
            added = (
                weight[role[e]]
                * repeat_mass(key[e], role[e], visit, seen, times)
                * np.exp(-rate * age_days(now, time[e]))
            )
            above = nodes
            for level in range(depth[node] + 1):
                at = ancestors[node, level]
                if events[at] == 0:
                    touched[found] = at
                    found += 1
                    opened[at] = time[e]
                events[at] += 1
                closed[at] = time[e]
                if in_visit[at] != visit:
                    in_visit[at] = visit
                    visits[at] += 1
                mass[at] += added
                below[above] += added
                above = at
        held[:] = 0
        # an ancestor is always touched before what is below it
        for i in range(found):
            at = touched[i]
            level = depth[at]
            above = parent[at] if parent[at] >= 0 else nodes
            whole = below[above] + strength[level]
            part = (mass[at] + strength[level] * prior[at]) / whole
            part = (1.0 - stray[level]) * part + stray[level] * prior[at]
            up = mean[above] if above < nodes else 1.0
            up_square = square[above] if above < nodes else 1.0
            mean[at] = up * part
            size = scale[level] * whole
            square[at] = up_square * part * (part * size + 1.0) / (size + 1.0)
            if mean[at] <= MORE * base[at]:
                continue
            likely = beta_above(mean[at], square[at], MORE * base[at])
            if likely < sure:
                continue
            value = mean[at] * np.log(mean[at] / base[at])
            j = held[level]
            if j == top:
                if not _before(value, at, score[level, top - 1], best[level, top - 1]):
                    continue
                j = top - 1
            else:
                held[level] += 1
            while j > 0 and _before(value, at, score[level, j - 1], best[level, j - 1]):
                score[level, j] = score[level, j - 1]
                best[level, j] = best[level, j - 1]
                surely[level, j] = surely[level, j - 1]
                j -= 1
            score[level, j] = value
            best[level, j] = at
            surely[level, j] = likely
        for level in range(levels):
            for j in range(held[level]):
                at = best[level, j]
                counts[rows, 0] = place
                counts[rows, 1] = at
                counts[rows, 2] = j + 1
                counts[rows, 3] = events[at]
                counts[rows, 4] = total
                counts[rows, 5] = visits[at]
                counts[rows, 6] = sessions
                figures[rows, 0] = mean[at]
                figures[rows, 1] = mean[at] / base[at]
                figures[rows, 2] = surely[level, j]
                since[rows, 0] = opened[at]
                since[rows, 1] = closed[at]
                rows += 1
        for i in range(found):
            at = touched[i]
            mass[at] = 0.0
            below[at] = 0.0
            events[at] = 0
            visits[at] = 0
        below[nodes] = 0.0
    return rows


@njit(cache=True, nogil=True, inline="always")
def _before(value: float, node: int, other: float, placed: int) -> bool:  # pragma: no cover
    """Whether a node ranks before one already placed; by number where they weigh the same."""
    return value > other or (value == other and node < placed)


@njit(cache=True, nogil=True)
def gather_base(
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    key: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    now: int,
    rate: float,
    weight: np.ndarray,
    ancestors: np.ndarray,
    depth: np.ndarray,
    strength: float,
    seen: np.ndarray,
    times: np.ndarray,
) -> np.ndarray:  # pragma: no cover - compiled
    """float64 (k,): subjects of each node, each counting for as much as he is known, at most one.

    A subject of mass n counts n / (n + strength): who shows little is no whole voice, and who
    shows more than all others together has but one.
    """
    nodes = len(depth)
    mass = np.zeros(nodes)
    touched = np.zeros(nodes, np.int32)
    met = np.full(nodes, -1, np.int32)
    voices = np.zeros(nodes)
    visit = 0
    for place in range(len(starts) - 1):
        found = 0
        whole = 0.0
        for e in range(starts[place], starts[place + 1]):
            if e == starts[place] or session[e] != session[e - 1]:
                visit += 1
            node = category[e]
            if node < 0:
                continue
            added = (
                weight[role[e]]
                * repeat_mass(key[e], role[e], visit, seen, times)
                * np.exp(-rate * age_days(now, time[e]))
            )
            whole += added
            for level in range(depth[node] + 1):
                at = ancestors[node, level]
                if met[at] != place:
                    met[at] = place
                    touched[found] = at
                    found += 1
                    mass[at] = 0.0
                mass[at] += added
        for i in range(found):
            voices[touched[i]] += mass[touched[i]] / (whole + strength)
    return voices
