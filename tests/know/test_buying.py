"""Buying, on a made shop whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from connu.kernel.errors import UsageError
from connu.know.buying import BuyingModel, learn_buying
from connu.know.trails import DAY, PURCHASE, VIEW, Trails
from tests.know.know_trails import Event, made_trails

Learnt = tuple[Trails, BuyingModel]


def shop(subjects: int = 1200, days: float = 120, seed: int = 0) -> Trails:
    """Half of those who look at cameras twice on a day buy one within three days; who looks at
    books never buys; now and then somebody buys a lamp that he had not looked at."""
    chance = np.random.default_rng(seed)
    events: list[list[Event]] = []
    for _ in range(subjects):
        mine: list[Event] = []
        for day in chance.uniform(0, days, chance.poisson(4)):
            if chance.random() < 0.5:
                mine += [(day, f"book{chance.integers(5)}"), (day + 0.01, "book1")]
                continue
            mine += [(day, f"camera{chance.integers(3)}"), (day + 0.01, "camera1")]
            if chance.random() < 0.5:
                mine.append((day + chance.uniform(0.1, 3), "camera1", "purchase", 300.0))
        if chance.random() < 0.1:
            mine.append((chance.uniform(0, days), "lamp", "purchase", 20.0))
        events.append([event for event in mine if event[0] < days])
    names = {f"book{i}": "Books/Novels" for i in range(5)}
    names |= {f"camera{i}": "Photo/Cameras" for i in range(3)} | {"lamp": "Home/Lamps"}
    return made_trails(events, category_of=names, now=days)


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    trails = shop()
    return trails, learn_buying(trails, horizons_days=(1, 7, 90))


def of(model: BuyingModel, trails: Trails, path: str, horizon: int = 7) -> np.ndarray:
    """Everybody's probability to buy in a category."""
    node = trails.categories.paths.index(path)
    place = np.arange(len(trails))
    return model.probability(trails, place, np.full(len(place), node), horizon)


def test_tells_those_who_look_at_what_is_bought(learnt: Learnt) -> None:
    trails, model = learnt
    cameras, books = of(model, trails, "Photo/Cameras"), of(model, trails, "Books/Novels")
    node = trails.categories.paths.index("Photo/Cameras")
    lately = (trails.time > trails.now - DAY) & (trails.category == node) & (trails.role == VIEW)
    looked = np.zeros(len(trails), np.bool_)
    looked[trails.place[lately]] = True
    assert cameras[looked].mean() > 0.2
    assert cameras[~looked].mean() < 0.1
    assert books.max() < 0.05


def test_means_what_it_says_on_what_came_later(learnt: Learnt) -> None:
    trails = shop(seed=1)
    model = learn_buying(trails.before(113 * DAY), horizons_days=(7,))
    told = of(model, trails.before(113 * DAY), "Photo/Cameras")
    node = trails.categories.paths.index("Photo/Cameras")
    later = (trails.time >= 113 * DAY) & (trails.role == PURCHASE) & (trails.category == node)
    bought = len(np.unique(trails.place[later]))
    assert told.sum() == pytest.approx(bought, abs=3 * bought**0.5)


def test_no_event_after_now_is_looked_at(learnt: Learnt) -> None:
    trails, model = learnt
    early = trails.before(100 * DAY)
    later = pa.table(model.tell(early))
    assert later.equals(
        model.tell(
            Trails(**{**trails.__dict__, "now": 100 * DAY}),
        )
    )


def test_what_is_above_is_as_likely_and_a_longer_time_too(learnt: Learnt) -> None:
    trails, model = learnt
    leaf, above = of(model, trails, "Photo/Cameras"), of(model, trails, "Photo")
    place = np.arange(len(trails))
    whole = model.probability(trails, place, np.full(len(place), -1), 7)
    assert (above >= leaf).all()
    assert (whole >= above).all()
    assert (leaf >= of(model, trails, "Photo/Cameras", 1)).all()


def test_one_subject_alone_is_told_as_among_all(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails)
    for place in (0, 7, 500):
        alone = model.tell(trails.take(np.array([place])))
        mine = told.filter(pc.equal(told["place"], place))
        assert mine.drop_columns("place").equals(alone.drop_columns("place"))


def test_told_rows_are_what_probability_answers(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails)
    week = told.filter(pc.equal(told["horizon_days"], 7))
    asked = model.probability(trails, week["place"].to_numpy(), week["node"].to_numpy(), 7)
    np.testing.assert_array_equal(asked, week["probability"].to_numpy())


def test_what_is_told_within_one_horizon_is_told_within_all(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails)
    pairs = [
        told.filter(pc.equal(told["horizon_days"], days)).select(["place", "node"])
        for days in (1, 7)
    ]
    assert pairs[0].num_rows > len(trails)
    assert pairs[0].equals(pairs[1])


def test_who_just_looked_is_told_of_it_and_nobody_of_too_much(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails)
    node = trails.categories.paths.index("Photo/Cameras")
    lately = (trails.time > trails.now - DAY) & (trails.category == node) & (trails.role == VIEW)
    looked = set(np.unique(trails.place[lately]).tolist())
    cameras = told.filter(pc.equal(told["node"], node))
    assert looked
    assert looked <= set(cameras["place"].to_pylist())
    assert cameras.num_rows < 2 * len(trails)
    assert told.num_rows <= 30 * len(trails)


def test_ranks_count_from_one_within_each_depth(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails, top=1)
    depth = np.append(trails.categories.depth, -1)[told["node"].to_numpy()]
    key = np.column_stack([told["place"], told["horizon_days"], depth])
    _, first, number = np.unique(key, axis=0, return_index=True, return_counts=True)
    rank = told["rank"].to_numpy()
    assert (rank[first] == 1).all()
    # Two depths and one row each: what one leaves over the other may take.
    assert number.max() <= 2


def test_learning_twice_gives_the_same(learnt: Learnt) -> None:
    trails = shop(400)
    first, second = (learn_buying(trails, horizons_days=(7,), seed=3) for _ in range(2))
    assert first.tell(trails).equals(second.tell(trails))


def test_comes_back_from_disk_as_it_was(learnt: Learnt, tmp_path: Path) -> None:
    trails, model = learnt
    model.save(tmp_path / "buying")
    back = BuyingModel.open(tmp_path / "buying")
    assert back.tell(trails).equals(model.tell(trails))
    assert back.silences == model.silences
    assert repr(back.reliability) == repr(model.reliability)
    with pytest.raises(UsageError, match="no model of buying"):
        BuyingModel.open(tmp_path)


def test_says_why_in_plain_words(learnt: Learnt) -> None:
    trails, model = learnt
    told = model.tell(trails)
    said = [text for text in told["because"].to_pylist() if text]
    assert any("pages of Photo/Cameras" in text for text in said)
    assert any("bought within 7 days" in text for text in said)
    quiet = told.filter(pc.less(told["probability"], 0.05))
    assert quiet["because"].null_count == quiet.num_rows


def test_is_better_than_the_base_rate_and_says_by_how_much(learnt: Learnt) -> None:
    _, model = learnt
    found = {(f.level, f.horizon_days, f.measure): f for f in model.reliability}
    auc = found["category", 7, "roc_auc"]
    assert auc.figure > max(auc.base, auc.last_viewed)
    assert found["category", 7, "log_loss"].figure < found["category", 7, "log_loss"].base
    assert found["category", 7, "ece"].figure < 0.01


def test_a_horizon_longer_than_the_trails_allow_is_silent(learnt: Learnt) -> None:
    _, model = learnt
    assert model.silent == {90: "too_short"}
    assert [one.days for one in model.horizons] == [1, 7]
    with pytest.raises(UsageError, match="within 90 days"):
        model.probability(learnt[0], np.array([0]), np.array([-1]), 90)


def test_behaviour_that_says_nothing_is_not_told() -> None:
    chance = np.random.default_rng(0)
    events: list[list[Event]] = [
        [(float(day), "page") for day in chance.uniform(0, 100, chance.poisson(3))]
        + [
            (float(day), f"p{chance.integers(3)}", "purchase")
            for day in chance.uniform(0, 100, chance.poisson(2))
        ]
        for _ in range(300)
    ]
    model = learn_buying(made_trails(events, now=100), horizons_days=(7,))
    assert set(model.silences.values()) <= {"not_better", "not_calibrated"}
    assert ("category", 7) in model.silences


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([[(1.0, "a"), (2.0, "b")]], "no_purchases"),
        ([[(float(day), "a", "purchase") for day in range(90)], [(3.0, "b")]], "too_few"),
        ([[(1.0, "a"), (2.0, "a", "purchase")], [(3.0, "b")]], "too_few"),
        ([], "no_purchases"),
        ([[]], "no_purchases"),
    ],
)
def test_says_why_nothing_is_told(events: list[list[Event]], why: str) -> None:
    trails = made_trails(events, now=200)
    model = learn_buying(trails, horizons_days=(7, 30))
    assert model.silent == {7: why, 30: why}
    assert model.tell(trails).num_rows == 0


def test_a_category_bought_once_ever_is_not_overstated() -> None:
    trails = shop(800)
    lamp = trails.categories.paths.index("Home/Lamps")
    bought = np.flatnonzero(trails.category == lamp)
    # All lamps but the last become cameras.
    category, product = trails.category.copy(), trails.product.copy()
    camera = trails.categories.paths.index("Photo/Cameras")
    category[bought[:-1]] = camera
    product[bought[:-1]] = trails.products.to_pylist().index("camera1")
    once = Trails(**{**trails.__dict__, "category": category, "product": product})
    model = learn_buying(once, horizons_days=(7,))
    assert of(model, once, "Home/Lamps").max() < 0.02


def test_works_without_any_category() -> None:
    trails = shop(400)
    bare = Trails(
        **{
            **trails.__dict__,
            "category": np.full(len(trails.time), -1, np.int32),
            "categories": type(trails.categories).of([]),
            "product_category": np.full(len(trails.products), -1, np.int32),
        }
    )
    model = learn_buying(bare, horizons_days=(7,))
    assert model.silences == {("category", 7): "no_categories"}
    told = model.tell(bare)
    assert set(told["node"].to_pylist()) == {-1}


def test_a_category_that_is_new_is_told_as_what_is_above_it(learnt: Learnt) -> None:
    trails, model = learnt
    tree = type(trails.categories).of([*trails.categories.paths, "Photo/Drones"])
    moved = tree.nodes_of(trails.categories.paths)
    grown = Trails(**{**trails.__dict__, "categories": tree, "category": moved[trails.category]})
    before, after = model.tell(trails), model.tell(grown)
    assert after["probability"].equals(before["probability"])
    assert np.array_equal(np.append(moved, -1)[before["node"].to_numpy()], after["node"].to_numpy())
