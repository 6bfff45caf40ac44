"""Buying, on made shops whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from connu.know.buying import BuyingModel, learn_buying
from connu.know.trails import Trails
from tests.know.know_trails import Event, made_trails


def shop(subjects: int = 1500, days: float = 120, seed: int = 0) -> Trails:
    """Half of those who look at cameras twice on a day buy one within three days; who looks at
    books never buys, and now and then somebody buys a lamp that he had not looked at."""
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
def learnt() -> tuple[Trails, BuyingModel]:
    trails = shop()
    return trails, learn_buying(trails, horizons_days=(1, 7))


def test_tells_those_who_look_at_what_is_bought(learnt: tuple[Trails, BuyingModel]) -> None:
    trails, model = learnt
    camera = trails.categories.paths.index("Photo/Cameras")
    book = trails.categories.paths.index("Books/Novels")
    place = np.arange(len(trails))
    cameras = model.probability(trails, place, np.full(len(place), camera), 7)
    books = model.probability(trails, place, np.full(len(place), book), 7)
    lately = trails.time > trails.now - 86_400_000_000
    looks = np.zeros(len(trails), np.bool_)
    looks[trails.place[lately & (trails.category == camera) & (trails.role == 1)]] = True
    assert cameras[looks].mean() > 0.2
    assert cameras[~looks].mean() < 0.1
    assert books.max() < 0.05


def test_one_subject_alone_is_told_as_among_all(learnt: tuple[Trails, BuyingModel]) -> None:
    trails, model = learnt
    told = model.tell(trails).filter(pa_equal(model.tell(trails), 7))
    alone = model.tell(trails.take(np.array([7])))
    assert told["probability"].to_pylist() == alone["probability"].to_pylist()
    assert told["node"].to_pylist() == alone["node"].to_pylist()


def pa_equal(table, place):  # type: ignore[no-untyped-def]
    return np.asarray(table["place"]) == place
