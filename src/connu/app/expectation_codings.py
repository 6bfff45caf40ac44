"""Codes of verbatims as arrays to be held against each other: a truth's, a build's, a coder's.

Numbers are places in the words of `ledger.expectations`, whoever coded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from connu.app.expectation_truth import TruthLine
from connu.ledger.expectations import ADDRESSEES, FORMS, POLARITIES, STATUSES
from connu.measure.expectations import UNSAID, CodedSpans, Codings, Words
from connu.measure.span_figures import Spans
from connu.understand import coder as coders
from connu.understand.codebook import Codebook
from connu.understand.corpus import Corpus
from connu.understand.forms import ADDRESSEES as CODER_ADDRESSEES
from connu.understand.masking import MASK

#: What is meant where a statement coded by hand does not say whom it addresses.
_MEANT = "brand"


def words_of(codebook: Codebook) -> Words:
    """The names behind the numbers."""
    return Words(codebook.names, POLARITIES, STATUSES, FORMS, ADDRESSEES)


def truth_codings(lines: Sequence[TruthLine], codebook: Codebook) -> Codings:
    """The codings of a truth, its lines in order; statements must be placed."""
    at = {name: number for number, name in enumerate(codebook.names)}
    shape = len(lines), len(at)
    themes = np.zeros(shape, np.bool_)
    polarity, status = np.full(shape, UNSAID), np.full(shape, UNSAID)
    rows: list[tuple[int, ...]] = []
    for number, one in enumerate(lines):
        for name in one.codes.themes:
            place = at[name]
            themes[number, place] = True
            polarity[number, place] = _number(POLARITIES, one.codes.polarity_of(name))
            status[number, place] = _number(STATUSES, one.codes.status_of(name))
        rows += [
            (
                number, said.start, said.end, at[said.theme],
                _number(STATUSES, said.status or one.codes.status_of(said.theme)),
                _number(FORMS, said.form), _number(ADDRESSEES, said.addressee),
            )
            for said in one.codes.statements
        ]  # fmt: skip
    located = np.array([one.located for one in lines], np.bool_)
    if not located.any():
        return Codings(themes, polarity, status)
    columns = np.array(rows, np.int64).reshape(-1, 7).T
    verbatim, start, end, theme, state, form, addressee = columns
    brand = (addressee == ADDRESSEES.index(_MEANT)) | (addressee == UNSAID)
    spans = Spans(verbatim, start, end, theme, state, brand, np.ones(len(rows), np.bool_))
    return Codings(
        themes, polarity, status, statements=CodedSpans(spans, form, addressee), located=located
    )


def coder_codings(coder: coders.Coder, corpus: Corpus) -> Codings:
    """The codings of a coder; one polarity a text and theme, by all its statements together.

    Args:
        coder: who codes.
        corpus: the texts.
    """
    coded = coder.code(corpus)
    starts, verbatims = corpus.folded.starts, len(corpus)
    themes = coder.themes.evidence.themes
    made = coded.cut.statements
    start = made.start[coded.statement] - starts[coded.text]
    end = made.end[coded.statement] - starts[coded.text]
    codings = _codings(
        verbatims, themes, coded.text, coded.theme, coded.probability,
        _translated(coders.POLARITIES, POLARITIES)[coded.polarity],
        _translated(coders.STATUSES, STATUSES)[coded.status],
        _translated(coders.FORMS, FORMS)[coded.form],
        _translated(CODER_ADDRESSEES, ADDRESSEES)[coded.addressee],
        start, end, np.ones(len(start), np.bool_),
    )  # fmt: skip
    text, theme, polarity = coder.by_text(corpus, coded)
    codings.polarity[text, theme] = _translated(coders.POLARITIES, POLARITIES)[polarity]
    return codings


def build_codings(
    table: pa.Table, verbatim: np.ndarray, texts: Sequence[str], codebook: Codebook
) -> Codings:
    """The codings of a build.

    Args:
        table: rows of `expectations`.
        verbatim: int64 (rows,): whose, a place in `texts`.
        texts: of the verbatims judged.
        codebook: today's; rows of a theme that is no more count nowhere.
    """
    at = {name: number for number, name in enumerate(codebook.names)}
    current = [at.get(codebook.current(name) or "", -1) for name in table["theme"].to_pylist()]
    theme = np.array(current, np.int64)
    kept = np.flatnonzero(theme >= 0)
    table, theme, verbatim = table.take(pa.array(kept)), theme[kept], verbatim[kept]
    start, end = (
        table[name].cast(pa.int64()).fill_null(-1).to_numpy() for name in ("start", "end")
    )
    exact = np.array(
        [
            quote is not None and _holds(texts[text], a, b, quote)
            for text, a, b, quote in zip(
                verbatim.tolist(), start.tolist(), end.tolist(), table["quote"].to_pylist(),
                strict=True,
            )
        ],
        np.bool_,
    )  # fmt: skip

    def said(word: str, values: Sequence[str]) -> np.ndarray:
        return np.array([_number(values, one) for one in table[word].to_pylist()], np.int64)

    return _codings(
        len(texts), len(at), verbatim, theme, table["probability"].fill_null(0.0).to_numpy(),
        said("polarity", POLARITIES), said("status", STATUSES), said("form", FORMS),
        said("addressee", ADDRESSEES), start, end, exact,
    )  # fmt: skip


def _codings(
    n: int, themes: int, verbatim: np.ndarray, theme: np.ndarray, probability: np.ndarray,
    polarity: np.ndarray, status: np.ndarray, form: np.ndarray, addressee: np.ndarray,
    start: np.ndarray, end: np.ndarray, exact: np.ndarray,
) -> Codings:  # fmt: skip
    """Rows, one a statement and theme, as codings of verbatims."""
    told = np.zeros((n, themes), np.bool_)
    told[verbatim, theme] = True
    sure = np.zeros((n, themes))
    np.maximum.at(sure, (verbatim, theme), probability)
    brand = addressee == ADDRESSEES.index(_MEANT)
    spans = Spans(verbatim, start, end, theme, status, brand, exact)
    return Codings(
        told,
        _likeliest(n, themes, verbatim, theme, polarity, probability, len(POLARITIES)),
        _likeliest(n, themes, verbatim, theme, status, probability, len(STATUSES)),
        sure,
        CodedSpans(spans, form, addressee),
    )


def _likeliest(
    n: int, themes: int, verbatim: np.ndarray, theme: np.ndarray, value: np.ndarray,
    probability: np.ndarray, values: int,
) -> np.ndarray:  # fmt: skip
    """int (n, themes): the value that the statements of a verbatim and theme say most surely, all
    together; UNSAID where none does."""
    said = np.flatnonzero(value >= 0)
    sums = np.zeros((n, themes, values), np.float32)
    np.add.at(sums, (verbatim[said], theme[said], value[said]), probability[said] + 1e-6)
    return np.where(sums.any(2), sums.argmax(2), UNSAID)


def _holds(text: str, start: int, end: int, quote: str) -> bool:
    """Whether a quote is what stands there, but for personal data masked in it, sign by sign."""
    there = text[start:end] if 0 <= start < end <= len(text) else ""
    return len(there) == len(quote) > 0 and all(
        a == b or b == MASK for a, b in zip(there, quote, strict=True)
    )


def _number(values: Sequence[str], word: str | None) -> int:
    return values.index(word) if word in values else UNSAID


def _translated(of: Sequence[str], to: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """By number in one list of words the number in another."""
    return np.array([to.index(word) for word in of], np.int64)
