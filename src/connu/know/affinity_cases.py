"""Cases: what each subject had shown before a cut, and where he went after it.

A case is a node that a subject came to in a later session; with it go the masses that speak for
it, by role and by half-life, so that every weighing can be judged without walking the trails
again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from connu.know.affinity_mass import age_days, mass_keys, parents_of, repeat_mass, repeat_room
from connu.know.trails import REMOVE, ROLES, Trails

#: Sessions of one subject after the cut that are looked at; more say no more of his taste.
_SESSIONS = 20
#: Cases of one subject, every node and level counted.
_CASES = 60


@dataclass(frozen=True)
class Cases:
    """n cases: one subject, one node above which nothing more is asked.

    Attributes:
        node: int32 (n,).
        own: float32 (n, half-lives, roles): mass of the node before the cut.
        whole: float32 (n, half-lives, roles): mass of the node and its siblings.
        times: float64 (n,): later sessions that came to the node; siblings: to it or a sibling.
        share: float64 (n,): weight; a subject's cases of one depth sum to the share of his later
            sessions' nodes that have such a depth, at most one.
    """

    node: np.ndarray
    own: np.ndarray
    whole: np.ndarray
    times: np.ndarray
    siblings: np.ndarray
    share: np.ndarray

    def __len__(self) -> int:
        return len(self.node)


def gather_cases(
    trails: Trails, cut: int, half_lives: np.ndarray, *, people: int, seed: int = 0
) -> Cases:
    """Look at up to `people` subjects who were seen on both sides of the cut.

    Args:
        trails: up to the end of what came after. cut: µs.
        half_lives: days (h,).

    Cost: two passes over the events' times, one walk along the chosen subjects' events.
    """
    places = _both_sides(trails.starts, trails.time, trails.session, trails.category, cut)
    if len(places) > people:
        chosen = np.random.default_rng(seed).choice(len(places), people, replace=False)
        places = places[np.sort(chosen)]
    part = trails.take(places)
    tree = part.categories
    keys, room = mass_keys(part)
    shape = (len(half_lives), len(ROLES))
    pieces = []
    seen, times = repeat_room(room)
    for first in range(0, len(part), 2_000):
        last = min(first + 2_000, len(part))
        rows = (last - first) * _CASES
        node, counts = np.empty(rows, np.int32), np.empty((rows, 3))
        own, whole = np.empty((rows, *shape), np.float32), np.empty((rows, *shape), np.float32)
        told = _gather(
            first,
            last,
            part.starts,
            part.time,
            part.session,
            keys,
            part.category,
            part.role,
            cut,
            np.log(2.0) / half_lives,
            tree.ancestors,
            tree.depth,
            parents_of(tree.ancestors, tree.depth),
            seen,
            times,
            node,
            counts,
            own,
            whole,
        )
        pieces.append([array[:told].copy() for array in (node, counts, own, whole)])
    if not pieces:
        none = np.zeros((0, *shape), np.float32)
        empty = np.zeros(0)
        return Cases(np.zeros(0, np.int32), none, none, empty, empty, empty)
    node, counts, own, whole = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Cases(node, own, whole, counts[:, 0], counts[:, 1], counts[:, 2])


@njit(cache=True, nogil=True)
def _both_sides(
    starts: np.ndarray, time: np.ndarray, session: np.ndarray, category: np.ndarray, cut: int
) -> np.ndarray:  # pragma: no cover - compiled
    """Subjects with a known category before the cut, and in a session that began after it."""
    kept = np.zeros(len(starts) - 1, np.bool_)
    for place in range(len(starts) - 1):
        first, last = starts[place], starts[place + 1]
        if last - first < 2 or time[first] >= cut or time[last - 1] < cut:
            continue
        before = False
        running = -1
        for e in range(first, last):
            if time[e] < cut:
                before = before or category[e] >= 0
                running = session[e]
            elif session[e] != running and category[e] >= 0:
                kept[place] = before
                break
    return np.flatnonzero(kept)


@njit(cache=True, nogil=True)
def _gather(
    first: int,
    last: int,
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    key: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    cut: int,
    rates: np.ndarray,
    ancestors: np.ndarray,
    depth: np.ndarray,
    parent: np.ndarray,
    seen: np.ndarray,
    times: np.ndarray,
    case_node: np.ndarray,
    case_counts: np.ndarray,
    case_own: np.ndarray,
    case_whole: np.ndarray,
) -> int:  # pragma: no cover - compiled
    nodes = len(depth)
    own = np.zeros((nodes, len(rates), 6), np.float32)
    below = np.zeros((nodes + 1, len(rates), 6), np.float32)
    added = np.zeros(len(rates), np.float32)
    counts = np.zeros(nodes)
    under = np.zeros(nodes + 1)
    in_visit = np.full(nodes, -1, np.int32)
    met = np.full(nodes, -1, np.int32)
    came = np.zeros(nodes, np.int32)
    rows = 0
    visit = starts[first]
    for place in range(first, last):
        arrived = 0
        later = 0
        running = -1
        for e in range(starts[place], starts[place + 1]):
            fresh = e == starts[place] or session[e] != session[e - 1]
            if fresh:
                visit += 1
            node = category[e]
            if time[e] < cut:
                running = session[e]
                if node < 0:
                    continue
                part = repeat_mass(key[e], role[e], visit, seen, times)
                for h in range(len(rates)):
                    added[h] = part * np.exp(-rates[h] * age_days(cut, time[e]))
                above = nodes
                for level in range(depth[node] + 1):
                    at = ancestors[node, level]
                    for h in range(len(rates)):
                        own[at, h, role[e]] += added[h]
                        below[above, h, role[e]] += added[h]
                    above = at
                continue
            if session[e] == running:
                continue
            if fresh:
                later += 1
            if later > _SESSIONS:
                break
            if node < 0 or role[e] == REMOVE:
                continue
            above = nodes
            for level in range(depth[node] + 1):
                at = ancestors[node, level]
                if met[at] != place and arrived < _CASES:
                    met[at] = place
                    came[arrived] = at
                    arrived += 1
                if met[at] == place and in_visit[at] != visit:
                    in_visit[at] = visit
                    counts[at] += 1.0
                    under[above] += 1.0
                above = at
        for i in range(arrived):
            at = came[i]
            above = parent[at] if parent[at] >= 0 else nodes
            case_node[rows] = at
            case_counts[rows, 0] = counts[at]
            case_counts[rows, 1] = under[above]
            # what a case weighs: its part of the parent's, the parent's of the grandparent's …
            heavy = counts[at] / under[above]
            while above < nodes:
                up = parent[above] if parent[above] >= 0 else nodes
                heavy *= counts[above] / under[up]
                above = up
            case_counts[rows, 2] = heavy
            above = parent[at] if parent[at] >= 0 else nodes
            for h in range(len(rates)):
                for r in range(6):
                    case_own[rows, h, r] = own[at, h, r]
                    case_whole[rows, h, r] = below[above, h, r]
            rows += 1
        for i in range(arrived):
            counts[came[i]] = 0.0
            under[came[i]] = 0.0
        under[nodes] = 0.0
        _empty(starts[place], starts[place + 1], category, ancestors, depth, own, below)
    return rows


@njit(cache=True, nogil=True)
def _empty(
    first: int,
    last: int,
    category: np.ndarray,
    ancestors: np.ndarray,
    depth: np.ndarray,
    own: np.ndarray,
    below: np.ndarray,
) -> None:  # pragma: no cover - compiled
    below[len(depth)] = 0.0
    for e in range(first, last):
        node = category[e]
        if node < 0:
            continue
        for level in range(depth[node] + 1):
            own[ancestors[node, level]] = 0.0
            below[ancestors[node, level]] = 0.0
