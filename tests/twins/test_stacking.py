"""Members are listened to as far as they are right, and never against what they say."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.stacking import Stacking


def said(n: int, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores (3, n, k) of one who knows, one who guesses, one who is always wrong; and codes."""
    chance = np.random.default_rng(seed)
    codes = chance.integers(0, classes, n)
    right = 2.0 * np.eye(classes)[codes] + chance.normal(size=(n, classes))
    guess, wrong = chance.normal(size=(n, classes)), -right + chance.normal(size=(n, classes))
    scores = np.stack([right, guess, wrong])
    return scores - scores.mean(axis=2, keepdims=True), codes


@pytest.mark.parametrize("classes", [2, 4])
def test_who_knows_is_heard_and_who_is_wrong_is_not(classes):
    stack = Stacking.fit(*said(2_000, classes))
    assert stack.weights[0] > 1 and stack.weights[1] < 0.1 and stack.weights[2] < 0.02
    assert (stack.weights >= 0).all() and abs(stack.bias.mean()) < 1e-12
    asked, truth = said(1_000, classes, seed=1)
    told = stack.combine(asked)
    assert np.allclose(np.exp(told).sum(axis=1), 1)
    assert (told.argmax(axis=1) == truth).mean() > 0.7
    # What is said means what it says: the mean log loss is near the best there is.
    loss = -told[np.arange(1_000), truth].mean()
    best = min(
        -(Stacking(np.array([w, 0, 0]), np.zeros(classes)).combine(asked))[
            np.arange(1_000), truth
        ].mean()
        for w in np.linspace(0.5, 4, 30)
    )
    assert loss < best + 0.02


def test_few_people_leave_members_nearly_equal():
    scores, codes = said(3)
    weights = Stacking.fit(scores, codes).weights
    assert np.abs(weights - 1 / 3).max() < 0.33


def test_a_bias_says_how_common_a_class_is():
    codes = (np.arange(1_000) < 100).astype(int)
    told = np.exp(Stacking.fit(np.zeros((2, 1_000, 2)), codes).combine(np.zeros((2, 1, 2))))
    assert told[0, 1] == pytest.approx(0.1, abs=0.01)


def test_each_subject_is_combined_by_himself():
    scores, codes = said(257, 3)
    stack = Stacking.fit(scores, codes)
    whole = stack.combine(scores)
    for row in range(257):
        assert np.array_equal(stack.combine(scores[:, row : row + 1])[0], whole[row])


def test_the_order_of_people_hardly_matters():
    scores, codes = said(300)
    order = np.random.default_rng(0).permutation(300)
    one, other = Stacking.fit(scores, codes), Stacking.fit(scores[:, order], codes[order])
    assert np.allclose(one.weights, other.weights, atol=1e-5)


def test_scores_beyond_all_measure_are_no_error():
    scores, codes = said(100)
    told = Stacking.fit(scores * 1e4, codes).combine(scores * 1e4)
    assert np.isfinite(told).all()
