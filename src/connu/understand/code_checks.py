"""Checking codes that come from outside: every word known, every stretch within its text.

Errors say what is wrong and the remedy; they name themes, never what a customer wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from connu.kernel.errors import UsageError, did_you_mean
from connu.ledger.expectations import ADDRESSEES, FORMS, POLARITIES, RELATIONS, STATUSES
from connu.understand.codes import CodedStatement, Codes, coded

#: How polarity may be written besides its word.
_SIGNS = {1: "positive", -1: "negative", 0: "neutral"}
#: What a statement may say besides where it stands and its theme: word → its values.
_WORDS = {
    "polarity": POLARITIES,
    "status": STATUSES,
    "form": FORMS,
    "addressee": ADDRESSEES,
    "relation": RELATIONS,
}
_STATEMENT = ("start", "end", "quote", "theme", *_WORDS)


def checked_codes(said: Mapping[str, Any], known: Collection[str]) -> tuple[Codes, dict[int, str]]:
    """The codes that a label says, every word of it checked.

    Args:
        said: themes, polarity, status, statements; other members are not looked at. Themes may be
            left out where statements name them.
        known: the codebook's themes.

    Returns:
        The codes; and quotes by statement's place, where only the quote or both it and positions
        are given. A statement that has a quote alone stands at start = end = -1 until `placed`.

    Raises:
        UsageError: what is wrong, and the remedy.
    """
    given = said.get("statements")
    statements, quotes = _statements(given, known)
    if "themes" not in said and not statements:
        raise UsageError(
            "«themes» is missing",
            hint='name the themes, as in "themes": ["delivery"]; "themes": [] says there is none',
        )
    themes = said.get("themes", [one.theme for one in statements])
    if not isinstance(themes, list) or not all(isinstance(theme, str) for theme in themes):
        raise UsageError("«themes» is no list of names", hint='as in "themes": ["delivery"]')
    for theme in themes:
        _check_theme(theme, known)
    for one in statements:
        if one.theme not in themes:
            raise UsageError(
                f"a statement speaks of «{one.theme}», which «themes» does not name",
                hint="add it to «themes», or leave «themes» out",
            )
    polarity = _by_theme(said, "polarity", themes, POLARITIES)
    status = _by_theme(said, "status", themes, STATUSES)
    codes = Codes(tuple(sorted(set(themes))), polarity, status, tuple(statements))
    return codes, quotes


def placed(codes: Codes, quotes: Mapping[int, str], text: str | None) -> Codes:
    """The codes with every statement where it stands in the text.

    Args:
        codes: from `checked_codes`.
        quotes: likewise.
        text: the verbatim; None: not at hand, positions are taken as they are.

    Raises:
        UsageError: a position beyond the text, a quote that is not in it, or in it twice.
    """
    made = []
    for place, one in enumerate(codes.statements):
        start, end, quote = one.start, one.end, quotes.get(place)
        if text is None:
            if start < 0:
                raise UsageError(
                    "a statement has a quote alone, and there is no build to find it in",
                    hint="run connu build first, or give start and end",
                )
        elif start < 0 and quote is not None:
            start = text.find(quote)
            end = start + len(quote)
            if start < 0:
                raise UsageError(
                    "a quote is not in the text",
                    hint="copy it letter for letter, or give start and end",
                )
            if text.find(quote, start + 1) >= 0:
                raise UsageError(
                    "a quote is in the text more than once",
                    hint="give start and end, or a longer quote",
                )
        elif end > len(text) or quote not in (None, text[start:end]):
            raise UsageError(
                "start and end are beyond the text"
                if end > len(text)
                else "start and end do not hold the quote",
                hint="positions are code points from 0: text[start:end] is the quote",
            )
        made.append(msgspec.structs.replace(one, start=start, end=end))
    return coded(codes.themes, codes.polarity, codes.status, made)


def _statements(
    given: object, known: Collection[str]
) -> tuple[list[CodedStatement], dict[int, str]]:
    if given is None:
        return [], {}
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise UsageError(
            "«statements» is no list of objects",
            hint='as in "statements": [{"start": 0, "end": 9, "theme": "delivery"}]',
        )
    made, quotes = [], {}
    for place, one in enumerate(given):
        for word in one:
            if word not in _STATEMENT:
                raise UsageError(
                    f"a statement has no member «{word}»", hint=did_you_mean(word, _STATEMENT)
                )
        theme = one.get("theme")
        if not isinstance(theme, str):
            raise UsageError("a statement names no theme", hint='add "theme": "…" to it')
        _check_theme(theme, known)
        start, end, quote = one.get("start"), one.get("end"), one.get("quote")
        if quote is not None:
            if not isinstance(quote, str) or not quote:
                raise UsageError("a quote is no text", hint="copy it from the verbatim")
            quotes[place] = quote
        if start is None and end is None and quote is not None:
            start = end = -1
        elif not (type(start) is int and type(end) is int and 0 <= start < end):
            raise UsageError(
                "a statement does not say where it stands",
                hint='give "start" and "end" in code points, start before end, or a "quote"',
            )
        words = {
            word: _value(word, one[word], values)
            for word, values in _WORDS.items()
            if one.get(word) is not None
        }
        made.append(CodedStatement(start, end, theme, **words))
    return made, quotes


def _by_theme(
    said: Mapping[str, Any], word: str, themes: Collection[str], values: tuple[str, ...]
) -> dict[str, str]:
    given = said.get(word)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise UsageError(
            f"«{word}» is no object", hint=f'as in "{word}": {{"delivery": "{values[0]}"}}'
        )
    for theme in given:
        if theme not in themes:
            raise UsageError(
                f"«{word}» speaks of a theme that «themes» does not name",
                hint=f"{did_you_mean(theme, themes)}" if themes else "add it to «themes»",
            )
    return {
        theme: _value(word, value, values)
        for theme, value in sorted(given.items())
        if value is not None
    }


def _value(word: str, value: object, values: tuple[str, ...]) -> str:
    if word == "polarity" and type(value) in (int, float) and value in _SIGNS:
        return _SIGNS[int(value)]
    if isinstance(value, str) and value in values:
        return value
    known = f"one of {', '.join(values)}" + (", or 1, -1, 0" if word == "polarity" else "")
    raise UsageError(f"«{word}» has a value that connu does not know", hint=known)


def _check_theme(theme: str, known: Collection[str]) -> None:
    if theme not in known:
        raise UsageError(
            f"the codebook has no theme «{theme}»",
            hint=did_you_mean(theme, known) + "; the codebook is codebook.toml beside connu.toml",
        )
