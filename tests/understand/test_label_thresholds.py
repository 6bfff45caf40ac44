"""Thresholds find what separates, and do not run after chance where texts are few."""

from __future__ import annotations

import numpy as np

from connu.understand.label_thresholds import label_thresholds


def _drawn(seed: int, rare: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities and truth of two labels, the second rare."""
    chance = np.random.default_rng(seed)
    p = np.stack([chance.beta(1, 1, n), chance.beta(0.3, 0.3 / rare, n)], 1)
    return p, chance.random(p.shape) < p


def _f1(p: np.ndarray, truth: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    said = p > thresholds
    wrong = (said != truth).sum(0)
    right = (said & truth).sum(0)
    return 2 * right / (2 * right + wrong)


def test_a_threshold_is_where_f1_is_high():
    p, truth = _drawn(0, 0.1, 20_000)
    best = label_thresholds(p, truth)
    later, later_truth = _drawn(1, 0.1, 20_000)
    reached = _f1(later, later_truth, best)
    for other in (0.2, 0.5, 0.7):
        assert (reached >= _f1(later, later_truth, np.full(2, other)) - 0.01).all()
    assert best[0] < 0.5  # F1 of calibrated probabilities is highest below even


def test_few_texts_lean_on_the_others():
    others = np.tile(np.array([0.1, 0.2, 0.6, 0.8]), 200)[:, None]
    lonely = np.zeros_like(others)
    lonely[2] = 0.15  # one text of the label, by chance said low
    p = np.hstack([others, others, lonely])
    truth = p > 0.4
    truth[2, 2] = True
    best = label_thresholds(p, truth)
    assert 0.2 <= best[0] < 0.6 and best[0] == best[1]
    assert best[2] >= 0.1


def test_nothing_to_go_by_is_even():
    assert label_thresholds(np.zeros((0, 2)), np.zeros((0, 2), bool)).tolist() == [0.5, 0.5]
    assert label_thresholds(np.ones((3, 1)), np.zeros((3, 1), bool)).tolist() == [0.5]


def test_a_label_nobody_has_takes_the_others_threshold():
    p, truth = _drawn(2, 0.1, 5_000)
    truth[:, 1] = False
    best = label_thresholds(p, truth)
    assert 0.1 <= best[1] <= 0.8
