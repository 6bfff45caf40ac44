"""The words of masking.toml as patterns that both Python and RE2 read alike.

RE2 looks through whole columns for the texts that may hold personal data, Python finds the exact
places in these few. So patterns are written once, without what RE2 does not know (looking around),
and blanks and letters are spelled out: the two differ in what `\\s` and `\\b` mean.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

#: A blank inside a line, and one letter of any script with what a name may hold besides.
BLANK = "[ \t\u00a0\u202f\u2009]"
LETTER = "(?:\\p{L}|[\u0300-\u036f])"
_LOOSE = {
    "a": "[aàâä]", "c": "[cç]", "e": "[eéèêë]", "i": "[iîï]", "o": "[oôö]", "u": "[uùûü]",
    "'": "['’]", " ": f"{BLANK}+",
}  # fmt: skip


@cache
def masking_words() -> dict[str, dict[str, str]]:
    """masking.toml."""
    text = files("connu.understand").joinpath("masking.toml").read_text(encoding="utf-8")
    words: dict[str, Any] = tomllib.loads(text)
    return words


@cache
def listed(section: str, key: str) -> frozenset[str]:
    """Words of a list that blanks separate, folded."""
    return frozenset(
        plain(word) for word in masking_words()[section][key].replace("|", " ").split()
    )


@cache
def any_of(section: str, key: str, *, loose: bool = True) -> str:
    """A pattern of any word or phrase of a list that bars separate, the longest first.

    Args:
        loose: whether the accents that customers write or leave out are let in.
    """
    words = masking_words()[section][key].replace("\n", "|").split("|")
    words = sorted({word.strip() for word in words} - {""}, key=lambda word: (-len(word), word))
    return "|".join(loosely(word) if loose else re.escape(word) for word in words)


def loosely(word: str) -> str:
    """A pattern of a word in lower case without accents, whichever accents it is written with."""
    return "".join(_LOOSE.get(letter) or re.escape(letter) for letter in word)


def plain(word: str) -> str:
    """A word without case and accents.

    >>> plain("Élève")
    'eleve'
    """
    bare = unicodedata.normalize("NFKD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of both worlds for Python, which knows no `\\p{L}` and `\\p{Lu}`."""
    return re.compile(pattern.replace("\\p{Lu}", _CAPITALS).replace("\\p{L}", "[^\\W\\d_]"))


#: Python knows no class of capitals: those of Latin, Greek and Cyrillic are enough for names.
_CAPITALS = "[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĜĞĠĢĤĦĨĪĮİĴĶĹĻĽŁŃŅŇŌŐŒŔŖŘŚŜŞŠŢŤŦŨŪŮŰŲŴŶŸŹŻŽȘȚΑ-ΩА-Я]"
