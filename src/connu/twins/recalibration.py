"""Recalibration: visitors' probabilities moved to where audits put them, as far as they must be.

Some 200 answers are few: taken at their word they would disturb what was right. So no change is
what they are weighed against, and only evidence moves anything.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from connu.twins.prior import TINY, softmax

#: How far audits may move the log odds and the slope, before anything is seen: from not at all
#: (0) to much. Evidence weighs them, so that audits which contradict nothing change nothing.
_BIAS_SCALES = (0.0, 0.25, 0.5, 1.0, 2.0)
_SLOPE_SCALES = (0.0, 0.25, 0.5)
#: Scores never count for nothing, and never turn round.
_LEAST_SLOPE = 0.05


class AuditCalibrator:
    """Probabilities moved to where audits put them: a bias per class and one slope for all.

    softmax(slope · log p + bias), drawn to no change (slope 1, bias 0) by a normal prior. How wide
    that prior is, is averaged over by evidence: audits that agree with what is told leave it
    nearly alone, and 200 that contradict it move it. With nobody audited nothing changes.

    Attributes:
        slope_: above 0.
        bias_: float64 (k,).

    Source: MacKay, Bayesian interpolation, Neural Computation 4 (1992), for the evidence (by
        Laplace's approximation); Guo et al., ICML 2017, for vector scaling with one slope.
    """

    slope_: float
    bias_: np.ndarray

    def fit(
        self, probability: np.ndarray, codes: np.ndarray, weights: np.ndarray | None = None
    ) -> Self:
        """Learn from audited visitors. Cost: fifteen small convex fits, about 20 ms for 200.

        Args:
            probability: what is told of them (a, k).
            codes: their values (a,); below 0, of no class, are left out.
            weights: how many visitors each stands for (a,); they then count for as many people as
                an even sample of equal precision would hold.
        """
        log = np.log(np.maximum(np.asarray(probability, np.float64), TINY))
        codes = np.asarray(codes, np.int64)
        weight = np.ones(len(codes)) if weights is None else np.asarray(weights, np.float64)
        log, codes, weight = log[codes >= 0], codes[codes >= 0], weight[codes >= 0]
        order = np.lexsort((weight, codes, *log.T))
        log, codes, weight = log[order], codes[order], weight[order]
        if len(codes):
            weight = weight * weight.sum() / np.square(weight).sum()
        found = [
            _fit(log, codes, weight, slope_scale, bias_scale)
            for slope_scale in _SLOPE_SCALES
            for bias_scale in _BIAS_SCALES
        ]
        evidence = np.array([value for _, value in found])
        share = np.exp(evidence - evidence.max())
        theta = (share / share.sum()) @ np.array([moved for moved, _ in found])
        self.slope_ = float(max(_LEAST_SLOPE, 1.0 + theta[0]))
        self.bias_ = theta[1:] - theta[1:].mean()
        return self

    def transform(self, probability: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) as the audits would have them."""
        log = np.log(np.maximum(np.asarray(probability, np.float64), TINY))
        return softmax(self.slope_ * log + self.bias_)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for the model's file."""
        return {"kind": "audited", "slope": self.slope_, "bias": self.bias_.tolist()}

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The calibrator that `to_dict` wrote."""
        self = cls()
        self.slope_ = float(shape["slope"])
        self.bias_ = np.asarray(shape["bias"], np.float64)
        return self


def _fit(
    log: np.ndarray, codes: np.ndarray, weight: np.ndarray, slope_scale: float, bias_scale: float
) -> tuple[np.ndarray, float]:
    """Move of slope and biases (1 + k,) of largest posterior under normal priors; its evidence."""
    k = log.shape[1]
    scale = np.array([slope_scale, *[bias_scale] * k])
    free = scale > 0
    theta = np.zeros(1 + k)
    rows = np.arange(len(codes))
    penalty = np.where(free, 1 / np.square(np.where(free, scale, 1.0)), 0.0)

    def told(theta: np.ndarray) -> tuple[float, np.ndarray]:
        p = softmax((1 + theta[0]) * log + theta[1:])
        said = np.log(np.maximum(p[rows, codes], 1e-300))
        return float(weight @ said) - 0.5 * float(penalty @ np.square(theta)), p

    value, p = told(theta)
    curve = np.eye(1 + k)
    for _ in range(50):
        mean = (p * log).sum(axis=1)
        miss = -weight[:, None] * p
        miss[rows, codes] += weight
        gradient = np.append((miss * log).sum(), miss.sum(axis=0)) - penalty * theta
        spread = weight[:, None] * p
        curve = np.diag(penalty)
        curve[0, 0] += float((spread * np.square(log - mean[:, None])).sum())
        curve[0, 1:] = curve[1:, 0] = (spread * (log - mean[:, None])).sum(axis=0)
        curve[1:, 1:] += np.diag(spread.sum(axis=0)) - p.T @ spread
        if not free.any():
            return theta, value
        step = np.zeros(1 + k)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], gradient[free])
        gain, pace = float(step @ gradient), 1.0
        if gain < 1e-10:
            break
        while pace > 1e-6:
            after, p_after = told(theta + pace * step)
            if after >= value + 1e-4 * pace * gain:
                break
            pace /= 2
        else:
            break
        theta, value, p = theta + pace * step, after, p_after
    _, volume = np.linalg.slogdet(curve[np.ix_(free, free)])
    return theta, value + 0.5 * float(np.log(penalty[free]).sum()) - 0.5 * float(volume)
