"""Figures of expectations: by hand, against scikit-learn, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_recall_fscore_support

from connu.measure.expectations import (
    UNSAID,
    CodedSpans,
    Codings,
    Words,
    expectation_score,
)
from connu.measure.intervals import wilson
from connu.measure.mean_f1 import mean_f1
from connu.measure.repeats import repeated
from connu.measure.span_figures import Spans, matched, span_score
from connu.measure.theme_figures import theme_score
from connu.measure.tone_figures import word_score

WORDS = Words(
    ["app", "price", "staff"],
    ["positive", "negative", "neutral"],
    ["met", "unmet", "unknown"],
    ["wish", "none"],
    ["brand", "peers"],
)


def made(seed: int, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random((n, 3)) < 0.4
    told = truth ^ (rng.random((n, 3)) < 0.2)
    return told, truth


# ------------------------------------------------------------------ themes
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_themes_are_scikit_learns(seed):
    told, truth = made(seed)
    score = theme_score(told, truth, WORDS.themes)
    p, r, f, _ = precision_recall_fscore_support(truth, told, zero_division=0)
    for k, name in enumerate(WORDS.themes):
        one = score.by_theme[name]
        assert (one.precision.value, one.recall.value, one.f1.value) == pytest.approx(
            (p[k], r[k], f[k])
        )
        assert one.f1.low <= one.f1.value <= one.f1.high
    assert score.micro.f1.value == pytest.approx(f1_score(truth, told, average="micro"))
    assert score.macro.value == pytest.approx(f1_score(truth, told, average="macro"))


def test_a_theme_that_the_truth_does_not_name_costs_precision_and_no_macro_f1():
    truth = np.array([[True, False, False]] * 5)
    told = np.array([[True, True, False]] * 5)
    score = theme_score(told, truth, WORDS.themes)
    assert score.macro.value == 1.0
    assert score.micro.precision.value == 0.5
    assert list(score.by_theme) == ["app", "price"]
    assert score.by_theme["price"].f1.value == 0.0


def test_nothing_told_and_nothing_true():
    empty = np.zeros((4, 3), bool)
    score = theme_score(empty, empty, WORDS.themes)
    assert (score.macro.value, score.macro.low, score.macro.high) == (0.0, 0.0, 1.0)
    none = theme_score(np.zeros((0, 3), bool), np.zeros((0, 3), bool), WORDS.themes)
    assert none.verbatims == 0 and none.by_theme == {}


# --------------------------------------------------------------- intervals
def coded(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Themes told and true of n verbatims: one often, one in ten, one in thirty."""
    truth = rng.random((n, 3)) < np.array([0.5, 0.1, 0.03])
    told = np.where(truth, rng.random((n, 3)) < 0.75, rng.random((n, 3)) < 0.04)
    return told, truth


@pytest.mark.parametrize(("verbatims", "least"), [(80, 0.9), (500, 0.92)])
def test_intervals_hold_the_truth_as_often_as_they_say(verbatims, least):
    told, truth = coded(np.random.default_rng(1), 400_000)
    sums = [counts.sum(0) for counts in (told & truth, told, truth)]
    f1 = 2 * sums[0] / (sums[1] + sums[2])
    rng = np.random.default_rng(2)
    held = {"f1": 0, "micro": 0, "macro": 0}
    for _ in range(300):
        found = theme_score(*coded(rng, verbatims), WORDS.themes)
        first = found.by_theme[WORDS.themes[0]].f1
        micro = 2 * sums[0].sum() / (sums[1] + sums[2]).sum()
        held["f1"] += first.low <= f1[0] <= first.high
        held["micro"] += found.micro.f1.low <= micro <= found.micro.f1.high
        if len(found.by_theme) == 3:  # else the mean is of other themes
            held["macro"] += found.macro.low <= f1.mean() <= found.macro.high
        else:
            held["macro"] += 1
    assert all(least <= many / 300 <= 0.99 for many in held.values()), held


def test_the_order_of_verbatims_does_not_matter():
    told, truth = coded(np.random.default_rng(3), 200)
    one = theme_score(told, truth, WORDS.themes)
    two = theme_score(told[::-1], truth[::-1], WORDS.themes)
    assert (one.macro.low, one.macro.high) == pytest.approx((two.macro.low, two.macro.high))


def test_what_nobody_contradicts_is_not_certain_for_that():
    """Ten of ten right is not 100 % to 100 %."""
    told = np.zeros((50, 3), bool)
    told[:10, 0] = told[:20, 1] = True
    truth = np.zeros((50, 3), bool)
    truth[:30, 0] = True
    first, second = (theme_score(told, truth, WORDS.themes).by_theme[t] for t in WORDS.themes[:2])
    assert first.precision == wilson(1.0, 10)
    assert second.precision == wilson(0.0, 20)
    assert 0 < first.recall.low < first.recall.value < first.recall.high < 1
    both = theme_score(truth, truth, WORDS.themes)
    assert both.macro == both.micro.f1 == wilson(1.0, 30)
    whose = np.arange(12)
    sure = word_score(np.zeros(12, int), np.zeros(12, int), whose, ["a", "b"])
    assert sure is not None and sure.macro_f1 == wilson(1.0, 12)


def test_of_few_verbatims_little_is_known():
    told = truth = np.array([[True, False, False], [False, True, False]])
    found = theme_score(told, truth, WORDS.themes)
    assert found.macro == wilson(1.0, 2) and found.macro.low < 0.4
    score = mean_f1(np.zeros((5, 0)), np.zeros((5, 0)), np.zeros((5, 0)))
    assert (score.value, score.low, score.high) == (0.0, 0.0, 1.0)


def test_repeats_are_students():
    found = repeated([0.5, 0.6, 0.7, 0.6])
    # t(.975, 3) = 3.1824
    assert found.high - found.mean == pytest.approx(3.1824 * found.sd / 2, rel=1e-4)
    assert repeated([0.99, 1.0]).high == 1.0


# ------------------------------------------------------------------- words
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_words_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    truth, told = rng.integers(0, 3, 90), rng.integers(0, 3, 90)
    score = word_score(told, truth, np.arange(90) // 2, WORDS.polarities)
    assert score is not None
    assert score.macro_f1.value == pytest.approx(f1_score(truth, told, average="macro"))
    assert score.right.value == pytest.approx((truth == told).mean())
    assert score.judged == 90


def test_what_the_truth_does_not_say_is_not_judged_and_silence_is_wrong():
    score = word_score(np.array([0, UNSAID, 1]), np.array([0, 0, UNSAID]), np.arange(3), ["a", "b"])
    assert score is not None
    assert (score.judged, score.right.value) == (2, 0.5)
    assert score.by_value == {"a": (1, 2, 1), "b": (0, 0, 0)}
    assert word_score(np.array([0]), np.array([UNSAID]), np.array([0]), ["a"]) is None


# ------------------------------------------------------------------- spans
def spans(*rows: tuple, exact: bool = True) -> Spans:
    """verbatim, start, end, theme, status, brand."""
    columns = np.array([row[:5] for row in rows], np.int64).reshape(-1, 5).T
    brand = np.array([row[5] if len(row) > 5 else True for row in rows], bool)
    return Spans(*columns, brand, np.full(len(rows), exact))


TRUTH = spans((0, 0, 10, 1, 0), (0, 20, 40, 2, 1), (1, 5, 15, 0, 2, False))


def test_what_agrees_in_everything_is_found():
    score = span_score(TRUTH, TRUTH, 2)
    assert score.expectation.f1.value == 1.0
    # What is said to peers counts on neither side.
    assert (score.expectation.told, score.expectation.truth) == (2, 2)


@pytest.mark.parametrize(
    ("told", "expectation", "theme", "span"),
    [
        ((0, 0, 10, 1, 1), 0, 1, 1),  # another status
        ((0, 0, 10, 0, 0), 0, 0, 1),  # another theme
        ((0, 0, 20, 1, 0), 1, 1, 1),  # twice as long: half of the longer
        ((0, 0, 21, 1, 0), 0, 0, 0),  # a sign more
        ((0, 5, 10, 1, 0), 1, 1, 1),  # half of it
        ((0, 6, 10, 1, 0), 0, 0, 0),
        ((1, 0, 10, 1, 0), 0, 0, 0),  # another verbatim
        ((0, 0, 10, 1, 0, False), 0, 0, 0),  # said to peers
    ],
)
def test_a_prediction_counts_only_if(told, expectation, theme, span):
    score = span_score(spans(told), TRUTH, 2)
    assert (score.expectation.right, score.theme.right, score.span.right) == (
        expectation,
        theme,
        span,
    )


def test_a_quote_that_is_not_the_text_is_not_found():
    score = span_score(spans((0, 0, 10, 1, 0), exact=False), TRUTH, 2)
    assert (score.expectation.right, score.inexact) == (0, 1)


def test_each_is_matched_once_and_the_widest_first():
    told = spans((0, 0, 6, 1, 0), (0, 0, 10, 1, 0), (0, 1, 10, 1, 0))
    rows, others = matched(told, TRUTH)
    assert rows.tolist() == [1] and others.tolist() == [0]


def test_f1_is_the_same_from_either_side():
    told = spans((0, 0, 10, 1, 0), (0, 18, 40, 2, 1), (0, 22, 30, 2, 1))
    one, other = span_score(told, TRUTH, 2), span_score(TRUTH, told, 2)
    assert one.expectation.f1.value == pytest.approx(other.expectation.f1.value) == 0.8


# ---------------------------------------------------------------- together
def codings(themes, polarity=None, status=None, **more) -> Codings:
    themes = np.array(themes, bool)
    unsaid = np.full(themes.shape, UNSAID)
    return Codings(
        themes,
        unsaid if polarity is None else np.array(polarity),
        unsaid if status is None else np.array(status),
        **more,
    )


def test_polarity_and_status_are_judged_where_the_theme_is_right():
    truth = codings([[1, 0, 0], [1, 1, 0]], [[0, -1, -1], [1, 2, -1]], [[0, -1, -1], [1, -1, -1]])
    told = codings(
        [[1, 1, 0], [1, 0, 0]],
        [[0, 1, -1], [0, -1, -1]],
        [[0, 0, -1], [2, -1, -1]],
        probability=np.array([[0.9, 0.5, 0], [0.9, 0, 0]]),
    )
    score = expectation_score(told, truth, WORDS)
    assert score.polarity is not None and score.polarity.judged == 2
    assert score.polarity.right.value == 0.5
    assert score.sides is not None and score.sides.judged == 2
    assert score.status is not None and score.status.right.value == 0.5
    # Told: app+, price−, app+; true: app+, app−, price neutral. One of three.
    assert score.with_polarity is not None
    assert score.with_polarity.f1.value == pytest.approx(1 / 3)
    # .9 twice right, .5 once wrong: (2·.1 + .5) ÷ 3
    assert score.calibration_error == pytest.approx(0.7 / 3)
    bounds = score.bounds["calibration_error"]
    assert 0 <= bounds.low <= score.calibration_error <= bounds.high <= 1
    assert score.form is None and score.expectations is None


def test_a_theme_without_polarity_in_the_truth_counts_nowhere():
    truth = codings([[1, 1, 0]], [[0, -1, -1]])
    told = codings([[1, 1, 0]], [[0, 1, -1]])
    score = expectation_score(told, truth, WORDS)
    assert score.with_polarity is not None
    assert (score.with_polarity.told, score.with_polarity.truth) == (1, 1)


def test_stretches_are_judged_on_the_verbatims_that_have_them():
    def coded(rows: Spans, form: list[int]) -> CodedSpans:
        return CodedSpans(rows, np.array(form), np.zeros(len(rows), np.int64))

    themes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    truth = codings(
        themes,
        statements=coded(spans((1, 0, 10, 1, 0)), [0]),
        located=np.array([False, True, True]),
    )
    told = codings(
        themes,
        statements=coded(spans((0, 0, 5, 0, 0), (1, 0, 9, 1, 2), (2, 0, 5, 2, 0)), [1, 1, 1]),
    )
    score = expectation_score(told, truth, WORDS)
    assert score.expectations is not None
    assert score.expectations.verbatims == 2
    # Of the first verbatim nobody said where; the third has none.
    assert score.expectations.theme.told == 2
    assert (score.expectations.expectation.right, score.expectations.theme.right) == (0, 1)
    assert score.form is not None and (score.form.judged, score.form.right.value) == (1, 0.0)
    assert score.addressee is not None and score.addressee.right.value == 1.0
