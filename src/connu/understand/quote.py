"""Quotes: where a text says what it is said to say, exactly or not at all.

Who proposes a quote (a chat model, a person typing) may write another case, no accents, straight
inverted commas or plain spaces. Text and quote are folded by that and nothing else, the text with
its way back, so that a quote that is found has its exact place in the original. Nothing is ever
matched by likeness: a fuzzy ratio of 90 accepted 58–81 % of falsified quotes, dropped negations
among them. A quote that begins within a word, or leaves out the negation it hangs on («happy» of
«not happy», «capable» of «incapable»), is refused too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

#: What is written in several ways: typographic marks, and letters that Unicode keeps whole.
_MARKS = {
    "’": "'", "‘": "'", "‛": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d",
}  # fmt: skip
#: Written or not, they say nothing: soft hyphen, zero-width space and joiner of words, a byte
#: order mark, how an emoji is drawn.
_NOTHING = frozenset("\u00ad\u200b\u2060\ufeff\ufe0e\ufe0f")
#: Accents. A stroke over letters (U+0334–0338) is none: it takes back what stands under it.
_ACCENTS = frozenset(map(chr, (*range(0x300, 0x334), *range(0x339, 0x370))))

#: Words that turn what follows within two words, in both languages, folded.
_BEFORE = frozenset(
    "ne n pas jamais sans aucun aucune ni nul nulle guere non not no never without nor neither "
    "none nobody nothing cannot hardly barely scarcely rarely".split()
)
#: Words that turn what they follow.
_AFTER = frozenset("pas jamais guere aucun aucune not never 't".split())
_REACH = 2
#: Code points before a quote that are looked at: two long words.
_WINDOW = 80
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CLAUSE_END = re.compile(r'[.,;:!?()"\n]')
#: The word after a quote in the same clause; «can» of «can't» is followed by «'t».
_NEXT_WORD = re.compile(r" ?('t\b|[^\W_]+)")


class Refusal(StrEnum):
    """Why a quote is refused."""

    EMPTY = "it has no word"
    ABSENT = "the text does not say it"
    CUT = "it begins or ends within a word"
    NEGATED = "it leaves out the negation it hangs on"


@dataclass(frozen=True)
class Span:
    """A place in a text: text[start:end], in code points."""

    start: int
    end: int


@dataclass(frozen=True)
class FoldedText:
    """A text without case, accents or typographic marks, with its way back.

    Attributes:
        text: folded; runs of blanks are one space.
        start: per folded code point, where what it came from begins in the original.
        end: … and where that ends, accents written apart included.
    """

    text: str
    start: tuple[int, ...]
    end: tuple[int, ...]


def fold_with_places(text: str) -> FoldedText:
    """Fold a text and keep where each code point came from.

    >>> folded = fold_with_places("L’ÉTÉ  fut…")
    >>> folded.text, folded.start[2], folded.start[6]
    ("l'ete fut...", 2, 7)
    """
    letters: list[str] = []
    start: list[int] = []
    end: list[int] = []
    for place, letter in enumerate(text):
        if letter in _NOTHING:
            continue
        if letter in _ACCENTS and letters and letters[-1].isalpha():
            end[-1] = place + 1
            continue
        for one in _folded(letter):
            if one == " " and letters and letters[-1] == " ":
                end[-1] = place + 1
                continue
            letters.append(one)
            start.append(place)
            end.append(place + 1)
    return FoldedText("".join(letters), tuple(start), tuple(end))


def find_quote(text: str, quote: str, *, folded: FoldedText | None = None) -> Span | Refusal:
    """Where a text holds a quote, the first place that stands by itself; or why it is refused.

    Args:
        text: the original.
        quote: what it is said to say; blanks around it are not looked at.
        folded: the text's, where many quotes of one text are looked for.

    >>> find_quote("J’aime L’ÉTÉ ici", "l'ete")
    Span(start=7, end=12)
    >>> find_quote("I am not happy", "happy").name, find_quote("unhappy", "happy").name
    ('NEGATED', 'CUT')
    """
    folded = folded or fold_with_places(text)
    wanted = fold_with_places(quote).text.strip()
    if not any(letter.isalnum() for letter in wanted):
        return Refusal.EMPTY
    refusal = Refusal.ABSENT
    at = folded.text.find(wanted)
    while at >= 0:
        stop = at + len(wanted)
        why = _refused(folded, at, stop)
        if why is None:
            return Span(folded.start[at], folded.end[stop - 1])
        if refusal is not Refusal.NEGATED:  # it says the contrary: what is told of several places
            refusal = why
        at = folded.text.find(wanted, at + 1)
    return refusal


def _folded(letter: str) -> str:
    """What one code point becomes: one or more, never none."""
    small = letter.casefold()
    if small in _MARKS:
        return _MARKS[small]
    if small.isspace():
        return " "
    if small.isascii():
        return small
    if not small.isalpha():
        return small
    bare = "".join(c for c in unicodedata.normalize("NFKD", small) if c not in _ACCENTS)
    return "".join(_MARKS.get(c, c) for c in bare) or small


def _refused(folded: FoldedText, at: int, stop: int) -> Refusal | None:
    """Why the folded stretch at:stop cannot stand for itself, or None."""
    text = folded.text
    if at and (_within(text, at) or folded.start[at] == folded.start[at - 1]):
        return Refusal.CUT
    if stop < len(text) and (_within(text, stop) or folded.start[stop] == folded.start[stop - 1]):
        return Refusal.CUT
    # Only what stands in the same clause: from the last mark that ends one.
    clause = _CLAUSE_END.split(text[max(0, at - _WINDOW) : at])[-1]
    for word in _WORD.findall(clause)[-_REACH:]:
        if word.endswith("n't") or not _BEFORE.isdisjoint(word.split("'")):
            return Refusal.NEGATED
    after = _NEXT_WORD.match(text, stop)
    if after is not None and after.group(1) in _AFTER:
        return Refusal.NEGATED
    return None


def _within(text: str, place: int) -> bool:
    """Whether a place lies between two signs of one word."""
    return text[place - 1].isalnum() and text[place].isalnum()
