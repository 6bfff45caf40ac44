"""Intervals around an expectation, as wide as the past says they must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

#: People a band holds at least, and bands at most.
_BAND, _BANDS = 200, 40
#: What is expected where nothing is, but for the last digits.
_NOTHING = 1e-6


@dataclass(frozen=True, eq=False)
class Intervals:
    """What became of people of whom about the same was expected.

    Bands of equal numbers of people by expectation; between the middles of two bands the limits
    are drawn in a straight line, beyond the outermost they grow and shrink with the expectation.

    Attributes:
        middle: float64 (k,): mean expectation in each band, ascending.
        low, high: float64 (k,): limits in each.
        whole: whether limits are whole numbers.
        share: how often the truth is to lie between them, 0–1.
    """

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    whole: bool
    share: float = 0.8

    @classmethod
    def fit(cls, said: np.ndarray, came: np.ndarray, whole: bool, share: float = 0.8) -> Self:
        """Learn from expectations (n,) and what came of them (n,), both at least 0.

        The lower limit leaves half of the rest below it; where that is zero, the rest is all
        above. Most people buy nothing, so that an interval of zero alone may hold more than its
        share.
        """
        order = np.lexsort((came, said))
        bands = max(min(len(said) // _BAND, _BANDS), 1)
        rest = (1.0 - share) / 2.0
        rows = []
        for band in np.array_split(order, bands):
            if not len(band):
                continue
            y = np.sort(came[band])
            low = float(np.quantile(y, rest, method="inverted_cdf"))
            below = float((y < low).mean())
            high = float(np.quantile(y, min(share + below, 1.0), method="inverted_cdf"))
            rows.append((float(said[band].mean()), low, high))
        table = np.array(rows).reshape(-1, 3)
        # More is expected, more may come: chance between bands must not turn that round.
        limits = np.maximum.accumulate(table[:, 1:], axis=0)
        return cls(table[:, 0], limits[:, 0], limits[:, 1], whole, share)

    def around(self, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits (n,) of expectations (n,), which lie between them.

        Where most buy nothing and few buy much, the expectation stands above what comes of four in
        five: the interval reaches up to it, and holds more than its share.
        """
        if not len(self.middle):
            return np.zeros(len(said)), np.asarray(said, np.float64).copy()
        beyond = np.maximum(said / max(self.middle[-1], 1e-12), 1.0)
        low = np.interp(said, self.middle, self.low) * beyond
        high = np.interp(said, self.middle, self.high) * beyond
        if self.whole:
            # Between two bands the limits step where they would be nearest; outwards they would
            # hold more than their share.
            low, high = np.rint(low), np.rint(high)
        low = np.minimum(low, np.floor(said) if self.whole else said)
        reached = np.where(said > _NOTHING, said, 0.0)
        return low, np.maximum(high, np.ceil(reached) if self.whole else reached)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists."""
        return {
            "middle": self.middle.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "whole": self.whole,
            "share": self.share,
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The intervals that `to_dict` wrote."""
        arrays = {k: np.asarray(shape[k], np.float64) for k in ("middle", "low", "high")}
        return cls(**arrays, whole=bool(shape["whole"]), share=float(shape["share"]))
