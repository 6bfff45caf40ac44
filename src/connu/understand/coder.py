"""The coder: from texts to expectations. It joins what is told of themes, tone, form and addressee.

A theme that is stated of a text is held by the statements that speak of it, or by the one that most
likely does. The whole coder is a value: it is pickled into a build, and coded with again elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from connu.understand.corpus import Corpus
from connu.understand.forms import EXPLICIT
from connu.understand.polarity import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Polarity,
    status_of,
)
from connu.understand.spoken import spoken_in, spoken_of
from connu.understand.statements import Cut, cut_texts
from connu.understand.theme_coder import ThemeCoder, Told

#: All forms, as numbers: the explicit ones, then these.
FORMS = (*EXPLICIT, "complaint", "praise", "none")
COMPLAINT, PRAISE, NONE = len(EXPLICIT), len(EXPLICIT) + 1, len(EXPLICIT) + 2
POLARITIES = ("negative", "neutral", "positive")
STATUSES = ("met", "unmet", "unknown")
#: A statement speaks of a theme that its text states from here on.
SPEAKS = 0.3
#: A second theme is held beside the first where a seed of it stands there and it is nearly as
#: likely.
BESIDE = 0.9
#: One that neither judges nor asks holds a theme, without labels, only where that is plain.
SURELY = 0.8
#: A statement that judges or asks is of its likeliest theme from here on, without labels.
ALONE = 0.35
#: The same where a seed of it stands there.
NAMED = 0.15


@dataclass(frozen=True)
class Coded:
    """Expectations, one a statement and theme, in the order of texts and statements.

    Attributes:
        statement, text, theme: int64 (n,).
        probability: float64 (n,): that the theme is meant.
        polarity: int64 (n,), into POLARITIES. form: int64 (n,), into FORMS.
        status: int64 (n,), into STATUSES.
        addressee: int8 (n,), into forms.ADDRESSEES. outside: bool (n,).
        cut: the statements. told: the themes.
    """

    statement: np.ndarray
    text: np.ndarray
    theme: np.ndarray
    probability: np.ndarray
    polarity: np.ndarray
    form: np.ndarray
    status: np.ndarray
    addressee: np.ndarray
    outside: np.ndarray
    cut: Cut
    told: Told


@dataclass
class Coder:
    """A coder of expectations.

    Attributes:
        themes: which themes. polarity: in which tone.
    """

    themes: ThemeCoder
    polarity: Polarity = field(default_factory=Polarity)

    def cut(self, corpus: Corpus) -> Cut:
        """The statements of texts."""
        return cut_texts(self.themes.evidence, corpus)

    def code(self, corpus: Corpus, rating: np.ndarray | None = None) -> Coded:
        """Code texts. About 300 µs a text of 130 signs.

        Args:
            corpus: the texts.
            rating: float32 (texts,): −1 low, 1 high, 0 neither or unknown.
        """
        cut = self.cut(corpus)
        told = self.themes.tell(corpus, cut)
        statement, theme = held_by(cut, told)
        text = cut.statements.text[statement]
        rated = np.zeros(len(corpus), np.float32) if rating is None else rating
        spoken = spoken_of(corpus, cut, told, statement, theme, rated)
        polarity = self.polarity.of(spoken).argmax(1)
        past = cut.forms.past[statement] & (self.polarity.columns is None)
        polarity = np.where(past & (polarity == POSITIVE), NEGATIVE, polarity)
        form = forms_with(cut.forms.form[statement], polarity, spoken.tone)
        probability = np.minimum(
            told.text[text, theme], np.maximum(told.statement[statement, theme], SPEAKS)
        )
        return Coded(
            statement, text, theme, np.where(_only(text, theme), told.text[text, theme],
            probability), polarity, form, status_of(cut.forms.form[statement], polarity),
            cut.forms.addressee[statement], cut.forms.outside[statement], cut, told,
        )  # fmt: skip

    def by_text(
        self, corpus: Corpus, coded: Coded, rating: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One polarity a text and stated theme, by all its statements together.

        Args:
            corpus, rating: as of `code`. coded: what it told.

        Returns:
            text, theme: int64 (n,); polarity: int64 (n,), into POLARITIES.
        """
        if not len(coded.text):
            return coded.text, coded.theme, coded.polarity
        rated = np.zeros(len(corpus), np.float32) if rating is None else rating
        text, theme = np.unique(np.stack([coded.text, coded.theme]), axis=1)
        spoken, there = spoken_in(corpus, coded.cut, coded.told, text, theme, rated)
        text, theme = text[there], theme[there]
        polarity = self.polarity.of(spoken).argmax(1)
        past = (2 * spoken.past >= spoken.held) & (self.polarity.columns is None)
        return text, theme, np.where(past & (polarity == POSITIVE), NEGATIVE, polarity)


def held_by(cut: Cut, told: Told) -> tuple[np.ndarray, np.ndarray]:
    """Which statements hold which stated themes: int64 (n,), int64 (n,).

    Each stated theme of a text is held by every statement that speaks of it; by the likeliest
    where none does. A statement holds the theme it speaks of most, and others only where they are
    nearly as likely, or nowhere else.
    """
    made = cut.statements
    if not len(made):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    stated = told.stated[made.text]
    likely = np.where(stated, told.statement, 0.0)
    best = likely.max(1, keepdims=True)
    beside = (told.witness.seeds > 0) & (likely >= BESIDE * best)
    speaks = stated & (likely >= SPEAKS) & ((likely >= best) | beside)
    if told.alone:
        # Without labels a statement that judges or asks is of its likeliest theme, if of any.
        says = (np.abs(cut.tone[:, 0] - cut.tone[:, 1]) > 0) | (cut.forms.form >= 0)
        speaks &= says[:, None] | (likely >= SURELY)
        top = told.statement.argmax(1)
        named = told.witness.seeds[np.arange(len(top)), top] > 0
        enough = told.statement.max(1) >= np.where(named, NAMED, ALONE)
        own = np.flatnonzero(says & ~speaks.any(1) & enough)
        speaks[own, top[own]] = True
    # Where nothing speaks of a stated theme: the statement that does most.
    begins = np.flatnonzero(np.r_[True, made.text[1:] != made.text[:-1]])
    run = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(made)]))
    spoken = np.logical_or.reduceat(speaks, begins, axis=0)
    top_of = np.maximum.reduceat(likely, begins, axis=0)
    first = stated & ~spoken[run] & (likely >= top_of[run])
    for_it = first & (np.cumsum(first, axis=0) - _before(first, begins, run) == 1)
    statement, theme = np.nonzero(speaks | for_it)
    return statement, theme


def forms_with(explicit: np.ndarray, polarity: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """int64 (n,), into FORMS: the explicit form, else praise, complaint or none by polarity.

    A form of discontent is none where the statement is content: «no complaints» lacks nothing.
    """
    told = np.select([polarity == POSITIVE, polarity == NEGATIVE], [PRAISE, COMPLAINT], NONE)
    kept = explicit >= 0
    for word in ("lack", "regret"):
        kept &= ~((explicit == EXPLICIT.index(word)) & (polarity == POSITIVE))
    kept &= ~(
        (explicit == EXPLICIT.index("comparison")) & (polarity == NEUTRAL) & (tone.sum(1) == 0)
    )
    return np.where(kept, explicit, told).astype(np.int64)


def _before(first: np.ndarray, begins: np.ndarray, run: np.ndarray) -> np.ndarray:
    """The running count as it stood when each text began."""
    counted = np.cumsum(first, axis=0)
    at = np.vstack([np.zeros((1, first.shape[1]), counted.dtype), counted[begins[1:] - 1]])
    return at[run]


def _only(text: np.ndarray, theme: np.ndarray) -> np.ndarray:
    """bool (n,): the first row of its text and theme."""
    if not len(text):
        return np.zeros(0, np.bool_)
    _, first = np.unique(text * 100_000 + theme, return_index=True)
    made = np.zeros(len(text), np.bool_)
    made[first] = True
    return made
