"""Kano classes against published tables, and «undecided» where the lead may be an accident."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.kano import CLASSES, SILENCES, UNDECIDED, kano, kano_of_counts


def answers(pairs):
    rows = [pair for pair, many in pairs.items() for _ in range(many)]
    return np.array(rows)[:, :1], np.array(rows)[:, 1:]


def test_the_evaluation_table_is_the_published_one():
    """Berger et al. (1993), Sauerwein et al. (1996) fig. 6: rows with, columns without."""
    letters = dict(zip(CLASSES, "AOMIRQ", strict=True))
    table = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
    for f in range(1, 6):
        for d in range(1, 6):
            found = kano([[f]], [[d]], ["feature"])[0]
            assert letters[found.first] == table[f - 1][d - 1]


def test_better_and_worse_are_those_published():
    # Sauerwein et al. (1996), fig. 11: edge grip of a ski; Brand & Rese (2026), table 1: a bonus
    # program, a smart mirror, free WiFi in the shop. In the order A, O, M, I, R, Q.
    found = kano_of_counts(
        [
            [7, 33, 50, 10, 0, 0],
            [216, 56, 13, 275, 23, 24],
            [229, 42, 5, 276, 33, 22],
            [187, 71, 46, 258, 19, 26],
        ],
        ["edge grip", "bonus", "mirror", "wifi"],
    )
    better = [f.better.value for f in found]
    worse = [f.worse.value for f in found]
    assert better == pytest.approx([0.40, 0.486, 0.491, 0.459], abs=5e-4)
    assert worse == pytest.approx([-0.83, -0.123, -0.085, -0.208], abs=6e-4)
    for feature in found:
        assert feature.better.low < feature.better.value < feature.better.high
        assert -1 <= feature.worse.low < feature.worse.value < feature.worse.high <= 0


def test_fong_s_test_by_hand():
    # |a - b| against 1.65 · √((a + b)(2n - a - b) / 2n), of 50 and 33 of 100
    grip, closer = kano_of_counts([[7, 33, 50, 10, 0, 0], [10, 36, 47, 7, 0, 0]], ["a", "b"])
    assert grip.least_lead == pytest.approx(1.65 * np.sqrt(83 * 117 / 200))
    assert (grip.lead, grip.kano_class, grip.silence) == (17, "must-be", None)
    assert (closer.lead, closer.kano_class, closer.silence) == (11, UNDECIDED, "no_lead")
    assert (closer.first, closer.second) == ("must-be", "performance")


def test_the_sign_test_is_exact_and_stricter_than_fong_s():
    from scipy.stats import binomtest

    grip = kano_of_counts([[7, 33, 50, 10, 0, 0]], ["a"])[0]
    assert grip.p_value == pytest.approx(binomtest(50, 83).pvalue)
    assert grip.silence is None and grip.p_value > 0.05


def test_few_answers_are_undecided_and_none_are_no_error():
    few, none = kano_of_counts([[10, 0, 0, 0, 0, 0], [0] * 6], ["few", "none"])
    assert (few.kano_class, few.silence) == (UNDECIDED, "too_few")
    assert (none.kano_class, none.silence, none.answers) == (UNDECIDED, "too_few", 0)
    assert (none.better.low, none.better.high, none.worse.low) == (0, 1, -1)
    assert {"too_few", "no_lead"} == set(SILENCES)
    assert kano(np.empty((0, 1)), np.empty((0, 1)), ["x"])[0].silence == "too_few"


def test_answers_that_are_none_are_left_out_and_counted():
    functional, dysfunctional = answers({(1, 5): 30, (1, 0): 2, (7, 5): 1, (1.5, 5): 1})
    functional = np.vstack([functional, [[np.nan]]])
    dysfunctional = np.vstack([dysfunctional, [[5]]])
    found = kano(functional, dysfunctional, ["opening hours"])[0]
    assert (found.kano_class, found.answers, found.left_out) == ("performance", 30, 5)


def test_features_are_told_each_by_itself():
    functional = np.tile([[1, 2, 5]], (40, 1))
    dysfunctional = np.tile([[3, 5, 1]], (40, 1))
    found = kano(functional, dysfunctional, ["wrapping", "stock", "calls"])
    assert [f.kano_class for f in found] == ["attractive", "must-be", "reverse"]
    assert [f.name for f in found] == ["wrapping", "stock", "calls"]


def test_of_equals_the_costlier_comes_first_and_nothing_is_decided():
    found = kano_of_counts([[30, 30, 30, 30, 0, 0]], ["x"])[0]
    assert (found.first, found.second, found.kano_class) == ("must-be", "performance", UNDECIDED)


@given(st.lists(st.integers(0, 200), min_size=6, max_size=6))
def test_a_class_told_is_the_most_frequent_by_as_much_as_fong_asks(counts):
    found = kano_of_counts([counts], ["x"])[0]
    assert found.counts[found.first] == max(counts)
    if found.kano_class != UNDECIDED:
        assert found.lead >= found.least_lead and found.lead > 0 and found.answers >= 20
