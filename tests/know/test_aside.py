"""Machines, colleagues, repeats and wrong clocks are known by what they do; people stay."""

from __future__ import annotations

import numpy as np
import pytest

from connu.know.aside import bot_events, colleagues, machines, newest_moment, repeated
from connu.know.trails import CART, DAY, PURCHASE, VIEW

SECOND = 1_000_000
START = 19_999 * DAY  # a Thursday, as the first day of 1970
NEVER = 10**9


def robot(steps: np.ndarray, products: np.ndarray | None = None, role: int = VIEW, **asked: int):
    """Whether a subject is taken for a machine, who opens pages after so many seconds each."""
    time = START + np.cumsum(np.round(steps * SECOND)).astype(np.int64)
    m = len(time)
    product = np.arange(m) % 97 if products is None else products
    roles = np.full(m, VIEW, np.int8)
    roles[-1] = role
    none = np.full(m, -1, np.int32)
    starts = np.array([0, m])
    limit = asked.get("limit", NEVER)
    (found,) = machines(starts, time, roles, product.astype(np.int32), none, none * 0, limit)
    return bool(found)


def test_pages_at_regular_steps_are_a_machines():
    assert robot(np.full(80, 2.0))
    assert robot(np.full(80, 2.0) + np.tile([0.05, -0.05], 40))
    # The same product now and then does not make a person of it.
    assert robot(np.full(120, 2.0), np.repeat(np.arange(60), 2))


def test_people_are_no_machines():
    rng = np.random.default_rng(0)
    assert not robot(np.minimum(rng.lognormal(3.4, 0.9, 1_000), 900))
    assert not robot(np.full(30, 2.0))
    assert not robot(np.full(400, 60.0))  # a page a minute: too slow for the rule
    assert not robot(np.full(400, 10.0), np.zeros(400))  # a film's heartbeat
    assert not robot(np.zeros(400))  # told at one moment, as tills do
    assert not robot(np.full(80, 2.0), role=PURCHASE)  # nobody who buys


def test_more_pages_than_a_day_has_room_for_are_a_machines():
    rng = np.random.default_rng(0)
    fast = rng.lognormal(2.5, 1.0, 3_000)
    assert robot(fast) and not robot(fast * 3)


def test_more_events_than_anybody_has_are_a_machines_even_if_it_buys():
    few = np.full(20, 600.0)
    assert robot(few, role=PURCHASE, limit=20) and not robot(few, role=PURCHASE, limit=21)
    assert bot_events(np.array([3, 5, 0, 4])) == 10_000
    assert bot_events(np.full(9, 30)) == 30_000
    assert bot_events(np.zeros(3, np.int64)) == 10_000


def staff(days: np.ndarray, *, leaves: int = 20, seen: int = 20, role: int = VIEW) -> bool:
    time = np.sort(START + days.astype(np.int64) * DAY + DAY // 2)
    m = len(time)
    roles = np.full(m, VIEW, np.int8)
    roles[0] = role
    category = (np.arange(m) % seen).astype(np.int32)
    (found,) = colleagues(np.array([0, m]), time, roles, category, np.ones(leaves, np.bool_))
    return bool(found)


def test_who_looks_after_the_shop_on_working_days_is_a_colleague():
    days = np.arange(70)
    working = days[(days + 3) % 7 < 5]  # from a Thursday on
    assert staff(working)
    assert staff(np.repeat(working, 5))
    assert not staff(days), "comes at weekends too"
    assert not staff(working[:25]), "too few days"
    assert not staff(working, seen=5), "wants but a few things"
    assert not staff(working, role=PURCHASE) and not staff(working, role=CART)
    assert not staff(working, leaves=6, seen=6), "a shop of six shelves: anybody sees them all"


def said(*events: tuple[float, int, int, int]) -> list[bool]:
    """Which of one subject's events (second, session, product, mark) are repeats."""
    columns = np.array(events, float).T
    m = len(events)
    zeros = np.zeros(m, np.int32)
    return repeated(
        zeros,
        np.round(columns[0] * SECOND).astype(np.int64),
        columns[1].astype(np.int64),
        zeros.astype(np.int8),
        columns[2].astype(np.int32),
        zeros,
        columns[3].astype(np.int64),
    ).tolist()


def test_what_is_said_again_counts_once():
    assert said((0, 1, 7, 0), (0, 1, 7, 0)) == [False, True]
    assert said((0, 1, 7, 0), (0.4, 1, 8, 0), (0.9, 1, 7, 0)) == [False, False, True]
    assert said((0, 1, 7, 0), (0.8, 1, 7, 0), (1.6, 1, 7, 0)) == [False, True, True]
    assert said((0, 1, 7, 0), (1.1, 1, 7, 0)) == [False, False]
    assert said((0, 1, 7, 0), (0.5, 2, 7, 0)) == [False, False]
    assert said((0, 1, 7, 0), (0, 2, 7, 0)) == [False, True]
    assert said((0, 1, 7, 0), (0, 1, 7, 3)) == [False, False]


def newest(subjects: dict[int, int], clock: int = NEVER) -> int:
    """The day of the newest trustworthy event, by the subjects of each day."""
    day = np.array(sorted(subjects), np.int64)
    many = np.array([subjects[d] for d in day.tolist()], np.int64)
    return (newest_moment(day, many * 3, many, day * DAY + 5, clock * DAY) - 6) // DAY


def test_a_handful_of_wrong_clocks_does_not_move_the_end():
    busy = dict.fromkeys(range(1000, 1500), 400)
    assert newest(busy) == 1499
    assert newest(busy | dict.fromkeys(range(1600, 20_000, 90), 1)) == 1499
    assert newest(busy | {1503: 2, 1700: 1}) == 1499
    assert newest(busy | {1500: 30}) == 1500, "a day that has but begun"


def test_in_a_small_shop_every_event_counts():
    assert newest({3: 1}) == 3
    assert newest({3: 1, 900: 2, 1400: 1}) == 1400
    assert newest_moment(*[np.zeros(0, np.int64)] * 4, 0) == 0


def test_a_leap_into_the_future_is_a_wrong_clock_however_often_it_is_said():
    usual = dict.fromkeys(range(1000, 1100), 2)
    assert newest(usual | {20_000: 3, 40_000: 4}, clock=1101) == 1099
    assert newest(usual | {1100: 3, 1120: 4}, clock=1050) == 1120, "the wall clock is slow"
    assert newest(usual | {1200: 3}, clock=1) == 1099
    assert newest({2: 1} | usual, clock=1) == 1099, "nearly all: the wall clock is wrong"


def test_the_wall_clock_rules_out_a_few_and_never_the_data():
    small = dict.fromkeys(range(1000, 1500), 2)
    assert newest(small | {9000: 1}, clock=2000) == 1499
    assert newest(small, clock=1200) == 1499, "then it is the wall clock that is wrong"


@pytest.mark.parametrize("scale", [1, 40, 3000])
def test_a_long_past_does_not_hide_the_end(scale: int):
    assert newest(dict.fromkeys(range(1000, 1500), 50 * scale) | {1500: 2 * scale}) == 1500
