"""Stacking: how much each member is listened to, learnt on people none of them was learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import minimize

#: Penalty of weights, in people: few people leave the members equal.
_RIDGE = 5.0


@dataclass(frozen=True, eq=False)
class Stacking:
    """log p(class) = Σ weight · member's score of the class + bias, up to a constant.

    One weight a member, never negative, whatever the number of classes: some hundred people are
    enough to learn it.

    Attributes:
        weights: float64 (members,).
        bias: float64 (k,).

    Source: Wolpert (1992); non-negative as Breiman, Stacked regressions (1996).
    """

    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, scores: np.ndarray, codes: np.ndarray) -> Self:
        """Learn by least log loss.

        Args:
            scores: float64 (members, n, k), held out.
            codes: (n,).
        """
        members, n, classes = scores.shape
        rows = np.arange(n)
        start = np.full(members, 1.0 / members)

        def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
            weights, bias = theta[:members], theta[members:]
            told = np.tensordot(weights, scores, 1) + bias
            told -= told.max(axis=1, keepdims=True)
            share = np.exp(told)
            total = share.sum(axis=1, keepdims=True)
            share /= total
            value = (np.log(total[:, 0]) - told[rows, codes]).sum()
            value += _RIDGE * (((weights - start) ** 2).sum() + 0.01 * (bias**2).sum())
            share[rows, codes] -= 1.0
            slope = np.concatenate([np.einsum("mnk,nk->m", scores, share), share.sum(axis=0)])
            slope[:members] += 2 * _RIDGE * (weights - start)
            slope[members:] += 0.02 * _RIDGE * bias
            return value / n, slope / n

        bounds = [(0.0, None)] * members + [(None, None)] * classes
        found = minimize(
            loss,
            np.concatenate([start, np.zeros(classes)]),
            jac=True,
            bounds=bounds,
            method="L-BFGS-B",
        )
        return cls(found.x[:members], found.x[members:] - found.x[members:].mean())

    def combine(self, scores: np.ndarray) -> np.ndarray:
        """Log-probabilities (n, k) of scores (members, n, k)."""
        # Member by member: a product of matrices rounds by how many subjects there are.
        told = np.tile(self.bias, (scores.shape[1], 1))
        for weight, score in zip(self.weights, scores, strict=True):
            told += weight * score
        return told - np.logaddexp.reduce(told, axis=1, keepdims=True)
