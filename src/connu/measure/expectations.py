"""What the codes of expectations are worth: held against verbatims that somebody coded by hand.

Themes are judged by verbatim; polarity and status where the theme is right; form and addressee, and
the expectation F1, where the truth says in which stretch a thing is said. Everything is arrays: who
codes, and what he learnt from, is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from connu.measure.bounds import Bounds, calibration_bounds
from connu.measure.reliability import Reliability, place_of, reliability
from connu.measure.span_figures import Spans, SpanScore, matched, span_score
from connu.measure.theme_figures import Found, ThemesScore, found, theme_score
from connu.measure.tone_figures import WordScore, word_score

#: Bins of the calibration error.
BINS = 10
#: Where nobody said it.
UNSAID = -1


@dataclass(frozen=True)
class CodedSpans:
    """Statements, with the words that only they have.

    Attributes:
        spans: where they stand, by theme and status.
        form, addressee: int64 (n,), or UNSAID.
    """

    spans: Spans
    form: np.ndarray
    addressee: np.ndarray


@dataclass(frozen=True)
class Codings:
    """How verbatims are coded, by one side.

    Attributes:
        themes: bool (verbatims, themes).
        polarity, status: int (verbatims, themes), or UNSAID.
        probability: float (verbatims, themes), that a theme told is meant; None of the truth.
        statements: None where nobody says in which stretch.
        located: bool (verbatims,): for which statements are given, of the truth; None: all.
    """

    themes: np.ndarray
    polarity: np.ndarray
    status: np.ndarray
    probability: np.ndarray | None = None
    statements: CodedSpans | None = None
    located: np.ndarray | None = None


@dataclass(frozen=True)
class Words:
    """The names behind the numbers: themes, and the values of polarity, status, form, addressee."""

    themes: Sequence[str]
    polarities: Sequence[str]
    statuses: Sequence[str]
    forms: Sequence[str]
    addressees: Sequence[str]


class ExpectationScore(msgspec.Struct, frozen=True):
    """How rightly expectations are coded; intervals are 95 %. None: the truth does not say.

    Attributes:
        themes: by verbatim.
        with_polarity: verbatim, theme and polarity together.
        polarity: of themes rightly found, three values. sides: positive or negative alone, where
            the truth says one of them.
        status: of themes rightly found.
        form, addressee: of statements whose theme and stretch are right.
        calibration_error: of the probabilities of themes told, 10 bins of equal width, 0–1.
        reliability: the curve behind it.
        expectations: with stretches; its expectation.f1 is the expectation F1.
        bounds: the 95 % interval of calibration_error, by that name, verbatims as units; none
            where no theme is told.
    """

    themes: ThemesScore
    with_polarity: Found | None
    polarity: WordScore | None
    sides: WordScore | None
    status: WordScore | None
    form: WordScore | None
    addressee: WordScore | None
    calibration_error: float
    reliability: list[Reliability]
    expectations: SpanScore | None
    bounds: dict[str, Bounds] = {}


def expectation_score(told: Codings, truth: Codings, words: Words) -> ExpectationScore:
    """Judge codes. 2,000 verbatims and 30 themes take about 2 s, most of it for the intervals.

    Args:
        told, truth: of the same verbatims, in the same order.
        words: what the numbers mean.
    """
    right = told.themes & truth.themes
    verbatim, theme = np.nonzero(right)
    polarity = told.polarity[verbatim, theme]
    true_polarity = truth.polarity[verbatim, theme]
    outright = [words.polarities.index(side) for side in ("positive", "negative")]
    curve, error, bounds = _calibration(told, truth)
    form = addressee = None
    expectations = None
    if told.statements is not None and truth.statements is not None:
        mine, theirs, judged = _located(told.statements, truth)
        expectations = span_score(mine.spans, theirs.spans, judged)
        rows, others = matched(mine.spans, theirs.spans, status=False, brand=False)
        whose = theirs.spans.verbatim[others]
        form = word_score(mine.form[rows], theirs.form[others], whose, words.forms)
        addressee = word_score(
            mine.addressee[rows], theirs.addressee[others], whose, words.addressees
        )
    return ExpectationScore(
        themes=theme_score(told.themes, truth.themes, words.themes),
        with_polarity=_with_polarity(told, truth),
        polarity=word_score(polarity, true_polarity, verbatim, words.polarities),
        sides=word_score(
            np.where(np.isin(polarity, outright), polarity, UNSAID),
            np.where(np.isin(true_polarity, outright), true_polarity, UNSAID),
            verbatim,
            words.polarities,
        ),
        status=word_score(
            told.status[verbatim, theme], truth.status[verbatim, theme], verbatim, words.statuses
        ),
        form=form,
        addressee=addressee,
        calibration_error=error,
        reliability=curve,
        expectations=expectations,
        bounds=bounds,
    )


def _with_polarity(told: Codings, truth: Codings) -> Found | None:
    """Theme and polarity together. A theme whose polarity the truth does not say counts nowhere."""
    said = truth.themes & (truth.polarity != UNSAID)
    if not said.any():
        return None
    unsaid = truth.themes & ~said
    counted = told.themes & ~unsaid
    right = said & counted & (told.polarity == truth.polarity)
    return found(right.sum(1), counted.sum(1), said.sum(1))


def _calibration(
    told: Codings, truth: Codings
) -> tuple[list[Reliability], float, dict[str, Bounds]]:
    """Of the themes told: how probable, and whether it is so."""
    if told.probability is None or not told.themes.any():
        return [], 0.0, {}
    probability = np.clip(told.probability[told.themes], 0.0, 1.0)
    right = truth.themes[told.themes].astype(np.float64)
    curve, error = reliability(probability, right, BINS)
    place, verbatim = place_of(probability, BINS), np.nonzero(told.themes)[0]
    bounds = calibration_bounds(probability, right, place, groups=verbatim)
    return curve, error, {"calibration_error": bounds}


def _located(told: CodedSpans, truth: Codings) -> tuple[CodedSpans, CodedSpans, int]:
    """Both sides on the verbatims whose stretches the truth gives, and how many they are."""
    assert truth.statements is not None
    if truth.located is None:
        return told, truth.statements, len(truth.themes)
    place = np.cumsum(truth.located) - 1

    def within(made: CodedSpans) -> CodedSpans:
        kept = truth.located[made.spans.verbatim]  # type: ignore[index]
        spans = made.spans
        return CodedSpans(
            Spans(
                place[spans.verbatim[kept]], spans.start[kept], spans.end[kept], spans.theme[kept],
                spans.status[kept], spans.brand[kept], spans.exact[kept],
            ),
            made.form[kept],
            made.addressee[kept],
        )  # fmt: skip

    return within(told), within(truth.statements), int(truth.located.sum())
