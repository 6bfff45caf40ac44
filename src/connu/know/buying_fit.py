"""One horizon's trees: what lifts a pair above its category's base rate, and how far to trust it.

Who is a customer now may be one because of the purchase to be predicted, and who is a visitor now
did not make it: at a past moment both looked the same. The trees are therefore shown who is what,
so that they blame the kind and not the behaviour that goes with it, and are then asked about
everybody as if he were of the kind that buys. What that overstates the calibration takes back, on
everybody, apart for those who had bought before and those who had not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from connu.know.buying_forest import Forest
from connu.know.buying_rows import Rows
from connu.know.intent_features import PLACE_OF

_TREES: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    # A leaf needs so many purchases expected in it.
    "min_sum_hessian_in_leaf": 4.0,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_ROUNDS, _PATIENCE = 120, 15
#: Purchases on either side below which no tree is grown: the base rate is told.
_FEWEST = 10


@dataclass(frozen=True)
class Fit:
    """Trees and calibration of one horizon, of categories or of the shop as a whole.

    Attributes:
        forest: the trees.
        curves: float64 (2, 2): slope and intercept on log odds, of who had not and who had bought.
    """

    forest: Forest
    curves: np.ndarray

    @classmethod
    def plain(cls, forest: Forest) -> Fit:
        """Without a calibration of its own."""
        return cls(forest, np.array([[1.0, 0.0], [1.0, 0.0]]))

    def probability(self, features: np.ndarray, base: np.ndarray) -> np.ndarray:
        """float64 (n,): calibrated.

        Args:
            features: float32 (n, f), without the kind.
            base: float64 (n,): log odds of the base rate.
        """
        odds = self.forest.margin(features) + base
        group = (features[:, PLACE_OF["all_bought"]] > 0).astype(np.int64)
        return _sigmoid(self.curves[group, 0] * odds + self.curves[group, 1])


@dataclass(frozen=True)
class Binned:
    """Rows of all of a shop's moments, sorted into bins once for every horizon.

    Attributes:
        rows: of categories, or of the shop as a whole.
        held: bool (n,): rows of the subjects held out.
        bins: LightGBM's.
    """

    rows: Rows
    held: np.ndarray
    bins: lightgbm.Dataset

    @classmethod
    def of(cls, rows: Rows, buys: np.ndarray, held: np.ndarray) -> Binned:
        """Sort into bins.

        Args:
            rows: all of categories, or all of the shop as a whole.
            buys: bool (n,): whether the row's subject is of the kind that buys.
            held: bool (n,): rows of the subjects held out.
        """
        x = np.column_stack([rows.features, buys.astype(np.float32)])
        few = {name: _TREES[name] for name in ("max_bin", "num_threads", "verbosity")}
        nothing = np.zeros(len(x))
        bins = lightgbm.Dataset(x, nothing, weight=nothing, init_score=nothing, params=few)
        return cls(rows, held, bins.construct() if len(x) else bins)

    def part(self, mask: np.ndarray, y: np.ndarray, horizon: int) -> lightgbm.Dataset:
        """Some rows, with what came of them within a horizon."""
        part = self.bins.subset(np.flatnonzero(mask).tolist()).construct()
        part.set_label(y[mask])
        part.set_weight(self.rows.fading()[mask])
        part.set_init_score(self.rows.base(horizon)[mask])
        return part


def grown(binned: Binned, horizon: int, ages: Sequence[int], seed: int) -> Forest:
    """Trees on top of the base rate, grown on most subjects, stopped by the others.

    Args:
        binned: rows of these moments and others.
        horizon: days.
        ages: of the moments to learn from.
        seed: of the trees.

    Cost: about 3 s for 150,000 rows on one core.
    """
    y = binned.rows.until <= horizon
    there = np.isin(binned.rows.age, np.asarray(ages))
    learnt, watched = there & ~binned.held, there & binned.held
    if min(y[learnt].sum(), y[watched].sum()) < _FEWEST:
        return Forest.asked("")
    booster = lightgbm.train(
        {**_TREES, "seed": seed},
        binned.part(learnt, y, horizon),
        _ROUNDS,
        valid_sets=[binned.part(watched, y, horizon)],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    return Forest.asked(booster.model_to_string(num_iteration=max(booster.best_iteration, 1)))


def calibrated(forest: Forest, rows: Rows, horizon: int) -> Fit:
    """The trees with the level that rows held out of them have."""
    y, weight = rows.until <= horizon, rows.fading()
    odds = forest.margin(rows.features) + rows.base(horizon)
    bought = rows.features[:, PLACE_OF["all_bought"]] > 0
    curves = [_curve(odds[mask], y[mask], weight[mask]) for mask in (~bought, bought)]
    return Fit(forest, np.array(curves))


def _curve(odds: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope and intercept by weighted logistic regression, drawn to 1 and 0 where few bought.

    Source: Platt (1999); the penalty is worth a few purchases.
    """
    slope, intercept = 1.0, 0.0
    for _ in range(50):
        p = _sigmoid(slope * odds + intercept)
        gap, bend = weight * (p - y), weight * p * (1.0 - p)
        gradient = np.array([gap @ odds + 20.0 * (slope - 1.0), gap.sum() + 1.0 * intercept])
        matrix = np.array(
            [
                [bend @ (odds * odds) + 20.0, bend @ odds],
                [bend @ odds, bend.sum() + 1.0],
            ]
        )
        step = np.linalg.solve(matrix, gradient)
        step /= max(1.0, float(np.abs(step).max()) / 0.7)
        slope, intercept = slope - step[0], intercept - step[1]
        if np.abs(step).max() < 1e-8:
            break
    return max(float(slope), 0.05), float(intercept)


def _sigmoid(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0))))
