"""An estimate: a figure with how far it may be from the truth, for what is said of preference.

`measure` has the like for judging against truth; the two never meet, and this one counts whole
columns at once. Nothing of preference is told without an interval.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

#: The confidence that intervals have unless another is asked for.
LEVEL = 0.95


class Estimate(msgspec.Struct, frozen=True):
    """A figure with its interval; the unit is the figure's own.

    Attributes:
        value: what was measured.
        low: lower bound.
        high: upper bound.
    """

    value: float
    low: float
    high: float

    def side_of(self, line: float) -> int:
        """1 where the interval lies above the line, -1 below it, 0 where it straddles the line.

        >>> Estimate(0.4, 0.3, 0.5).side_of(0.2), Estimate(0.4, 0.3, 0.5).side_of(0.5)
        (1, 0)
        """
        return int(self.low > line) - int(self.high < line)


def z_of(level: float) -> float:
    """How many standard errors an interval of this confidence reaches to each side.

    >>> round(z_of(0.95), 3)
    1.96
    """
    return float(ndtri(0.5 + level / 2))


def wilson(hits: ArrayLike, trials: ArrayLike, level: float = LEVEL) -> list[Estimate]:
    """Shares of trials with Wilson's interval; where nothing was tried, 0 to 1.

    Args:
        hits: (n,) 0 to trials. trials: (n,). level: confidence, 0-1.

    Source: E. B. Wilson, JASA 22 (1927) 209-212.

    >>> wilson([10, 0], [10, 0])
    [Estimate(value=1.0, low=0.7224..., high=1.0), Estimate(value=0.0, low=0.0, high=1.0)]
    """
    many = np.asarray(trials, np.float64)
    tried = np.where(many > 0, many, 1.0)
    share = np.where(many > 0, np.asarray(hits, np.float64) / tried, 0.0)
    z = z_of(level)
    spread = z * z / tried
    middle = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / tried + spread / (4 * tried)) / (1 + spread)
    nothing = many <= 0
    # Rounding must not put a bound on the wrong side of the share itself.
    low = np.where(nothing | (share == 0), 0.0, np.clip(middle - half, 0.0, share))
    high = np.where(nothing | (share == 1), 1.0, np.clip(middle + half, share, 1.0))
    return [Estimate(*row) for row in zip(share.tolist(), low.tolist(), high.tolist(), strict=True)]


def percentile_interval(
    value: np.ndarray, resampled: np.ndarray, level: float = LEVEL
) -> list[Estimate]:
    """Percentile intervals of figures from their values in resamples.

    A value that its own interval would leave out (a figure that cannot fall below 0 is larger in
    every resample) widens it.

    Args:
        value: (k,). resampled: (times, k); NaN where a resample says nothing. level: 0-1.

    Returns:
        k estimates; where no resample says anything, from -inf to inf.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), ch. 13.
    """
    tail = (1 - level) / 2
    silent = np.isnan(resampled).all(axis=0)
    filled = np.where(silent, 0.0, resampled)
    low, high = np.nanquantile(filled, [tail, 1 - tail], axis=0)
    low = np.where(silent, -np.inf, np.fmin(low, value))
    high = np.where(silent, np.inf, np.fmax(high, value))
    return [Estimate(*row) for row in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)]
