"""Reasons in plain words: only true ones, the strongest first; and the looks they rest on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from know_trails import Event, made_trails

from connu.know.purchases import purchases_of
from connu.know.staying_looks import looks_of, no_looks
from connu.know.staying_reasons import reasons_of, risk_of

#: Late by far and cheaper; once; as always; with grown pauses; late, and not seen for long.
HISTORIES: list[list[Event]] = [
    [(day, "a", "purchase", 60.0) for day in (0, 40, 80)] + [(120.0, "a", "purchase", 23.0)],
    [(300.0, "a", "purchase", 10.0), (330.0, "b")],
    [(day, "a", "purchase", 10.0) for day in (200, 240, 280, 320)] + [(333.0, "b")],
    [(day, "a", "purchase", 10.0) for day in (100, 120, 140, 300)],
    [(0.0, "a", "purchase"), (10.0, "a", "purchase"), (100.0, "b")],
]


def test_signs_of_leaving_are_said_of_those_who_show_them() -> None:
    trails = made_trails(HISTORIES, now=334)
    bought = purchases_of(trails)
    looks = looks_of(trails, bought.customers)
    said = reasons_of(bought, looks, pa.array(["high"] * 5)).to_pylist()
    assert said == [
        [
            "last bought 214 days ago, where he used to buy every 40 days",
            "orders get smaller: 23.00 after 60.00",
        ],
        ["bought once only, 34 days ago"],
        ["last bought 14 days ago"],
        [
            "the last pause between purchases was 160 days, the earlier ones 20 days",
            "last bought 34 days ago",
        ],
        ["last bought 324 days ago, where he used to buy every 10 days", "no visit for 234 days"],
    ]


def test_an_amount_gone_astray_breaks_nothing() -> None:
    days = [(day, "a", "purchase", 1e29) for day in (0, 40, 80)] + [(120.0, "a", "purchase", 1.0)]
    bought = purchases_of(made_trails([days], now=130))
    (said,) = reasons_of(bought, no_looks(1), pa.array(["high"])).to_pylist()
    assert "orders get smaller: 1.00 after 1000000000000000.00" in said


def test_signs_of_staying_are_said_where_the_risk_is_low() -> None:
    trails = made_trails(HISTORIES, now=334)
    bought = purchases_of(trails)
    said = reasons_of(bought, looks_of(trails, bought.customers), pa.array(["low"] * 5)).to_pylist()
    assert said[2] == ["last visit 1 day ago", "bought 14 days ago, and buys every 40 days"]
    assert said[1] == ["last visit 4 days ago", "last bought 34 days ago"]
    blind = reasons_of(bought, no_looks(5), pa.array(["low"] * 5)).to_pylist()
    assert blind[2] == ["bought 14 days ago, and buys every 40 days"]


def test_risk_has_three_words() -> None:
    active, again = np.array([0.9, 0.5, 0.1, 0.8]), np.array([0.8, 0.45, 0.05, 0.3])
    assert risk_of(active, again).to_pylist() == ["low", "middle", "high", "middle"]


def test_nobody_is_told_nothing() -> None:
    none = purchases_of(made_trails([[(1.0, "a")]], now=2))
    assert reasons_of(none, no_looks(0), pa.array([], pa.string())).to_pylist() == []


def test_looks_are_days_without_purchases_and_see_no_future() -> None:
    trails = made_trails(
        [
            [(1.0, "a"), (1.5, "a", "cart"), (3.0, "b"), (3.2, "b", "purchase"), (8.0, "a")],
            [(2.0, "a")],
            [(5.0, "a", "purchase")],
        ],
        now=10,
    )
    looks = looks_of(trails, np.array([0, 2]))
    assert looks.starts.tolist() == [0, 3, 3]
    assert looks.day.tolist() == [1, 3, 8]
    assert looks.events.tolist() == [2, 1, 1]
    assert looks.carts.tolist() == [1, 0, 0]
    past = looks.before(4, np.array([0, 1]))
    assert past.day.tolist() == [1, 3]
    assert past.numbers(4)["look_since"][0] == 1.0
    assert np.isnan(past.numbers(4)["look_since"][1])
    assert looks.before(10, np.array([1])).starts.tolist() == [0, 0]
