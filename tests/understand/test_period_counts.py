"""Statements and themes are counted by period, with periods in which nobody wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from connu.understand.period_counts import UNITS, count_periods


def table(rows, **columns):
    times = [datetime.fromisoformat(time) if time else None for time in rows]
    return pa.table({"time": pa.array(times, pa.timestamp("us")), **columns})


STATEMENTS = table(
    ["2026-01-05", "2026-01-31T23:59:59", "2026-02-01", None, "2026-04-02", "2026-04-03"],
    segment=["often", "seldom", None, "often", "often", "seldom"],
)
EXPECTATIONS = table(
    ["2026-01-05", "2026-01-31T23:59:59", "2026-04-02", "2026-04-02", None],
    theme=["price", "delivery", "price", "delivery", "price"],
    segment=["often", "seldom", "often", "often", "often"],
)


def test_months_with_their_gaps():
    found = count_periods(STATEMENTS, EXPECTATIONS)
    assert found.periods == ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
    assert found.themes == ["delivery", "price"] and found.segments == [None]
    assert found.statements.tolist() == [[2, 1, 0, 2]]
    assert found.counts.tolist() == [[[1, 0, 0, 1], [1, 0, 0, 1]]]
    assert found.left_out == 1


def test_segments_beside_everybody():
    found = count_periods(STATEMENTS, EXPECTATIONS, segment="segment")
    assert found.segments == [None, "often", "seldom"]
    assert found.statements.tolist() == [[2, 1, 0, 2], [1, 0, 0, 1], [1, 0, 0, 1]]
    assert found.counts[1].tolist() == [[0, 0, 0, 1], [1, 0, 0, 1]]
    assert found.counts[2].tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("unit", "first", "many"),
    [
        ("day", "2026-01-05", 89),
        ("week", "2026-01-05", 13),
        ("quarter", "2026-01-01", 2),
        ("year", "2026-01-01", 1),
    ],
)
def test_other_periods(unit, first, many):
    found = count_periods(STATEMENTS, EXPECTATIONS, unit=unit)
    assert (found.periods[0], len(found.periods)) == (first, many)
    assert found.statements.sum() == 5 and found.counts.sum() == 4
    assert unit in UNITS


def test_times_with_a_zone_are_utc():
    times = pa.array([datetime(2026, 1, 31, 23, 30, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    found = count_periods(pa.table({"time": times}), EXPECTATIONS)
    assert found.periods == ["2026-01-01"] and found.counts[0].tolist() == [[1], [1]]


def test_nothing_said_and_an_unknown_period():
    empty = count_periods(STATEMENTS[:0], EXPECTATIONS[:0], segment="segment")
    assert empty.periods == [] and empty.counts.shape == (1, 0, 0)
    with pytest.raises(ValueError, match="one of day, week"):
        count_periods(STATEMENTS, EXPECTATIONS, unit="decade")


def test_the_order_of_rows_means_nothing():
    order = np.random.default_rng(0).permutation(len(STATEMENTS))
    one = count_periods(STATEMENTS, EXPECTATIONS, segment="segment")
    two = count_periods(STATEMENTS.take(order), EXPECTATIONS[::-1], segment="segment")
    assert (one.counts == two.counts).all() and (one.statements == two.statements).all()
