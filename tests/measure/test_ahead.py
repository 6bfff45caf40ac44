"""Intervals for some people hold what is seen among these people."""

from __future__ import annotations

import math

import numpy as np
import pytest

from connu.measure.ahead import share_ahead
from connu.measure.intervals import Share, wilson


def test_without_number_it_is_the_long_run():
    share = wilson(0.7, 40)
    assert share_ahead(share, math.inf) == share
    far = share_ahead(share, 1e9)
    assert (far.low, far.high) == (pytest.approx(share.low), pytest.approx(share.high))


def test_the_fewer_are_ahead_the_wider():
    widths = [
        found.high - found.low
        for found in (share_ahead(wilson(0.7, 40), ahead) for ahead in (math.inf, 5, 1, 0.2))
    ]
    assert widths == sorted(widths)
    nobody = share_ahead(wilson(0.7, 40), 0)
    assert (nobody.low, nobody.high) == (0, 1)


def test_bounds_stay_within_and_hold_the_share():
    for value in (0.0, 0.02, 0.5, 0.98, 1.0):
        for trials in (1, 7, 100):
            for ahead in (0.1, 1.0, 30.0):
                found = share_ahead(wilson(value, trials), ahead)
                assert 0 <= found.low <= value <= found.high <= 1


def test_what_says_nothing_goes_on_saying_nothing():
    assert share_ahead(Share(0.4, 0.0, 1.0), 1.0) == Share(0.4, 0.0, 1.0)


@pytest.mark.parametrize(("p", "judged", "told"), [(0.8, 60, 30), (0.6, 40, 80), (0.9, 120, 120)])
def test_it_holds_what_is_found_as_often_as_it_says(p, judged, told):
    rng = np.random.default_rng(3)
    held = plain = 0
    for _ in range(4000):
        share = wilson(rng.binomial(judged, p) / judged, judged)
        found = rng.binomial(told, p) / told
        wide = share_ahead(share, told / judged)
        held += wide.low <= found <= wide.high
        plain += share.low <= found <= share.high
    assert 0.935 <= held / 4000 <= 0.975
    assert plain / 4000 < 0.92
