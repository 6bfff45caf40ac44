"""The ranker: which candidate comes next, and how surely.

Two boosted forests look at a candidate's columns: one learns to put what came next before the rest
(LambdaMART), one how likely each is to be it. A conditional logit over the candidates weighs the
two, with one way out for whatever is no candidate, so that the probabilities of one session add up
to at most 1 and hold.

Sources: Burges, From RankNet to LambdaRank to LambdaMART, 2010; McFadden, Conditional logit
analysis of qualitative choice behavior, 1974.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import lightgbm
import numpy as np
from scipy.optimize import minimize

from connu.know.ranking_forest import RankingForest

#: Boosting. Not tuned on any one shop: small steps, trees of usual size.
_ROUNDS, _RATE, _LEAVES = 100, 0.08, 31
_LENGTH = 20
#: Of a step's candidates the forests are shown the first by the quick score, and some others.
_HIGH, _DRAWN = 40, 20
_NOTHING = -1e30
#: Candidates where fewer are weighed, of many sessions at once.
SHORT = 30


@dataclass(frozen=True)
class Ranker:
    """Learnt weights.

    Attributes:
        order, chance: the forests.
        weights: float64 (2, 4): where all candidates are weighed, and where at most SHORT are: of
            `order` and of `chance`; how likely the way out is, and how far it goes along with the
            best candidate: see `_shares`.
    """

    order: RankingForest
    chance: RankingForest
    weights: np.ndarray

    def probability(self, candidates: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """float64 (q, n): that each candidate comes next; 0 where there is none.

        Cost: 2 µs a candidate.
        """
        weights = self.weights[int(candidates.shape[1] <= SHORT)]
        return _shares(weights, *self._margins(columns), candidates >= 0)[0]

    def _margins(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        flat = columns.reshape(-1, columns.shape[2])
        shape = columns.shape[:2]
        return self.order.margin(flat).reshape(shape), self.chance.margin(flat).reshape(shape)

    @classmethod
    def learn(
        cls, candidates: np.ndarray, columns: np.ndarray, target: np.ndarray, held: np.ndarray,
        *, seed: int = 0,
    ) -> Ranker:  # fmt: skip
        """Learn from steps whose outcome is known.

        Args:
            candidates: int32 (q, n); columns: float32 (q, n, f); target: int32 (q,).
            held: bool (q,): steps left out of the forests, on which they are weighed.

        Where no step's target is among its candidates the forests are empty, and the weights say
        that nothing of it is likely.

        Cost: about 15 s of processor time for 10,000 steps of 100 candidates.
        """
        even = np.tile([0.5, 0.5, 0.0, 0.0], (2, 1))
        made = cls(*_forests(candidates, columns, target, ~held, seed), even)
        if not held.any():
            return made
        hit, there = candidates[held] == target[held, None], candidates[held] >= 0
        order, chance = made._margins(columns[held])
        weights = [
            _weigh(order[:, :n], chance[:, :n], there[:, :n], hit[:, :n])
            for n in (hit.shape[1], SHORT)
        ]
        return replace(made, weights=np.array(weights))

    def again(
        self, candidates: np.ndarray, columns: np.ndarray, target: np.ndarray, *, seed: int = 0
    ) -> Ranker:
        """The forests learnt anew from all steps, weighed as they were found to be worth."""
        every = np.ones(len(target), np.bool_)
        order, chance = _forests(candidates, columns, target, every, seed)
        return replace(self, order=order, chance=chance)

    def to_json(self) -> dict[str, Any]:
        """The ranker as JSON."""
        return {
            "order": self.order.text,
            "chance": self.chance.text,
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Ranker:
        """Whatever `to_json` gave."""
        weights = np.array(told["weights"], np.float64)
        return cls(RankingForest.of(told["order"]), RankingForest.of(told["chance"]), weights)


def _forests(
    candidates: np.ndarray, columns: np.ndarray, target: np.ndarray, use: np.ndarray, seed: int
) -> tuple[RankingForest, RankingForest]:
    """Both forests, side by side, from the steps in use whose outcome is a candidate."""
    hit = candidates == target[:, None]
    rows = hit.any(axis=1) & use
    weight = _thinned(candidates[rows], hit[rows], seed)
    kept = weight > 0
    table, right = columns[rows][kept], hit[rows][kept].astype(np.int8)
    given = (table, right, weight[kept])
    with ThreadPoolExecutor(2) as pool:
        order = pool.submit(_forest, *given, "lambdarank", seed, kept.sum(axis=1))
        chance = pool.submit(_forest, *given, "binary", seed, None)
        return order.result(), chance.result()


def _thinned(candidates: np.ndarray, hit: np.ndarray, seed: int) -> np.ndarray:
    """float32 (q, n): what each candidate weighs, 0 where it is left out.

    Of the many that stand low in the quick score some are drawn, and stand for the others; what
    came next always stays. It halves the work and moves no list.
    """
    weight = (candidates >= 0).astype(np.float32)
    low = weight.shape[1] - _HIGH
    if low > _DRAWN:
        drawn = np.random.default_rng(seed).random((len(weight), low)) < _DRAWN / low
        stands = np.where(drawn, np.float32(low / _DRAWN), np.float32(0))
        weight[:, _HIGH:] *= np.where(hit[:, _HIGH:], np.float32(1), stands)
    return weight


def _forest(
    table: np.ndarray,
    right: np.ndarray,
    weight: np.ndarray,
    objective: str,
    seed: int,
    groups: np.ndarray | None,
) -> RankingForest:
    if not right.any():
        return RankingForest.of("")
    parameters = {
        "objective": objective,
        "learning_rate": _RATE,
        "num_leaves": _LEAVES,
        "min_data_in_leaf": 50,
        "feature_fraction": 0.7,
        "lambda_l2": 5,
        "max_bin": 63,
        "lambdarank_truncation_level": _LENGTH,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
        "seed": seed,
    }
    data = lightgbm.Dataset(table, right, group=groups, weight=weight)
    booster = lightgbm.train(parameters, data, _ROUNDS)
    return RankingForest.of(booster.model_to_string())


def _shares(
    weights: np.ndarray, order: np.ndarray, chance: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of each candidate, and of the way out: their shares of one session's whole."""
    score = np.where(there, weights[0] * order + weights[1] * chance, _NOTHING)
    # The way out is likelier where no candidate stands out; it may lean on the best of them.
    best = np.maximum(score.max(axis=1), -50.0)
    out = weights[2] + weights[3] * best
    top = np.maximum(best, out)
    exponent = np.exp(score - top[:, None])
    way_out = np.exp(out - top)
    whole = exponent.sum(axis=1) + way_out
    return exponent / whole[:, None], way_out / whole


def _weigh(order: np.ndarray, chance: np.ndarray, there: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """The weights of greatest likelihood, lightly held near one half each."""

    def loss(weights: np.ndarray) -> float:
        share, out = _shares(weights, order, chance, there)
        told = np.where(hit.any(axis=1), (share * hit).sum(axis=1), out)
        pull = 0.5 * ((weights[:2] - 0.5) ** 2).sum() + 0.5 * weights[3] ** 2
        return float(-np.log(np.maximum(told, 1e-12)).sum() + pull)

    bounds = [(0.0, 5.0), (0.0, 5.0), (-20.0, 20.0), (-2.0, 2.0)]
    found = minimize(loss, np.array([0.5, 0.5, 0.0, 0.0]), method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64)
