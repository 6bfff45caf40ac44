"""What is set aside before anything is learnt: wrong clocks, repeats, machines and colleagues.

Machines and colleagues look at everything, and want nothing of it. What is set aside is counted;
who is, is told by his own behaviour, or by the brand ([intents] staff).

Whoever has an e-mail address at a domain called like the brand is not taken for a colleague
without being told so: shops write their own address for customers who have none, and there are
brands that give their customers addresses.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.trails import CART, DAY, PURCHASE

#: µs since 1970: nobody's behaviour was logged on the web before 1995.
OLDEST = 788_918_400_000_000
#: A subject is a machine from so many events on, or from so many times the usual number.
_BOT_EVENTS, _BOT_TIMES = 10_000, 1_000
#: A machine turns so many pages in a row, each so soon (µs) after the one before …
_RUN_PAGES, _RUN_STEP = 50, 30_000_000
#: … and as soon as the one before that: within this share, or µs where times are whole seconds.
_RUN_SHARE, _RUN_LEAST = 0.1, 200_000
#: Nobody turns more pages within 24 hours.
_DAY_PAGES = 2_000
#: A beacon sent again arrives within (µs); so many events back at most are looked at.
_AGAIN, _BACK = 1_000_000, 64
#: A colleague: seen on so many days, never at a weekend, in such a share of the leaves of the
#: catalogue, of which there are so many at least, and nothing ever put into a basket. Of those who
#: come on any day of the week one in 25,000 would miss every weekend of 30 days: (5/7)**30.
_STAFF_DAYS, _STAFF_LEAVES, _LEAST_LEAVES = 30, 0.5, 8
#: The share of all events that wrong clocks may have written.
_WRONG_SHARE = 0.01
#: A day to come that lies so far from the one before was written by a wrong clock, and so were the
#: later ones, unless most events are.
_FAR_DAYS = 31


def newest_moment(
    day: np.ndarray, events: np.ndarray, subjects: np.ndarray, last: np.ndarray, clock: int
) -> int:
    """The newest trustworthy moment: the end of the latest day on which the shop was busy.

    A day counts from three subjects on, and from a thousandth of a usual day; where days are
    quieter (fewer than 150 subjects) from a fiftieth of a usual day on, so that in a small shop
    every event counts. A usual day is that on which the median event lies, which wrong clocks,
    however many days they name, do not move. What the wall clock says is to come does not count
    either, unless it is more than a hundredth of all events: then it is the wall clock that is
    wrong, and what follows upon the days before it counts; a leap of more than 31 days does not.

    Args:
        day: (d,) days since 1970, ascending. events: (d,) how many. subjects: (d,) of how many.
        last: (d,) µs, the latest event of each day. clock: µs, the wall clock.

    Returns:
        µs; the moment just after that day's last event. 0 without any day.
    """
    if not len(day):
        return 0
    ahead = day * DAY > clock
    if 0 < events[ahead].sum() <= _WRONG_SHARE * events.sum():
        day, events, subjects, last = (a[~ahead] for a in (day, events, subjects, last))
    else:
        far = np.flatnonzero(ahead[1:] & (np.diff(day) > _FAR_DAYS)) + 1
        if len(far) and 2 * events[far[0] :].sum() < events.sum():
            known = slice(far[0])
            day, events, subjects, last = (a[known] for a in (day, events, subjects, last))
    order = np.argsort(subjects, kind="stable")
    half = np.searchsorted(np.cumsum(events[order]), events.sum() / 2)
    usual = float(subjects[order][min(half, len(order) - 1)])
    busy = subjects >= max(0.001 * usual, min(3.0, 0.02 * usual))
    return int(last[np.flatnonzero(busy)[-1]]) + 1


def bot_events(lengths: np.ndarray) -> int:
    """From how many events on a subject is a machine; as the twins say it."""
    active = lengths[lengths > 0]
    usual = float(np.median(active)) if len(active) else 0.0
    return max(_BOT_EVENTS, int(_BOT_TIMES * usual))


@njit(cache=True)
def repeated(
    place: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    role: np.ndarray,
    product: np.ndarray,
    category: np.ndarray,
    mark: np.ndarray,
) -> np.ndarray:
    """Whether each event says again what one just before it said.

    The same subject, role, product, category and mark at the same time; or in the same session
    within a second. The earlier one stays.

    Returns:
        bool (m,).

    Cost: one pass; 64 events back at most.
    """
    m = len(place)
    again = np.zeros(m, np.bool_)
    for i in range(1, m):
        for at in range(i - 1, max(i - _BACK, 0) - 1, -1):
            if place[at] != place[i] or time[i] - time[at] > _AGAIN:
                break
            if (
                mark[at] == mark[i]
                and product[at] == product[i]
                and category[at] == category[i]
                and role[at] == role[i]
                and (time[at] == time[i] or session[at] == session[i])
            ):
                again[i] = True
                break
    return again


@njit(cache=True)
def machines(
    starts: np.ndarray,
    time: np.ndarray,
    role: np.ndarray,
    product: np.ndarray,
    category: np.ndarray,
    mark: np.ndarray,
    limit: int,
) -> np.ndarray:
    """Which subjects behave as no person does.

    Too many events in all; or page after page at regular steps, or more pages within 24 hours than
    anybody turns, and never a purchase. A page turned is an event that differs from the one before
    and comes later: neither a film's heartbeat nor a day's purchases told at midnight are pages.

    Args:
        starts: (n + 1,) the events of each subject; the others: (m,), in order.
        limit: events from which on a subject is a machine.

    Returns:
        bool (n,).

    Cost: one pass.
    """
    n = len(starts) - 1
    found = np.zeros(n, np.bool_)
    for i in range(n):
        first, last = int(starts[i]), int(starts[i + 1])
        if last - first >= limit:
            found[i] = True
            continue
        run, step, buys, suspect = 0, 0, False, False
        turned = 0  # pages within the last 24 hours
        tail = first
        for at in range(first, last):
            if role[at] == PURCHASE:
                buys = True
            if at == first:
                continue
            while time[at] - time[tail] > DAY:
                tail += 1
                if _turns(tail, time, product, category, mark):
                    turned -= 1
            waited = int(time[at] - time[at - 1])
            if waited == 0:
                continue
            turns = _turns(at, time, product, category, mark)
            turned += 1 if turns else 0
            if waited > _RUN_STEP:
                run, step = 0, 0
            elif step and abs(waited - step) <= max(_RUN_SHARE * step, _RUN_LEAST):
                run += 1 if turns else 0
            else:
                run, step = 1 if turns else 0, waited
            if run >= _RUN_PAGES or turned > _DAY_PAGES:
                suspect = True
        found[i] = suspect and not buys
    return found


@njit(cache=True, inline="always")
def _turns(
    at: int, time: np.ndarray, product: np.ndarray, category: np.ndarray, mark: np.ndarray
) -> bool:
    """Whether an event, not a subject's first, is another page than the one before."""
    return time[at] > time[at - 1] and (
        product[at] != product[at - 1]
        or category[at] != category[at - 1]
        or mark[at] != mark[at - 1]
    )


def colleagues(
    starts: np.ndarray,
    time: np.ndarray,
    role: np.ndarray,
    category: np.ndarray,
    leaves: np.ndarray,
) -> np.ndarray:
    """Which subjects work in the shop rather than buy there, as far as it shows.

    All over the shop on thirty days and more, never at a weekend (UTC), and nothing ever put into
    a basket.

    Args:
        starts: (n + 1,) the events of each subject; the others: (m,), in order.
        leaves: bool (k,) nodes of the catalogue without children.

    Returns:
        bool (n,).

    Cost: one pass, and a sort of the events of the few that are left.
    """
    found = np.zeros(len(starts) - 1, np.bool_)
    lengths = np.diff(starts)
    if leaves.sum() < _LEAST_LEAVES:
        return found
    least = max(_STAFF_DAYS, _STAFF_LEAVES * leaves.sum())
    for i in np.flatnonzero(lengths >= least):
        rows = slice(starts[i], starts[i + 1])
        days = np.unique(time[rows] // DAY)
        # 1970-01-01 was a Thursday.
        if len(days) < _STAFF_DAYS or ((days + 3) % 7 >= 5).any():
            continue
        if np.isin(role[rows], (CART, PURCHASE)).any():
            continue
        seen = np.unique(category[rows])
        seen = seen[seen >= 0]
        found[i] = leaves[seen].sum() >= _STAFF_LEAVES * leaves.sum()
    return found
