"""Expectation rows: what a coder told of verbatims, as tables of words and quotes.

Quotes are cut from the masked texts, which are as long as they were, so that places hold. What a
person coded replaces what the machine thought of that verbatim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.hand_labels import polarity_of
from connu.app.heard import Heard
from connu.ledger.expectations import CODERS, EXPECTATION_BASES, EXPECTATIONS, RELATIONS, STATEMENTS
from connu.understand.codebook import Codebook
from connu.understand.coder import FORMS, NONE, PRAISE, STATUSES, Coded, Coder, forms_with
from connu.understand.codes import CodedStatement, Codes
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.forms import ADDRESSEES, EXPLICIT
from connu.understand.masking import mask
from connu.understand.polarity import NEGATIVE, NEUTRAL, POSITIVE, status_of

#: How sure a code made by hand is taken to be.
BY_HAND = 0.98
_POLARITIES = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Rows:
    """Expectations of some verbatims, a row each.

    Attributes:
        text: int64, row within the part. statement: int64, −1: a stretch drawn by hand.
        start, end: int64, code points of the verbatim.
        theme, polarity, form, status: int64, as `coder` numbers them.
        addressee: int64. outside, hand: bool. probability: float64.
    """

    text: np.ndarray
    statement: np.ndarray
    start: np.ndarray
    end: np.ndarray
    theme: np.ndarray
    polarity: np.ndarray
    form: np.ndarray
    status: np.ndarray
    addressee: np.ndarray
    outside: np.ndarray
    hand: np.ndarray
    probability: np.ndarray

    def take(self, at: np.ndarray) -> Rows:
        """Some of the rows, in the order asked."""
        return Rows(*(getattr(self, name)[at] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class CodedPart:
    """What is told of some verbatims.

    Attributes:
        statements, expectations: tables, shapes STATEMENTS and EXPECTATIONS.
        text: float64 (verbatims, themes): the machine's probabilities.
    """

    statements: pa.Table
    expectations: pa.Table
    text: np.ndarray


def code_part(
    coder: Coder, heard: Heard, first: int, last: int, said: dict[int, Codes]
) -> CodedPart:
    """Code the verbatims of heard[first:last].

    Args:
        coder: learnt.
        heard: all verbatims.
        first, last: which.
        said: by row of `heard`, what people coded.
    """
    table = heard.table.slice(first, last - first)
    texts = table["text"].combine_chunks()
    corpus = read_part(heard, first, last)
    coded = coder.code(corpus, heard.rated[first:last])
    rows = _rows(corpus, coded)
    mine = {i - first: codes for i, codes in said.items() if first <= i < last}
    if mine:
        rows = _by_hand(rows, corpus, coded, mine, coder.themes.evidence.codebook)
    masked = mask(texts, table["names"].combine_chunks()).to_pylist()
    codebook = coder.themes.evidence.codebook
    spoken = heard.language.slice(first, last - first)
    return CodedPart(
        _statements(table, corpus, coded, rows, masked, spoken),
        _expectations(table, _numbered(rows, coded), masked, spoken, codebook),
        coded.told.text,
    )


def read_part(heard: Heard, first: int, last: int) -> Corpus:
    """The corpus of heard[first:last], by the stretches that are the customers' own."""
    own = heard.own
    a, b = np.searchsorted(own.text, [first, last])
    return corpus_of(
        heard.texts.slice(first, last - first),
        heard.language.slice(first, last - first),
        text=own.text[a:b] - first,
        start=own.start[a:b],
        end=own.end[a:b],
    )


def read_rows(heard: Heard, rows: np.ndarray) -> Corpus:
    """The corpus of some verbatims, in the order given, likewise; each at most once."""
    own = heard.own
    order = np.argsort(rows, kind="stable")
    kept = np.isin(own.text, rows)
    text = order[np.searchsorted(rows[order], own.text[kept])]
    by = np.argsort(text, kind="stable")
    return corpus_of(
        heard.texts.take(pa.array(rows)),
        heard.language.take(pa.array(rows)),
        text=text[by],
        start=own.start[kept][by],
        end=own.end[kept][by],
    )


def _rows(corpus: Corpus, coded: Coded) -> Rows:
    made = coded.cut.statements
    at = corpus.folded.starts[coded.text] if len(coded.text) else coded.text
    return Rows(
        coded.text, coded.statement, made.start[coded.statement] - at,
        made.end[coded.statement] - at, coded.theme, coded.polarity, coded.form, coded.status,
        coded.addressee.astype(np.int64), coded.outside, np.zeros(len(coded.text), np.bool_),
        coded.probability,
    )  # fmt: skip


def _by_hand(
    rows: Rows, corpus: Corpus, coded: Coded, said: dict[int, Codes], codebook: Codebook
) -> Rows:
    """The rows, those of verbatims that people coded replaced by what these said."""
    number = {name: k for k, name in enumerate(codebook.names)}
    coded_by_hand = np.isin(rows.text, np.fromiter(said, np.int64, len(said)))
    parts = [rows.take(np.flatnonzero(~coded_by_hand))]
    for text, codes in said.items():
        if codes.statements:
            parts += [_drawn(text, one, codes, number) for one in codes.statements]
            continue
        for theme in codes.themes:
            if theme not in number:
                continue
            there = np.flatnonzero((rows.text == text) & (rows.theme == number[theme]))
            found = (
                rows.take(there) if len(there) else _likeliest(corpus, coded, text, number[theme])
            )
            parts.append(_as_said(found, codes, theme))
    joined = Rows(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Rows.__dataclass_fields__)
    )
    return joined.take(np.lexsort((joined.theme, joined.start, joined.text)))


def _likeliest(corpus: Corpus, coded: Coded, text: int, theme: int) -> Rows:
    """The statement of a text that most likely speaks of a theme, or the whole text, as a row."""
    made, cut = coded.cut.statements, coded.cut
    begin = int(corpus.folded.starts[text])
    at = np.flatnonzero(made.text == text)
    if len(at):
        best = int(at[coded.told.statement[at, theme].argmax()])
        felt = np.sign(cut.tone[best, 0] - cut.tone[best, 1])
        polarity = np.array([{1: POSITIVE, -1: NEGATIVE}.get(int(felt), NEUTRAL)])
        explicit = cut.forms.form[[best]]
        form = forms_with(explicit, polarity, cut.tone[[best]])
        where = (int(made.start[best]) - begin, int(made.end[best]) - begin, best)
        to, outside = int(cut.forms.addressee[best]), bool(cut.forms.outside[best])
    else:
        polarity, explicit, form = np.array([NEUTRAL]), np.array([-1]), np.array([NONE])
        where = (0, int(corpus.folded.starts[text + 1]) - begin, -1)
        to, outside = 0, False
    return _row(
        text, where, theme, polarity[0], form[0], status_of(explicit, polarity)[0], to, outside
    )


def _as_said(rows: Rows, codes: Codes, theme: str) -> Rows:
    """Rows of one theme with the polarity and status that a person gave it."""
    polarity, status = polarity_of(codes, theme), codes.status_of(theme)
    n = len(rows.text)
    told = rows.polarity if polarity is None else np.full(n, _POLARITIES.index(polarity))
    judged = np.where(rows.form < len(EXPLICIT), rows.form, _judgement(told))
    if status is not None:
        state = np.full(n, STATUSES.index(status))
    elif polarity is not None:
        explicit = np.where(rows.form < len(EXPLICIT), rows.form, -1)
        state = status_of(explicit, told)
    else:
        state = rows.status
    return replace(
        rows, polarity=told, form=judged, status=state, hand=np.ones(n, np.bool_),
        probability=np.full(n, BY_HAND),
    )  # fmt: skip


def _drawn(text: int, one: CodedStatement, codes: Codes, number: dict[str, int]) -> Rows:
    """A stretch that a person drew, as a row; none of a theme that is no more."""
    if one.theme not in number:
        return _row(text, (0, 0, -1), 0, 0, 0, 0, 0, False).take(np.zeros(0, np.int64))
    status = one.status or codes.status_of(one.theme)
    polarity = one.polarity or polarity_of(codes, one.theme)
    if polarity is None:
        polarity = {"met": "positive", "unmet": "negative"}.get(status or "", "neutral")
    told = _POLARITIES.index(polarity)
    form = FORMS.index(one.form) if one.form else int(_judgement(np.array([told]))[0])
    state = STATUSES.index(status) if status else int(
        status_of(np.array([form if form < len(EXPLICIT) else -1]), np.array([told]))[0]
    )  # fmt: skip
    return _row(
        text, (one.start, one.end, -1), number[one.theme], told, form, state,
        ADDRESSEES.index(one.addressee or "brand"), one.relation == "outside",
    )  # fmt: skip


def _row(
    text: int, where: tuple[int, int, int], theme: int, polarity: int, form: int, status: int,
    to: int, outside: bool,
) -> Rows:  # fmt: skip
    numbers = (text, where[2], where[0], where[1], theme, polarity, form, status, to)
    columns: list[np.ndarray] = [np.array([value], np.int64) for value in numbers]
    columns += [np.array([outside]), np.array([True]), np.array([BY_HAND])]
    return Rows(**dict(zip(Rows.__dataclass_fields__, columns, strict=True)))


def _judgement(polarity: np.ndarray) -> np.ndarray:
    """int64 (n,), into FORMS: what a judgement is called."""
    return np.select([polarity == POSITIVE, polarity == NEGATIVE], [PRAISE, PRAISE - 1], NONE)


def _numbered(rows: Rows, coded: Coded) -> Rows:
    """The rows, statements numbered within their verbatim, as `statements` numbers them."""
    first = np.searchsorted(coded.cut.statements.text, rows.text)
    return replace(rows, statement=np.where(rows.statement >= 0, rows.statement - first, -1))


def _expectations(
    table: pa.Table, rows: Rows, masked: list[str], spoken: pa.Array, codebook: Codebook
) -> pa.Table:
    at = pa.array(rows.text)
    explicit = rows.form < len(EXPLICIT)
    dimensions = [theme.dimension for theme in codebook.themes]
    columns = {
        **{name: table[name].take(at) for name in ("verbatim_id", "subject_kind", "subject")},
        "dimension": _words(dimensions, rows.theme),
        "theme": _words(codebook.names, rows.theme),
        "polarity": _words(_POLARITIES, rows.polarity),
        "status": _words(STATUSES, rows.status),
        "form": _words(FORMS, rows.form),
        "addressee": _words(ADDRESSEES, rows.addressee),
        "probability": pa.array(np.round(rows.probability, 6)),
        "start": pa.array(rows.start, pa.int32()),
        "end": pa.array(rows.end, pa.int32()),
        "quote": _quotes(masked, rows.text, rows.start, rows.end),
        "basis": _words(EXPECTATION_BASES, np.where(explicit, 0, 1)),
        "source": table["source"].take(at),
        "row": table["row"].take(at),
        "statement": pa.array(rows.statement, pa.int32()),
        "language": spoken.take(at),
        "relation": _words(RELATIONS, rows.outside.astype(np.int64)),
        "time": table["time"].take(at),
        "by": _words(CODERS, rows.hand.astype(np.int64)),
    }
    return pa.table({name: columns[name] for name in EXPECTATIONS.names}).cast(EXPECTATIONS)


def _statements(
    table: pa.Table,
    corpus: Corpus,
    coded: Coded,
    rows: Rows,
    masked: list[str],
    spoken: pa.Array,
) -> pa.Table:
    """Every statement, whatever it speaks of; its tone as its first theme's row has it."""
    made, cut = coded.cut.statements, coded.cut
    begin = corpus.folded.starts[made.text] if len(made) else made.text
    start, end = made.start - begin, made.end - begin
    felt = np.sign(cut.tone[:, 0] - cut.tone[:, 1]).astype(np.int64)
    polarity = np.select([felt > 0, felt < 0], [POSITIVE, NEGATIVE], NEUTRAL)
    form = forms_with(cut.forms.form, polarity, cut.tone)
    held = np.flatnonzero(rows.statement >= 0)[::-1]
    polarity[rows.statement[held]] = rows.polarity[held]
    form[rows.statement[held]] = rows.form[held]
    at = pa.array(made.text)
    columns = {
        **{
            name: table[name].take(at)
            for name in ("source", "row", "verbatim_id", "subject_kind", "subject", "time",
                         "channel", "rating", "nps")
        },
        "statement": pa.array(np.arange(len(made)), pa.int32()),
        "language": spoken.take(at),
        "form": _words(FORMS, form),
        "polarity": _words(_POLARITIES, polarity),
        "addressee": _words(ADDRESSEES, cut.forms.addressee),
        "relation": _words(RELATIONS, cut.forms.outside.astype(np.int64)),
        "start": pa.array(start, pa.int32()),
        "end": pa.array(end, pa.int32()),
        "quote": _quotes(masked, made.text, start, end),
    }  # fmt: skip
    numbered = columns["statement"].to_numpy()
    first = np.searchsorted(made.text, made.text)
    columns["statement"] = pa.array(numbered - first, pa.int32())
    return pa.table({name: columns[name] for name in STATEMENTS.names}).cast(STATEMENTS)


def _words(words: tuple[str, ...] | list[str], numbers: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(numbers.astype(np.int64)))


def _quotes(texts: list[str], text: np.ndarray, start: np.ndarray, end: np.ndarray) -> pa.Array:
    """The words of each stretch; a slice a row, some 0.3 µs."""
    places = zip(text.tolist(), start.tolist(), end.tolist(), strict=True)
    quotes = pa.array([texts[i][a:b] for i, a, b in places], pa.string())
    return pc.fill_null(quotes, "")
