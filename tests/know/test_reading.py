"""Trails are read rightly from whatever the tables hold, in whatever order it stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_tables import engine_at, put_events, table

from connu.engine.duckdb import DuckEngine
from connu.kernel.settings import settings_from
from connu.know import reading
from connu.know.reading import read_trails
from connu.know.trails import DAY, OTHER, PURCHASE, ROLES, SEARCH, VIEW, Trails

NOON = datetime(2025, 3, 1, 12)
BRAND = settings_from({"brand": {"name": "B"}})
_TIES = pa.schema([("source", pa.string()), ("row", pa.int64()), ("customer_id", pa.string())])
_VISITORS = pa.schema([("anonymous_id", pa.string()), ("shared_device", pa.bool_())])
_REFUSED = pa.schema([("subject_kind", pa.string()), ("subject", pa.string())])
_PRODUCTS = pa.schema(
    [("product_id", pa.string()), ("category", pa.string()), ("price", pa.float64())]
)
Event = dict[str, Any]


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[..., DuckEngine]]:
    """Tables of a small shop: events of the cookie v, at noon, views, unless they say else."""
    engine = engine_at(tmp_path)

    def make(
        events: list[Event],
        ties: dict[int, str] | None = None,
        products: list[Event] | None = None,
        refused: list[Event] | None = None,
        shared: set[str] | None = None,
    ) -> DuckEngine:
        usual = {"type": "view", "time": NOON, "anonymous_id": "v"}
        put_events(engine, [usual | event for event in events])
        if ties is not None:
            rows = [
                {"source": events[row - 1].get("source", "web"), "row": row, "customer_id": c}
                for row, c in ties.items()
            ]
            engine.put("event_customers", table(rows, _TIES))
        if products is not None:
            engine.put("products", table(products, _PRODUCTS))
        if refused is not None:
            engine.put("twin_refused", table(refused, _REFUSED))
        if shared is not None:
            cookies = {e.get("anonymous_id", "v") for e in events} - {None}
            known = [{"anonymous_id": c, "shared_device": c in shared} for c in sorted(cookies)]
            engine.put("visitors", table(known, _VISITORS))
        return engine

    yield make
    engine.close()


def names(trails: Trails) -> list[str]:
    return [f"{s['subject_kind']} {s['subject']}" for s in trails.subjects.to_pylist()]


def told(trails: Trails) -> list[tuple[str, str | None, str | None]]:
    """Role, product and category of every event."""
    product, category = trails.product.tolist(), trails.category.tolist()
    return [
        (
            ROLES[role],
            None if p < 0 else trails.products[p].as_py(),
            None if c < 0 else trails.categories.paths[c],
        )
        for role, p, c in zip(trails.role.tolist(), product, category, strict=True)
    ]


def same(left: Trails, right: Trails) -> bool:
    columns = "starts time session product category role value product_category price".split()
    return (
        left.subjects.equals(right.subjects)
        and left.products.equals(right.products)
        and left.categories.paths == right.categories.paths
        and all(
            np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
            for a, b in ((getattr(left, c), getattr(right, c)) for c in columns)
        )
        and (left.now, left.aside) == (right.now, right.aside)
    )


# ---------------------------------------------------------------------- whose events are
def test_a_customers_events_are_the_tied_ones_and_a_visitors_the_others(shop):
    engine = shop(
        [
            {"product": "a", "time": at(3)},
            {"product": "b", "time": at(1)},
            {"product": "c", "anonymous_id": "w"},
            {"product": "d", "anonymous_id": None},
            {"product": "e", "anonymous_id": None, "time": at(2)},
        ],
        ties={1: "c1", 5: "c1"},
    )
    trails = read_trails(engine, BRAND)
    assert names(trails) == ["customer c1", "visitor v", "visitor w"]
    assert trails.starts.tolist() == [0, 2, 3, 4]
    assert [p for _, p, _ in told(trails)] == ["e", "a", "b", "c"]
    assert trails.aside == {"no_subject": 1}
    assert trails.products.to_pylist() == ["a", "b", "c", "d", "e"]


def test_of_a_shared_device_only_what_is_tied_counts(shop):
    events = [{"product": "a"}, {"product": "b"}, {"product": "c", "anonymous_id": "w"}]
    trails = read_trails(shop(events, ties={1: "c1"}, shared={"v"}), BRAND)
    assert names(trails) == ["customer c1", "visitor w"]
    assert trails.aside == {"shared_device": 1}


def test_who_refused_is_not_in_the_trails(shop):
    events = [{"product": p, "anonymous_id": c} for p, c in (("a", "v"), ("b", "v"), ("c", "w"))]
    refused = [
        {"subject_kind": "customer", "subject": "c1"},
        {"subject_kind": "visitor", "subject": "w"},
        {"subject_kind": "customer", "subject": "v"},
    ]
    trails = read_trails(shop(events, ties={1: "c1"}, refused=refused), BRAND)
    assert names(trails) == ["visitor v"]
    assert trails.aside == {"refused": 2}


def test_no_events_make_no_trails(shop, tmp_path):
    empty = read_trails(shop([]), BRAND)
    assert (len(empty), len(empty.time), empty.now, empty.aside) == (0, 0, 0, {})
    engine = engine_at(tmp_path / "nothing")
    nothing = read_trails(engine, BRAND, now=5)
    engine.close()
    assert (len(nothing), nothing.now, len(nothing.categories)) == (0, 5, 0)


# ---------------------------------------------------------------------- what they say
def test_the_present_catalogues_category_wins_over_the_events(shop):
    events = [
        {"product": "a", "category": "Old/Place", "time": at(0)},
        {"product": "b", "category": "Said ", "time": at(1)},
        {"product": "b", "time": at(2)},
        {"product": "new", "category": "/Said//Deep/", "time": at(3)},
        {"product": "new", "time": at(4)},
        {"product": "bare", "time": at(5)},
        {"category": "Photo", "type": "list", "time": at(6)},
        {"category": "Never heard of", "time": at(7)},
        {"category": " / ", "time": at(8)},
        {"type": "recherche", "time": at(9)},
    ]
    products = [
        {"product_id": "a", "category": "Photo / Lenses", "price": 10.0},
        {"product_id": "b", "category": "  ", "price": -3.0},
        {"product_id": "unseen", "category": "Photo/Bags", "price": float("nan")},
    ]
    trails = read_trails(shop(events, products=products), BRAND)
    assert told(trails) == [
        ("view", "a", "Photo/Lenses"),
        ("view", "b", "Said"),
        ("view", "b", "Said"),
        ("view", "new", "Said/Deep"),
        ("view", "new", "Said/Deep"),
        ("view", "bare", None),
        ("view", None, "Photo"),
        ("view", None, "Never heard of"),
        ("other", None, None),
        ("search", None, None),
    ]
    assert trails.products.to_pylist() == ["a", "b", "bare", "new", "unseen"]
    of_product = [trails.categories.paths[n] if n >= 0 else None for n in trails.product_category]
    assert of_product == ["Photo/Lenses", "Said", None, "Said/Deep", "Photo/Bags"]
    assert trails.price[0] == 10 and np.isnan(trails.price[1:]).all()


def test_what_was_paid_is_read_and_what_came_back_is_no_purchase(shop):
    values = [9.5, -9.5, float("nan"), float("inf"), 0.0, 1e13]
    events = [
        {"product": "a", "type": "achat", "value": v, "time": at(i)} for i, v in enumerate(values)
    ]
    events += [{"product": "a", "type": "Remboursement", "value": 9.5, "time": at(8)}]
    events += [{"product": "a", "value": 9.5, "time": at(9)}]
    trails = read_trails(shop(events), BRAND)
    assert trails.role.tolist() == [PURCHASE, OTHER, *[PURCHASE] * 4, OTHER, VIEW]
    nan = np.nan
    assert np.array_equal(trails.value, [9.5, nan, nan, nan, 0, nan, nan, nan], equal_nan=True)


def test_the_brands_words_win(shop):
    own = settings_from({"brand": {"name": "B"}, "intents": {"search": ["View"]}})
    trails = read_trails(shop([{"product": "a"}, {"product": "a", "type": "click"}]), own)
    assert sorted(trails.role.tolist()) == [VIEW, SEARCH]


def test_of_a_health_brand_nobody_reads_what_was_looked_at(shop):
    health = settings_from({"brand": {"name": "B", "sector": "health"}})
    products = [{"product_id": "a", "category": "Asthma"}]
    events = [{"product": "a", "category": "Asthma"}, {"type": "purchase", "product": "a"}]
    trails = read_trails(shop(events, products=products), health)
    assert len(trails.products) == len(trails.categories) == 0
    assert told(trails) == [("other", None, None), ("purchase", None, None)]


def test_a_purchase_of_several_lines_is_several_events(shop):
    lines = [{"type": "purchase", "product": p, "value": 5.0} for p in "abc"]
    lines += [{"type": "purchase", "product": "a", "value": 5.0, "event_id": n} for n in "12"]
    trails = read_trails(shop(lines), BRAND)
    assert [p for _, p, _ in told(trails)] == ["a", "a", "a", "b", "c"]
    assert trails.aside == {}


def test_an_order_counts_once_though_two_sources_tell_of_it(shop):
    bought = {"type": "purchase", "product": "a", "time": at(0)}
    told = {"source": "till", "type": "achat", "product": "a", "value": 5.0, "time": at(60)}
    whole = {"type": "Placed Order", "time": at(0.1)}
    trails = read_trails(shop([bought, told, whole]), BRAND)
    assert (trails.value.tolist(), trails.aside) == ([5.0], {"told_twice": 2})


# ---------------------------------------------------------------------- when
def test_events_stand_in_order_and_sessions_are_numbered(shop):
    events = [
        {"product": "b", "time": at(50)},
        {"product": "a", "time": at(0)},
        {"product": "c", "time": at(20), "session": "s"},
        {"product": "d", "time": at(19), "anonymous_id": "w", "session": "s"},
        {"product": "e", "time": at(90), "anonymous_id": "w", "session": "s"},
        {"product": "f", "time": at(60 * 14), "anonymous_id": "w", "session": "s"},
    ]
    trails = read_trails(shop(events), BRAND)
    assert [p for _, p, _ in told(trails)] == list("acbdef")
    assert trails.session.tolist() == [0, 0, 0, 1, 1, 2]
    short = settings_from({"brand": {"name": "B"}, "intents": {"session_minutes": 25}})
    assert read_trails(shop(events), short).session.tolist() == [0, 0, 1, 2, 2, 3]


def test_the_trails_end_when_they_are_told_to(shop):
    events = [{"product": "a", "time": at(m)} for m in (0, 10, 20)]
    engine = shop(events)
    whole = read_trails(engine, BRAND)
    noon = (NOON - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    assert (whole.now, whole.aside) == (noon + 20 * 60_000_000 + 1, {})
    paris = datetime.fromisoformat("2025-03-01T13:20:00+01:00")
    for now in (at(20), at(20).replace(tzinfo=UTC), paris, noon + 20 * 60_000_000):
        cut = read_trails(engine, BRAND, now=now)
        assert len(cut.time) == 2 and cut.aside == {"future": 1}
        assert cut.now == noon + 20 * 60_000_000


def test_wrong_clocks_are_set_aside_and_move_nothing(shop):
    rows = [
        {"product": "a", "anonymous_id": f"v{i}", "time": at(60 * 24 * d)}
        for d in range(5)
        for i in range(200)
    ]
    wrong = [datetime(2061, 5, 1), datetime(1970, 1, 1), datetime(1994, 12, 31), None]
    rows += [{"product": "a", "anonymous_id": "v1", "time": time} for time in wrong]
    trails = read_trails(shop(rows), BRAND)
    assert trails.aside == {"future": 1, "absurd_time": 2, "no_time": 1}
    assert trails.now // DAY == (at(60 * 24 * 4) - datetime(1970, 1, 1)).days
    assert len(trails.time) == 1000


@pytest.mark.parametrize("local", ["Europe/Paris", "America/New_York", "Pacific/Auckland"])
def test_summer_time_moves_no_span(shop, local: str, monkeypatch: pytest.MonkeyPatch):
    # In the night of 30 March 2025 clocks in France went from two to three.
    monkeypatch.setenv("TZ", local)
    before = datetime(2025, 3, 29, 12, tzinfo=UTC)
    events = [
        {"product": "a", "time": (before + timedelta(hours=24 * d)).replace(tzinfo=None)}
        for d in range(3)
    ]
    trails = read_trails(shop(events), BRAND)
    assert np.diff(trails.time).tolist() == [DAY, DAY]
    assert len(trails.before(trails.now - 2 * DAY).time) == 1


# ---------------------------------------------------------------------- set aside
def test_what_is_said_again_counts_once(shop):
    again = [{"product": "a"}, {"product": "a"}, {"product": "a", "time": at(0.01)}]
    pages = [{"type": "page", "page": page, "time": at(1)} for page in ("/", "/aide", "/")]
    asked = [
        {"type": "search", "attributes": f'{{"query":"{q}"}}', "time": at(2)}
        for q in ("tv", "radio")
    ]
    trails = read_trails(shop(again + pages + asked), BRAND)
    assert trails.aside == {"repeated": 3}
    assert [role for role, _, _ in told(trails)] == ["view", "other", "other", "search", "search"]


def test_machines_and_colleagues_are_set_aside_and_counted(shop):
    robot = [
        {"product": f"p{i % 9}", "anonymous_id": "robot", "time": at(i / 30)} for i in range(120)
    ]
    shelves = [{"product_id": f"p{i}", "category": f"Shelf {i % 12}"} for i in range(12)]
    office = [
        {"product": f"p{d % 12}", "anonymous_id": "desk", "time": NOON + timedelta(days=d)}
        for d in range(60)
        if (NOON + timedelta(days=d)).weekday() < 5
    ]
    anna = [
        {"product": "p1", "anonymous_id": "home", "email": "Anna@shop.example"},
        {"product": "p2", "anonymous_id": "home", "time": at(5)},
        {"product": "p2", "anonymous_id": "other", "account": "stock"},
        {"product": "p2", "anonymous_id": "guest", "email": "x@shop.example.org"},
    ]
    rows = [*robot, *office, *anna]
    trails = read_trails(shop(rows, products=shelves), BRAND)
    assert names(trails) == ["visitor guest", "visitor home", "visitor other"]
    seen = {"bot_subjects": 1, "bots": 120, "staff_subjects": 1, "staff": len(office)}
    assert trails.aside == seen
    raw = {"brand": {"name": "B"}, "intents": {"staff": ["@Shop.example", " STOCK", "nobody"]}}
    trails = read_trails(shop(rows, products=shelves), settings_from(raw))
    assert names(trails) == ["visitor guest"]
    assert trails.aside == seen | {"staff_subjects": 3, "staff": len(office) + 3}


def test_no_table_is_left_behind(shop, tmp_path):
    engine = shop([{"product": "a"}], ties={}, products=[], shared=set())
    before = sorted(p.name for p in tmp_path.rglob("*.parquet"))
    read_trails(engine, BRAND)
    assert sorted(p.name for p in tmp_path.rglob("*.parquet")) == before


# ---------------------------------------------------------------------- order
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["web", "till"]),
            "time": st.sampled_from([at(m) for m in (0, 0.01, 1, 40, 2_000)]),
            "type": st.sampled_from(["view", "purchase", "search", "odd"]),
            "product": st.sampled_from(["a", "b", "c", None]),
            "category": st.sampled_from(["X", "X/Y", "Z", None]),
            "session": st.sampled_from(["s", "t", None]),
            "anonymous_id": st.sampled_from(["v", "w", None]),
            "value": st.sampled_from([1.0, -1.0, None]),
            "customer": st.sampled_from([None, "c1", "c2"]),
        }
    ),
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(shop, events, random):
    def read(rows):
        ties = {n: e["customer"] for n, e in enumerate(rows, start=1) if e["customer"]}
        bare = [{k: v for k, v in e.items() if k != "customer"} for e in rows]
        return read_trails(shop(bare, ties=ties), BRAND)

    first = read(events)
    shuffled = events[:]
    random.shuffle(shuffled)
    assert same(first, read(shuffled))
    ends = first.starts
    assert all((np.diff(first.time[a:b]) >= 0).all() for a, b in pairwise(ends))
    assert (np.diff(first.session) >= 0).all() and (np.diff(ends) > 0).all()
    assert len(first.time) + sum(first.aside.values()) == len(events)


def test_slices_of_subjects_are_read_as_one(shop, monkeypatch):
    rng = np.random.default_rng(1)
    rows = [
        {"product": f"p{rng.integers(5)}", "anonymous_id": f"v{rng.integers(30)}", "time": at(m)}
        for m in rng.integers(0, 9_000, 400).tolist()
    ]
    whole = read_trails(shop(rows), BRAND)
    monkeypatch.setattr(reading, "_AT_ONCE", 20)
    assert same(whole, read_trails(shop(rows), BRAND))
