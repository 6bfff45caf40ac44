"""Looks: the days on which customers came without a word on buying. Who still looks is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from connu.know.trails import CART, DAY, PURCHASE, Trails

#: Events gone through at a time.
_AT_ONCE = 5_000_000


@dataclass(frozen=True)
class Looks:
    """Days with events of n customers, by customer and day; somebody may have none.

    Attributes:
        starts: int64 (n + 1,): the days of customer i are starts[i] … starts[i + 1] - 1.
        day: int32 (m,): days since 1970.
        events: int32 (m,): other than purchases, of the day.
        carts: int32 (m,): things put into a basket on the day.
    """

    starts: np.ndarray
    day: np.ndarray
    events: np.ndarray
    carts: np.ndarray

    def before(self, day: int, customers: np.ndarray) -> Looks:
        """What was seen of some customers (ascending numbers) before a day."""
        mask = np.zeros(len(self.starts) - 1, np.bool_)
        mask[customers] = True
        kept = np.repeat(mask, np.diff(self.starts)) & (self.day < day)
        ends = np.concatenate([[0], np.cumsum(kept)])[self.starts]
        starts = np.append(ends[:-1][customers], ends[-1])
        return Looks(starts, self.day[kept], self.events[kept], self.carts[kept])

    def numbers(self, now: int) -> dict[str, np.ndarray]:
        """Features, each float64 (n,): days since the last look, decayed days, events, carts."""
        n = len(self.starts) - 1
        place = np.repeat(np.arange(n), np.diff(self.starts))
        age = (now - self.day).astype(np.float64)
        since = np.full(n, np.nan)
        some = np.diff(self.starts) > 0
        since[some] = age[self.starts[1:][some] - 1]
        found = {"look_since": since}
        for half_life in (7.0, 30.0, 120.0):
            weight = 0.5 ** (age / half_life)
            found[f"look_days_{half_life:.0f}"] = np.bincount(place, weight, n)
        weight = 0.5 ** (age / 30.0)
        found["look_events"] = np.bincount(place, weight * self.events, n)
        found["look_carts"] = np.bincount(place, weight * self.carts, n)
        return found


def no_looks(customers: int) -> Looks:
    """Of a base whose purchases alone are known."""
    none = np.zeros(0, np.int32)
    return Looks(np.zeros(customers + 1, np.int64), none, none, none)


def looks_of(trails: Trails, places: np.ndarray) -> Looks:
    """The days on which these subjects (places, ascending) did anything but buy.

    Cost: a few passes over the events, 5 million at a time.
    """
    wanted = np.zeros(len(trails), np.bool_)
    wanted[places] = True
    number = np.cumsum(wanted) - 1
    parts = []
    first = 0
    while first < len(trails):
        # Whole subjects: a day is never cut in two.
        end = int(np.searchsorted(trails.starts, trails.starts[first] + _AT_ONCE, "right")) - 1
        end = min(max(end, first + 1), len(trails))
        parts.append(_days(trails, first, end, wanted))
        first = end
    whole = [np.concatenate([part[i] for part in parts]) for i in range(4)] if parts else []
    if not whole:
        return no_looks(len(places))
    lengths = np.bincount(number[whole[0]], minlength=len(places))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return replace(no_looks(0), starts=starts, day=whole[1], events=whole[2], carts=whole[3])


def _days(
    trails: Trails, first: int, end: int, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Subject, day, events and carts of the days of subjects first … end - 1."""
    lo, hi = int(trails.starts[first]), int(trails.starts[end])
    place = np.repeat(
        np.arange(first, end, dtype=np.int32), np.diff(trails.starts[first : end + 1])
    )
    role = trails.role[lo:hi]
    kept = wanted[place] & (role != PURCHASE)
    place, role = place[kept], role[kept]
    day = (trails.time[lo:hi][kept] // DAY).astype(np.int32)
    if not len(day):
        none = np.zeros(0, np.int32)
        return none, none, none, none
    new = np.ones(len(day), np.bool_)
    new[1:] = (place[1:] != place[:-1]) | (day[1:] != day[:-1])
    at = np.flatnonzero(new)
    events = np.diff(np.append(at, len(day))).astype(np.int32)
    carts = np.add.reduceat((role == CART).astype(np.int32), at)
    return place[new], day[new], events, carts
