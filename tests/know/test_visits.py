"""Sessions end where the source says so, and else where a pause does."""

from __future__ import annotations

import numpy as np
import pytest

from connu.know.visits import LONGEST_PAUSE, new_sessions

HALF = 30


def sessions(*events: tuple[float, int]) -> list[int]:
    """The number of each event's session, from (minute, name); a name below zero is none."""
    minute, name = np.array(events, float).T
    time = (minute * 60e6).astype(np.int64)
    place = np.zeros(len(events), np.int32)
    new = new_sessions(place, time, name.astype(np.int64), HALF * 60_000_000, LONGEST_PAUSE)
    return (np.cumsum(new) - 1).tolist()


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([(0, -1), (30, -1), (61, -1)], [0, 0, 1]),
        ([(0, 5), (300, 5), (301, 6)], [0, 0, 1]),
        ([(0, 5), (13 * 60, 5)], [0, 1]),
        ([(0, 5), (11 * 60, 5), (22 * 60, 5)], [0, 0, 0]),
        ([(0, 5), (10, -1), (20, 5)], [0, 0, 0]),
        ([(0, 5), (10, -1), (50, -1)], [0, 0, 1]),
        ([(0, 5), (10, -1), (20, 6)], [0, 0, 1]),
        ([(0, -1), (10, 5), (20, 5)], [0, 0, 0]),
        ([(0, -1), (40, 5)], [0, 1]),
        ([(0, 5), (1, 6), (2, 5), (3, 6), (4, 7)], [0, 0, 0, 0, 1]),
    ],
)
def test_where_a_session_ends(events: list[tuple[float, int]], told: list[int]):
    assert sessions(*events) == told


def test_a_session_is_one_subjects():
    place = np.array([0, 0, 1, 1], np.int32)
    time = np.zeros(4, np.int64)
    new = new_sessions(place, time, np.full(4, 5), 1, LONGEST_PAUSE)
    assert new.tolist() == [True, False, True, False]
