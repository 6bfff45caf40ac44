"""Orders told twice: whole beside their lines, or by two sources.

Trackers send an order, and one event per line of it; web logs and order books tell the same
purchase. Whoever counts both sees twice the purchases and twice the value.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.trails import DAY, PURCHASE

#: µs between an order told whole and its lines.
_HEAD = 10_000_000
#: µs between two sources' words of one purchase: clocks in UTC and clocks in European time.
_SOURCES = 3 * 3_600_000_000
#: Purchases looked at on either side.
_ASIDE = 64


def told_twice(
    place: np.ndarray,
    time: np.ndarray,
    role: np.ndarray,
    product: np.ndarray,
    source: np.ndarray,
    value: np.ndarray,
) -> np.ndarray:
    """Which purchases are told elsewhere too.

    An order without a product, with lines of the same subject within ten seconds, unless it alone
    says what was paid. And the later of two lines of the same subject and product that two sources
    tell within three hours, or on the same day where one knows the day only (midnight), unless
    they say different amounts; one line stands for one other, and takes over its amount where it
    has none itself (`value` is written to).

    Args:
        place: (m,) whose each event is, ascending. time: µs, ascending within a place.
        role, product, source: (m,) codes. value: float32 (m,), NaN where nothing is said.

    Returns:
        bool (m,).

    Cost: one pass over the purchases, 64 back at most.
    """
    again = np.zeros(len(place), np.bool_)
    bought = np.flatnonzero(role == PURCHASE)
    amount = value[bought]
    again[bought] = _told_twice(
        place[bought], time[bought], product[bought], source[bought], amount
    )
    value[bought] = amount
    return again


@njit(cache=True)
def _told_twice(
    place: np.ndarray, time: np.ndarray, product: np.ndarray, source: np.ndarray, value: np.ndarray
) -> np.ndarray:
    m = len(place)
    again = np.zeros(m, np.bool_)
    stands = np.zeros(m, np.bool_)  # for a line of another source
    for i in range(m):
        if product[i] < 0:
            again[i] = _has_lines(i, place, time, product, value)
            continue
        for at in range(i - 1, max(i - _ASIDE, 0) - 1, -1):
            if place[at] != place[i] or time[i] - time[at] > DAY:
                break
            if product[at] != product[i] or source[at] == source[i] or again[at] or stands[at]:
                continue
            if value[at] != value[i] and not (np.isnan(value[at]) or np.isnan(value[i])):
                continue
            day_only = time[at] % DAY == 0 and time[i] // DAY == time[at] // DAY
            if time[i] - time[at] <= _SOURCES or day_only:
                again[i] = stands[at] = True
                if np.isnan(value[at]):
                    value[at] = value[i]
                break
    return again


@njit(cache=True)
def _has_lines(
    i: int, place: np.ndarray, time: np.ndarray, product: np.ndarray, value: np.ndarray
) -> bool:
    """Whether lines of an order without a product stand beside it, and say at least as much."""
    m = len(place)
    for step in (-1, 1):
        at = i + step
        while 0 <= at < m and abs(at - i) <= _ASIDE:
            if place[at] != place[i] or abs(time[at] - time[i]) > _HEAD:
                break
            if product[at] >= 0 and (np.isnan(value[i]) or not np.isnan(value[at])):
                return True
            at += step
    return False
