"""Everything a customer may say: each theme's phrases put into each form, in both languages.

The whole stock (some ten thousand sentences) is made once, so that a statement is a number and a
million texts are gathers over the stock.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import cycle
from typing import Any

import numpy as np
import pyarrow as pa

from connu.sample.chance import Floats, Ints

LANGUAGES = ("fr", "en")
#: The first four say what is unmet, the next two what should be; then praise; then what is coded
#: but no expectation of the brand; then plain telling.
FORMS = (
    "complaint",
    "regret",
    "lack",
    "comparison",
    "should",
    "wish",
    "praise",
    "peers",
    "others",
    "none",
)
COMPLAINT, REGRET, LACK, COMPARISON, SHOULD, WISH, PRAISE, PEERS, OTHERS, NONE = range(10)
DIMENSIONS = ("brand", "product", "interaction", "society")
#: How many ways a phrase with slots is filled.
FILLINGS = 3
_NUMBERS = (3, 5, 8, 12, 15, 20, 4, 6, 10, 2)


@dataclass(frozen=True)
class Sayings:
    """The stock.

    Attributes:
        themes: their names. dimension: code into DIMENSIONS. weight, met_share, effect: per theme.
        body: all sentences, without a capital or a full stop. capital: the same with a capital.
        start, count: (languages, forms, themes + 1): where the sentences of each lie; the last
            theme is none at all (PEERS, OTHERS, NONE).
        openings, closings, templates, canned: per language, what stands around or instead.
        emoji: what posts end with.
    """

    themes: tuple[str, ...]
    dimension: Ints
    weight: Floats
    met_share: Floats
    effect: Floats
    body: pa.Array
    capital: pa.Array
    start: Ints
    count: Ints
    openings: tuple[pa.Array, ...]
    closings: tuple[pa.Array, ...]
    templates: tuple[pa.Array, ...]
    canned: tuple[pa.Array, ...]
    emoji: pa.Array

    def pick(self, rng: np.random.Generator, language: Ints, form: Ints, theme: Ints) -> Ints:
        """A sentence of each language, form and theme (-1: none)."""
        start = self.start[language, form, theme]
        return start + np.floor(rng.random(len(form)) * self.count[language, form, theme]).astype(
            np.int64
        )


@cache
def sayings() -> Sayings:
    """The stock of `words/sayings.toml` and `words/frames.toml`."""
    themes, frames = _read("sayings"), _read("frames")
    names = tuple(themes)
    around = frames.pop("around")
    body: list[str] = []
    start = np.zeros((len(LANGUAGES), len(FORMS), len(names) + 1), dtype=np.int64)
    count = np.zeros_like(start)
    for spoken, language in enumerate(LANGUAGES):
        fill = _Filler(around, language)
        for form, word in enumerate(FORMS):
            frame = frames[word]
            for theme in range(len(names) + 1):
                start[spoken, form, theme] = len(body)
                if theme < len(names) and "with" in frame:
                    body += _framed(frame, themes[names[theme]][language], language, fill)
                elif theme == len(names) and "with" not in frame:
                    for phrases in frame[language].values():
                        body += [made for phrase in phrases for made in fill(phrase)]
                count[spoken, form, theme] = len(body) - start[spoken, form, theme]
    listed = list(themes.values())
    return Sayings(
        themes=names,
        dimension=np.array([DIMENSIONS.index(t["dimension"]) for t in listed]),
        weight=np.array([float(t["weight"]) for t in listed]),
        met_share=np.array([float(t["met_share"]) for t in listed]),
        effect=np.array([float(t["effect"]) for t in listed]),
        body=pa.array(body),
        capital=pa.array([b[0].upper() + b[1:] for b in body]),
        start=start,
        count=count,
        openings=_lists(around, "opening"),
        closings=_lists(around, "closing"),
        templates=_lists(around, "template"),
        canned=_lists(around, "canned"),
        emoji=pa.array(around["emoji"]),
    )


class _Filler:
    """Fills the slots of a phrase, going round the words so that all are used."""

    def __init__(self, around: dict[str, Any], language: str) -> None:
        things = around["things" if language == "fr" else "things_en"]
        self._words = {
            "{n}": cycle(map(str, _NUMBERS)),
            "{thing}": cycle(things),
            "{shop}": cycle(around["shops"]),
            "{rival}": cycle(around["rivals"]),
        }

    def __call__(self, phrase: str) -> list[str]:
        made = []
        for _ in range(FILLINGS if "{" in phrase else 1):
            filled = phrase
            for slot, words in self._words.items():
                if slot in filled:
                    filled = filled.replace(slot, next(words))
            made.append(filled)
        return made


def _framed(
    frame: dict[str, Any], theme: dict[str, list[str]], language: str, fill: _Filler
) -> list[str]:
    """A theme's phrases in every frame of a form."""
    return [
        made
        for kind in frame["with"]
        for words in frame[language].get(kind, [])
        for phrase in theme[kind]
        for made in fill(words.replace("{x}", phrase))
    ]


def _lists(around: dict[str, Any], name: str) -> tuple[pa.Array, ...]:
    return tuple(pa.array(around[language][name]) for language in LANGUAGES)


def _read(name: str) -> dict[str, Any]:
    text = files("connu.sample").joinpath(f"words/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
