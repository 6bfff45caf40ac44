"""How far a measured share may be from the truth: Wilson's interval, for dependent pairs too.

Pairs of records are not drawn one by one: one wrong merge makes many wrong pairs. So the units
are groups that have nothing in common, and the interval is Wilson's at the number of independent
trials that would vary as much as these groups do.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from scipy.special import stdtrit

_Z95 = 1.959963984540054


class Share(msgspec.Struct, frozen=True):
    """A share with its 95 % interval.

    Attributes:
        value: the share measured, 0–1.
        low: lower bound, 0–1.
        high: upper bound, 0–1.
    """

    value: float
    low: float
    high: float


def wilson(value: float, trials: float) -> Share:
    """Wilson's 95 % interval of a share seen in `trials` independent trials.

    Source: E. B. Wilson, JASA 22 (1927) 209–212.

    >>> round(wilson(1.0, 10).low, 3), wilson(1.0, 10).high
    (0.722, 1.0)
    >>> wilson(0.5, 0)
    Share(value=0.5, low=0.0, high=1.0)
    """
    value, trials = float(value), float(trials)
    if trials <= 0:
        return Share(value, 0.0, 1.0)
    spread = _Z95 * _Z95 / trials
    middle = (value + spread / 2) / (1 + spread)
    half = _Z95 * math.sqrt(value * (1 - value) / trials + spread / (4 * trials)) / (1 + spread)
    # Rounding must not put the bound on the wrong side of the share itself.
    low = 0.0 if value == 0 else max(0.0, min(middle - half, value))
    high = 1.0 if value == 1 else min(1.0, max(middle + half, value))
    return Share(value, low, high)


def varied_share(value: float, variance: float, freedom: float, fewest: float) -> Share:
    """A figure from 0 to 1 whose variance was estimated, with its 95 % interval.

    Wilson's, at the number of independent trials that would vary as much: near 0 and 1 a symmetric
    interval would leave them. It is widened as Student's t is wider than the normal.

    Args:
        value: the figure.
        variance: of it, as estimated.
        freedom: degrees of freedom of that estimate; at least 1 is taken.
        fewest: trials of a figure that does not vary.

    Source: Korn & Graubard, Survey Methodology 24 (1998).

    >>> round(varied_share(0.5, 0.25 / 100, math.inf, 10).low, 3), round(wilson(0.5, 100).low, 3)
    (0.404, 0.404)
    >>> round(varied_share(0.5, 0.25 / 100, 9, 10).low, 3)
    0.39
    """
    spread = value * (1 - value)
    if variance <= 0 or spread <= 0:
        return wilson(value, fewest)
    student = float(stdtrit(max(1.0, freedom), 0.975)) / _Z95
    return wilson(value, spread / (variance * student * student))


def mean_share(values: np.ndarray, groups: np.ndarray | None = None) -> Share:
    """The mean of values from 0 to 1, with its 95 % interval.

    Wilson's, at the number of trials that would vary as much as the mean does: hits and parts of
    hits (1 ÷ rank) alike. Rows of one group (the steps of a session) may depend on each other.

    Args:
        values: (n,) 0–1.
        groups: int (n,) from 0 on, or None: every row is independent.

    Source: as `residual_share`.

    >>> mean_share(np.array([1.0, 0.0, 1.0, 0.0])) == wilson(0.5, 4)
    True
    """
    n = len(values)
    if not n:
        return Share(0.0, 0.0, 1.0)
    value = min(1.0, max(0.0, float(values.mean())))
    residuals: np.ndarray = values - value
    independent = n
    if groups is not None:
        residuals = np.bincount(groups, weights=residuals)
        independent = len(np.unique(groups))
    error = float(np.dot(residuals, residuals)) / n**2
    spread = value * (1 - value)
    # Of one group nothing is known of how groups vary, whatever rounding leaves over.
    varies = independent > 1 and error > 0 and spread > 0
    return wilson(value, spread / error if varies else independent)


def ratio_share(part: np.ndarray, whole: np.ndarray) -> Share:
    """Σ part ÷ Σ whole of independent units, with its 95 % interval: a precision, a recall, an F1.

    Unlike the bootstrap's percentiles, which of few units are too narrow, and of units that agree
    are nothing at all, the bounds are Wilson's.

    Args:
        part, whole: (n,), what each unit adds; part at most whole.

    Source: as `residual_share`.

    >>> round(ratio_share(np.array([1.0, 0.0, 1.0, 0.0]), np.ones(4)).low, 2)
    0.13
    """
    total = float(whole.sum())
    if total <= 0:
        return Share(0.0, 0.0, 1.0)
    value = float(part.sum()) / total
    return residual_share(value, (part - value * whole) / total, int(np.count_nonzero(whole)))


def residual_share(value: float, residuals: np.ndarray, units: int) -> Share:
    """A figure from 0 to 1 with its 95 % interval, from what each unit moves it by.

    Wilson's at the trials that would vary as much; a unit may hold many trials, or parts of hits
    that vary less than hits and misses do, so that there is no bound by the units. A figure that no
    unit moves has one trial a unit.

    Args:
        value: the figure.
        residuals: per unit, what it adds to the figure beyond what the figure expects of it: of
            a ratio of sums, (part − value × whole) ÷ the sum of the wholes.
        units: how many it is of.

    >>> round(residual_share(0.75, (np.repeat([1.0, 0.0], [30, 10]) - 0.75) / 40, 40).low, 2)
    0.6

    Source: W. G. Cochran, Sampling Techniques (1977), ch. 6 (ratio estimators, linearised), and the
        variance around the units' own mean; Korn & Graubard, Survey Methodology 24 (1998) for the
        effective number of trials.
    """
    error = float(np.dot(residuals, residuals)) * units / max(1, units - 1)
    spread = value * (1 - value)
    varies = units > 1 and error > 0 and spread > 0
    return wilson(min(1.0, value), spread / error if varies else units)
