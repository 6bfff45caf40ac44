"""Codes as they are typed at the desk: themes by number or name, polarity and status by one key.

4-u 9      theme 4 is bad and unmet, theme 9 is spoken of
price-     the same theme by its name
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from connu.kernel.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from connu.understand.codes import Codes

#: Key → polarity.
POLARITY_KEYS = {"+": "positive", "-": "negative", "=": "neutral"}
#: Key → status.
STATUS_KEYS = {"m": "met", "u": "unmet", "?": "unknown"}
_KEYS = "".join((*POLARITY_KEYS, *STATUS_KEYS))
_SHOWN = {"positive": "+", "negative": "−", "neutral": "="}


def typed_codes(text: str, themes: Sequence[str], draft: Codes) -> Codes:
    """The codes that a line says: these themes and no others.

    A theme of the draft keeps its polarity and status where the line says none.

    Args:
        text: themes with blanks or commas between.
        themes: the codebook's, by number from 1.
        draft: what stands on the screen.

    Raises:
        UsageError: a word is no theme; the hint names the nearest.

    >>> from connu.understand.codes import coded
    >>> typed_codes("2-u 1", ["app", "price"], coded([])).to_json()
    '{"themes":["app","price"],"polarity":{"price":"negative"},"status":{"price":"unmet"}}'
    """
    from connu.understand.codes import coded

    polarity: dict[str, str] = {}
    status: dict[str, str] = {}
    named: list[str] = []
    for theme, keys in _words(text, themes):
        named.append(theme)
        for kept, said, choices in (
            (polarity, draft.polarity, POLARITY_KEYS),
            (status, draft.status, STATUS_KEYS),
        ):
            chosen = {choices[key] for key in keys if key in choices}
            if len(chosen) > 1:
                raise UsageError(f"«{keys}» says two things at once", hint="give one key of a kind")
            if chosen:
                kept[theme] = chosen.pop()
            elif theme in said:
                kept[theme] = said[theme]
    return coded(named, polarity, status)


def with_themes(draft: Codes, more: Codes) -> Codes:
    """The draft and further themes; of a theme in both, what the further codes say."""
    from connu.understand.codes import coded

    return coded(
        [*draft.themes, *more.themes],
        {**draft.polarity, **more.polarity},
        {**draft.status, **more.status},
    )


def without_themes(draft: Codes, less: Codes) -> Codes:
    """The draft without some themes."""
    from connu.understand.codes import coded

    stay = [theme for theme in draft.themes if theme not in less.themes]
    return coded(
        stay,
        {theme: draft.polarity[theme] for theme in stay if theme in draft.polarity},
        {theme: draft.status[theme] for theme in stay if theme in draft.status},
    )


def shown_codes(codes: Codes, themes: Sequence[str]) -> str:
    """Codes in a few words, as they are typed.

    >>> from connu.understand.codes import coded
    >>> shown_codes(coded(["price"], {"price": "negative"}, {"price": "unmet"}), ["app", "price"])
    '2 price − unmet'
    >>> shown_codes(coded([]), ["app"])
    'no theme'
    """
    return (
        ", ".join(
            shown_theme(theme, themes, codes.polarity_of(theme), codes.status_of(theme))
            for theme in codes.themes
        )
        or "no theme"
    )


def shown_theme(
    theme: str, themes: Sequence[str], polarity: str | None = None, status: str | None = None
) -> str:
    """A theme with its number, polarity and status."""
    number = str(themes.index(theme) + 1) if theme in themes else ""
    return " ".join(filter(None, (number, theme, _SHOWN.get(polarity or ""), status)))


def _words(text: str, themes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The themes that a line names, each with its keys. Of names that fit the longest counts: one
    may hold blanks, or end like a key."""
    names = "|".join(re.escape(name) for name in sorted(themes, key=len, reverse=True))
    word = re.compile(rf"({names}|[0-9]+)([{re.escape(_KEYS)}]*)(?:[\s,]+|$)")
    rest = text.strip(" ,\t")
    while rest:
        found = word.match(rest)
        if found is None:
            head = re.split(r"[\s,]", rest, maxsplit=1)[0].rstrip(_KEYS) or rest
            raise UsageError(f"«{head}» is no theme", hint=_near(head, themes))
        name, keys = found[1], found[2]
        if name not in themes:
            if not 1 <= int(name[:9]) <= len(themes):
                raise UsageError(
                    f"there is no theme {name}", hint=f"numbers go from 1 to {len(themes)}"
                )
            name = themes[int(name) - 1]
        yield name, keys
        rest = rest[found.end() :]


def _near(word: str, themes: Sequence[str]) -> str:
    hint = did_you_mean(word, themes)
    return hint if hint.startswith("did") else "t lists the themes, ? the keys"
