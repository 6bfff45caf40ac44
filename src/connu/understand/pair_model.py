"""The pair model: how probable it is that a stretch speaks of a theme, from their pair features.

Without labels the weights stand below: they were set on English feedback and French app reviews
with full and with meagre lists of seeds, once, by hand, so that probabilities are right on the
whole (docs/benchmarks.md); they know no theme. With labels they are learnt, over all themes
together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from connu.understand.pair_features import COLUMNS

#: Weights of the pair features without labels, in the order of COLUMNS, and the bias.
UNLABELLED = (1.1, 0.15, 7.0, 0.6, 0.5, 0.5, 5.0, -0.3, -0.15, 0.7, 0.0, 0.0)
UNLABELLED_BIAS = 0.0
#: Labelled pairs below which the weights above are kept.
LEAST_PAIRS, LEAST_POSITIVE = 100, 12


@dataclass(frozen=True)
class PairModel:
    """Weights over COLUMNS.

    Attributes:
        weights: float64 (len(COLUMNS),). bias: log-odds of nothing at all.
    """

    weights: np.ndarray
    bias: float

    def of(self, features: np.ndarray) -> np.ndarray:
        """float32 (n, themes): probabilities.

        Args:
            features: float32 (n, themes, len(COLUMNS)).
        """
        odds = features @ self.weights.astype(np.float32) + np.float32(self.bias)
        return 1 / (1 + np.exp(-odds))


def unlabelled_model() -> PairModel:
    """The model for a brand without labels."""
    return PairModel(np.array(UNLABELLED), UNLABELLED_BIAS)


def learn_pairs(features: np.ndarray, labels: np.ndarray) -> PairModel:
    """Learn how far each witness may be trusted.

    Args:
        features: float32 (n, themes, len(COLUMNS)), `few` told by others (`label_model`).
        labels: bool (n, themes).
    """
    flat, of_it = features.reshape(-1, len(COLUMNS)), labels.ravel()
    if len(of_it) < LEAST_PAIRS or of_it.sum() < LEAST_POSITIVE or of_it.all():
        return unlabelled_model()
    scale = StandardScaler().fit(flat)
    model = LogisticRegression(C=1.0, max_iter=500).fit(scale.transform(flat), of_it)
    spread = np.where(scale.scale_ > 0, scale.scale_, 1.0)
    weights = model.coef_[0] / spread
    return PairModel(weights, float(model.intercept_[0] - (weights * scale.mean_).sum()))
