"""Needs and what comes of them: somebody wants a camera, thinks it over, buys it here or elsewhere.

The heart of the sample's behaviour, and its truth about intents and staying:

- needs come at each person's own pace (gamma), denser before Christmas and for the active;
- a need lasts days to weeks by category, and shows in visits before the purchase;
- half of them end in a purchase here; after each one the customer may leave for good (beta), as
  in BG/NBD (Fader, Hardie, Lee 2005), the sooner the less content he is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.catalogue import Catalogue, categories
from connu.sample.chance import Bools, Chance, Floats, Ints, Lottery, draw
from connu.sample.moments import CUT_OFF, DAY_ZERO, HORIZON
from connu.sample.people import People
from connu.sample.tastes import Tastes

CHANNELS = ("web", "boutique", "téléphone", "application")
#: Shares of the channels by age band.
CHANNEL_SHARES = (
    (0.55, 0.20, 0.02, 0.23),
    (0.56, 0.22, 0.03, 0.19),
    (0.54, 0.30, 0.05, 0.11),
    (0.45, 0.42, 0.09, 0.04),
    (0.30, 0.54, 0.15, 0.01),
)
PACE_PER_YEAR = 1.9
BOUGHT_SHARE = 0.52
ACCESSORY_SHARE = 0.35  # of needs after a purchase: what goes with it
LOOKED_AROUND_DAYS = 25  # people look around before they leave their name
LEFT_BEFORE_SHARE = 0.3  # of customers first seen years ago: gone before the data begin


@dataclass(frozen=True)
class Needs:
    """One row per need, by person and time.

    Attributes:
        who, category, product: codes. started: day the interest began.
        ends: day it ended, by a purchase here or otherwise.
        bought: whether it ended here. channel: code into CHANNELS (of those bought).
        pieces: how many were bought. value_eur: what was paid for all.
        entered, left: per person: first day he may come, day he left (HORIZON: stays).
        pace: needs per year, per person. leaving: chance to leave after a purchase, per person.
        content: how content each person is (standard normal).
    """

    who: Ints
    category: Ints
    product: Ints
    started: Floats
    ends: Floats
    bought: Bools
    channel: Ints
    pieces: Ints
    value_eur: Floats
    entered: Floats
    left: Floats
    pace: Floats
    leaving: Floats
    content: Floats

    def __len__(self) -> int:
        return len(self.who)


def make_needs(
    chance: Chance, people: People, tastes: Tastes, catalogue: Catalogue, entered: Floats
) -> Needs:
    """All needs between the first day and the horizon. Cost: array operations over the needs.

    Args:
        entered: day each person first dealt with the brand (visitors: the day they first come).
    """
    rng = chance.stream("needs")
    n = len(people)
    known = people.known
    content = rng.normal(0, 1, n)
    pace = PACE_PER_YEAR * rng.gamma(1.4, 1 / 1.4, n) * np.exp(people.activity - 0.18)
    leaving = rng.beta(0.9, 4.2, n) * np.exp(-0.5 * content) / np.exp(0.125)
    leaving = np.minimum(leaving, 0.95)
    stays = np.where(known, HORIZON, entered + rng.exponential(35, n) + 1)
    old = known & (entered < -400) & (rng.random(n) < LEFT_BEFORE_SHARE)
    start = np.maximum(entered - LOOKED_AROUND_DAYS, 0.0)
    stays = np.where(old, 0.0, np.minimum(stays, HORIZON))
    clock = _Season()
    span = np.maximum(clock.at(stays) - clock.at(start), 0)
    pace_here = np.where(known, pace, 3.0)  # who comes for the first time comes for something
    counts = rng.poisson(pace_here / 365 * span)
    counts = np.where(known | (stays <= start), counts, np.maximum(counts, 1))
    who = np.repeat(np.arange(n), counts)
    warped = clock.at(start)[who] + rng.random(len(who)) * span[who]
    started = clock.inverse(warped)
    order = np.lexsort((started, who))
    who, started = who[order], started[order]
    category = _categories(who, started, tastes, rng)
    ends = started + _thinking(category, rng)
    bought = rng.random(len(who)) < BOUGHT_SHARE * np.exp(0.15 * np.minimum(content[who], 1))
    # A visitor who had bought before the cut-off would be known: only his later purchases are here.
    bought &= known[who] | (ends >= CUT_OFF)
    category = _followed(who, category, bought, tastes, rng)
    left = _left(who, ends, bought, leaving, n, rng)
    left = np.where(old, 0.0, left)
    bought &= (ends <= left[who]) & (ends < HORIZON)
    here = started <= left[who]
    who, category, bought = who[here], category[here], bought[here]
    started, ends = started[here], ends[here]
    product = pick_products(catalogue, category, rng)
    channels = Lottery(np.array(CHANNEL_SHARES))
    pieces = 1 + draw(rng, [0.9, 0.08, 0.02], len(who))
    return Needs(
        who=who,
        category=category,
        product=product,
        started=started,
        ends=ends,
        bought=bought,
        channel=channels.draw(rng, people.band[who]),
        pieces=pieces,
        value_eur=np.round(catalogue.price_eur[product] * pieces, 2),
        entered=entered,
        left=left,
        pace=pace,
        leaving=leaving,
        content=content,
    )


def pick_products(catalogue: Catalogue, category: Ints, rng: np.random.Generator) -> Ints:
    """A product of each category, the popular ones more often."""
    place = Lottery(catalogue.popularity).draw(rng, category)
    return catalogue.start[category] + np.minimum(place, catalogue.count[category] - 1)


class _Season:
    """Days warped so that needs are dense before Christmas and thin in August."""

    def __init__(self) -> None:
        days = DAY_ZERO + np.arange(-1, HORIZON + 1).astype("timedelta64[D]")
        year = days.astype("datetime64[Y]")
        of_year = (days - year.astype("datetime64[D]")).astype(int)
        yule = np.exp(-(((of_year - 340) / 16.0) ** 2))
        back = np.exp(-(((of_year - 245) / 12.0) ** 2))
        summer = np.exp(-(((of_year - 218) / 14.0) ** 2))
        sales = np.exp(-(((of_year - 14) / 9.0) ** 2))
        weight = 1 + 1.3 * yule + 0.3 * back - 0.35 * summer + 0.4 * sales
        self._days = np.arange(-1, HORIZON + 1, dtype=np.float64)
        self._total = np.cumsum(weight) / weight.mean()

    def at(self, days: Floats) -> Floats:
        """How much of the season's weight has passed on each day."""
        return np.interp(days, self._days, self._total)

    def inverse(self, weight: Floats) -> Floats:
        """The day on which so much weight has passed."""
        return np.interp(weight, self._total, self._days)


def _categories(who: Ints, started: Floats, tastes: Tastes, rng: np.random.Generator) -> Ints:
    """By taste; before Christmas, gifts: the category is drawn again until it suits the season."""
    shop = categories()
    category = tastes.choose(rng, who)
    day = DAY_ZERO + np.floor(started).astype("timedelta64[D]")
    month = day.astype("datetime64[M]").astype(int) % 12
    refused = np.isin(month, (10, 11)) & (
        rng.random(len(who)) > np.exp(shop.yule[category] - shop.yule.max()) * 1.6
    )
    category[refused] = tastes.choose(rng, who[refused])
    return category


def _thinking(category: Ints, rng: np.random.Generator) -> Floats:
    """Days from the first interest to the end of a need."""
    return categories().days[category] * rng.gamma(2.0, 0.5, len(category)) + 0.05


def _followed(
    who: Ints, category: Ints, bought: Bools, tastes: Tastes, rng: np.random.Generator
) -> Ints:
    """After a purchase comes what goes with it; what lasts is not bought again at once."""
    shop = categories()
    after = np.r_[False, (who[1:] == who[:-1]) & bought[:-1]]
    before = np.r_[0, category[:-1]]
    leads = shop.leads_to[before]
    follows = after & (leads >= 0) & (rng.random(len(who)) < ACCESSORY_SHARE)
    again = after & (category == before) & (shop.days[category] >= 7) & ~follows
    other = tastes.choose(rng, who)
    return np.where(follows, leads, np.where(again, other, category))


def _left(
    who: Ints, ends: Floats, bought: Bools, leaving: Floats, people: int, rng: np.random.Generator
) -> Floats:
    """The day of the purchase after which each person leaves; HORIZON where he stays."""
    leaves = bought & (rng.random(len(who)) < leaving[who])
    left = np.full(people, float(HORIZON))
    np.minimum.at(left, who[leaves], ends[leaves])
    return left
