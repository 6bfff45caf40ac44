"""Spoken: what stands of a theme in a text, as polarity reads it.

By statement, one that holds a theme is read by itself. By text, all its statements are read
together, each as much as it speaks of the theme.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_matrix

from connu.understand.corpus import Corpus
from connu.understand.forms import EXPLICIT
from connu.understand.statements import Cut
from connu.understand.theme_coder import Told


@dataclass(frozen=True)
class Spoken:
    """What stands of a theme in a text, one a row.

    «Its statements» are those that speak of the theme, weighed; «its own» the one that does most.

    Attributes:
        local, whole: float32 (n, features): n-grams of its statements, and of the text.
        tone, whole_tone: float32 (n, 2): contentment, discontent, of its own and of the text.
        together: float32 (n, 2): the same of its statements.
        sides, whole_sides: float32 (n, 2): statements that are content, and discontent: its own,
            and all of the text.
        forms: float32 (n, len(EXPLICIT) + 1): its own by form; the last: none.
        theme: int64 (n,). statements: float32 (n,): of the text.
        held: float32 (n,): how many statements speak of it. judging: float32 (n,): words in them
            that judge. past: float32 (n,): those of them that tell how it was once.
        asked: float32 (n,): themes that the text is held to speak of.
        seen: bool (n,): whether a seed of the theme stands there.
        rating: float32 (n,): −1 low, 1 high, 0 neither or unknown.
    """

    local: csr_matrix
    whole: csr_matrix
    tone: np.ndarray
    whole_tone: np.ndarray
    together: np.ndarray
    sides: np.ndarray
    whole_sides: np.ndarray
    forms: np.ndarray
    theme: np.ndarray
    statements: np.ndarray
    held: np.ndarray
    judging: np.ndarray
    past: np.ndarray
    asked: np.ndarray
    seen: np.ndarray
    rating: np.ndarray

    def __len__(self) -> int:
        return len(self.theme)

    def part(self, rows: np.ndarray) -> Spoken:
        """Some of the rows."""
        return Spoken(*(getattr(self, one.name)[rows] for one in fields(self)))


def spoken_of(
    corpus: Corpus,
    cut: Cut,
    told: Told,
    statement: np.ndarray,
    theme: np.ndarray,
    rating: np.ndarray,
) -> Spoken:
    """What statements say of themes, each by itself.

    Args:
        corpus, cut, told: of the texts.
        statement, theme: int64 (n,): which.
        rating: float32 (texts,): −1 low, 1 high, 0 neither or unknown.
    """
    n, m = len(statement), len(cut.statements)
    one = csr_matrix((np.ones(n, np.float32), (np.arange(n), statement)), shape=(n, m))
    text = cut.statements.text[statement]
    return _spoken(
        corpus, cut, told, one, statement, theme, _asked(text, theme, len(corpus)), rating
    )


def spoken_in(
    corpus: Corpus,
    cut: Cut,
    told: Told,
    text: np.ndarray,
    theme: np.ndarray,
    rating: np.ndarray,
) -> tuple[Spoken, np.ndarray]:
    """What texts say of themes, all their statements together.

    Args:
        corpus, cut, told: of the texts.
        text, theme: int64 (n,): which, no pair twice.
        rating: float32 (texts,), as of `spoken_of`.

    Returns:
        One a pair whose text has statements; and bool (n,), for which pairs it has.
    """
    made = cut.statements
    asked = _asked(text, theme, len(corpus))
    begins = np.searchsorted(made.text, text)
    ends = np.searchsorted(made.text, text, side="right")
    there = ends > begins
    begins, size, theme = begins[there], (ends - begins)[there], theme[there]
    n = len(begins)
    first = np.cumsum(size) - size
    row = np.repeat(np.arange(n), size)
    at = np.arange(len(row)) - first[row] + begins[row]
    speaks = told.statement[at, theme[row]].astype(np.float64)
    most = np.maximum.reduceat(speaks, first) if n else np.zeros(0)
    weight = np.divide(speaks, most[row], out=np.ones_like(speaks), where=most[row] > 0) ** 2
    top = np.flatnonzero(speaks >= most[row])
    _, own = np.unique(row[top], return_index=True)
    weights = csr_matrix((weight.astype(np.float32), (row, at)), shape=(n, len(made)))
    spoken = _spoken(corpus, cut, told, weights, at[top[own]], theme, asked[there], rating)
    return spoken, there


def _spoken(
    corpus: Corpus, cut: Cut, told: Told, weights: csr_matrix, own: np.ndarray, theme: np.ndarray,
    asked: np.ndarray, rating: np.ndarray,
) -> Spoken:  # fmt: skip
    """Rows of weighed statements.

    Args:
        weights: float32 (n, statements). own: int64 (n,), of each row the statement it is most.
        theme: int64 (n,). asked: float32 (n,).
    """
    made, n = cut.statements, len(own)
    forms = np.zeros((n, len(EXPLICIT) + 1), np.float32)
    forms[np.arange(n), cut.forms.form[own]] = 1.0  # −1, none of them, is the last column
    whole, tone, sides, counted = _whole(corpus, cut, told)
    text = made.text[own]
    felt = _sides(cut)
    return Spoken(
        _levelled((weights @ told.witness.rows).tocsr()), whole[text], cut.tone[own], tone[text],
        weights @ cut.tone, weights @ felt, sides[text], forms, theme, counted[text],
        np.asarray(weights.sum(1), np.float32).ravel(), weights @ cut.judging.astype(np.float32),
        weights @ cut.forms.past.astype(np.float32), asked, told.witness.seeds[own, theme] > 0,
        rating[text],
    )  # fmt: skip


def _whole(
    corpus: Corpus, cut: Cut, told: Told
) -> tuple[csr_matrix, np.ndarray, np.ndarray, np.ndarray]:
    """n-grams, tone, content and discontent statements, and statements of whole texts."""
    made, n = cut.statements, len(corpus)
    of = csr_matrix(
        (np.ones(len(made), np.float32), (made.text, np.arange(len(made)))), shape=(n, len(made))
    )
    rows = _levelled((of @ told.witness.rows).tocsr())
    return (
        rows,
        of @ cut.tone,
        of @ _sides(cut),
        np.bincount(made.text, minlength=n).astype(np.float32),
    )


def _levelled(rows: csr_matrix) -> csr_matrix:
    """Sums of rows, as long as one row is: √2."""
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(1)).ravel())
    scale = np.divide(np.sqrt(2), length, out=np.zeros_like(length), where=length > 0)
    rows.data *= np.repeat(scale, np.diff(rows.indptr)).astype(np.float32)
    return rows


def _sides(cut: Cut) -> np.ndarray:
    """float32 (statements, 2): whether each is rather content, and rather discontent."""
    own = cut.tone[:, 0] - cut.tone[:, 1]
    return np.stack([own > 0, own < 0], axis=1).astype(np.float32)


def _asked(text: np.ndarray, theme: np.ndarray, texts: int) -> np.ndarray:
    """float32 (n,): how many themes are asked about of each row's text."""
    if not len(text):
        return np.zeros(0, np.float32)
    pairs = np.unique(np.stack([text, theme]), axis=1)[0]
    return np.bincount(pairs, minlength=texts).astype(np.float32)[text]
