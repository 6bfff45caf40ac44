"""Visits: where one session of a subject ends and the next begins."""

from __future__ import annotations

import numpy as np
from numba import njit

#: µs: a session that pauses so long is over, whatever its name.
LONGEST_PAUSE = 12 * 3_600_000_000
_SLOTS = 1 << 18


@njit(cache=True)
def new_sessions(
    place: np.ndarray, time: np.ndarray, session: np.ndarray, pause: int, longest: int
) -> np.ndarray:
    """Whether each event begins a session.

    The source's name decides where it gives one; the same name after a pause longer than `longest`
    is another session. Where it gives none, a pause longer than `pause` begins one, and a shorter
    one continues what runs, named or not. Sessions of one subject that overlap, on two devices,
    are one.

    Args:
        place: (m,) whose each event is, ascending. time: (m,) µs, ascending within a place.
        session: (m,) a number per name, below zero where there is none.
        pause, longest: µs.

    Returns:
        bool (m,).

    Cost: two passes, some 10 ns an event. Of 260,000 sessions that overlap one may be taken for
    two: names are kept in as many slots, so that no table of names is needed.
    """
    m = len(place)
    following = np.full(m, -1, np.int64)  # the next event of the same session
    held = np.full(_SLOTS, -1, np.int64)  # slot → the latest event of a session that falls there
    for i in range(m - 1, -1, -1):
        if session[i] < 0:
            continue
        slot = session[i] & (_SLOTS - 1)
        at = held[slot]
        if (
            at >= 0
            and session[at] == session[i]
            and place[at] == place[i]
            and time[at] - time[i] <= longest
        ):
            following[i] = at
        held[slot] = i
    new = np.ones(m, np.bool_)
    name, until = np.int64(-1), np.int64(-1)
    for i in range(m):
        if i and place[i] == place[i - 1]:
            if i <= until:
                new[i] = False
            elif session[i] < 0 or name < 0:
                new[i] = time[i] - time[i - 1] > pause
        if new[i]:
            name, until = np.int64(-1), np.int64(-1)
        if session[i] >= 0:
            name = session[i]
        until = max(until, following[i])
    return new
