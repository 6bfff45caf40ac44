"""A model's scores made as sure as they are right: one temperature, one bias a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from connu.twins.scores import checked, checked_pair, shares, sigmoid

#: Scores further than this below the best of the row say nothing more.
_FLOOR = -30.0
#: Where scores may saturate, in log units below the best of the row; the last is not felt.
_CEILINGS = (2.0, 3.0, 4.5, 7.0, 12.0, 300.0)
#: People the ceiling is looked for on.
_ENOUGH = 2_000
#: Penalty of the slope, in units of the scores' own spread, and of the biases. Worth a person or
#: so: it binds where there are few, and vanishes where there are many.
_RIDGE = 1.0
#: Least slope in those units: scores that say nothing, or the contrary, keep their order only.
_LEAST = 1e-3


class TemperatureCalibrator:
    """softmax(slope · score + bias): vector scaling with one slope shared by all classes.

    Votes of neighbours and saturated models say log 0 where they mean "seldom"; so scores are
    first bent towards a ceiling, ceiling · tanh(score / ceiling), which keeps their order. The
    slope is drawn to zero, that is to the classes' shares, as if about one person said so:
    with three people the answer stays near chance, with thousands the penalty is not felt. The
    slope is never negative, so order within a class never turns round. For two classes this is
    Platt's scaling of the log odds.

    Attributes:
        ceiling_: in log units, one of a few, that of the greatest likelihood.
        slope_: above 0.
        bias_: float64 (k,).

    Source: Platt (1999); Guo, Pleiss, Sun & Weinberger, On Calibration of Modern Neural Networks
        (ICML 2017).
    """

    ceiling_: float
    slope_: float
    bias_: np.ndarray

    def fit(self, scores: np.ndarray, y: np.ndarray) -> Self:
        """Learn slope and biases by Newton's method; the loss is convex.

        Args:
            scores: held-out logits or log-probabilities (n, k); infinite ones are clipped.
            y: codes (n,) into the k columns; classes may be absent.

        Raises:
            UsageError: shapes that do not go together, NaN.

        Cost: about ten passes over (n, k), k + 1 sorts of n; k³ a step.
        """
        values, codes = checked_pair(scores, y)
        self.ceiling_ = find_ceiling(values, codes, lambda v, c, ceiling: _fit(v, c, ceiling)[0])
        _, self.slope_, self.bias_ = _fit(values, codes, self.ceiling_)
        return self

    def transform(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) of scores (n, k); rows sum to one.

        Cost: about 20 million rows a second for two classes.
        """
        values = checked(scores)
        if values.shape[1] == 2:
            logit = values[:, 1] - values[:, 0]
            np.clip(logit, _FLOOR, -_FLOOR, out=logit)
            logit /= self.ceiling_
            np.tanh(logit, out=logit)
            logit *= self.slope_ * self.ceiling_
            logit += self.bias_[1] - self.bias_[0]
            np.clip(logit, -700.0, 700.0, out=logit)
            out = np.empty_like(values)
            out[:, 1] = sigmoid(logit)
            np.subtract(1.0, out[:, 1], out=out[:, 0])
            return out
        return _softmax(self.slope_ * bent(values, self.ceiling_) + self.bias_)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for the model's file."""
        return {
            "kind": "temperature",
            "ceiling": self.ceiling_,
            "slope": self.slope_,
            "bias": self.bias_.tolist(),
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The calibrator that `to_dict` wrote."""
        self = cls()
        self.ceiling_ = float(shape["ceiling"])
        self.slope_ = float(shape["slope"])
        self.bias_ = np.asarray(shape["bias"], np.float64)
        return self


def bent(values: np.ndarray, ceiling: float) -> np.ndarray:
    """Scores below the best of their row (n, k), bent towards −ceiling; their order stays."""
    gap = values - values.max(1, keepdims=True)
    np.maximum(gap, _FLOOR, out=gap)
    gap /= ceiling
    np.tanh(gap, out=gap)
    gap *= ceiling
    return gap


def find_ceiling(
    values: np.ndarray,
    codes: np.ndarray,
    loss: Callable[[np.ndarray, np.ndarray, float], float],
) -> float:
    """The ceiling of greatest likelihood; the highest, unless another is a nat better.

    Args:
        values: checked scores (n, k), sorted by content.
        codes: (n,).
        loss: of a curve fitted to some people under a ceiling.

    Cost: six fits on at most 2,000 people, evenly taken.
    """
    if len(values) > _ENOUGH:
        some = np.linspace(0, len(values) - 1, _ENOUGH).astype(np.int64)
        values, codes = values[some], codes[some]
    highest = max(_CEILINGS)
    lost = {c: loss(values, codes, c) + (c != highest) for c in _CEILINGS}
    return min(_CEILINGS, key=lambda c: (lost[c], -c))


def _fit(values: np.ndarray, codes: np.ndarray, ceiling: float) -> tuple[float, float, np.ndarray]:
    """Penalised loss, slope and biases (k,) under a ceiling."""
    classes = values.shape[1]
    base = np.log(shares(codes, classes))
    values = bent(values, ceiling)
    middle = values.mean(0) if len(values) else np.zeros(classes)
    centred = values - middle
    # The scores' spread between classes; what all classes share cancels in the softmax.
    apart = centred - centred.mean(1, keepdims=True)
    scale = float(np.sqrt((apart**2).sum(1).mean())) if len(values) else 0.0
    scale = scale if scale > 1e-9 else 1.0
    loss, slope, bias = _newton(apart / scale, codes, base, free=True)
    if slope < _LEAST:
        loss, slope, bias = _newton(apart / scale, codes, base, free=False)
    slope /= scale
    bias = base + bias - slope * middle
    return loss, slope, bias - bias.mean()


def _softmax(logits: np.ndarray) -> np.ndarray:
    out = logits - logits.max(1, keepdims=True)
    np.exp(out, out=out)
    out /= out.sum(1, keepdims=True)
    return out


def _newton(
    x: np.ndarray, codes: np.ndarray, base: np.ndarray, *, free: bool
) -> tuple[float, float, np.ndarray]:
    """Penalised loss, slope, biases beside `base`, at the optimum; slope held where not free."""
    n, k = x.shape
    rows = np.arange(n)
    theta = np.zeros(k + 1)
    if not free:
        theta[0] = _LEAST

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        logits = theta[0] * x + (base + theta[1:])
        top = logits.max(1, keepdims=True)
        part = np.exp(logits - top)
        total = part.sum(1, keepdims=True)
        said = logits[rows, codes] - top[:, 0] - np.log(total[:, 0])
        return 0.5 * _RIDGE * float(theta @ theta) - float(said.sum()), part / total

    value, p = loss(theta)
    for _ in range(100):
        miss = p.copy()
        miss[rows, codes] -= 1.0
        slope = (p * x).sum(1, keepdims=True)
        gradient = _RIDGE * theta
        gradient[0] += float((miss * x).sum())
        gradient[1:] += miss.sum(0)
        curve = _RIDGE * np.eye(k + 1)
        curve[0, 0] += float((p * (x - slope) ** 2).sum())
        curve[0, 1:] += (p * (x - slope)).sum(0)
        curve[1:, 0] = curve[0, 1:]
        curve[1:, 1:] += np.diag(p.sum(0)) - p.T @ p
        if not free:
            gradient[0], curve[0, :], curve[:, 0], curve[0, 0] = 0.0, 0.0, 0.0, 1.0
        step = np.linalg.solve(curve, gradient)
        gain = float(step @ gradient)
        if gain < 1e-12 * (1.0 + abs(value)):
            break
        pace = 1.0
        while pace > 1e-6:
            after, p_after = loss(theta - pace * step)
            if after <= value - 1e-4 * pace * gain:
                break
            pace /= 2
        else:
            break
        theta, value, p = theta - pace * step, after, p_after
    return value, float(theta[0]), theta[1:]
