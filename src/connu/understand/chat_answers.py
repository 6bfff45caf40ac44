"""What a chat model may answer, and what of its answer is taken.

An answer is data from outside: it is held against its schema, the codebook and the text, statement
by statement. A quote that the text does not hold exactly, a theme that the codebook does not have,
a word that is not of the schema is refused and counted; nothing is mended, nothing is guessed. What
is taken of codes holds places in the text, and no words of the model's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from types import GenericAlias
from typing import Any, Literal

import msgspec

from connu.ledger.expectations import (
    ADDRESSEES,
    DIMENSIONS,
    FORMS,
    POLARITIES,
    RELATIONS,
    STATUSES,
)
from connu.understand.codes import CodedStatement
from connu.understand.quote import Refusal, find_quote, fold_with_places

#: Statements of a text, and themes and quotes of an answer, that are taken at most.
MOST_STATEMENTS, MOST_THEMES, MOST_QUOTES = 20, 12, 6
#: Texts whose words a proposed theme must show.
LEAST_QUOTED = 2

MALFORMED = "the answer is not of the schema"
WRONG_WORD = "a word is not of the schema"
UNKNOWN_THEME = "the codebook has no such theme"
TOO_MANY = "there are too many"
UNKNOWN_TEXT = "there is no such text"
KNOWN_THEME = "the codebook has this theme already"
FEW_QUOTES = "too few texts are quoted"
BAD_NAME = "the name or the definition cannot be one"
CONTRADICTION = "it says two things of one statement"

_WORDS = {
    "polarity": POLARITIES,
    "status": STATUSES,
    "form": FORMS,
    "addressee": ADDRESSEES,
    "relation": RELATIONS,
}
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
#: What no definition holds: markup, addresses, lines.
_NO_DEFINITION = re.compile(r"[<>{}`\x00-\x1f\x7f\u2028\u2029]|https?:|www\.|@")
_MOST_NAME, _MOST_DEFINITION = 32, 400


def _shape(name: str, *fields: tuple[str, Any]) -> Any:
    """A structure that knows no other words than these."""
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True)


_Statement = _shape(
    "Statement",
    ("quote", str),
    ("theme", str),
    *((word, Literal.__getitem__(values)) for word, values in _WORDS.items()),
)
_Quote = _shape("Quote", ("id", int), ("quote", str))
_Theme = _shape(
    "Theme",
    ("name", str),
    ("dimension", Literal.__getitem__(DIMENSIONS)),
    ("definition_fr", str),
    ("definition_en", str),
    ("quotes", GenericAlias(list, (_Quote,))),
)


class QuotedPlace(msgspec.Struct, frozen=True):
    """Where a text is quoted: text[start:end] of the text of that number."""

    text: int
    start: int
    end: int


class ThemeProposal(msgspec.Struct, frozen=True):
    """A theme that a person may take into the codebook.

    Attributes:
        name: a word of letters, digits and underscores that the codebook does not have.
        dimension: brand, product, interaction or society.
        definition: by language.
        quotes: of at least two texts.
    """

    name: str
    dimension: str
    definition: dict[str, str]
    quotes: tuple[QuotedPlace, ...]


def codes_schema(themes: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of an answer that codes one text."""
    words = {word: {"type": "string", "enum": list(values)} for word, values in _WORDS.items()}
    return _listing(
        "statements",
        {
            "quote": {"type": "string"},
            "theme": {"type": "string", "enum": list(themes)},
            **words,
        },
    )


def themes_schema() -> dict[str, Any]:
    """The JSON schema of an answer that proposes themes."""
    text = {"type": "string"}
    return _listing(
        "themes",
        {
            "name": text,
            "dimension": {"type": "string", "enum": list(DIMENSIONS)},
            "definition_fr": text,
            "definition_en": text,
            "quotes": {
                "type": "array",
                "items": _object({"id": {"type": "integer"}, "quote": text}),
            },
        },
    )


def checked_statements(
    answer: str | None, text: str, themes: Collection[str]
) -> tuple[tuple[CodedStatement, ...], Counter[str]] | None:
    """The statements of an answer that stand, and why the others do not.

    Args:
        answer: the model's.
        text: what was sent.
        themes: the codebook's.

    Returns:
        Statements in the order of the text, each once, and refusals by reason; None where the
        answer is not of the schema at all.
    """
    items = _items(answer, "statements")
    if items is None:
        return None
    folded = fold_with_places(text)
    taken: set[CodedStatement] = set()
    refused: Counter[str] = Counter()
    for place, item in enumerate(items):
        if place >= MOST_STATEMENTS:
            refused[TOO_MANY] += 1
            continue
        try:
            said = msgspec.json.decode(item, type=_Statement)
        except (msgspec.MsgspecError, RecursionError):
            refused[WRONG_WORD] += 1
            continue
        if said.theme not in themes:
            refused[UNKNOWN_THEME] += 1
            continue
        found = find_quote(text, said.quote, folded=folded)
        if isinstance(found, Refusal):
            refused[str(found)] += 1
            continue
        words = {word: getattr(said, word) for word in _WORDS}
        taken.add(CodedStatement(found.start, found.end, said.theme, **words))
    # One stretch has one code of a theme: where two disagree, neither is taken.
    by_place = Counter((one.start, one.end, one.theme) for one in taken)
    twice = {place for place, count in by_place.items() if count > 1}
    if twice:
        refused[CONTRADICTION] += sum(by_place[place] for place in twice)
    kept = [one for one in taken if (one.start, one.end, one.theme) not in twice]
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.theme))), refused


def checked_themes(
    answer: str | None, texts: Sequence[str], known: Collection[str]
) -> tuple[tuple[ThemeProposal, ...], Counter[str]] | None:
    """The themes of an answer that stand, and why the others do not; None as above.

    Args:
        answer: the model's.
        texts: what was sent, by their numbers.
        known: the codebook's themes.
    """
    items = _items(answer, "themes")
    if items is None:
        return None
    taken: dict[str, ThemeProposal] = {}
    refused: Counter[str] = Counter()
    for place, item in enumerate(items):
        if place >= MOST_THEMES:
            refused[TOO_MANY] += 1
            continue
        try:
            said = msgspec.json.decode(item, type=_Theme)
        except (msgspec.MsgspecError, RecursionError):
            refused[WRONG_WORD] += 1
            continue
        definition = {"fr": said.definition_fr.strip(), "en": said.definition_en.strip()}
        if not _speakable(said.name, definition):
            refused[BAD_NAME] += 1
        elif said.name in known or said.name in taken:
            refused[KNOWN_THEME] += 1
        else:
            quotes = _quoted(said.quotes, texts, refused)
            if len({one.text for one in quotes}) < LEAST_QUOTED:
                refused[FEW_QUOTES] += 1
            else:
                taken[said.name] = ThemeProposal(said.name, said.dimension, definition, quotes)
    return tuple(taken.values()), refused


def _quoted(
    quotes: Sequence[Any], texts: Sequence[str], refused: Counter[str]
) -> tuple[QuotedPlace, ...]:
    made = []
    for one in quotes[:MOST_QUOTES]:
        if not 0 <= one.id < len(texts):
            refused[UNKNOWN_TEXT] += 1
            continue
        found = find_quote(texts[one.id], one.quote)
        if isinstance(found, Refusal):
            refused[str(found)] += 1
            continue
        made.append(QuotedPlace(one.id, found.start, found.end))
    return tuple(dict.fromkeys(made))


def _speakable(name: str, definition: dict[str, str]) -> bool:
    """Whether a proposed name and definition can be shown and written."""
    return (
        len(name) <= _MOST_NAME
        and _NAME.fullmatch(name) is not None
        and all(
            0 < len(said) <= _MOST_DEFINITION and not _NO_DEFINITION.search(said)
            for said in definition.values()
        )
    )


def _items(answer: str | None, member: str) -> list[msgspec.Raw] | None:
    """The items of an answer's one list, not looked into; None where it has another shape."""
    try:
        whole = msgspec.json.decode(answer or "", type=dict[str, list[msgspec.Raw]])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return whole[member] if set(whole) == {member} else None


def _listing(member: str, properties: dict[str, Any]) -> dict[str, Any]:
    return _object({member: {"type": "array", "items": _object(properties)}})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
