"""Shops to foretell clicks in: what they are made of, and that nobody sees the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.next_shops import (
    BEGAN,
    DAY,
    PLANS,
    SCHEMA,
    SHOPS,
    Shop,
    make_clicks,
    split_in_time,
)
from benchmarks.next_steps import Steps
from benchmarks.next_trails import ShopTrails

SMALL = {"sessions": 1500, "products": 800, "categories": 40}


@pytest.fixture(scope="module", params=PLANS)
def clicks(request: pytest.FixtureRequest) -> pa.Table:
    """A small shop of each plan."""
    return make_clicks(replace(PLANS[request.param], **SMALL))


def test_sessions_are_whole_sorted_and_of_two_clicks_at_least(clicks: pa.Table):
    assert clicks.schema == SCHEMA
    session, time = clicks["session"].to_numpy(), clicks["time"].cast(pa.int64()).to_numpy()
    assert (np.bincount(session) >= 2).all()
    assert len(np.bincount(session)) == SMALL["sessions"]
    inside = session[1:] == session[:-1]
    assert (np.diff(session) >= 0).all()
    assert (np.diff(time)[inside] >= 0).all()
    firsts = time[np.append(True, ~inside)]
    assert (np.diff(firsts) >= 0).all()
    assert firsts[0] >= BEGAN
    assert all(column.null_count == 0 for column in clicks.columns)


def test_a_product_keeps_its_category(clicks: pa.Table):
    pairs = clicks.group_by(["product", "category"]).aggregate([]).num_rows
    assert pairs == len(pc.unique(clicks["product"]))
    assert len(pc.unique(clicks["category"])) > SMALL["categories"] / 2


def test_the_same_seed_makes_the_same_shop():
    plan = replace(PLANS["made_large"], **SMALL)
    assert make_clicks(plan).equals(make_clicks(plan))
    assert not make_clicks(plan).equals(make_clicks(replace(plan, seed=1)))


def test_shops_differ_as_their_plans_say():
    def repeated(name: str) -> float:
        made = make_clicks(replace(PLANS[name], **SMALL))
        product, session = (made[column].to_numpy() for column in ("product", "session"))
        inside = session[1:] == session[:-1]
        return float((product[1:] == product[:-1])[inside].mean())

    assert repeated("made_repeats") > 0.28
    assert repeated("made_large") < 0.1


def test_products_leave_the_shop():
    plan = replace(PLANS["made_large"], **SMALL)
    made = make_clicks(plan)
    middle = pa.scalar(BEGAN + plan.days // 2 * DAY, pa.int64()).cast(SCHEMA.field("time").type)
    early = pc.unique(made.filter(pc.less(made["time"], middle))["product"])
    late = pc.unique(made.filter(pc.greater_equal(made["time"], middle))["product"])
    assert 0.05 < 1 - pc.mean(pc.is_in(late, value_set=early)).as_py() < 0.9


def test_sessions_across_the_cut_are_neither_learnt_from_nor_judged():
    table = pa.table(
        {
            "session": [1, 1, 2, 2, 3, 3],
            "time": pa.array([1, 9, 9, 11, 10, 12]).cast(SCHEMA.field("time").type),
            "product": [1, 2, 1, 2, 1, 2],
            "category": ["A"] * 6,
        },
        schema=SCHEMA,
    )
    train, test = split_in_time(table, 10)
    assert train["session"].to_pylist() == [1, 1]
    assert test["session"].to_pylist() == [3, 3]


def test_real_clicks_give_the_steps_of_the_published_protocol():
    try:
        steps = Steps.of(SHOPS["yoochoose"]())
    except FileNotFoundError:
        pytest.skip("the data folder does not hold intents/clicks_*.parquet")
    assert len(steps) == 10_152
    assert (steps.target < steps.known).all()


def test_real_sessions_are_split_in_time():
    try:
        shop = SHOPS["shopping"]()
    except FileNotFoundError:
        pytest.skip("the data folder does not hold twins/shopping_sessions.parquet")
    assert shop.train.schema == shop.test.schema == SCHEMA
    assert pc.max(shop.train["time"]).as_py() < pc.min(shop.test["time"]).as_py()
    assert shop.train.num_rows > 3 * shop.test.num_rows > 20_000


def test_trails_have_the_codes_of_steps():
    plan = replace(PLANS["made_books"], **SMALL)
    cut = BEGAN + (plan.days - 6) * DAY
    steps = Steps.of(Shop("small", *split_in_time(make_clicks(plan), cut)))
    trails = ShopTrails.of(steps)
    for given, made in ((steps.train, trails.train), (steps.test, trails.test)):
        assert (made.product == given.product).all()
        assert (made.category == trails.node[given.category]).all()
        assert made.now == given.time.max() + 1
        assert len(made) == len(given)
    assert trails.train.products.to_pylist() == sorted(trails.train.products.to_pylist())
    paths = np.array(trails.train.categories.paths)
    assert (paths[trails.node] == steps.categories).all()
    assert trails.train.now <= cut <= trails.test.time.min()
