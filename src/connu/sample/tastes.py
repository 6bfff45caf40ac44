"""What people are interested in: by sex, age, place and occupation, and by themselves.

A demographic cell has a distribution over categories; a person draws four favourites from the
cell's. So behaviour tells who somebody is, but never surely, as in life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.catalogue import categories
from connu.sample.chance import Chance, Floats, Ints, Lottery
from connu.sample.people import AGE_BANDS, OCCUPATIONS, People

FAVOURITES = 4
#: How much of a person's interest goes to the favourites, in order.
WEIGHTS = (0.46, 0.27, 0.17, 0.10)
FAVOURITE_SHARE = 0.75  # of choices; the rest follow the cell
_CENTRES = (20, 30, 42, 57, 72)  # the age each band stands for


@dataclass(frozen=True)
class Tastes:
    """Attributes:
    cells: the lottery of each demographic cell over categories.
    cell: the cell of each person.
    favourites: (people, FAVOURITES) category codes.
    """

    cells: Lottery
    cell: Ints
    favourites: Ints

    def choose(self, rng: np.random.Generator, who: Ints) -> Ints:
        """One category for each element of `who`: a favourite, or one of the cell's."""
        place = np.searchsorted(np.cumsum(WEIGHTS), rng.random(len(who)))
        own = self.favourites[who, np.minimum(place, FAVOURITES - 1)]
        general = self.cells.draw(rng, self.cell[who])
        return np.where(rng.random(len(who)) < FAVOURITE_SHARE, own, general)


def make_tastes(chance: Chance, people: People) -> Tastes:
    """The favourites of all people. Cost: four draws per person."""
    rng = chance.stream("tastes")
    cells = Lottery(cell_weights())
    cell = people.cell
    favourites = cells.draw(rng, np.repeat(cell, FAVOURITES)).reshape(-1, FAVOURITES)
    return Tastes(cells, cell, favourites)


def cell_weights() -> Floats:
    """(cells, categories): interest of each sex × age band × area × occupation."""
    shop = categories()
    count = np.array([float(row["products"]) for row in shop.rows])
    female = np.array([float(row["female"]) for row in shop.rows])
    age = np.array([float(row["age"]) for row in shop.rows])
    urban = np.array([float(row["urban"]) for row in shop.rows])
    jobs = np.zeros((len(OCCUPATIONS), len(shop)))
    for place, row in enumerate(shop.rows):
        for said in row["jobs"].split():
            name, strength = said.split(":")
            jobs[OCCUPATIONS.index(name), place] = float(strength)
    bands = -(((np.array(_CENTRES)[:, None] - age) / 24) ** 2)
    weights = (
        0.5 * np.log(count)
        + np.array([-0.75, 0.75])[:, None, None, None, None] * female
        + bands[None, :, None, None, :]
        + np.array([1.0, 0.1, -1.0])[None, None, :, None, None] * urban
        + 1.2 * jobs[None, None, None, :, :]
    )
    return np.exp(weights).reshape(2 * len(AGE_BANDS) * 3 * len(OCCUPATIONS), len(shop))
