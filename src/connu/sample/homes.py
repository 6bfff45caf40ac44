"""Addresses: French towns by their weight, villages around them, a few homes abroad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Chance, Ints, draw
from connu.sample.words import pieces, rows

AREAS = ("urban", "suburban", "rural")
RURAL_SHARE, ABROAD_SHARE, BUILDING_SHARE, HAMLET_SHARE = 0.2, 0.035, 0.12, 0.25

#: First digit of landlines by department; Île-de-France is 1.
_ZONES = {
    1: "75 77 78 91 92 93 94 95",
    2: "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85",
    3: "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
    4: "01 03 04 05 06 07 11 13 15 26 2A 2B 30 34 38 42 43 48 63 66 69 73 74 83 84",
    5: "09 12 16 17 19 23 24 31 32 33 40 46 47 64 65 79 81 82 86 87",
}


@dataclass(frozen=True)
class Homes:
    """One row per home.

    Attributes:
        street: number and street, as the postman would like it.
        building: flat or residence; null for most.
        postcode, town, country: as written on a letter; country is ISO alpha-2.
        area: code into AREAS.
        zone: first digit of the landline (1–5), 0 abroad.
        department: French department, '99' abroad.
    """

    street: pa.Array
    building: pa.Array
    postcode: pa.Array
    town: pa.Array
    country: pa.Array
    department: pa.Array
    area: Ints
    zone: Ints

    def __len__(self) -> int:
        return len(self.street)


def make_homes(chance: Chance, count: int) -> Homes:
    """`count` homes. Cost: a few array operations over the homes."""
    rng = chance.stream("homes")
    towns = _places(chance)
    town = draw(rng, towns["weight"], count)
    postcode_at = towns["start"][town] + (rng.random(count) * towns["codes"][town]).astype(int)
    words = pieces("streets")
    number = 1 + np.floor(rng.exponential(32, count)).astype(int)
    suffix = draw(rng, [0.94, 0.04, 0.02], count)
    kind = rng.integers(0, len(words["kind"]), count)
    name = draw(rng, 1 / (np.arange(len(words["name"])) + 12.0), count)
    street = pc.binary_join_element_wise(
        pc.binary_join_element_wise(
            pa.array(number).cast(pa.string()), _take(["", " bis", " ter"], suffix), ""
        ),
        _take(words["kind"], kind),
        _take(words["name"], name),
        " ",
    )
    area = towns["area"][town]
    hamlet = (area == 2) & (rng.random(count) < HAMLET_SHARE)
    hamlets = _take(words["hamlet"], rng.integers(0, len(words["hamlet"]), count))
    street = pc.if_else(pa.array(hamlet), hamlets, street)
    building = rng.integers(0, len(words["building"]), count)
    has_building = (rng.random(count) < BUILDING_SHARE) & (area < 2)
    homes = {
        "street": street,
        "building": _take(words["building"], np.where(has_building, building, -1)),
        "postcode": _take(towns["postcode"], postcode_at),
        "town": _take(towns["town"], town),
        "country": pa.array(["FR"] * count),
        "department": _take(towns["department"], town),
    }
    zone_of = np.array([_zone(d) for d in towns["department"]])
    zone = zone_of[town]
    abroad = rng.random(count) < ABROAD_SHARE
    _move_abroad(homes, abroad, number, rng)
    return Homes(**homes, area=np.where(abroad, 0, area), zone=np.where(abroad, 0, zone))


def abroad_phones() -> dict[str, str]:
    """Country → pattern of a mobile number there: '+324{8}' stands for +324 and 8 digits."""
    return {row["country"]: row["phone"] for row in rows("abroad")}


def _places(chance: Chance) -> dict[str, np.ndarray]:
    """Towns, then villages: name, department, weight, area, and where their postcodes lie."""
    listed = rows("towns")
    names = [row["town"] for row in listed]
    departments = [row["department"] for row in listed]
    codes = [row["postcodes"].split() for row in listed]
    areas = [AREAS.index(row["area"]) for row in listed]
    weights = np.array([float(row["people"]) for row in listed]) ** 0.9
    parts = pieces("villages")
    rng = chance.stream("villages")
    french = sorted({d for d in departments if d not in ("75", "92", "93", "94")})
    made = [(a, b) for a in parts["first"] for b in parts["last"]]
    for i in rng.permutation(len(made)):
        department = french[rng.integers(len(french))]
        names.append(f"{made[i][0]}-{made[i][1]}")
        departments.append(department)
        codes.append(
            [f"{department[:2].replace('2A', '20').replace('2B', '20')}{rng.integers(10, 99)}0"]
        )
        areas.append(2)
    village = 0.5 + rng.random(len(made))
    village *= weights.sum() * RURAL_SHARE / (1 - RURAL_SHARE) / village.sum()
    sizes = np.array([len(c) for c in codes])
    return {
        "town": np.array(names, dtype=object),
        "department": np.array(departments, dtype=object),
        "weight": np.r_[weights, village],
        "area": np.array(areas),
        "codes": sizes,
        "start": np.cumsum(sizes) - sizes,
        "postcode": np.array([code for of_town in codes for code in of_town], dtype=object),
    }


def _zone(department: str) -> int:
    return next((zone for zone, listed in _ZONES.items() if department in listed.split()), 1)


def _move_abroad(
    homes: dict[str, pa.Array], abroad: np.ndarray, number: np.ndarray, rng: np.random.Generator
) -> None:
    listed = rows("abroad")
    which = rng.integers(0, len(listed), int(abroad.sum()))
    streets = [
        listed[w]["street"].format(n=n)
        for w, n in zip(which.tolist(), number[abroad].tolist(), strict=True)
    ]
    fields = {
        "street": streets,
        "building": [None] * len(which),
        "department": ["99"] * len(which),
        **{f: [listed[w][f] for w in which] for f in ("postcode", "town", "country")},
    }
    mask = pa.array(abroad)
    for field, values in fields.items():
        homes[field] = pc.replace_with_mask(homes[field], mask, pa.array(values, pa.string()))


def _take(words: list[str] | np.ndarray, codes: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes, mask=codes < 0))
