"""The boosted member: trees over the few numbers that the other members found telling."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import lightgbm
import numpy as np

#: Trees of few leaves learnt slowly: behaviour is noisy, and what is fine in it is chance.
_TREES: dict[str, Any] = {
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 30,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    # Two threads wait for each other wherever something else runs: folds run side by side instead.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_ROUNDS = 250
#: Fewer people than this, or of a class, are not worth trees.
FEWEST, FEWEST_OF_CLASS = 1_000, 50


@dataclass(frozen=True, eq=False)
class Boosting:
    """Scores (n, k) of boosted trees; `text` is LightGBM's own model file.

    Source: Ke et al., LightGBM (NIPS 2017).
    """

    text: str
    classes: int

    @classmethod
    def fit(cls, features: np.ndarray, codes: np.ndarray, classes: int, seed: int) -> Self:
        """Learn; features float32 (n, f). Cost: about a second for 10,000 × 60."""
        goal = (
            {"objective": "binary"}
            if classes == 2
            else {"objective": "multiclass", "num_class": classes}
        )
        rounds = _ROUNDS if classes == 2 else _ROUNDS // 2
        data = lightgbm.Dataset(features, codes, params={"verbosity": -1, "max_bin": 63})
        model = lightgbm.train({**_TREES, **goal, "seed": seed}, data, rounds)
        return cls(model.model_to_string(), classes)

    def scores(self, features: np.ndarray, threads: int = 2) -> np.ndarray:
        """float64 (n, k), centred over the classes. Cost: some µs a row on two cores."""
        raw: np.ndarray = np.asarray(
            self._model.predict(features, raw_score=True, num_threads=threads)
        )
        if self.classes == 2:
            return np.stack([-raw / 2, raw / 2], axis=1)
        return raw - raw.mean(axis=1, keepdims=True)

    @cached_property
    def _model(self) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=self.text)


def grown(
    features: np.ndarray, codes: np.ndarray, fold: np.ndarray, classes: int, seed: int
) -> tuple[np.ndarray, Boosting]:
    """What trees say of each person by trees that did not see him (n, k), and trees of all.

    Args:
        features: float32 (n, f).
        codes: (n,).
        fold: int64 (n,), from 0.
    """

    def one(held_fold: int) -> tuple[np.ndarray, Boosting]:
        held = fold == held_fold
        trees = Boosting.fit(features[~held], codes[~held], classes, seed)
        return held, trees

    said = np.zeros((len(codes), classes))
    with ThreadPoolExecutor(2) as pool:
        # Minus one is nobody's fold: those trees see everybody.
        made = list(pool.map(one, [-1, *range(int(fold.max()) + 1)]))
    for held, trees in made[1:]:
        said[held] = trees.scores(features[held], threads=1)
    return said, made[0][1]
