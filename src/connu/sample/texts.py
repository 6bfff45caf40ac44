"""Texts as customers write them, and where in them each statement stands.

A text is pieces end to end: a greeting, statements, a closing, a signature. Positions are counted
in characters (code points) of the finished text, so a quote is always `text[start:end]`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Bools, Floats, Ints, draw, spread
from connu.sample.letters import typos, unaccented
from connu.sample.sayings import (
    COMPARISON,
    COMPLAINT,
    LACK,
    NONE,
    OTHERS,
    PEERS,
    PRAISE,
    REGRET,
    SHOULD,
    WISH,
    sayings,
)

CANNED_SHARE, EMPTY_SHARE, COPIED_SHARE = 0.02, 0.005, 0.01
TYPO_SHARE, UNACCENTED_SHARE, CAPITALS_SHARE, SMALL_SHARE = 0.10, 0.08, 0.02, 0.12
OTHER_LANGUAGE_SHARE = 0.03  # of statements: said in the other language
#: Forms of a statement about something unmet, and their shares.
_UNMET = (COMPLAINT, REGRET, LACK, COMPARISON, SHOULD, WISH)
_UNMET_SHARES = (0.50, 0.10, 0.09, 0.07, 0.13, 0.11)
ASIDE_SHARES = {PEERS: 0.025, OTHERS: 0.025, NONE: 0.12}
#: What each form does to the rating, times the theme's effect.
_FELT = {
    PRAISE: 1.0,
    COMPLAINT: -1.0,
    REGRET: -0.7,
    LACK: -0.5,
    COMPARISON: -0.6,
    SHOULD: -0.4,
    WISH: -0.2,
}
_BETWEEN = (". ", ". ", " ! ", ", ", "... ", ".\n", " ; ")
_BETWEEN_SHARES = (0.35, 0.15, 0.12, 0.16, 0.05, 0.12, 0.05)
_SENTENCE_ENDS = (0, 1, 2, 4, 5)  # after these a capital letter follows


@dataclass(frozen=True)
class Manner:
    """How people write on a channel.

    Attributes:
        statements: shares of texts with 1, 2, 3, 4 statements.
        greets, closes, signs, template, emoji: shares of texts with each.
        themes: factor on the weight of themes that are spoken of more or less there.
        mood: added to the log-odds that an expectation is met.
    """

    statements: tuple[float, ...]
    greets: float
    closes: float
    signs: float
    template: float
    emoji: float
    themes: dict[str, float]
    mood: float


@dataclass(frozen=True)
class Texts:
    """The texts of a channel and the statements in them.

    Attributes:
        text: one per row. language: code into LANGUAGES. score: what it does to the rating.
        of: row of the text of each statement, ascending. form, theme (-1: none): codes.
        start, end: where it stands. quote: its words.
    """

    text: pa.Array
    language: Ints
    score: Floats
    of: Ints
    form: Ints
    theme: Ints
    start: Ints
    end: Ints
    quote: pa.Array


def compose(
    manner: Manner, language: Ints, content: Floats, signature: pa.Array, rng: np.random.Generator
) -> Texts:
    """Write texts.

    Cost: array operations over the pieces of all texts.

    Args:
        manner: of the channel.
        language: of each text.
        content: how content each writer is (0: average).
        signature: what each signs with.
    """
    stock, n = sayings(), len(language)
    of, theme, form = _topics(manner, content, rng)
    other = rng.random(len(of)) < OTHER_LANGUAGE_SHARE
    said = stock.pick(rng, np.where(other, 1 - language[of], language[of]), form, theme)
    pieces = _Pieces(n)
    between = draw(rng, _BETWEEN_SHARES, len(of))
    place = spread(np.bincount(of, minlength=n))
    capital = np.r_[True, np.isin(between[:-1], _SENTENCE_ENDS)] | (place == 0)
    small = rng.random(n) < SMALL_SHARE
    body = pc.if_else(
        pa.array(capital & ~small[of]),
        stock.capital.take(pa.array(said)),
        stock.body.take(pa.array(said)),
    )
    last = np.r_[of[1:] != of[:-1], True]
    ending = pa.array((*_BETWEEN, ".", "", " !")).take(
        pa.array(np.where(last, len(_BETWEEN) + draw(rng, [0.6, 0.25, 0.15], len(of)), between))
    )
    pieces.add(of, 10 + place, body, ending, np.arange(len(of)))
    _surround(pieces, manner, language, signature, rng)
    capitals = rng.random(n) < CAPITALS_SHARE
    text, start, end, quote, which = pieces.joined(
        rng.random(n) < TYPO_SHARE, rng.random(n) < UNACCENTED_SHARE, capitals, rng
    )
    order = np.argsort(which, kind="stable")
    instead, text = _replaced(text, language, rng)
    keep = ~instead[of]
    score = np.bincount(of, _felt(form, theme), minlength=n).astype(np.float64)
    score[instead] = 0
    texts = Texts(
        text=text,
        language=language,
        score=score,
        of=of[keep],
        form=form[keep],
        theme=theme[keep],
        start=start[order][keep],
        end=end[order][keep],
        quote=quote.take(pa.array(order[keep])),
    )
    return _copied(texts, rng)


def _topics(manner: Manner, content: Floats, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """What is spoken of, text by text: row of the text, theme (-1: none) and form."""
    stock, n = sayings(), len(content)
    counts = 1 + draw(rng, manner.statements, n)
    of = np.repeat(np.arange(n), counts)
    weight = stock.weight * [manner.themes.get(name, 1.0) for name in stock.themes]
    theme = draw(rng, weight, len(of))
    odds = np.log(stock.met_share / (1 - stock.met_share))[theme] + manner.mood
    met = rng.random(len(of)) < 1 / (1 + np.exp(-odds - 0.9 * content[of]))
    form = np.where(met, PRAISE, np.array(_UNMET)[draw(rng, _UNMET_SHARES, len(of))])
    aside = draw(rng, [1 - sum(ASIDE_SHARES.values()), *ASIDE_SHARES.values()], len(of))
    form = np.where(aside > 0, np.array([-1, *ASIDE_SHARES])[aside], form)
    return of, np.where(aside > 0, -1, theme), form


def _felt(form: Ints, theme: Ints) -> Floats:
    table = np.zeros(NONE + 1)
    for code, feeling in _FELT.items():
        table[code] = feeling
    return table[form] * sayings().effect[theme] * (theme >= 0)


def _surround(
    pieces: _Pieces, manner: Manner, language: Ints, signature: pa.Array, rng: np.random.Generator
) -> None:
    """Greetings, closings, signatures, canned footers and emoji."""
    stock, n = sayings(), len(language)
    for share, place, lists, ends in (
        (manner.greets, 0, stock.openings, (" ", "\n")),
        (manner.closes, 20, stock.closings, (" ", "\n")),
        (manner.template, 40, stock.templates, ("", "")),
    ):
        at = np.flatnonzero(rng.random(n) < share)
        width = max(len(words) for words in lists)
        both = pa.array([w for words in lists for w in (words.to_pylist() * width)[:width]])
        chosen = both.take(pa.array(language[at] * width + rng.integers(0, width, len(at))))
        if place > 0:
            chosen = pc.binary_join_element_wise("\n" if place == 40 else " ", chosen, "")
        pieces.add(at, place, chosen, pa.array(ends).take(pa.array(rng.integers(0, 2, len(at)))))
    signs = (rng.random(n) < manner.signs) & signature.is_valid().to_numpy(zero_copy_only=False)
    at = np.flatnonzero(signs)
    signed = pc.binary_join_element_wise("\n", signature.take(pa.array(at)), "")
    pieces.add(at, 30, signed, pa.array([""] * len(at), pa.string()))
    at = np.flatnonzero(rng.random(n) < manner.emoji)
    smile = stock.emoji.take(pa.array(rng.integers(0, len(stock.emoji), len(at))))
    pieces.add(
        at, 35, pc.binary_join_element_wise(" ", smile, ""), pa.array([""] * len(at), pa.string())
    )


class _Pieces:
    """The pieces of texts: a body that may be a statement, and what separates it from the next."""

    def __init__(self, texts: int) -> None:
        self._texts = texts
        self._of: list[Ints] = []
        self._place: list[Ints] = []
        self._statement: list[Ints] = []
        self._body: list[pa.Array] = []
        self._after: list[pa.Array] = []

    def add(
        self,
        of: Ints,
        place: Ints | int,
        body: pa.Array,
        after: pa.Array,
        statement: Ints | None = None,
    ) -> None:
        self._of.append(of)
        self._place.append(np.broadcast_to(place, len(of)))
        self._body.append(body)
        self._after.append(after)
        self._statement.append(np.full(len(of), -1) if statement is None else statement)

    def joined(
        self, mistyped: Bools, bare: Bools, capitals: Bools, rng: np.random.Generator
    ) -> tuple[pa.Array, Ints, Ints, pa.Array, Ints]:
        """The texts; then start, end and words of each statement, and its number."""
        of = np.concatenate(self._of)
        order = np.lexsort((np.concatenate(self._place), of))
        of = of[order]
        statement = np.concatenate(self._statement)[order]
        body = pa.concat_arrays(self._body).take(pa.array(order))
        after = pa.concat_arrays(self._after).take(pa.array(order))
        body = typos(body, mistyped[of] & (statement >= 0), rng)
        body = unaccented(body, bare[of])
        body = pc.if_else(pa.array(capitals[of]), pc.utf8_upper(body), body)
        whole = pc.binary_join_element_wise(body, after, "")
        length = pc.utf8_length(whole).to_numpy().astype(np.int64)
        total = np.cumsum(length) - length
        edges = np.searchsorted(of, np.arange(self._texts + 1))
        start = total - total[edges[of]]
        lists = pa.ListArray.from_arrays(pa.array(edges, pa.int32()), whole)
        text = pc.utf8_rtrim_whitespace(pc.binary_join(lists, ""))
        at = np.flatnonzero(statement >= 0)
        end = start + pc.utf8_length(body).to_numpy()
        return text, start[at], end[at], body.take(pa.array(at)), statement[at]


def _replaced(text: pa.Array, language: Ints, rng: np.random.Generator) -> tuple[Bools, pa.Array]:
    """Some texts are empty, an emoji, an automatic reply or an attempt to break what reads them."""
    stock, n = sayings(), len(text)
    luck = rng.random(n)
    empty, canned = luck < EMPTY_SHARE, luck > 1 - CANNED_SHARE
    width = max(len(words) for words in stock.canned)
    both = pa.array([w for words in stock.canned for w in (words.to_pylist() * 2)[:width]])
    reply = both.take(pa.array(language * width + rng.integers(0, width, n)))
    text = pc.if_else(pa.array(canned), reply, text)
    return empty | canned, pc.if_else(pa.array(empty), pa.scalar(""), text)


def _copied(texts: Texts, rng: np.random.Generator) -> Texts:
    """Some texts are the one before, sent again word for word."""
    n = len(texts.text)
    copied = rng.random(n) < COPIED_SHARE
    copied &= ~np.r_[True, copied[:-1]] if n else copied
    source = np.arange(n) - copied
    counts = np.bincount(texts.of, minlength=n)
    first = np.cumsum(counts) - counts
    row = np.repeat(first[source], counts[source]) + spread(counts[source])
    return Texts(
        text=texts.text.take(pa.array(source)),
        language=texts.language[source],
        score=texts.score[source],
        of=np.repeat(np.arange(n), counts[source]),
        form=texts.form[row],
        theme=texts.theme[row],
        start=texts.start[row],
        end=texts.end[row],
        quote=texts.quote.take(pa.array(row)),
    )
