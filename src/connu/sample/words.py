"""The word lists of the sample: names by origin and decade, towns, streets. Made up or common.

The lists lie in `words/*.csv`. Surnames get a long tail of composed forms, because how rare a
name is must matter in the sample as it does in life.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product

import numpy as np
import pyarrow as pa
from anyascii import anyascii

from connu.sample.chance import Bools, Floats, Ints, zipf

ORIGINS = ("fr", "mg", "en", "de", "es", "pt", "it", "as", "wa")
ORIGIN_SHARES = (0.70, 0.075, 0.03, 0.025, 0.03, 0.04, 0.035, 0.03, 0.035)
FIRST_DECADE, DECADES = 1930, 9

#: Written with a hyphen in the lists, with a space on paper: «Le Gall», «Ben Salah».
_PARTICLES = ("Le", "La", "De", "Du", "Da", "El", "Ben", "Aït", "Van")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `words/<name>.csv`."""
    text = files("connu.sample").joinpath(f"words/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def pieces(name: str) -> dict[str, list[str]]:
    """The lists of a file of parts, each written on one line with bars between."""
    return {row[next(iter(row))]: row["pieces"].split("|") for row in rows(name)}


def fold(word: str) -> str:
    """Lower case, no accents, letters and digits alone: «Le Gall» → «legall»."""
    return "".join(c for c in anyascii(word).lower() if c.isalnum())


@dataclass(frozen=True)
class FirstNames:
    """First names, and how often each is given by origin, sex and decade of birth.

    Attributes:
        words: the distinct names.
        folded: the same, folded.
        weights: (origins × sexes × decades, names); row = (origin * 2 + female) * DECADES + decade.
        short: for each name the codes of its short forms in `shorts` (several rows a name).
        shorts: short forms.
    """

    words: pa.Array
    folded: pa.Array
    weights: Floats
    shorts: pa.Array
    short_of: dict[int, list[int]]

    @staticmethod
    def group(origin: Ints, female: Bools, birth_year: Ints) -> Ints:
        """The row of `weights` for each person."""
        decade = np.clip((birth_year - FIRST_DECADE) // 10, 0, DECADES - 1)
        return (origin * 2 + female) * DECADES + decade


@cache
def first_names() -> FirstNames:
    """The first names of `words/first_names.csv` with the nicknames of `words/nicknames.csv`."""
    listed = rows("first_names")
    words = sorted({name for row in listed for name in row["names"].split()})
    code = {name: i for i, name in enumerate(words)}
    weights = np.full((len(ORIGINS) * 2 * DECADES, len(words)), 0.0)
    middles = FIRST_DECADE + 10 * np.arange(DECADES) + 5
    for row in listed:
        origin, female = ORIGINS.index(row["origin"]), int(row["sex"] == "f")
        names = row["names"].split()
        rank = zipf(len(names), 0.8, 4.0)
        width = 7.0 if row["origin"] == "fr" else 14.0
        fashion = np.exp(-(((middles - int(row["peak"])) / width) ** 2) / 2) + 0.004
        base = (origin * 2 + female) * DECADES
        for place, name in enumerate(names):
            weights[base : base + DECADES, code[name]] += rank[place] * fashion
    shorts = sorted({row["short"] for row in rows("nicknames")})
    place_of = {short: i for i, short in enumerate(shorts)}
    short_of: dict[int, list[int]] = {}
    for row in rows("nicknames"):
        if row["name"] in code:
            short_of.setdefault(code[row["name"]], []).append(place_of[row["short"]])
    return FirstNames(
        words=pa.array(words),
        folded=pa.array([fold(w) for w in words]),
        weights=weights,
        shorts=pa.array(shorts),
        short_of=short_of,
    )


@dataclass(frozen=True)
class Surnames:
    """Surnames of every origin: the listed ones, then the composed, rarer ones.

    Attributes:
        words: all surnames.
        folded: the same, folded.
        codes: per origin, the codes of its surnames.
        weights: per origin, their weights.
    """

    words: pa.Array
    folded: pa.Array
    codes: list[Ints]
    weights: list[Floats]


@cache
def surnames() -> Surnames:
    """Listed surnames take 62 % of the people, composed ones the rest."""
    listed = {row["origin"]: row["names"].split() for row in rows("surnames")}
    parts: dict[str, dict[str, list[str]]] = {}
    for row in rows("surname_parts"):
        parts.setdefault(row["origin"], {})[row["part"]] = row["pieces"].split()
    shuffle = np.random.default_rng(1793)  # a property of the list, not of the brand's seed
    words: list[str] = []
    codes, weights = [], []
    for origin in ORIGINS:
        common = [_spaced(name) for name in dict.fromkeys(listed[origin])]
        made = dict.fromkeys(_composed(parts[origin], common))
        rare = [name for name in made if name not in set(common)]
        rare = [rare[i] for i in shuffle.permutation(len(rare))]
        codes.append(np.arange(len(words), len(words) + len(common) + len(rare)))
        words += common + rare
        weights.append(np.r_[0.62 * zipf(len(common), 0.8, 20), 0.38 * zipf(len(rare), 0.7, 300)])
    return Surnames(pa.array(words), pa.array([fold(w) for w in words]), codes, weights)


def _spaced(name: str) -> str:
    head, _, tail = name.partition("-")
    return f"{head} {tail}" if tail and head in _PARTICLES else name


def _composed(parts: dict[str, list[str]], common: list[str]) -> list[str]:
    made = [
        head + middle + tail
        for head, middle, tail in product(parts["head"], parts.get("middle", [""]), parts["tail"])
        if len(middle) < 2 or head[-1] in "aeéiou"  # «Grandrtoy» cannot be said
    ]
    stems = made[::97]
    made += [f"{before} {stem}" for before in parts.get("before", []) for stem in stems]
    double = [f"{a}-{b}" for a, b in product(common[5:60], common[7:90:3]) if a != b]
    return made + double
