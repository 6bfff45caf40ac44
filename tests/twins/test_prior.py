"""Probabilities moved to the visitors' mix, by what the brand knows or by whom it asked."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.twins.precision import risk_thresholds
from connu.twins.prior import (
    adjust,
    biased,
    estimate_prior,
    matched_bias,
    named_shares,
    prior_from_audits,
    prior_weights,
)
from tests.twins.moved_mix import EVEN, asked, calibration_error, mixed


# ---------------------------------------------------------------------- a known prior
def test_a_moved_mix_breaks_calibration_and_the_known_shares_repair_it():
    shares = np.array([0.8, 0.2])
    p, codes = mixed(30_000, shares)
    assert calibration_error(p, codes) > 0.08
    assert calibration_error(adjust(p, EVEN, shares), codes) < 0.012
    assert calibration_error(biased(p, matched_bias(p, shares)), codes) < 0.012


def test_bayes_by_hand():
    p = np.array([[0.9, 0.1], [0.5, 0.5], [1.0, 0.0]])
    moved = adjust(p, np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    assert moved == pytest.approx(np.array([[0.75, 0.25], [0.25, 0.75], [1.0, 0.0]]))
    assert adjust(moved, np.array([0.25, 0.75]), EVEN) == pytest.approx(p)
    assert adjust(p, EVEN, EVEN) == pytest.approx(p)


def test_impossible_values_stay_impossible_and_rows_add_up():
    p = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    moved = adjust(p, np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.4, 0.6]))
    assert moved.sum(axis=1) == pytest.approx(1.0)
    assert moved[0].tolist() == [0.0, 1.0, 0.0]
    # All that was possible for him is not: the shares alone remain.
    assert moved[1] == pytest.approx([0.0, 0.4, 0.6])


def test_a_promise_made_on_the_known_mix_is_kept_on_the_visitors():
    """Held-out people weighed to the visitors' shares; without that it is broken every time."""
    shares, broken, unweighed, spoke = np.array([0.85, 0.15]), 0, 0, 0
    for seed in range(30):
        held, truth = mixed(3000, EVEN, seed=seed)
        p, codes = mixed(20_000, shares, seed=100 + seed)
        rare = p.argmax(axis=1) == 1
        plain = risk_thresholds(held, truth, 0.9).per_class[1]
        unweighed += bool((codes[rare & (p[:, 1] >= plain)] == 0).mean() > 0.1)
        held, p = (adjust(one, EVEN, shares) for one in (held, p))
        weight = prior_weights(truth, EVEN, shares)
        least = risk_thresholds(held, truth, 0.9, weight=weight).per_class[1]
        stated = (p.argmax(axis=1) == 1) & (p[:, 1] >= least)
        spoke += bool(stated.mean() > 0.02)
        broken += bool(stated.any() and (codes[stated] == 0).mean() > 0.1)
    assert unweighed == 30
    assert broken <= 4 and spoke >= 25


def test_where_behaviour_accounts_for_the_mix_the_matched_bias_adds_nothing():
    """Only how people behave moved, P(value | behaviour) did not: `adjust` counts it twice."""
    rng = np.random.default_rng(3)
    known, visitors = rng.normal(0.0, 2.0, 20_000), rng.normal(1.0, 2.0, 20_000)
    told = [1 / (1 + np.exp(-x)) for x in (known, visitors)]
    p = np.stack([told[1], 1 - told[1]], axis=1)
    codes = (rng.random(20_000) > told[1]).astype(int)
    shares = np.bincount(codes) / 20_000
    moved = biased(p, matched_bias(p, shares))
    assert calibration_error(moved, codes) < 0.015
    twice = adjust(p, np.array([told[0].mean(), 1 - told[0].mean()]), shares)
    assert calibration_error(twice, codes) > 0.04


def test_the_matched_bias_meets_the_shares_whatever_they_are():
    for shares in ([0.98, 0.01, 0.01], [0.2, 0.3, 0.5], [0.0, 0.5, 0.5]):
        target = np.array(shares)
        p, _ = mixed(5000, np.array([0.3, 0.3, 0.4]), seed=2, sureness=3.0)
        moved = biased(p, matched_bias(p, target))
        assert moved.mean(axis=0) == pytest.approx(target, abs=1e-5)
        order = np.random.default_rng(1).permutation(5000)
        assert (matched_bias(p[order], target) == matched_bias(p, target)).all()
    assert matched_bias(np.zeros((0, 2)), EVEN).tolist() == [0.0, 0.0]
    sure = np.tile([1.0, 0.0], (50, 1))
    assert np.isfinite(biased(sure, matched_bias(sure, EVEN))).all()


def test_a_brand_s_shares_in_the_order_of_the_classes():
    known = np.array([0.5, 0.3, 0.2])
    classes = ["a", "b", "c"]
    assert named_shares({"b": 0.4}, classes, known) == pytest.approx(
        [0.6 * 5 / 7, 0.4, 0.6 * 2 / 7]
    )
    assert named_shares({"a": 0.51, "b": 0.3, "c": 0.2}, classes, known).sum() == pytest.approx(1)
    assert named_shares({"a": 1.0}, classes, known).tolist() == [1.0, 0.0, 0.0]
    assert named_shares({"a": 0.1, "b": 0.1, "c": 0.0}, classes, known).tolist() == [0.5, 0.5, 0.0]
    with pytest.raises(UsageError, match="«femal»") as caught:
        named_shares({"femal": 0.6}, ["female", "male"], EVEN)
    assert caught.value.hint == "did you mean «female»?"
    with pytest.raises(UsageError, match="no value possible"):
        named_shares({"female": 0.0, "male": 0.0}, ["female", "male"], EVEN)


# ---------------------------------------------------------------------- shares
def test_intervals_of_the_shares_hold_them():
    shares = np.array([0.7, 0.2, 0.1])
    held = {"alone": 0, "told": 0}
    widths = {"alone": 0.0, "told": 0.0}
    for seed in range(100):
        p, codes = mixed(3000, shares, seed=seed)
        rows = asked(200, 3000, seed)
        found = {
            "alone": prior_from_audits(codes[rows], 3),
            "told": estimate_prior(p, rows, codes[rows]),
        }
        for name, one in found.items():
            assert sum(one.value) == pytest.approx(1.0) and one.asked == 200
            held[name] += sum(
                lo <= s <= hi for lo, s, hi in zip(one.low, shares, one.high, strict=True)
            )
            widths[name] += one.high[0] - one.low[0]
    assert min(held.values()) >= 0.92 * 300
    assert widths["told"] < 0.8 * widths["alone"]


def test_shares_of_nobody_and_of_one_value():
    nobody = prior_from_audits(np.zeros(0, int), 4)
    assert nobody.value == [0.25] * 4 and nobody.asked == 0
    assert nobody.low[0] < 0.01 and nobody.high[0] > 0.7
    assert prior_from_audits(np.array([0, 0]), 1).value == [1.0]
    assert prior_from_audits(np.array([0, -1, 1, 1]), 2).value == [0.375, 0.625]
    with pytest.raises(UsageError, match="fewer than two"):
        estimate_prior(np.full((9, 2), 0.5), np.array([3]), np.array([0]))


def test_shares_are_reached_though_nearly_everybody_is_sure():
    # Newton's steps alone leap over the answer and back for ever.
    sure = np.repeat([[0.9872, 0.0128], [0.0128, 0.9872]], 45, axis=0)
    moved = biased(sure, matched_bias(sure, np.array([0.7, 0.3])))
    assert moved.mean(axis=0) == pytest.approx([0.7, 0.3], abs=1e-6)
