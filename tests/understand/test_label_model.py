"""What labels teach of each theme, and that nobody judges a text he learnt from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from connu.understand.label_model import MANY, LabelModel, Questions, learn_labels, told_by_others

THEMES, LATENT = 3, 4
NO_QUESTIONS = Questions(csr_matrix((0, 12), dtype=np.float32), np.zeros((0, LATENT)), np.zeros(0))


def made(n: int, seed: int = 0):
    """Texts of one theme each, told by their own features; others are noise."""
    rng = np.random.default_rng(seed)
    theme = np.arange(n) % THEMES
    rows = rng.random((n, 12)) * 0.2
    rows[np.arange(n), theme] += 1
    place = rng.random((n, LATENT)) * 0.1
    labels = np.eye(THEMES, dtype=bool)[theme]
    return csr_matrix(rows.astype(np.float32)), place.astype(np.float32), labels


@pytest.mark.parametrize("n", [12, 90, MANY])
def test_few_and_many_labels_are_learnt(n):
    rows, place, labels = made(n)
    model = learn_labels(rows, place, labels, NO_QUESTIONS)
    fresh, where, truth = made(60, seed=1)
    assert np.array_equal(model.of(fresh, where).argmax(1), truth.argmax(1))


@pytest.mark.parametrize("n", [90, MANY])
def test_folds_tell_what_they_did_not_learn_from(n):
    rng = np.random.default_rng(0)
    # Every text has a feature of its own: whoever learnt from it knows it by heart.
    rows = csr_matrix(np.eye(n, dtype=np.float32))
    labels = rng.random((n, 1)) < 0.5
    place = np.zeros((n, LATENT), np.float32)
    questions = Questions(csr_matrix((0, n), dtype=np.float32), np.zeros((0, LATENT)), np.zeros(0))
    known = learn_labels(rows, place, labels, questions).of(rows, place)[:, 0]
    others = told_by_others(rows, place, labels, questions)[:, 0]
    assert np.corrcoef(known, labels[:, 0])[0, 1] > 0.95
    assert abs(np.corrcoef(others, labels[:, 0])[0, 1]) < 0.6
    assert np.abs(others).max() < np.abs(known).max()


def test_definitions_count_as_texts_of_their_theme():
    rows, place, labels = made(30)
    labels[:, 2] = False  # nobody coded the last theme
    asked = csr_matrix(np.eye(12, dtype=np.float32)[[2]])
    questions = Questions(asked, np.zeros((1, LATENT)), np.array([2]))
    model = learn_labels(rows, place, labels, questions)
    said = model.of(asked, np.zeros((1, LATENT), np.float32))
    assert said[0, 2] > 0


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize("n", [1, 2, 40, MANY])
def test_no_positive_and_all_positive_never_crash(n, fill):
    rows, place, labels = made(n)
    labels[:] = fill
    model = learn_labels(rows, place, labels, NO_QUESTIONS)
    assert np.array_equal(model.of(rows, place), np.full(labels.shape, -1.0))
    assert told_by_others(rows, place, labels, NO_QUESTIONS).shape == labels.shape


def test_one_text_is_told_by_nobody_else():
    rows, place, labels = made(1)
    assert not told_by_others(rows, place, labels, NO_QUESTIONS).any()


def test_the_same_seed_gives_the_same():
    rows, place, labels = made(90)
    one, other = (learn_labels(rows, place, labels, NO_QUESTIONS, seed=5) for _ in range(2))
    assert np.array_equal(one.columns, other.columns)
    assert np.array_equal(
        told_by_others(rows, place, labels, NO_QUESTIONS, 5),
        told_by_others(rows, place, labels, NO_QUESTIONS, 5),
    )


def test_a_batch_is_what_each_gives_alone():
    rows, place, labels = made(30)
    model: LabelModel = learn_labels(rows, place, labels, NO_QUESTIONS)
    whole = model.of(rows, place)
    assert np.allclose(model.of(rows[4], place[4:5]), whole[4:5], atol=1e-6)
