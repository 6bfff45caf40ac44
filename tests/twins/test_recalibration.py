"""Probabilities moved by what some 200 visitors answered."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.prior import prior_from_audits
from connu.twins.recalibration import AuditCalibrator
from tests.twins.moved_mix import EVEN, asked, calibration_error, mixed


@pytest.mark.parametrize("shares", [[0.75, 0.25], [0.1, 0.9], [0.55, 0.25, 0.1, 0.1]])
def test_a_moved_mix_breaks_calibration_and_200_audits_repair_it(shares: list[float]):
    before, after = [], []
    for seed in range(8):
        p, codes = mixed(8000, np.array(shares), seed=seed)
        rows = asked(200, 8000, seed)
        moved = AuditCalibrator().fit(p[rows], codes[rows]).transform(p)
        before.append(calibration_error(p, codes))
        after.append(calibration_error(moved, codes))
    assert np.mean(before) > 0.065
    assert np.mean(after) < 0.03


def test_audits_that_contradict_nothing_change_next_to_nothing():
    before, after = [], []
    for seed in range(10):
        p, codes = mixed(8000, EVEN, seed=seed)
        rows = asked(200, 8000, seed)
        moved = AuditCalibrator().fit(p[rows], codes[rows]).transform(p)
        before.append(calibration_error(p, codes))
        after.append(calibration_error(moved, codes))
    assert np.mean(after) < np.mean(before) + 0.012


def test_audits_repair_what_is_too_sure_of_itself():
    before, after = 0.0, 0.0
    for seed in range(6):
        p, codes = mixed(10_000, EVEN, seed=seed, sureness=2.0)
        rows = asked(200, 10_000, seed)
        calibrator = AuditCalibrator().fit(p[rows], codes[rows])
        assert 0.35 < calibrator.slope_ < 0.85
        before += calibration_error(p, codes)
        after += calibration_error(calibrator.transform(p), codes)
    assert after < 0.5 * before


def test_weighted_audits_count_for_whom_they_stand():
    """The sure are asked nine times as often; without weights the mix would be wrong."""
    shares = np.array([0.8, 0.2])
    p, codes = mixed(20_000, shares, seed=5)
    often = p[:, 0] > 0.5
    chance = np.where(often, 0.09, 0.01)
    held = 0
    for seed in range(60):
        rows = np.flatnonzero(np.random.default_rng(1000 + seed).random(20_000) < chance)
        weighted = prior_from_audits(codes[rows], 2, 1 / chance[rows])
        held += weighted.low[0] < (codes == 0).mean() < weighted.high[0]
        assert prior_from_audits(codes[rows], 2).low[0] > 0.8
    assert held >= 54
    calibrator = AuditCalibrator().fit(p[rows], codes[rows], 1 / chance[rows])
    assert calibration_error(calibrator.transform(p), codes) < 0.03


def test_no_audits_and_few_audits_change_nothing_or_little():
    p, codes = mixed(50, EVEN)
    nobody = AuditCalibrator().fit(p[:0], codes[:0])
    assert nobody.transform(p) == pytest.approx(p)
    three = AuditCalibrator().fit(p[:3], np.zeros(3, int))
    assert np.abs(three.transform(p) - p).max() < 0.25
    others = AuditCalibrator().fit(p, np.full(50, -1))
    assert others.transform(p) == pytest.approx(p)
    sure = AuditCalibrator().fit(np.array([[1.0, 0.0]] * 30), np.ones(30, int))
    assert np.isfinite(sure.transform(p)).all()


def test_the_order_of_audits_changes_nothing_and_it_can_be_kept():
    p, codes = mixed(200, np.array([0.6, 0.3, 0.1]), seed=7)
    weight = np.linspace(1, 2, 200)
    one = AuditCalibrator().fit(p, codes, weight)
    order = np.random.default_rng(0).permutation(200)
    other = AuditCalibrator().fit(p[order], codes[order], weight[order])
    assert other.to_dict() == one.to_dict()
    assert (AuditCalibrator.from_dict(one.to_dict()).transform(p) == one.transform(p)).all()
    assert one.transform(p[5:6]) == pytest.approx(one.transform(p)[5:6], abs=1e-15)
