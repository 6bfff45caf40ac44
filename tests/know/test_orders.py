"""A purchase counts once, however many tell of it."""

from __future__ import annotations

import numpy as np
import pytest

from connu.know.orders import told_twice
from connu.know.trails import DAY, PURCHASE, VIEW

NAN = float("nan")
MINUTE = 60_000_000
DAWN = 20_000 * DAY
#: (minute of the day, product or -1, source, value).
Line = tuple[float, int, int, float]


def read(*lines: Line, role: int = PURCHASE, start: int = DAWN) -> tuple[list[bool], list[float]]:
    minute, product, source, value = np.array(lines, float).T
    amounts = value.astype(np.float32)
    m = len(lines)
    again = told_twice(
        np.zeros(m, np.int32),
        start + (minute * MINUTE).astype(np.int64),
        np.full(m, role, np.int8),
        product.astype(np.int32),
        source.astype(np.int16),
        amounts,
    )
    return again.tolist(), amounts.tolist()


@pytest.mark.parametrize(
    ("lines", "again"),
    [
        ([(60, -1, 0, 9), (60, 1, 0, 4), (60, 2, 0, 5)], [True, False, False]),
        ([(60, 1, 0, 4), (60.1, 2, 0, 5), (60.15, -1, 0, NAN)], [False, False, True]),
        ([(60, -1, 0, 9), (60, 1, 0, NAN)], [False, False]),
        ([(60, -1, 0, 9), (61, 1, 0, 9)], [False, False]),
        ([(60, 1, 0, 9), (200, 1, 1, 9)], [False, True]),
        ([(60, 1, 0, 9), (200, 1, 0, 9)], [False, False]),
        ([(60, 1, 0, 9), (200, 1, 1, 8)], [False, False]),
        ([(60, 1, 0, 9), (200, 2, 1, 9)], [False, False]),
        ([(60, 1, 0, 9), (300, 1, 1, 9)], [False, False]),
        ([(0, 1, 0, 9), (900, 1, 1, 9)], [False, True]),
        ([(0, 1, 0, 9), (24 * 60, 1, 1, 9)], [False, False]),
        ([(60, 1, 0, 9), (60, 1, 0, 9), (61, 1, 1, 9), (62, 1, 1, 9)], [False, False, True, True]),
        ([(60, 1, 0, 9), (61, 1, 1, 9), (62, 1, 1, 9)], [False, True, False]),
    ],
)
def test_a_purchase_counts_once(lines: list[Line], again: list[bool]):
    assert read(*lines)[0] == again


def test_what_was_paid_is_kept_whoever_said_it():
    again, amounts = read((60, 1, 0, NAN), (61, 1, 1, 9))
    assert again == [False, True] and amounts[0] == 9


def test_only_purchases_are_looked_at_and_only_ones_own():
    assert read((60, 1, 0, NAN), (60, 1, 1, NAN), role=VIEW)[0] == [False, False]
    two = np.array([0, 1], np.int32)
    ones = np.ones(2, np.int8)
    told = told_twice(two, ones.astype(np.int64), ones * PURCHASE, ones, two, ones * np.float32(1))
    assert not told.any()
