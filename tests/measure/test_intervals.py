"""Intervals hold what they say, for trials that come in groups too."""

from __future__ import annotations

import numpy as np
import pytest

from connu.measure.intervals import ratio_share, residual_share, wilson


def test_wilson_against_published_values():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81/263 and 15/148.
    a, b = wilson(81 / 263, 263), wilson(15 / 148, 148)
    assert (a.low, a.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert (b.low, b.high) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))


def test_a_share_nobody_tried_says_nothing():
    assert (wilson(1.0, 0).low, wilson(1.0, 0).high) == (0, 1)
    empty = residual_share(1.0, np.zeros(0), 0)
    assert (empty.low, empty.high) == (0, 1)


def test_single_trials_are_wilsons():
    hits = np.array([1.0] * 30 + [0.0] * 10)
    share = residual_share(0.75, (hits - 0.75) / 40, 40)
    # The variance is taken around a mean that is itself estimated: one trial of freedom less.
    plain = wilson(0.75, 39)
    assert (share.low, share.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_groups_that_agree_within_count_once():
    # The same 40 trials, ten at a time alike: four independent ones.
    residuals = np.array([2.5, 2.5, 2.5, -7.5])
    share = residual_share(0.75, residuals / 40, 4)
    plain = wilson(0.75, 3)
    assert (share.low, share.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Groups of one to nine pairs, each group wholly right with chance .8."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        size = rng.integers(1, 10, 150)
        right = size * (rng.random(150) < 0.8)
        value = right.sum() / size.sum()
        share = residual_share(float(value), (right - value * size) / size.sum(), 150)
        held += share.low <= 0.8 <= share.high
    assert 0.92 <= held / 400 <= 0.98


def test_parts_of_hits_vary_less_than_hits_do():
    """A purity of halves and wholes: the interval is as wide as they vary, and holds the truth."""
    rng = np.random.default_rng(5)
    held, wide, wider = 0, 0.0, 0.0
    for _ in range(400):
        purity = np.where(rng.random(150) < 0.3, 0.5, 1.0)
        value = float(purity.mean())
        share, hits = residual_share(value, (purity - value) / 150, 150), wilson(value, 150)
        held += share.low <= 0.85 <= share.high
        wide, wider = wide + share.high - share.low, wider + hits.high - hits.low
    assert 0.92 <= held / 400 <= 0.98
    assert wide < 0.8 * wider


def test_an_f1_of_units_has_an_interval_that_holds_it():
    """Texts with none to three themes, each told with chance .7, and others told wrongly."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(400):
        true = rng.integers(0, 4, 60)
        right = rng.binomial(true, 0.7)
        told = right + rng.binomial(2, 0.15, 60)
        share = ratio_share(2.0 * right, (told + true).astype(float))
        held += share.low <= 2 * 1.05 / (1.5 + 1.35) <= share.high
    assert 0.92 <= held / 400 <= 0.98


def test_a_ratio_without_a_whole_says_nothing():
    found = ratio_share(np.zeros(5), np.zeros(5))
    assert (found.value, found.low, found.high) == (0, 0, 1)
    assert ratio_share(np.ones(8), np.ones(8)) == wilson(1.0, 8)
