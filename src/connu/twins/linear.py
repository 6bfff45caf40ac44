"""The linear member: one weight a feature and class, the simplest thing that tells people apart."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

#: Inverse penalties tried, from the strictest.
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
#: Steps of the solver; stopping early is a milder penalty, and nothing is told by it alone.
_STEPS, _TRIAL_STEPS, _TOLERANCE = 300, 60, 1e-4
#: With more than two classes a step costs as many times more, and the last ones change little.
_MANY_STEPS, _MANY_TRIAL_STEPS, _MANY_TOLERANCE = 150, 60, 1e-3
#: A column of fewer people says next to nothing of one class among many, and costs as much.
_FEWEST = 3


@dataclass(frozen=True, eq=False)
class Linear:
    """Scores (n, k) = weights · features + intercept, centred over the classes.

    Attributes:
        weights: float32 (d, k).
        intercept: float64 (k,).
    """

    weights: np.ndarray
    intercept: np.ndarray

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        codes: np.ndarray,
        classes: int,
        penalty: float,
        spread: sparse.csr_matrix | None = None,
        trial: bool = False,
    ) -> Self:
        """L2-regularised logistic regression, multinomial beyond two classes.

        Args:
            rows: weighted behaviour (n, d).
            codes: (n,) into the classes, every class present.
            penalty: inverse strength (scikit-learn's C).
            trial: only to choose a penalty by: the solver stops sooner.
            spread: (d, d); the model is learnt over rows and spread rows side by side, then
                folded into weights of the rows alone.
        """
        whole = rows if spread is None else sparse.hstack([rows, rows @ spread], format="csr")
        steps, tolerance, fewest = (_TRIAL_STEPS if trial else _STEPS), _TOLERANCE, 1
        if classes > 2:
            steps, tolerance = (_MANY_TRIAL_STEPS if trial else _MANY_STEPS), _MANY_TOLERANCE
            fewest = _FEWEST
        used = np.flatnonzero(np.bincount(whole.indices, minlength=whole.shape[1]) >= fewest)
        used = used if len(used) else np.arange(whole.shape[1])
        model = LogisticRegression(C=penalty, max_iter=steps, tol=tolerance)
        # On vectors this short, threads of BLAS only wait for each other.
        with threadpool_limits(1, "blas"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            # As many values as people are judged by calibration, not by a warning.
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            model.fit(whole[:, used].astype(np.float64), codes)
        weights, intercept = np.zeros((whole.shape[1], len(model.coef_))), model.intercept_
        weights[used] = model.coef_.T
        if weights.shape[1] == 1:
            weights, intercept = (
                np.hstack([-weights, weights]) / 2,
                np.r_[-intercept, intercept] / 2,
            )
        if spread is not None:
            width = rows.shape[1]
            weights = weights[:width] + spread @ weights[width:]
        centre = weights.mean(axis=1, keepdims=True)
        return cls((weights - centre).astype(np.float32), intercept - intercept.mean())

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """float64 (n, k), each row by itself."""
        return np.asarray(rows @ self.weights, np.float64) + self.intercept


def choose_penalty(
    rows: sparse.csr_matrix,
    codes: np.ndarray,
    classes: int,
    held: np.ndarray,
    spread: sparse.csr_matrix | None = None,
) -> float:
    """The penalty with the least log loss on people held out.

    Args:
        held: bool (n,): those held out; the others have every class.

    Cost: one fit a penalty; it stops once a looser one does worse.
    """
    best, least = PENALTIES[0], np.inf
    for penalty in PENALTIES:
        model = Linear.fit(rows[~held], codes[~held], classes, penalty, spread, trial=True)
        scores = model.scores(rows[held])
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        loss = -scores[np.arange(len(scores)), codes[held]].mean()
        if loss >= least:
            break
        best, least = penalty, loss
    return best
