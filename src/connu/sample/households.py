"""Households: who lives with whom, of what sex and age. A household is not a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.chance import Bools, Chance, Ints, draw, spread
from connu.sample.moments import CUT_OFF, DAY_ZERO

#: Shares of households of 1, 2, 3, 4, 5 people.
SIZE_SHARES = (0.40, 0.31, 0.13, 0.12, 0.04)
TWIN_SHARE = 0.05  # of second and later children: born the same day as the one before
YOUNGEST = 14

HEAD, PARTNER, CHILD, FLATMATE = 0, 1, 2, 3


@dataclass(frozen=True)
class Households:
    """One row per person, households one after the other.

    Attributes:
        household: number of the household.
        head: row of the household's first person.
        role: HEAD, PARTNER, CHILD or FLATMATE.
        female: sex. birth: day number of birth. birth_year: its year. age: years at the cut-off.
        twin: born the same day as the row before.
    """

    household: Ints
    head: Ints
    role: Ints
    female: Bools
    birth: Ints
    birth_year: Ints
    age: Ints
    twin: Bools

    @property
    def count(self) -> int:
        """How many households there are."""
        return int(self.household[-1]) + 1


def make_households(chance: Chance, people: int) -> Households:
    """Households that hold `people` persons in all."""
    rng = chance.stream("households")
    sizes = draw(rng, SIZE_SHARES, people) + 1
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), people)) + 1]
    sizes[-1] -= int(sizes.sum()) - people
    household = np.repeat(np.arange(len(sizes)), sizes)
    head = np.repeat(np.cumsum(sizes) - sizes, sizes)
    place, size = spread(sizes), sizes[household]
    role = _roles(place, size, rng)
    female = _sexes(role, head, rng)
    years = _ages(role, head, size, rng)
    twin = np.r_[False, (role[1:] == CHILD) & (role[:-1] == CHILD)]
    twin &= rng.random(people) < TWIN_SHARE
    day = (years * 365.2425).astype(np.int64)
    for at in np.flatnonzero(twin):  # in order: a third child may be the twin of the second
        day[at] = day[at - 1]
    birth = CUT_OFF - day
    year = (DAY_ZERO + birth.astype("timedelta64[D]")).astype("datetime64[Y]").astype(int) + 1970
    age = np.floor(day / 365.2425).astype(np.int64)
    return Households(household, head, role, female, birth, year, age, twin)


def _roles(place: Ints, size: Ints, rng: np.random.Generator) -> Ints:
    """Second persons are mostly partners; later ones children; some flats are shared."""
    chance = rng.random(len(place))
    second = np.where(size == 2, chance < 0.74, chance < 0.84)
    role = np.where(place == 0, HEAD, np.where(place == 1, np.where(second, PARTNER, CHILD), CHILD))
    flat = (place == 1) & (size == 2) & (chance > 0.88)
    return np.where(flat, FLATMATE, role)


def _sexes(role: Ints, head: Ints, rng: np.random.Generator) -> Bools:
    female = rng.random(len(role)) < 0.515
    opposite = rng.random(len(role)) < 0.96
    couple = (role == PARTNER) & opposite
    return np.where(couple, ~female[head], female)


def _ages(role: Ints, head: Ints, size: Ints, rng: np.random.Generator) -> np.ndarray:
    """Exact ages in years at the cut-off; parents are old enough for their children."""
    n = len(role)
    alone = np.clip(rng.normal(46, 18, n), 18, 92)
    parent = np.clip(rng.normal(49, 6.5, n), 36, 66)
    elder = np.clip(rng.normal(52, 16, n), 20, 92)
    heads = np.where(size >= 3, parent, np.where(size == 2, elder, alone))
    partner = np.clip(heads[head] + rng.normal(0, 3.5, n), 18, 95)
    child = np.clip(heads[head] - rng.uniform(22, 36, n), YOUNGEST, 60)
    child = np.where(child == YOUNGEST, YOUNGEST + rng.uniform(0, 5, n), child)
    flatmate = np.clip(heads[head] + rng.normal(0, 4, n), 18, 92)
    return np.choose(role, [heads, partner, child, flatmate])
