"""Themes that a chat model proposes for the codebook, for a person to look at.

Texts share requests here: a text can touch what is proposed, but a theme needs exact quotes of two
texts, and is nothing until a person takes it into the codebook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from connu.kernel.errors import ModelError
from connu.understand.chat import DATA, MOST_ANSWER, Chat, Patience, as_data, granted_texts
from connu.understand.chat_answers import (
    MALFORMED,
    MOST_THEMES,
    ThemeProposal,
    checked_themes,
    themes_schema,
)
from connu.understand.endpoint import Cost, tokens_of

_KIND = "themes"
#: Code points of the texts of a request at most.
_TOGETHER = 60_000

_ASK = (
    "You find what customers speak of that a codebook of themes does not cover. "
    + DATA
    + "Propose "
    f"up to {MOST_THEMES} further themes that several verbatims speak of, and for each: name – one "
    "English word or two, lower case, joined by an underscore; dimension – brand, product, "
    "interaction or society; definition_fr and definition_en – one sentence of what belongs to it; "
    "quotes – up to six, each with the id of a verbatim and a stretch of it copied exactly. Where "
    "nothing is missing, propose nothing.\n\nThe codebook that is there:\n"
)


@dataclass(frozen=True)
class Proposals:
    """What is proposed for the codebook.

    Attributes:
        themes: each with quotes of at least two texts, by their places in what was given.
        refused: what was refused of the answers, by reason.
        failures: why answers are missing.
    """

    themes: tuple[ThemeProposal, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)
    failures: tuple[str, ...] = ()


class _Kept(msgspec.Struct):
    themes: tuple[ThemeProposal, ...]
    refused: dict[str, int]


#: Texts of a request: place, text.
_Part = list[tuple[int, str]]


def themes_cost(chat: Chat, texts: Sequence[str], granted: Sequence[bool]) -> Cost:
    """What `propose_themes` would take; nothing is sent.

    Args, raises: as `propose_themes`.
    """
    parts = _parts(texts, granted)
    missing = [part for part in parts if _known(chat, part) is None]
    sent = sum(map(len, missing))
    signs = sum(len(_given(part)) + len(_ASK + chat.listed) for part in missing)
    return Cost(
        sent,
        sum(map(len, parts)) - sent,
        len(missing),
        signs,
        tokens_of(signs),
        MOST_ANSWER * len(missing),
    )


def propose_themes(chat: Chat, texts: Sequence[str], granted: Sequence[bool]) -> Proposals:
    """Themes that the codebook lacks.

    Args:
        texts: masked; of a longer one the first 8,000 signs are read.
        granted: per text, whether its author granted the purpose; it is sent only then.

    Raises:
        UsageError: not as many grants as texts.
        ModelError: the cache cannot be written.
    """
    themes: dict[str, ThemeProposal] = {}
    refused: Counter[str] = Counter()
    failures: list[str] = []
    patience = Patience()
    for part in _parts(texts, granted):
        made = _known(chat, part)
        if made is None:
            try:
                answer = patience.asked(chat, _ASK + chat.listed, _given(part), themes_schema())
            except ModelError as error:
                failures.append(error.message)
                continue
            made = _kept(chat, part, answer)
        refused.update(made.refused)
        for theme in made.themes:
            quotes = tuple(
                msgspec.structs.replace(one, text=part[one.text][0]) for one in theme.quotes
            )
            first = themes.get(theme.name)  # two requests may find one theme
            if first is not None:
                theme, quotes = first, first.quotes + quotes
            themes[theme.name] = msgspec.structs.replace(theme, quotes=quotes)
    return Proposals(tuple(themes.values()), dict(refused), tuple(failures))


def _kept(chat: Chat, part: _Part, answer: str | None) -> _Kept:
    """What is taken of an answer, and kept if it is one."""
    checked = checked_themes(answer, [text for _, text in part], chat.codebook.names)
    if checked is None:
        return _Kept((), {MALFORMED: 1})
    made = _Kept(checked[0], dict(checked[1]))
    chat.cache.put(_key(chat, part), msgspec.json.encode(made))
    return made


def _known(chat: Chat, part: _Part) -> _Kept | None:
    data = chat.cache.get(_key(chat, part))
    if data is None:
        return None
    try:
        known = msgspec.json.decode(data, type=_Kept)
    except msgspec.MsgspecError:
        return None
    good = all(
        0 <= one.text < len(part) and 0 <= one.start < one.end <= len(part[one.text][1])
        for theme in known.themes
        for one in theme.quotes
    )
    return known if good else None


def _key(chat: Chat, part: _Part) -> bytes:
    return chat.key(_KIND, [text for _, text in part])


def _parts(texts: Sequence[str], granted: Sequence[bool]) -> list[_Part]:
    """Texts of requests, each once."""
    places: dict[str, int] = {}
    for place, text in granted_texts(texts, granted).items():
        if text.strip():
            places.setdefault(text, place)
    parts: list[_Part] = []
    signs = _TOGETHER
    for text, place in places.items():
        if signs + len(text) > _TOGETHER:
            parts.append([])
            signs = 0
        parts[-1].append((place, text))
        signs += len(text)
    return parts


def _given(part: _Part) -> str:
    return as_data(verbatims=[{"id": n, "text": text} for n, (_, text) in enumerate(part)])
