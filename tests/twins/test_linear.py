"""The linear member tells lines apart, and a folded spread says what spread rows say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from connu.twins.linear import PENALTIES, Linear, choose_penalty
from tests.twins.made_people import shoppers


def test_it_is_the_regularised_logistic_regression():
    counts, codes = shoppers(300)
    rows = sparse.csr_matrix(counts / 5)
    model = Linear.fit(rows, codes, 2, 0.3)
    known = LogisticRegression(C=0.3, max_iter=2_000).fit(rows.astype(float), codes)
    scores = model.scores(rows)
    assert np.allclose(scores[:, 1] - scores[:, 0], known.decision_function(rows), atol=0.05)
    assert np.allclose(scores.sum(axis=1), 0, atol=1e-4)
    assert model.weights.dtype == np.float32 and model.weights.shape == (60, 2)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_are_centred_and_tell_the_classes(classes):
    counts, codes = shoppers(600, classes=classes)
    model = Linear.fit(counts, codes, classes, 0.3)
    scores = model.scores(counts)
    assert scores.shape == (600, classes) and scores.dtype == np.float64
    assert np.allclose(scores.sum(axis=1), 0, atol=1e-3)
    assert (scores.argmax(axis=1) == codes).mean() > 0.6


def test_a_spread_is_folded_into_the_weights_of_the_rows():
    counts, codes = shoppers(300)
    spread = sparse.csr_matrix(np.roll(np.eye(60), 1, axis=1), dtype=np.float32)
    folded = Linear.fit(counts, codes, 2, 1.0, spread)
    beside = Linear.fit(sparse.hstack([counts, counts @ spread], format="csr"), codes, 2, 1.0)
    whole = sparse.hstack([counts, counts @ spread], format="csr")
    assert np.allclose(folded.scores(counts), beside.scores(whole), atol=1e-4)


def test_a_product_nobody_bought_speaks_through_its_neighbour():
    looked = np.repeat([1, 2, 4, 5], 20)
    rows = sparse.csr_matrix(np.eye(6, dtype=np.float32)[looked])
    codes = (looked > 3).astype(int)
    # Strangers look at the first three together, and at the last three.
    spread = np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3)).astype(np.float32) / np.sqrt(2)
    asked = sparse.csr_matrix(np.eye(6, dtype=np.float32)[[0, 3]])
    alone = Linear.fit(rows, codes, 2, 10.0).scores(asked)
    assert np.abs(alone[:, 1]).max() < 0.1
    told = Linear.fit(rows, codes, 2, 10.0, sparse.csr_matrix(spread)).scores(asked)
    assert told[0, 0] > 0.5 and told[1, 1] > 0.5


def test_each_row_is_scored_by_itself():
    counts, codes = shoppers(200, classes=3)
    model = Linear.fit(counts, codes, 3, 1.0)
    whole = model.scores(counts)
    for row in range(0, 200, 11):
        assert np.array_equal(model.scores(counts[row])[0], whole[row])


def test_it_says_nothing_aloud_of_as_many_values_as_people():
    codes = np.arange(30)
    model = Linear.fit(sparse.csr_matrix(np.eye(30)), codes, 30, 1.0)
    assert (model.scores(sparse.csr_matrix(np.eye(30))).argmax(axis=1) == codes).all()


def test_the_penalty_is_strict_for_noise_and_loose_where_much_is_to_learn():
    chance = np.random.default_rng(0)
    noise = sparse.csr_matrix(chance.normal(size=(200, 40)))
    held = np.arange(200) % 5 == 0
    assert choose_penalty(noise, chance.integers(0, 2, 200), 2, held) == PENALTIES[0]
    weak = sparse.csr_matrix(chance.normal(size=(2_000, 2)) * 0.05)
    codes = (weak.toarray()[:, 0] > 0).astype(int)
    assert choose_penalty(weak, codes, 2, np.arange(2_000) % 5 == 0) > PENALTIES[0]
