"""Match probabilities checked against the customers they led to.

Fields are not quite independent, so summed bits speak too surely in some places and not surely
enough in others. Clusters see all records of a person together and know better than one pair:
the share of pairs that ended in one cluster, among pairs of like evidence, is what such evidence
is worth. No label is needed; docs/benchmarks.md says how it fares where labels exist.

Source: isotonic regression (pool adjacent violators), Zadrozny & Elkan (2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from connu.identify.scoring import probability

_BINS = 100
#: Pseudo-pairs by which each bin leans on what the bits say alone.
_LEAN = 20.0


@dataclass(frozen=True)
class Calibration:
    """A rising curve from log2 odds to calibrated log2 odds.

    Attributes:
        bits: float64 [knots], rising; empty: no change.
        odds: float64 [knots], rising.
    """

    bits: np.ndarray
    odds: np.ndarray

    @classmethod
    def none(cls) -> Calibration:
        """The curve that changes nothing."""
        return cls(np.zeros(0), np.zeros(0))

    @classmethod
    def fit(cls, bits: np.ndarray, together: np.ndarray) -> Calibration:
        """Learn the curve from pairs and whether each ended in one cluster.

        Cost: one sort of the pairs.
        """
        if len(bits) == 0:
            return cls.none()
        order = np.argsort(bits, kind="stable")
        parts = np.array_split(order, min(_BINS, max(1, len(bits) // 50)))
        knots = np.array([bits[part].mean() for part in parts])
        size = np.array([len(part) for part in parts], np.float64)
        merged = np.array([together[part].sum() for part in parts], np.float64)
        share = (merged + _LEAN * probability(knots)) / (size + _LEAN)
        share = isotonic_regression(share, weights=size + _LEAN).x
        share = np.clip(share, 1e-9, 1 - 1e-9)
        keep = np.concatenate([[True], np.diff(knots) > 0])
        return cls(knots[keep], np.log2(share / (1 - share))[keep])

    def __call__(self, bits: np.ndarray) -> np.ndarray:
        """Calibrated log2 odds; beyond the last knots the curve goes on with slope one."""
        if len(self.bits) == 0:
            return np.asarray(bits, np.float64)
        inside = np.interp(bits, self.bits, self.odds)
        below = np.minimum(bits - self.bits[0], 0.0)
        above = np.maximum(bits - self.bits[-1], 0.0)
        return inside + below + above
