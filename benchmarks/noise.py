"""How people and clerks garble what they write: slips of the finger, of the ear, of the form.

Every function takes lists of strings with the positions to garble, so that the clean majority
costs nothing, and a NumPy generator, so that a seed gives the same data everywhere.
"""

from __future__ import annotations

import numpy as np

_NEIGHBOURS = {
    key: near
    for row in ("azertyuiop", "qsdfghjklm", "wxcvbn", "1234567890")
    for key, near in zip(row, row[1:] + row[-2], strict=True)
}
_SOUNDS = (
    ("eau", "o"),
    ("ault", "aut"),
    ("ph", "f"),
    ("ck", "k"),
    ("ll", "l"),
    ("nn", "n"),
    ("tt", "t"),
    ("th", "t"),
    ("ie", "y"),
    ("y", "i"),
    ("s", "z"),
    ("c", "k"),
)


def slip(text: str, at: float, how: float) -> str:
    """One letter dropped, swapped, mistyped or doubled; `at` and `how` are uniform in [0, 1)."""
    if len(text) < 3:
        return text
    i = 1 + int(at * (len(text) - 2))
    if how < 0.25:
        return text[:i] + text[i + 1 :]
    if how < 0.5:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if how < 0.75:
        return text[:i] + _NEIGHBOURS.get(text[i].lower(), text[i]) + text[i + 1 :]
    return text[:i] + text[i] + text[i:]


def mishear(text: str, at: float, how: float) -> str:
    """One sound written another way; a slip when the word holds none of them."""
    low = text.lower()
    start = int(at * len(_SOUNDS))
    for old, new in _SOUNDS[start:] + _SOUNDS[:start]:
        i = low.find(old)
        if i > 0:
            return text[:i] + new + text[i + len(old) :]
    return slip(text, at, how)


def misspell(values: np.ndarray, where: np.ndarray, rng: np.random.Generator) -> None:
    """Garble `values` (object array of str) in place at the positions `where`."""
    at, how, ear = rng.random((3, len(where)))
    for i, a, h, e in zip(where.tolist(), at.tolist(), how.tolist(), ear.tolist(), strict=True):
        values[i] = mishear(values[i], a, h) if e < 0.3 else slip(values[i], a, h)


def change_case(first: np.ndarray, last: np.ndarray, rng: np.random.Generator) -> None:
    """Upper case in one record of eight, lower case in one of eight, upper surname in one of 14."""
    way = rng.random(len(first))
    for i in np.flatnonzero(way < 0.32).tolist():
        if way[i] < 0.12:
            first[i], last[i] = first[i].upper(), last[i].upper()
        elif way[i] < 0.25:
            first[i], last[i] = first[i].lower(), last[i].lower()
        else:
            last[i] = last[i].upper()
