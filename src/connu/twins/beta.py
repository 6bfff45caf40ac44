"""A curve that bends differently at its two ends: beta calibration, class by class."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from connu.twins.scores import checked, checked_pair, log_odds, shares, sigmoid, spread_out
from connu.twins.temperature import bent, find_ceiling

#: Penalty of slope, bend and intercept in units of the scores' own spread: about one person.
_RIDGE = 1.0
#: Least slope in those units: scores that say nothing, or the contrary, keep their order only.
_LEAST = 1e-3


class BetaCalibrator:
    """Calibrated log odds a·ln p − b·ln(1 − p) + c, with a and b not negative.

    Right where the scores of each class are beta distributed; three numbers a curve, so it is
    smooth and asks for few people. Written as slope · log odds + bend · ln p(1 − p) + intercept
    with |bend| ≤ slope, which is the same and lets the penalty draw the bend to zero (Platt's
    curve) and the slope to zero (the class's share). Two classes share one curve; more have one
    each against the rest, made to sum to one. Saturated scores are bent towards a ceiling first,
    as the temperature calibrator does.

    Attributes:
        ceiling_: in log units.
        curves_: float64 (1 or k, 3): slope, bend, intercept.

    Source: Kull, Silva Filho & Flach, Beta calibration (AISTATS 2017).
    """

    ceiling_: float
    curves_: np.ndarray
    classes_: int

    def fit(self, scores: np.ndarray, y: np.ndarray) -> Self:
        """Learn the curves by Newton's method; the loss is convex.

        Args:
            scores: held-out logits or log-probabilities (n, k); infinite ones are clipped.
            y: codes (n,) into the k columns; classes may be absent.

        Raises:
            UsageError: shapes that do not go together, NaN.

        Cost: about ten passes over n a curve, k + 1 sorts of n.
        """
        values, codes = checked_pair(scores, y)
        self.classes_ = values.shape[1]
        self.ceiling_ = find_ceiling(
            values, codes, lambda v, c, ceiling: float(_curves(v, c, ceiling)[:, 0].sum())
        )
        self.curves_ = _curves(values, codes, self.ceiling_)[:, 1:]
        return self

    def transform(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) of scores (n, k); rows sum to one.

        Cost: about 10 million rows a second for two classes.
        """
        odds = _odds(checked(scores), self.ceiling_)
        slope, bend, intercept = self.curves_.T
        logit = bend * _bent(odds)
        odds *= slope
        logit += odds
        logit += intercept
        np.clip(logit, -700.0, 700.0, out=logit)
        return spread_out(sigmoid(logit), self.classes_)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for the model's file."""
        return {
            "kind": "beta",
            "classes": self.classes_,
            "ceiling": self.ceiling_,
            "curves": self.curves_.tolist(),
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The calibrator that `to_dict` wrote."""
        self = cls()
        self.classes_ = int(shape["classes"])
        self.ceiling_ = float(shape["ceiling"])
        self.curves_ = np.asarray(shape["curves"], np.float64)
        return self


def _odds(values: np.ndarray, ceiling: float) -> np.ndarray:
    """Log odds of bent scores, as `log_odds`."""
    if values.shape[1] > 2:
        return log_odds(bent(values, ceiling))
    odds = log_odds(values)
    odds /= ceiling
    np.tanh(odds, out=odds)
    odds *= ceiling
    return odds


def _curves(values: np.ndarray, codes: np.ndarray, ceiling: float) -> np.ndarray:
    """Of each curve: loss, slope, bend, intercept (1 or k, 4)."""
    classes = values.shape[1]
    odds = _odds(values, ceiling)
    share = shares(codes, classes)
    of = [1] if classes == 2 else range(classes)
    return np.array([_curve(odds[:, j], codes == c, share[c]) for j, c in enumerate(of)])


def _bent(odds: np.ndarray) -> np.ndarray:
    """ln p(1 − p) of log odds."""
    size = np.abs(odds)
    out = np.exp(-size)
    np.log1p(out, out=out)
    out *= -2.0
    out -= size
    return out


def _curve(odds: np.ndarray, yes: np.ndarray, share: float) -> np.ndarray:
    """Loss, slope, bend, intercept of one class; at a corner where a or b would fall below 0."""
    features = np.column_stack([odds, _bent(odds)])
    middle = features.mean(0) if len(odds) else np.zeros(2)
    scale = features.std(0) if len(odds) else np.ones(2)
    scale = np.where(scale > 1e-9, scale, 1.0)
    x = (features - middle) / scale
    base = float(np.log(share / (1.0 - share)))
    # slope ± bend ≥ 0 in the features' own units; `scale` turns them.
    ratio = scale[0] / scale[1]
    free, loss, intercept = _logistic(x, yes, base)
    found = (loss, free[0], free[1], intercept)
    if free[0] < _LEAST or abs(free[1]) * ratio > free[0]:
        corners = []
        for turn in (1.0, -1.0):
            # bend = ± slope: one number t for both, t·(x₀/s₀ ± x₁/s₁) in units of the first.
            one, loss, intercept = _logistic(x[:, :1] + turn * x[:, 1:] / ratio, yes, base)
            if one[0] >= _LEAST:
                corners.append((loss, one[0], turn * one[0] / ratio, intercept))
        if corners:
            found = min(corners)
        else:
            _, loss, intercept = _logistic(x[:, :0], yes, base)
            found = (loss, _LEAST, 0.0, intercept)
    loss, slope, bend, intercept = found
    slope, bend = slope / scale[0], bend / scale[1]
    return np.array([loss, slope, bend, intercept - slope * middle[0] - bend * middle[1]])


def _logistic(x: np.ndarray, yes: np.ndarray, base: float) -> tuple[np.ndarray, float, float]:
    """Ridge logistic regression: weights (p,), penalised loss, intercept (drawn to `base`)."""
    design = np.column_stack([x, np.ones(len(x))])
    sign = np.where(yes, 1.0, -1.0)
    theta = np.zeros(design.shape[1])

    def loss(theta: np.ndarray) -> float:
        margin = sign * (design @ theta + base)
        return float(np.logaddexp(0.0, -margin).sum()) + 0.5 * _RIDGE * float(theta @ theta)

    value = loss(theta)
    for _ in range(100):
        p = sigmoid(np.clip(design @ theta + base, -700.0, 700.0))
        gradient = design.T @ (p - yes) + _RIDGE * theta
        curve = (design * (p * (1.0 - p))[:, None]).T @ design + _RIDGE * np.eye(len(theta))
        step = np.linalg.solve(curve, gradient)
        gain = float(step @ gradient)
        if gain < 1e-12 * (1.0 + abs(value)):
            break
        pace = 1.0
        while pace > 1e-6:
            after = loss(theta - pace * step)
            if after <= value - 1e-4 * pace * gain:
                break
            pace /= 2
        else:
            break
        theta, value = theta - pace * step, after
    return theta[:-1], value, float(theta[-1]) + base
