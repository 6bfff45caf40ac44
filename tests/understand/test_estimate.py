"""Intervals of estimates: Wilson's of many shares at once, and percentiles of resamples."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.estimate import Estimate, percentile_interval, wilson, z_of


def test_wilson_against_published_values():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148, 0/20, 1/29.
    found = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert [(e.low, e.high) for e in found] == [
        (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5)),
        (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5)),
        (0, pytest.approx(0.1611, abs=5e-5)),
        (pytest.approx(0.0061, abs=5e-5), pytest.approx(0.1718, abs=5e-5)),
    ]


def test_a_share_nobody_tried_says_nothing():
    assert wilson([0], [0]) == [Estimate(0, 0, 1)]


def test_more_confidence_is_wider():
    narrow, wide = wilson([30], [100], 0.8)[0], wilson([30], [100], 0.99)[0]
    assert wide.low < narrow.low < 0.3 < narrow.high < wide.high
    assert z_of(0.95) == pytest.approx(1.959964, abs=1e-6)


def test_percentiles_hold_the_value_and_ignore_what_says_nothing():
    drawn = np.column_stack(
        [np.arange(101.0), np.where(np.arange(101) < 100, 1.0, np.nan), np.full(101, np.nan)]
    )
    found = percentile_interval(np.array([50.0, 0.5, 3.0]), drawn, 0.9)
    assert (found[0].low, found[0].high) == (pytest.approx(5), pytest.approx(95))
    assert found[1] == Estimate(0.5, 0.5, 1)
    assert found[2] == Estimate(3, -np.inf, np.inf)


def test_a_side_is_told_only_where_the_interval_does_not_straddle():
    one = Estimate(0.4, 0.3, 0.5)
    assert [one.side_of(line) for line in (0.1, 0.3, 0.4, 0.6)] == [1, 0, 0, -1]
