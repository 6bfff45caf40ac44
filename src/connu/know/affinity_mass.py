"""Mass: how much an event says of a taste – by what it was, how long ago, and how often repeated.

The tenth look at one product in one visit tells little that the first did not, so that k events
of one role on one product in a session weigh log2(1 + k) together, and the k-th what it adds.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.trails import Trails

#: µs in a day, for compiled code.
_DAY = 86_400_000_000.0
_ROLES = 6


def mass_keys(trails: Trails) -> tuple[np.ndarray, int]:
    """What repeats are counted on: int32 (m,) and how many keys there are.

    A product, else the category itself (a list of products, a search in it); products that are
    not in few trails get no room, so that one visitor's telling costs what his events cost.

    Cost: a copy of `product`; a sort of it where the events are fewer than the products.
    """
    product, known = trails.product, len(trails.products)
    if len(product) < known:
        kept, product = np.unique(product, return_inverse=True)
        product = product.astype(np.int32) - np.int32(len(kept) > 0 and kept[0] < 0)
        known = len(kept)
    keys = np.where(product >= 0, product, known + np.maximum(trails.category, 0)).astype(np.int32)
    return keys, known + max(len(trails.categories), 1)


@njit(cache=True, nogil=True, inline="always")
def repeat_mass(
    key: int, role: int, visit: int, seen: np.ndarray, times: np.ndarray
) -> float:  # pragma: no cover - compiled
    """What this event adds to its likes in the same visit: log2(1 + k) − log2(k)."""
    slot = key * _ROLES + role
    if seen[slot] != visit:
        seen[slot] = visit
        times[slot] = 0
    times[slot] += 1
    return np.log2((times[slot] + 1.0) / times[slot])


@njit(cache=True, nogil=True, inline="always")
def age_days(now: int, time: int) -> float:  # pragma: no cover - compiled
    """Days before `now`; an event of the same moment is fresh."""
    return max((now - time) / _DAY, 0.0)


def repeat_room(keys: int) -> tuple[np.ndarray, np.ndarray]:
    """Empty `seen` and `times` for so many keys; 48 bytes each."""
    return np.full(keys * _ROLES, -1, np.int32), np.zeros(keys * _ROLES, np.int32)


def parents_of(ancestors: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """int32 (k,): the node above each, -1 at the top."""
    above = ancestors[np.arange(len(depth)), np.maximum(depth - 1, 0)] if len(depth) else depth
    return np.where(depth > 0, above, -1).astype(np.int32)


@njit(cache=True, nogil=True)
def event_masses(
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    key: np.ndarray,
    role: np.ndarray,
    now: int,
    rate: float,
    weight: np.ndarray,
    seen: np.ndarray,
    times: np.ndarray,
) -> np.ndarray:  # pragma: no cover - compiled
    """float64 (m,): what each event weighs, in views of now.

    Args:
        rate: log 2 over the half-life in days. weight: (6,) by role.
    """
    mass = np.empty(len(time))
    visit = 0
    for place in range(len(starts) - 1):
        for e in range(starts[place], starts[place + 1]):
            if e == starts[place] or session[e] != session[e - 1]:
                visit += 1
            part = repeat_mass(key[e], role[e], visit, seen, times)
            mass[e] = weight[role[e]] * part * np.exp(-rate * age_days(now, time[e]))
    return mass
