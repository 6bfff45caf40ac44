"""How far witnesses may be trusted: by hand without labels, learnt over all themes with them."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.pair_features import COLUMNS
from connu.understand.pair_model import UNLABELLED, learn_pairs, unlabelled_model

SEEDS, WORDS = COLUMNS.index("seeds"), COLUMNS.index("words")


def made(n: int = 300, themes: int = 4, seed: int = 0):
    """Pairs of which only the likeness of words tells anything."""
    rng = np.random.default_rng(seed)
    features = rng.random((n, themes, len(COLUMNS))).astype(np.float32)
    return features, features[:, :, WORDS] > 0.7


def test_without_labels_more_for_a_theme_makes_it_likelier():
    nothing = np.zeros((1, 1, len(COLUMNS)), np.float32)
    model = unlabelled_model()
    assert len(UNLABELLED) == len(COLUMNS)
    for name in ("seeds", "words", "latent", "heard", "heard_lead"):
        more = nothing.copy()
        more[0, 0, COLUMNS.index(name)] = 0.5
        assert model.of(more)[0, 0] > model.of(nothing)[0, 0], name


def test_labels_teach_whom_to_trust_for_all_themes():
    features, labels = made()
    model = learn_pairs(features, labels)
    assert np.abs(model.weights).argmax() == WORDS
    fresh, truth = made(seed=1)
    told = model.of(fresh)
    assert np.mean((told > 0.5) == truth) > 0.95
    # A theme it learnt nothing of is told as well.
    only = labels & (np.arange(4) < 2)
    few = learn_pairs(features[:, :2], only[:, :2])
    assert np.mean((few.of(fresh)[:, 2:] > 0.5) == truth[:, 2:]) > 0.95


def test_probabilities_are_right_on_the_whole():
    features, labels = made(2000)
    assert learn_pairs(features, labels).of(features).mean() == pytest.approx(
        labels.mean(), abs=0.01
    )


@pytest.mark.parametrize("labels", [np.zeros((300, 4), bool), np.ones((300, 4), bool)])
def test_labels_that_are_all_alike_teach_nothing(labels):
    features, _ = made()
    assert np.array_equal(learn_pairs(features, labels).weights, UNLABELLED)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_few_pairs_teach_nothing(n):
    features, labels = made(n)
    assert np.array_equal(learn_pairs(features, labels).weights, UNLABELLED)


def test_a_column_that_never_changes_is_no_trouble():
    features, labels = made()
    features[:, :, SEEDS] = 0
    model = learn_pairs(features, labels)
    assert np.isfinite(model.weights).all() and np.isfinite(model.bias)


def test_a_batch_is_what_each_gives_alone():
    features, labels = made()
    model = learn_pairs(features, labels)
    assert np.allclose(model.of(features)[7], model.of(features[7:8])[0])
