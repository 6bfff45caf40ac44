"""The scan for moments: one walk along each subject's last weeks, products and categories at once.

A product's or a category's state lives in one cell that remembers whose it is, so that nothing is
emptied between subjects. Events of one moment have no order: a purchase in the same µs as the
basket settles it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.trails import CART, DAY, PURCHASE, REMOVE, VIEW

#: The moments, by code.
MOMENTS = ("basket_left", "price_watched", "just_bought")
#: Days: a basket is warm; looks are counted; the last look is recent.
BASKET_DAYS, WATCH_DAYS, FRESH_DAYS = 14, 30, 7
#: Sessions that are several.
SEVERAL = 3
#: place, moment, target, times.
COUNTS = 4
_UNSET = -(1 << 62)


@njit(cache=True, nogil=True)
def scan_moments(
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    product: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    products: int,
    days: np.ndarray,
    now: int,
    pause: int,
    counts: np.ndarray,
    spans: np.ndarray,
) -> int:  # pragma: no cover - compiled
    """Count the moments' rows, and write them where the buffers have room.

    Args:
        days: float64 (k,): after a purchase of a node. pause: µs after which a session is over.
        counts: int32 (r, 4). spans: int64 (r, 2): first and last event that the row is about.

    Returns:
        Rows found; more than r: nothing past r was written, call again.
    """
    settled = np.zeros(products, np.int64)
    bought = np.zeros(products, np.bool_)
    put = np.zeros(products, np.int32)
    put_first = np.zeros(products, np.int64)
    put_last = np.zeros(products, np.int64)
    looks = np.zeros(products, np.int32)
    look_first = np.zeros(products, np.int64)
    look_last = np.zeros(products, np.int64)
    look_session = np.full(products, -1, np.int32)
    whose = np.full(products, -1, np.int64)
    sold = np.zeros(len(days), np.int32)
    sold_last = np.zeros(len(days), np.int64)
    sold_session = np.zeros(len(days), np.int32)
    sold_whose = np.full(len(days), -1, np.int64)
    back = np.zeros(len(days), np.int32)
    back_session = np.full(len(days), -1, np.int32)
    rows = 0
    for place in range(len(starts) - 1):
        first, last = starts[place], starts[place + 1]
        if first == last:
            continue
        recent = last
        while recent > first and now - time[recent - 1] <= WATCH_DAYS * DAY:
            recent -= 1
        all_settled = _UNSET
        begin = recent
        for e in range(first, last):
            if role[e] != PURCHASE and role[e] != REMOVE:
                continue
            p, c = product[e], category[e]
            if p >= 0:
                if whose[p] != place:
                    whose[p] = place
                    bought[p] = False
                    put[p] = 0
                    looks[p] = 0
                settled[p] = time[e]
            if role[e] == REMOVE:
                continue
            begin = min(begin, e)
            if p >= 0:
                bought[p] = True
            else:
                all_settled = time[e]
            if c >= 0:
                if sold_whose[c] != place:
                    sold_whose[c] = place
                    sold[c] = 0
                sold[c] += 1
                sold_last[c] = time[e]
                sold_session[c] = session[e]
                back[c] = 0
                back_session[c] = -1
        # what came since is counted once everything that settles it is known
        for e in range(begin, last):
            p, c = product[e], category[e]
            if role[e] == PURCHASE or role[e] == REMOVE:
                continue
            if (
                c >= 0
                and sold_whose[c] == place
                and session[e] > sold_session[c]
                and back_session[c] != session[e]
            ):
                back[c] += 1
                back_session[c] = session[e]
            if p < 0 or e < recent or (role[e] != VIEW and role[e] != CART):
                continue
            if whose[p] != place:
                whose[p] = place
                settled[p] = _UNSET
                bought[p] = False
                put[p] = 0
                looks[p] = 0
            if role[e] == CART and time[e] > max(settled[p], all_settled):
                if put[p] == 0:
                    put_first[p] = time[e]
                put[p] += 1
                put_last[p] = time[e]
            if looks[p] == 0 or look_session[p] != session[e]:
                if looks[p] == 0:
                    look_first[p] = time[e]
                looks[p] += 1
                look_session[p] = session[e]
            look_last[p] = time[e]
        for e in range(begin, last):
            p, c = product[e], category[e]
            if p >= 0 and whose[p] == place and put[p] > 0:
                if now - put_last[p] <= BASKET_DAYS * DAY and _over(
                    place, put_last[p], starts, time, session, now, pause
                ):
                    _write(counts, spans, rows, place, 0, p, put[p], put_first[p], put_last[p])
                    rows += 1
                put[p] = 0
            if p >= 0 and whose[p] == place and looks[p] > 0:
                if looks[p] >= SEVERAL and not bought[p] and now - look_last[p] <= FRESH_DAYS * DAY:
                    _write(counts, spans, rows, place, 1, p, looks[p], look_first[p], look_last[p])
                    rows += 1
                looks[p] = 0
            if c >= 0 and sold_whose[c] == place:
                if now - sold_last[c] < days[c] * DAY and back[c] < SEVERAL:
                    _write(counts, spans, rows, place, 2, c, sold[c], sold_last[c], sold_last[c])
                    rows += 1
                sold_whose[c] = -1
    return rows


@njit(cache=True, nogil=True, inline="always")
def _write(
    counts: np.ndarray,
    spans: np.ndarray,
    row: int,
    place: int,
    moment: int,
    target: int,
    times: int,
    since: int,
    last: int,
) -> None:  # pragma: no cover - compiled
    if row < len(counts):
        counts[row, 0] = place
        counts[row, 1] = moment
        counts[row, 2] = target
        counts[row, 3] = times
        spans[row, 0] = since
        spans[row, 1] = last


@njit(cache=True, nogil=True)
def _over(
    place: int,
    moment: int,
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    now: int,
    pause: int,
) -> bool:  # pragma: no cover - compiled
    """Whether the session of an event is over: its last event lies a pause back."""
    e = starts[place + 1] - 1
    while time[e] > moment:
        e -= 1
    running = session[e]
    while e + 1 < starts[place + 1] and session[e + 1] == running:
        e += 1
    return now - time[e] > pause
