"""The people behind the sample: who they truly are. Everything else is what sources make of them.

`known` people have a record in at least one source; the others are seen only as visitors. Known
people are no random draw: women, the middle-aged and the active leave their name more often, and
that shift is what statistical twins have to live with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.chance import Bools, Chance, Floats, Ints, Lottery, draw
from connu.sample.homes import Homes, make_homes
from connu.sample.households import CHILD, FLATMATE, PARTNER, Households, make_households
from connu.sample.moments import CUT_OFF, DAY_ZERO
from connu.sample.words import ORIGIN_SHARES, ORIGINS, FirstNames, first_names, surnames

OCCUPATIONS = (
    "cadre",
    "intermédiaire",
    "employé",
    "ouvrier",
    "indépendant",
    "étudiant",
    "retraité",
)
#: The same in the words of statistical twins (`occupation_class`).
OCCUPATION_CLASSES = (
    "executive",
    "intermediate",
    "employee",
    "worker",
    "self_employed",
    "student",
    "retired",
)
#: Upper ages (exclusive) of the bands, and their names.
AGE_LIMITS = (25, 35, 50, 65)
AGE_BANDS = ("under 25", "25-34", "35-49", "50-64", "65 and over")

VISITORS_PER_KNOWN = 0.6
SHARED_SURNAME_SHARE = 0.7  # of partners
MAIDEN_SHARE = 0.25  # of wives who share the surname: married while the brand watched
HOUSEHOLD_MOVE_SHARE, ALONE_MOVE_SHARE = 0.08, 0.06
HOMONYM_SHARE = 0.006
JUNIOR_SHARE = 0.01  # of sons: the father's first name
NEVER = -1e6  # what happened before all records did not happen for them


@dataclass(frozen=True)
class People:
    """One row per person; the row number is the person.

    Attributes:
        known: has a record in some source.
        female, birth (day number), birth_year, age (years at the cut-off): the person.
        origin: code into ORIGINS. first, last: codes into the word lists.
        maiden: surname before `married_on` (day); equal to `last` where nothing changed.
        household: at the cut-off. home_before, home, moved_on: rows of `homes`, and the day.
        occupation, area, band: codes into OCCUPATIONS, homes.AREAS, AGE_BANDS.
        activity: how busy a customer (log scale, 0 = average).
        homes: all homes.
    """

    known: Bools
    female: Bools
    birth: Ints
    birth_year: Ints
    age: Ints
    origin: Ints
    first: Ints
    last: Ints
    maiden: Ints
    married_on: Floats
    household: Ints
    home_before: Ints
    home: Ints
    moved_on: Floats
    occupation: Ints
    area: Ints
    band: Ints
    activity: Floats
    homes: Homes

    def __len__(self) -> int:
        return len(self.known)

    @property
    def cell(self) -> Ints:
        """The person's demographic cell: sex × age band × area × occupation, one number."""
        sex_band = self.female.astype(np.int64) * len(AGE_BANDS) + self.band
        return (sex_band * 3 + self.area) * len(OCCUPATIONS) + self.occupation

    def surname_on(self, who: Ints, day: Floats) -> Ints:
        """The surname of each person on each day."""
        return np.where(day < self.married_on[who], self.maiden[who], self.last[who])

    def home_on(self, who: Ints, day: Floats) -> Ints:
        """The home of each person on each day."""
        return np.where(day < self.moved_on[who], self.home_before[who], self.home[who])


def make_people(chance: Chance, known: int) -> People:
    """`known` people whom sources know, and the visitors around them. Cost: linear, arrays only."""
    count = known + round(known * VISITORS_PER_KNOWN)
    rng = chance.stream("people")
    houses = make_households(chance, count)
    birth, birth_year = houses.birth.copy(), houses.birth_year.copy()
    origin = _origins(houses, rng)
    last = _surnames(houses, origin, rng)
    first = _first_names(houses, origin, birth_year, rng)
    _plant_homonyms(houses, first, last, birth, birth_year, rng)
    maiden, married_on = _marriages(houses, origin, last, rng)
    household, before, home, moved_on = _moves(houses, rng)
    homes = make_homes(chance, int(home.max()) + 1)
    age = np.floor((CUT_OFF - birth) / 365.2425).astype(np.int64)
    area = homes.area[home]
    band = np.searchsorted(AGE_LIMITS, age, side="right")
    activity = rng.normal(0, 0.6, count)
    return People(
        known=_known(known, houses.female, band, activity, rng),
        female=houses.female,
        birth=birth,
        birth_year=birth_year,
        age=age,
        origin=origin,
        first=first,
        last=last,
        maiden=maiden,
        married_on=married_on,
        household=household,
        home_before=before,
        home=home,
        moved_on=moved_on,
        occupation=_occupations(age, houses.female, area, rng),
        area=area,
        band=band,
        activity=activity,
        homes=homes,
    )


def _origins(houses: Households, rng: np.random.Generator) -> Ints:
    own = draw(rng, ORIGIN_SHARES, len(houses.female))
    apart = (houses.role == FLATMATE) | (houses.role == PARTNER) & (rng.random(len(own)) < 0.15)
    return np.where(apart, own, own[houses.head])


def _surnames(houses: Households, origin: Ints, rng: np.random.Generator) -> Ints:
    own = _draw_surnames(origin, rng)
    luck = rng.random(len(own))
    shared = (houses.role == PARTNER) & (luck < SHARED_SURNAME_SHARE)
    shared |= (houses.role == CHILD) & (luck < 0.93)
    return np.where(shared, own[houses.head], own)


def _draw_surnames(origin: Ints, rng: np.random.Generator) -> Ints:
    listed = surnames()
    drawn = np.zeros(len(origin), dtype=np.int64)
    for code in range(len(ORIGINS)):
        at = np.flatnonzero(origin == code)
        drawn[at] = listed.codes[code][draw(rng, listed.weights[code], len(at))]
    return drawn


def _first_names(
    houses: Households, origin: Ints, birth_year: Ints, rng: np.random.Generator
) -> Ints:
    """By origin, sex and decade; the younger of foreign origin often bear a French first name."""
    adopted = (origin > 0) & (birth_year > 1980) & (rng.random(len(origin)) < 0.3)
    lottery = Lottery(first_names().weights)
    group = FirstNames.group(np.where(adopted, 0, origin), houses.female, birth_year)
    first = lottery.draw(rng, group)
    junior = (houses.role == CHILD) & ~houses.female & ~houses.female[houses.head]
    junior &= rng.random(len(first)) < JUNIOR_SHARE
    first = np.where(junior, first[houses.head], first)
    for _ in range(4):  # brothers and twins do not bear the same name
        same = (
            np.r_[
                False, (first[1:] == first[:-1]) & (houses.household[1:] == houses.household[:-1])
            ]
            & ~junior
        )
        first[same] = lottery.draw(rng, group[same])
    return first


def _plant_homonyms(
    houses: Households,
    first: Ints,
    last: Ints,
    birth: Ints,
    birth_year: Ints,
    rng: np.random.Generator,
) -> None:
    """People living alone who bear the name, sex and birth year of another. In place."""
    single = np.bincount(houses.household)[houses.household] == 1
    pool = np.flatnonzero(single)
    pool = pool[rng.permutation(len(pool))]
    for female in (False, True):
        own = pool[houses.female[pool] == female]
        pairs = min(int(len(first) * HOMONYM_SHARE / 2), len(own) // 2)
        left, right = own[:pairs], own[pairs : 2 * pairs]
        first[right], last[right] = first[left], last[left]
        birth_year[right] = birth_year[left]
        start = (birth_year[left] - 1970).astype("datetime64[Y]").astype("datetime64[D]")
        day = (start - DAY_ZERO).astype(np.int64)
        birth[right] = day + rng.integers(0, 365, pairs)


def _marriages(
    houses: Households, origin: Ints, last: Ints, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    wife = (houses.role == PARTNER) & houses.female & (last == last[houses.head])
    wife &= (houses.age < 60) & (rng.random(len(last)) < MAIDEN_SHARE)
    maiden = np.where(wife, _draw_surnames(origin, rng), last)
    return maiden, np.where(wife, rng.uniform(-1200, CUT_OFF - 30, len(last)), NEVER)


def _moves(houses: Households, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Floats]:
    """Households that moved together, and people who moved out alone to a household of their own.

    Returns:
        household, home_before, home and moved_on per person.
    """
    n, count = len(houses.role), houses.count
    day = rng.uniform(-1200, CUT_OFF - 30, n)
    together = (rng.random(count) < HOUSEHOLD_MOVE_SHARE)[houses.household]
    alone = ~together & (houses.role != 0) & (houses.age >= 18)
    alone &= rng.random(n) < ALONE_MOVE_SHARE * 2  # those who can are about half
    before = houses.household.copy()
    home = before.copy()
    moved_households = np.unique(houses.household[together])
    home[together] = count + np.searchsorted(moved_households, houses.household[together])
    own = count + len(moved_households) + np.arange(int(alone.sum()))
    home[alone] = own
    household = houses.household.copy()
    household[alone] = count + np.arange(len(own))
    moved_on = np.where(together, day[houses.head], np.where(alone, day, NEVER))
    return household, before, home, moved_on


def _occupations(age: Ints, female: Bools, area: Ints, rng: np.random.Generator) -> Ints:
    """Classes by age, sex and area; students are young, the retired old."""
    base = np.array([0.20, 0.27, 0.27, 0.18, 0.08, 0.0, 0.0])
    groups = np.zeros((6, len(OCCUPATIONS)))
    tilt_sex = np.array([[1.0, 0.95, 0.6, 1.7, 1.2, 1, 1], [0.9, 1.1, 1.5, 0.4, 0.7, 1, 1]])
    tilt_area = np.array(
        [
            [1.6, 1.1, 0.9, 0.7, 0.8, 1, 1],
            [0.9, 1.1, 1.0, 1.1, 0.9, 1, 1],
            [0.5, 0.8, 1.1, 1.5, 1.8, 1, 1],
        ]
    )
    for row in range(6):
        groups[row] = base * tilt_sex[row // 3] * tilt_area[row % 3]
    drawn = Lottery(groups).draw(rng, female * 3 + area)
    luck = rng.random(len(age))
    student = (age < 19) | (age < 27) & (luck < (27 - age) / 9)
    retired = (age >= 67) | (age >= 60) & (luck < (age - 58) / 9)
    return np.where(student, 5, np.where(retired, 6, drawn))


def _known(
    count: int, female: Bools, band: Ints, activity: Floats, rng: np.random.Generator
) -> Bools:
    """Exactly `count` people, without replacement, with the shift told above."""
    shift = 0.35 * female + np.array([-0.6, -0.1, 0.35, 0.3, -0.2])[band] + 1.1 * activity
    score = shift + rng.gumbel(size=len(band))
    known = np.zeros(len(band), dtype=np.bool_)
    known[np.argpartition(score, len(band) - count)[len(band) - count :]] = True
    return known
