"""The stack: with many labels, themes learn from each other and from how a text is written.

What the label model says of all themes, the witnesses, tone, forms and length go into small boosted
trees a theme; their log-odds are added to the label model's own. Everything is learnt on what other
folds said, and calibrated on what the stack itself says out of its folds.

Source: Wolpert, Stacked Generalization, Neural Networks 1992; Platt, Probabilistic Outputs, 1999.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

#: Labels of a theme from which it gets trees of its own.
LEAST = 25
FOLDS = 4
_TREES: dict[str, Any] = {
    "n_estimators": 120, "num_leaves": 7, "learning_rate": 0.05, "min_child_samples": 30,
    "subsample": 0.7, "subsample_freq": 1, "colsample_bytree": 0.5, "verbose": -1, "n_jobs": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """Trees by theme.

    Attributes:
        trees: LightGBM boosters, None where a theme has too few labels.
        own: float64 (themes, 2): slope and bias of the label model's log-odds.
        slope, bias: float64 (themes,): of the sum, calibrated.
        threshold: float64 (themes,): the probability from which F1 was best, out of fold.
    """

    trees: tuple[Any, ...]
    own: np.ndarray
    slope: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray

    def of(self, features: np.ndarray, said: np.ndarray) -> np.ndarray:
        """float64 (n, themes): probabilities; NaN where a theme has no trees.

        Args:
            features: float32 (n, columns). said: float32 (n, themes), of the label model.
        """
        made = np.full(said.shape, np.nan)
        for k, trees in enumerate(self.trees):
            if trees is not None:
                odds = self.own[k, 0] * said[:, k] + self.own[k, 1]
                odds = odds + _odds(trees.predict(features, num_threads=1))
                made[:, k] = 1 / (1 + np.exp(-(self.slope[k] * odds + self.bias[k])))
        return made


def learn_stack(features: np.ndarray, said: np.ndarray, labels: np.ndarray, seed: int = 0) -> Stack:
    """Learn from labelled texts.

    Cost: about a second a theme and 10,000 texts.

    Args:
        features: float32 (n, columns). said: float32 (n, themes), told by other folds.
        labels: bool (n, themes).
        seed: of folds and trees.
    """
    themes = labels.shape[1]
    own, slope, bias = np.zeros((themes, 2)), np.ones(themes), np.zeros(themes)
    threshold = np.full(themes, 0.5)
    trees: list[Any] = []
    for k in range(themes):
        of_it = labels[:, k]
        if min(of_it.sum(), (~of_it).sum()) < LEAST:
            trees.append(None)
            continue
        platt = LogisticRegression(C=1e3).fit(said[:, [k]], of_it)
        own[k] = platt.coef_[0, 0], platt.intercept_[0]
        out = np.zeros(len(of_it))
        for learnt, told in KFold(FOLDS, shuffle=True, random_state=seed + 1).split(features):
            out[told] = _fitted(features[learnt], of_it[learnt], seed).predict(features[told])
        odds = own[k, 0] * said[:, k] + own[k, 1] + _odds(out)
        calibrated = LogisticRegression(C=1e3).fit(odds[:, None], of_it)
        slope[k], bias[k] = calibrated.coef_[0, 0], calibrated.intercept_[0]
        threshold[k] = _best(1 / (1 + np.exp(-(slope[k] * odds + bias[k]))), of_it)
        trees.append(_fitted(features, of_it, seed))
    return Stack(tuple(trees), own, slope, bias, threshold)


def _fitted(features: np.ndarray, of_it: np.ndarray, seed: int) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(random_state=seed, **_TREES).fit(features, of_it).booster_


def _odds(probability: np.ndarray) -> np.ndarray:
    return np.log((probability + 1e-3) / (1 - probability + 1e-3))


def _best(probability: np.ndarray, of_it: np.ndarray) -> float:
    """The probability from which F1 is best.

    >>> _best(np.array([.1, .4, .6, .9]), np.array([False, True, True, True]))
    0.25
    """
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(of_it[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + of_it.sum())
    at = int(f1.argmax())
    low = probability[order[at + 1]] if at + 1 < len(order) else 0.0
    return float(np.round((probability[order[at]] + low) / 2, 6))
