"""What is seen and done in each visit: pages, searches, products, the basket, the purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.catalogue import Catalogue, categories
from connu.sample.chance import Chance, Floats, Ints, draw, spread
from connu.sample.devices import ROBOT
from connu.sample.needs import Needs, pick_products
from connu.sample.tastes import Tastes
from connu.sample.visits import Visits

TYPES = ("page", "list", "search", "view", "cart", "purchase")
PAGE, LIST, SEARCH, VIEW, CART, PURCHASE = range(6)
#: Pages without products.
PAGES = (
    "/",
    "/magasins",
    "/aide/livraison",
    "/aide/retours",
    "/compte",
    "/promotions",
    "/reconditionne",
    "/cartes-cadeaux",
    "/engagements",
    "/carrieres",
)
_PAGE_SHARES = (0.46, 0.1, 0.07, 0.05, 0.1, 0.12, 0.04, 0.03, 0.02, 0.01)
TARGET_SHARE = 0.34  # of product views for a need: the product that will be bought
NEIGHBOUR_SHARE = 0.4  # of the others: products priced like it
LEFT_BASKET_SHARE = 0.12  # of visits for a need that do not buy


@dataclass(frozen=True)
class Clicks:
    """One row per event, by visit and time.

    Attributes:
        visit: row of the visit. day: when (UTC). type: code into TYPES.
        category: code, -1 for pages without. product: code, -1 where none. page: code into PAGES.
        pieces: bought or put into the basket.
    """

    visit: Ints
    day: Floats
    type: Ints
    category: Ints
    product: Ints
    page: Ints
    pieces: Ints

    def __len__(self) -> int:
        return len(self.visit)


def make_clicks(
    chance: Chance, visits: Visits, needs: Needs, tastes: Tastes, catalogue: Catalogue
) -> Clicks:
    """All events. Cost: array operations over the events."""
    rng = chance.stream("clicks")
    abandons = (visits.need >= 0) & ~visits.buys & (rng.random(len(visits)) < LEFT_BASKET_SHARE)
    length = visits.length + np.where(visits.buys, 2, np.where(abandons, 1, 0))
    visit = np.repeat(np.arange(len(visits)), length)
    place = spread(length)
    to_go = length[visit] - 1 - place
    day = _times(visits, visit, place, rng)
    category = _categories(visits, visit, place, tastes, rng)
    kind = draw(rng, [0.0, 0.16, 0.08, 0.76], len(visit))
    kind = np.where(place == 0, draw(rng, [0.42, 0.2, 0.18, 0.2], len(visit)), kind)
    kind = np.where((place > 0) & (rng.random(len(visit)) < 0.06), PAGE, kind)
    buys, need = visits.buys[visit], visits.need[visit]
    kind = np.where(buys & (to_go == 0), PURCHASE, kind)
    basket = (buys & (to_go == 1)) | (abandons[visit] & (to_go == 0))
    kind = np.where(basket, CART, kind)
    robot = visits.slot[visit] == ROBOT
    kind = np.where(robot, VIEW, kind)
    category = np.where(kind >= CART, needs.category[need], category)
    product = _products(visits, visit, category, kind, needs, catalogue, rng)
    pieces = np.where(kind >= CART, needs.pieces[need], 0)
    page = np.where(kind == PAGE, draw(rng, _PAGE_SHARES, len(visit)), -1)
    category = np.where(kind == PAGE, -1, category)
    return Clicks(visit, day, kind, category, product, page, pieces)


def _times(visits: Visits, visit: Ints, place: Ints, rng: np.random.Generator) -> Floats:
    """Seconds between pages are lognormal; a robot takes two, always; a purchase keeps its day."""
    robot = visits.slot[visit] == ROBOT
    seconds = np.where(robot, 2.0, np.minimum(rng.lognormal(3.4, 0.9, len(visit)), 900))
    seconds[place == 0] = 0
    total = np.cumsum(seconds)
    start = np.maximum.accumulate(np.where(place == 0, total, 0))
    return visits.day[visit] + (total - start) / 86_400


def _categories(
    visits: Visits, visit: Ints, place: Ints, tastes: Tastes, rng: np.random.Generator
) -> Ints:
    """The visit's category, one beside it, or another of his; robots go through them all."""
    shop = categories()
    own = visits.category[visit]
    luck = rng.random(len(visit))
    serves = visits.need[visit] >= 0
    stray = luck > np.where(serves, 0.86, 0.62)
    beside = ~stray & (luck > np.where(serves, 0.72, 0.52))
    members = [np.flatnonzero(shop.parent == p) for p in range(shop.parent.max() + 1)]
    width = max(len(m) for m in members)
    table = np.array([np.resize(m, width * 6) for m in members])
    category = own.copy()
    at = np.flatnonzero(beside)
    category[at] = table[shop.parent[own[at]], rng.integers(0, table.shape[1], len(at))]
    who = visits.who[visit]
    at = np.flatnonzero(stray & (who >= 0))
    category[at] = tastes.choose(rng, who[at])
    robot = visits.slot[visit] == ROBOT
    return np.where(robot, (own + place // 9) % len(shop), category)


def _products(
    visits: Visits,
    visit: Ints,
    category: Ints,
    kind: Ints,
    needs: Needs,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Ints:
    """For a need: the product in mind, its neighbours in price, or what is popular."""
    product = np.full(len(visit), -1)
    at = np.flatnonzero(kind >= VIEW)
    need, of = visits.need[visit[at]], category[at]
    seen = pick_products(catalogue, of, rng)
    target = needs.product[need]
    focus = (need >= 0) & (needs.category[need] == of)
    luck = rng.random(len(at))
    near = target - catalogue.start[of] + rng.integers(-2, 3, len(at))
    near = catalogue.start[of] + np.clip(near, 0, catalogue.count[of] - 1)
    seen = np.where(focus & (luck < TARGET_SHARE + NEIGHBOUR_SHARE), near, seen)
    seen = np.where(focus & (luck < TARGET_SHARE), target, seen)
    product[at] = np.where(kind[at] >= CART, target, seen)
    return product
