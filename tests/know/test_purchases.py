"""Purchases: lines become transactions of a day, and cuts see no future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from know_trails import made_trails

from connu.kernel.errors import UsageError
from connu.know.purchases import histories_from, purchases_of
from connu.know.trails import DAY


def test_lines_of_a_day_are_one_transaction() -> None:
    trails = made_trails(
        [
            [
                (1.0, "a", "purchase", 10.0),
                (1.0, "b", "purchase", 5.0),
                (1.9, "a", "purchase", 1.0),
            ],
            [(2.0, "a")],
            [(0.5, "a", "purchase"), (3.5, "b", "purchase", 7.0), (4.0, "b", "view")],
        ],
        now=10,
    )
    bought = purchases_of(trails)
    assert bought.customers.tolist() == [0, 2]
    assert bought.day.tolist() == [1, 0, 3]
    np.testing.assert_array_equal(bought.value, [16.0, np.nan, 7.0])
    assert bought.lines.tolist() == [3, 1, 1]
    assert bought.frequency.tolist() == [0, 1]
    assert bought.recency.tolist() == [0, 3]
    assert bought.tenure.tolist() == [9, 10]
    count, mean = bought.spent()
    assert count.tolist() == [1, 1]
    assert mean.tolist() == [16.0, 7.0]
    assert bought.spent(repeats=True)[0].tolist() == [0, 1]


def test_visitors_have_no_purchases() -> None:
    trails = made_trails([[(1.0, "a", "purchase", 10.0)]], now=2)
    kind = trails.subjects.set_column(0, "subject_kind", [["visitor"]])
    assert len(purchases_of(replace(trails, subjects=kind))) == 0


def test_a_cut_leaves_out_what_came_later_and_who() -> None:
    bought = histories_from(
        np.array(["x", "y", "x", "z"]),
        np.array([0, 5, 9, 3]) * DAY,
        np.array([1.0, 2.0, 3.0, -4.0]),
    )
    assert bought.customers.tolist() == ["x", "y", "z"]
    assert bought.now == 10
    known = bought.before(4)
    assert known.customers.tolist() == ["x", "z"]
    assert known.frequency.tolist() == [0, 0]
    assert known.tenure.tolist() == [4, 1]
    count, value = bought.within(4, 10, known.customers)
    assert count.tolist() == [1, 0]
    assert value.tolist() == [3.0, 0.0]
    assert bought.take(np.array([1, 2])).day.tolist() == [5, 3]
    # A return is a transaction, its value nothing.
    assert bought.within(3, 4, bought.customers)[1].tolist() == [0.0, 0.0, 0.0]


def test_row_order_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    who, when, paid = rng.integers(0, 9, 99), rng.integers(0, 40, 99) * DAY, rng.random(99)
    some = rng.permutation(99)
    one = histories_from(who, when, paid)
    other = histories_from(who[some], when[some], paid[some])
    for name in ("customers", "starts", "day", "value", "lines"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_later_rows_are_left_out_and_columns_must_agree() -> None:
    time = np.array(["2024-01-01", "2024-02-01"], "datetime64[D]")
    now = int(time[1].astype("datetime64[us]").astype(np.int64))
    assert histories_from(np.array([1, 2]), time, now_us=now).customers.tolist() == [1]
    with pytest.raises(UsageError, match="differ in number"):
        histories_from(np.array([1]), time)


def test_nothing_bought_is_an_empty_history() -> None:
    bought = purchases_of(made_trails([[(1.0, "a")]], now=2))
    assert len(bought) == 0
    assert len(bought.before(1)) == 0
    assert bought.frequency.tolist() == []
