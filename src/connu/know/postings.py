"""Postings: of every item, the sessions that hold it and where, in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from connu.know.sessions import Sessions


@dataclass(frozen=True)
class Postings:
    """The inverted index of sessions.

    Attributes:
        starts: int64 (items + 1,): the postings of item i are starts[i] … starts[i + 1] - 1.
        session: int32 (m,): the session, ascending within an item.
        position: int32 (m,): the place in it, from 0.
    """

    starts: np.ndarray
    session: np.ndarray
    position: np.ndarray

    @classmethod
    def of(cls, sessions: Sessions, items: int) -> Postings:
        """Index sessions over `items` items. Cost: one counting sort."""
        return cls(*_sorted(sessions.starts, sessions.item, items))


@njit(cache=True)
def _sorted(
    starts: np.ndarray, item: np.ndarray, items: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    begins = np.zeros(items + 1, np.int64)
    for i in item:
        begins[i + 1] += 1
    for i in range(items):
        begins[i + 1] += begins[i]
    fill = begins[:-1].copy()
    session = np.empty(len(item), np.int32)
    position = np.empty(len(item), np.int32)
    for s in range(len(starts) - 1):
        for e in range(starts[s], starts[s + 1]):
            at = fill[item[e]]
            fill[item[e]] += 1
            session[at] = s
            position[at] = e - starts[s]
    return begins, session, position
