"""NPS: who counts as what, and an interval that holds the truth."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand.nps import nps


def test_who_promotes_and_who_does_not():
    found = nps(np.arange(11))[0]
    assert (found.promoters, found.passives, found.detractors) == (2, 2, 7)
    assert found.nps.value == pytest.approx(100 * (2 - 7) / 11)


def test_the_interval_by_hand():
    # 19 promoters, 8 passives, 9 detractors: 19.75/39 - 9.75/39 ± 1.96 · √((29.5/39 - (10/39)²)/39)
    found = nps([10] * 19 + [8] * 8 + [3] * 9)[0]
    half = 1.959964 * np.sqrt((29.5 / 39 - (10 / 39) ** 2) / 39)
    assert found.nps.value == pytest.approx(100 * 10 / 36)
    assert found.nps.low == pytest.approx(100 * (10 / 39 - half), abs=1e-4)
    assert found.nps.high == pytest.approx(100 * (10 / 39 + half), abs=1e-4)


def test_segments_are_told_each_and_against_the_rest():
    scores = [10] * 60 + [3] * 20 + [10] * 20 + [3] * 60 + [9, 9]
    segments = ["often"] * 80 + ["seldom"] * 80 + [None, None]
    everybody, often, seldom = nps(scores, segments)
    assert (everybody.segment, everybody.answers) == (None, 162)
    assert (often.segment, often.nps.value, often.answers) == ("often", 50, 80)
    assert seldom.nps.value == -50
    assert often.beyond_rest.value == pytest.approx(50 - 100 * (22 - 60) / 82)
    assert often.beyond_rest.low > 0 > seldom.beyond_rest.high
    assert everybody.beyond_rest is None
    assert nps(scores, pa.array(segments)) == nps(scores, segments)


def test_what_is_no_answer_is_left_out_and_counted():
    found = nps([10, 0, np.nan, 11, -1, 8.5])[0]
    assert (found.answers, found.left_out) == (2, 4)


def test_no_answer_says_nothing():
    for found in (nps([])[0], nps([np.nan])[0]):
        assert (found.nps.low, found.nps.high, found.answers) == (-100, 100, 0)
    everybody, empty = nps([10, np.nan], ["a", "b"])[0:3:2]
    assert everybody.answers == 1 and empty.answers == 0 and empty.beyond_rest is None


@given(st.lists(st.integers(0, 10), max_size=40))
def test_the_interval_holds_the_value_and_stays_on_the_scale(scores):
    found = nps(scores)[0].nps
    assert -100 <= found.low <= found.value <= found.high <= 100


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    for shares, people in (((0.5, 0.3, 0.2), 40), ((0.85, 0.12, 0.03), 60), ((0.2, 0.5, 0.3), 15)):
        held = 0
        for _ in range(1000):
            found = nps(rng.choice([10, 8, 2], people, p=shares))[0].nps
            held += found.low <= 100 * (shares[0] - shares[2]) <= found.high
        assert 0.925 <= held / 1000 <= 0.985
