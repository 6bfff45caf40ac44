"""The label model: what a brand's own labels teach of each theme, over n-grams and latent
semantics.

A linear model a theme: logistic regression with the theme's definition and examples as texts of
its own where labels are few, a linear SVM where there are many. What it says of texts it learnt
from is told by folds that did not hold them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from connu.understand.projection import projected

#: Labelled texts from which an SVM is learnt instead.
MANY = 1000
FOLDS = 4


@dataclass(frozen=True)
class LabelModel:
    """The models.

    Attributes:
        columns: float32 (features, themes). place: float32 (LATENT, themes). bias: (themes,).
    """

    columns: np.ndarray
    place: np.ndarray
    bias: np.ndarray

    def of(self, rows: csr_matrix, place: np.ndarray) -> np.ndarray:
        """float32 (n, themes): what it says; 0 is even.

        Args:
            rows: float32 (n, features), n-grams.
            place: float32 (n, LATENT and more).
        """
        return projected(rows, self.columns) + place @ self.place + self.bias


@dataclass(frozen=True)
class Questions:
    """Definitions and examples, as texts that are known to be of a theme: rows, place, theme."""

    rows: csr_matrix
    place: np.ndarray
    theme: np.ndarray


def learn_labels(
    rows: csr_matrix,
    place: np.ndarray,
    labels: np.ndarray,
    questions: Questions,
    seed: int = 0,
    *,
    encoded: bool = False,
) -> LabelModel:
    """Learn from labelled texts.

    Args:
        rows, place: of the labelled texts.
        labels: bool (n, themes).
        questions: see there; left out where labels are many.
        seed: of the solver.
        encoded: an encoder's vectors are in `place`: they count with many labels too.
    """
    many = len(labels) >= MANY
    known = rows if many and not encoded else hstack([rows, csr_matrix(place)]).tocsr()
    if not many and len(questions.theme):
        asked = hstack([questions.rows, csr_matrix(questions.place)]).tocsr()
        known = vstack([known, asked]).tocsr()
    features, latent = rows.shape[1], place.shape[1]
    weights = np.zeros((known.shape[1], labels.shape[1]), np.float32)
    bias = np.full(labels.shape[1], -1.0, np.float32)
    for k in range(labels.shape[1]):
        of_it = labels[:, k] if many else np.r_[labels[:, k], questions.theme == k]
        if not of_it.any() or of_it.all():
            continue
        if many:
            model = LinearSVC(C=0.2, random_state=seed, tol=1e-3).fit(known, of_it)
        else:
            model = LogisticRegression(
                C=1.0, solver="liblinear", class_weight="balanced", random_state=seed
            ).fit(known, of_it)
        weights[:, k], bias[k] = model.coef_[0], model.intercept_[0]
    on_place = np.zeros((latent, labels.shape[1]), np.float32)
    on_place[: len(weights) - features] = weights[features:]
    return LabelModel(np.ascontiguousarray(weights[:features]), on_place, bias)


def told_by_others(
    rows: csr_matrix,
    place: np.ndarray,
    labels: np.ndarray,
    questions: Questions,
    seed: int = 0,
    *,
    encoded: bool = False,
) -> np.ndarray:
    """float32 (n, themes): what models say of labelled texts that they did not learn from."""
    said = np.zeros(labels.shape, np.float32)
    folds = min(FOLDS, len(labels))
    if folds < 2:
        return said
    for learnt, told in KFold(folds, shuffle=True, random_state=seed).split(labels):
        model = learn_labels(
            rows[learnt], place[learnt], labels[learnt], questions, seed, encoded=encoded
        )
        said[told] = model.of(rows[told], place[told])
    return said
