"""Trees see what no line does, tell nobody by his own answer, and are read as they were written."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from connu.twins.boosting import Boosting, grown
from connu.twins.dealing import deal


def board(n: int, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A board of two colours, which no line tells apart, and three columns that say nothing."""
    chance = np.random.default_rng(seed)
    features = chance.random((n, 5)).astype(np.float32)
    squares = (features[:, :2] * 2).astype(int).sum(axis=1)
    return features, squares % 2 if classes == 2 else squares


@pytest.mark.parametrize("classes", [2, 3])
def test_trees_tell_a_board_apart(classes):
    trees = Boosting.fit(*board(1_500, classes), classes, 0)
    asked, truth = board(500, classes, seed=1)
    scores = trees.scores(asked)
    assert scores.shape == (500, classes) and scores.dtype == np.float64
    assert np.allclose(scores.sum(axis=1), 0, atol=1e-9)
    assert (scores.argmax(axis=1) == truth).mean() > 0.9


@pytest.mark.parametrize("classes", [2, 3])
def test_scores_are_the_same_alone_written_and_on_any_threads(classes):
    trees = Boosting.fit(*board(600, classes), classes, 0)
    asked, _ = board(300, classes, seed=1)
    whole = trees.scores(asked)
    assert np.array_equal(trees.scores(asked, threads=1), whole)
    assert np.array_equal(Boosting(trees.text, classes).scores(asked), whole)
    assert np.array_equal(pickle.loads(pickle.dumps(trees)).scores(asked), whole)
    for row in range(0, 300, 37):
        assert np.array_equal(trees.scores(asked[row : row + 1])[0], whole[row])


def test_one_seed_grows_the_same_trees():
    features, codes = board(600)
    text = Boosting.fit(features, codes, 2, 3).text
    assert Boosting.fit(features, codes, 2, 3).text == text
    assert Boosting.fit(features, codes, 2, 4).text != text


def test_everybody_is_told_by_trees_that_did_not_see_him():
    features, codes = board(900)
    fold = deal(codes, 3, 0)
    said, trees = grown(features, codes, fold, 2, 0)
    assert (said.argmax(axis=1) == codes).mean() > 0.85
    for f in range(3):
        held = fold == f
        blind = Boosting.fit(features[~held], codes[~held], 2, 0)
        assert np.array_equal(said[held], blind.scores(features[held]))
        swapped = np.where(held, 1 - codes, codes)
        assert np.array_equal(grown(features, swapped, fold, 2, 0)[0][held], said[held])
    assert trees.text == Boosting.fit(features, codes, 2, 0).text


def test_chance_is_told_by_nothing():
    features = np.random.default_rng(0).random((900, 4)).astype(np.float32)
    codes = np.random.default_rng(1).integers(0, 2, 900)
    said, _ = grown(features, codes, deal(codes, 3, 0), 2, 0)
    assert abs((said.argmax(axis=1) == codes).mean() - 0.5) < 0.07
