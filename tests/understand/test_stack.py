"""The stack: trees over what other folds said, calibrated, with a threshold a theme."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.stack import LEAST, learn_stack


def made(n: int = 600, seed: int = 0):
    """The first theme is told by its model; the second only where a feature and it agree."""
    rng = np.random.default_rng(seed)
    said = rng.normal(size=(n, 2)).astype(np.float32)
    features = np.concatenate([said, rng.normal(size=(n, 3)).astype(np.float32)], axis=1)
    labels = np.stack([said[:, 0] > 0, (said[:, 1] > 0) == (features[:, 2] > 0)], axis=1)
    return features, said, labels


@pytest.fixture(scope="module")
def learnt():
    return learn_stack(*made())


def test_trees_find_what_the_label_model_alone_cannot(learnt):
    features, said, labels = made(seed=1)
    told = learnt.of(features, said) > learnt.threshold
    assert np.mean(told == labels, axis=0).min() > 0.9
    # The label model alone is no better than chance about the second.
    assert abs(np.mean((said[:, 1] > 0) == labels[:, 1]) - 0.5) < 0.1


def test_probabilities_are_right_on_the_whole(learnt):
    features, said, labels = made(seed=2)
    assert np.allclose(learnt.of(features, said).mean(0), labels.mean(0), atol=0.06)


def test_a_theme_with_few_labels_has_no_trees():
    features, said, labels = made()
    labels[:, 1] = False
    labels[: LEAST - 1, 1] = True
    stack = learn_stack(features, said, labels)
    told = stack.of(features, said)
    assert np.isnan(told[:, 1]).all() and not np.isnan(told[:, 0]).any()
    labels[:, 1] = True
    assert np.isnan(learn_stack(features, said, labels).of(features, said)[:, 1]).all()


def test_batch_equals_single_and_the_same_seed_the_same(learnt):
    features, said, labels = made()
    whole = learnt.of(features, said)
    assert np.allclose(learnt.of(features[3:4], said[3:4]), whole[3:4])
    assert np.array_equal(learn_stack(features, said, labels).of(features, said), whole)


def test_nothing_is_told_of_nothing(learnt):
    none = learnt.of(np.zeros((0, 5), np.float32), np.zeros((0, 2), np.float32))
    assert none.shape == (0, 2)
