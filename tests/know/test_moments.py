"""Moments: told when the trail bears them out, silent as soon as it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from know_trails import Event, made_trails

from connu.kernel.errors import UsageError
from connu.know.moment_rhythms import Rhythms, learn_rhythms
from connu.know.moments import find_moments
from connu.know.trails import DAY, Trails

OF = {"lens": "Photo/Lenses", "body": "Photo/Bodies", "novel": "Books", "comic": "Books"}


def told(*events: list[Event], now: float = 100) -> set[tuple[int, str, str]]:
    """place, moment, product or path of what is told."""
    trails = made_trails([*events, [(0, p) for p in OF]], category_of=OF, now=now)
    return {(r["place"], r["moment"], name_of(trails, r)) for r in find_moments(trails).to_pylist()}


def name_of(trails: Trails, row: dict) -> str:
    if row["level"] == "product":
        return trails.products[row["target"]].as_py()
    return trails.categories.paths[row["target"]]


@pytest.mark.parametrize(
    ("events", "left"),
    [
        ([(99, "lens", "cart")], True),
        ([(99, "lens", "view")], False),
        ([(85, "lens", "cart")], False),
        ([(99.999, "lens", "cart")], False),
        ([(99, "lens", "cart"), (99.1, "lens", "remove")], False),
        ([(99, "lens", "cart"), (99.1, "lens", "purchase")], False),
        ([(99, "lens", "cart"), (99, "lens", "purchase")], False),
        ([(99, "lens", "cart"), (99.1, "body", "purchase")], True),
        ([(98, "lens", "purchase"), (99, "lens", "cart")], True),
        ([(98, "lens", "remove"), (99, "lens", "cart")], True),
        ([(99, "lens", "cart"), (99.1, "lens", "remove"), (99.2, "lens", "cart")], True),
    ],
)
def test_basket_left(events: list[Event], left: bool) -> None:
    assert ((0, "basket_left", "lens") in told(events)) is left


def test_basket_of_a_running_session_is_not_left() -> None:
    """The basket is an hour old, but he is still looking round."""
    ongoing: list[Event] = [(100 - 1 / 24 + i / 240, "lens", "cart") for i in range(10)]
    assert told(ongoing) == set()


def test_a_purchase_without_product_settles_the_basket() -> None:
    trails = made_trails([[(98, "lens", "cart"), (99, "body", "purchase")]], now=100)
    whole = replace(trails, product=np.array([1, -1], np.int32))
    assert "basket_left" not in find_moments(whole)["moment"].to_pylist()
    assert "basket_left" in find_moments(trails)["moment"].to_pylist()


@pytest.mark.parametrize(
    ("events", "watched"),
    [
        ([(80, "lens"), (90, "lens"), (95, "lens")], True),
        ([(80, "lens"), (95, "lens")], False),
        ([(60, "lens"), (90, "lens"), (95, "lens")], False),
        ([(80, "lens"), (85, "lens"), (90, "lens")], False),
        ([(95 + i / 1000, "lens") for i in range(9)], False),
        ([(1, "lens", "purchase"), (80, "lens"), (90, "lens"), (95, "lens")], False),
        ([(80, "lens"), (90, "lens"), (95, "body")], False),
    ],
)
def test_price_watched(events: list[Event], watched: bool) -> None:
    assert ((0, "price_watched", "lens") in told(events)) is watched


@pytest.mark.parametrize(
    ("events", "bought"),
    [
        ([(50, "lens", "purchase")], True),
        ([(5, "lens", "purchase")], False),
        ([(50, "lens", "purchase"), (60, "lens"), (70, "lens")], True),
        ([(50, "lens", "purchase"), (60, "lens"), (70, "lens"), (80, "lens")], False),
        ([(50, "lens", "purchase"), (60, "body"), (70, "body"), (80, "body")], True),
        ([(20, "lens"), (30, "lens"), (40, "lens"), (50, "lens", "purchase")], True),
        ([(50, "lens", "purchase"), *((50 + i / 1000, "lens") for i in range(1, 9))], True),
    ],
)
def test_just_bought(events: list[Event], bought: bool) -> None:
    assert ((0, "just_bought", "Photo/Lenses") in told(events)) is bought


def test_columns_and_sentences() -> None:
    trails = made_trails(
        [
            [(80, "lens"), (90, "lens"), (95, "lens"), (96, "body", "cart"), (97, "body", "cart")],
            [(99, "novel", "purchase")],
            [(99, "lens", "cart")],
        ],
        category_of=OF,
        now=100,
    )
    rows = find_moments(trails).to_pylist()
    assert [(r["place"], r["moment"], r["times"]) for r in rows] == [
        (0, "basket_left", 2),
        (0, "price_watched", 3),
        (1, "just_bought", 1),
        (2, "basket_left", 1),
    ]
    assert [r["since"] // DAY for r in rows] == [96, 80, 99, 99]
    assert [r["evidence"] for r in rows] == [
        "put it in the basket 2 times since 1970-04-07, last on 1970-04-08, and neither bought it"
        " nor took it out",
        "looked at it in 3 visits over 16 days, last on 1970-04-06, and did not buy it",
        "bought of it on 1970-04-10",
        "put it in the basket once, on 1970-04-10, and neither bought it nor took it out",
    ]


def test_sentence_of_a_rhythm() -> None:
    """How long buyers wait is said where some bought again, and only there."""
    often: list[Event] = [(d, "novel", "purchase") for d in range(0, 100, 4)]
    trails = made_trails([often, [(97, "novel", "purchase")], [(98, "lens", "purchase")]], now=99)
    assert find_moments(trails)["evidence"].to_pylist() == [
        "bought of it on 1970-04-07; of those who buy of it again, most wait 4 days or more",
        "bought of it on 1970-04-08; of those who buy of it again, most wait 4 days or more",
        "bought of it on 1970-04-09",
    ]


def made_shop(seed: int = 0) -> Trails:
    """200 people: novels again every 10 days, lenses seldom, and looks and baskets in between."""
    chance = np.random.default_rng(seed)
    events: list[list[Event]] = []
    for person in range(200):
        one: list[Event] = [(d, "novel", "purchase") for d in range(person % 10, 100, 10)]
        for _ in range(int(chance.integers(0, 12))):
            role = ("view", "view", "cart", "remove", "purchase")[int(chance.integers(5))]
            product = ("lens", "body", "comic")[int(chance.integers(3))]
            one.append((float(chance.uniform(70, 100)), product, role))
        events.append(one if person % 17 else [])
    return made_trails(events, category_of=OF, now=100)


def test_one_subject_alone_is_told_the_same() -> None:
    trails = made_shop()
    rhythms = learn_rhythms(trails)
    whole = find_moments(trails, rhythms)
    assert whole.num_rows > 200
    assert set(whole["moment"].to_pylist()) == {"basket_left", "price_watched", "just_bought"}
    for place in range(0, 200, 9):
        alone = find_moments(trails.take(np.array([place])), rhythms)
        together = whole.filter(whole["place"].to_numpy() == place)
        assert alone.drop_columns(["place"]).equals(together.drop_columns(["place"]))


def test_shift_in_time_changes_nothing_but_dates() -> None:
    trails = made_shop()
    later = replace(trails, time=trails.time + 500 * DAY, now=trails.now + 500 * DAY)
    dated = ["since", "last", "evidence"]
    assert find_moments(later).drop_columns(dated).equals(find_moments(trails).drop_columns(dated))


def test_buffers_grow() -> None:
    """More moments than the buffers begin with: all are told."""
    many: list[Event] = [(99, f"p{i:03}", "cart") for i in range(300)]
    found = find_moments(made_trails([many], now=100))
    assert found["target"].to_pylist() == list(range(300))


def test_rhythms_are_the_categorys_own() -> None:
    trails = made_shop()
    rhythms = learn_rhythms(trails)
    books, photo, lenses = trails.categories.nodes_of(["Books", "Photo", "Photo/Lenses"])
    assert rhythms.days[books] == pytest.approx(10, abs=2)
    assert rhythms.returns[books] > 1_000
    assert rhythms.returns[lenses] <= rhythms.returns[photo]


def test_few_returns_are_told_by_the_wider_category() -> None:
    """One man bought a lens again after 2 days: the bodies' 40 days hold for lenses too."""
    people: list[list[Event]] = [
        [(i, "body", "purchase"), (i + 40, "body", "purchase")] for i in range(50)
    ]
    people.append([(1, "lens", "purchase"), (3, "lens", "purchase")])
    trails = made_trails(people, category_of=OF)
    lenses = trails.categories.nodes_of(["Photo/Lenses"])[0]
    assert 25 < learn_rhythms(trails).days[lenses] < 50


def test_parts_of_one_order_are_no_return() -> None:
    trails = made_trails([[(1, "novel", "purchase"), (1.5, "comic", "purchase")]], category_of=OF)
    rhythms = learn_rhythms(trails)
    assert rhythms.returns.sum() == 0
    assert np.allclose(rhythms.days, 90)


def test_rhythms_as_text_and_in_a_new_tree() -> None:
    trails = made_shop()
    rhythms = learn_rhythms(trails)
    back = Rhythms.from_json(rhythms.to_json())
    assert np.array_equal(back.of(trails.categories), rhythms.of(trails.categories))
    claims = rhythms.claims(trails.categories)
    assert np.array_equal(back.claims(trails.categories), claims, equal_nan=True)
    assert np.array_equal(np.isnan(claims), rhythms.returns < 20)
    newer = made_trails([[(1, "lens"), (1, "new")]], category_of=OF | {"new": "Photo/Old/Rare"})
    days = back.of(newer.categories)
    photo, rare = newer.categories.nodes_of(["Photo", "Photo/Old/Rare"])
    assert days[rare] == days[photo]
    with pytest.raises(UsageError):
        Rhythms.from_json("{}")


@pytest.mark.parametrize("events", [[], [[]], [[(1, "a")]], [[(1, "a"), (1, "a", "other")], []]])
def test_little_or_nothing(events: list[list[Event]]) -> None:
    trails = made_trails(events, now=2)
    assert find_moments(trails).num_rows == 0
    assert find_moments(replace(trails, category=np.full_like(trails.category, -1))).num_rows == 0
