"""Numerals: numbers as they stand in a sentence, in both languages.

A count of few people is never written: whoever reads «3 customers» may know which three.
"""

from __future__ import annotations

import math

from connu.measure.few import K_LEAST
from connu.measure.words import Words

#: No-break spaces: before a percent sign, and between the thousands of French.
_NARROW = "\u202f"
_NO_BREAK = "\u00a0"


def counted(number: float) -> Words:
    """A count of people or of what is theirs, in full; few are «fewer than 10».

    >>> counted(3400).en, counted(3).en
    ('3,400', 'fewer than 10')
    """
    whole = round(number)
    if 0 < whole < K_LEAST:
        return Words(f"fewer than {K_LEAST}", f"moins de {K_LEAST}")
    return _apart(whole)


def about(number: float) -> Words:
    """An estimate, rounded to two digits: more would pretend to know.

    >>> about(3412.7).en, about(64.2).en
    ('3,400', '64')
    """
    if number < 100:
        return _apart(round(number))
    places = 1 - math.floor(math.log10(number))
    return _apart(round(number, places))


def between(low: float | None, high: float | None) -> Words:
    """An interval of a count, in brackets with a space before; nothing where there is none.

    >>> between(120, 1980).en
    ' (120–2,000)'
    """
    if low is None or high is None:
        return Words("", "")
    first, last = about(low), about(high)
    return Words(f" ({first.en}–{last.en})", f" ({first.fr} à {last.fr})")


def percent(share: float) -> Words:
    """A share (0–1) in whole percent; what is neither nothing nor all never reads so.

    >>> percent(0.123).en.replace("\\u00a0", " "), percent(0.998).en.replace("\\u00a0", " ")
    ('12 %', '99 %')
    """
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return Words(f"{whole}{_NO_BREAK}%", f"{whole}{_NO_BREAK}%")


def named(word: str) -> Words:
    """A name of the brand's own, marked as such.

    >>> named("support").en
    '«support»'
    """
    return Words(f"«{word}»", f"«{_NO_BREAK}{word}{_NO_BREAK}»")


def filled(words: Words, **values: Words | str) -> Words:
    """A sentence with what stands in braces filled in, each language with its own.

    >>> filled(Words("{n} more", "{n} de plus"), n=counted(1200)).en
    '1,200 more'
    """
    return Words(
        words.en.format_map({k: _said(v, "en") for k, v in values.items()}),
        words.fr.format_map({k: _said(v, "fr") for k, v in values.items()}),
    )


def _said(value: Words | str, language: str) -> str:
    return value.said(language) if isinstance(value, Words) else value


def _apart(number: float) -> Words:
    said = f"{int(number):,}"
    return Words(said, said.replace(",", _NARROW))
