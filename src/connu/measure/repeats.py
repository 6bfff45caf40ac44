"""Figures of several draws: their mean, how much they spread, and how sure the mean is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np


class Repeated(msgspec.Struct, frozen=True):
    """One figure, measured on several draws of what was learnt from.

    Attributes:
        draws: how many.
        mean: of the figure.
        sd: standard deviation over draws; 0 of one.
        low, high: 95 % interval of the mean, by Student's t over draws; it says how far chance in
            the draws goes, not how far other verbatims would differ.
    """

    draws: int
    mean: float
    sd: float
    low: float
    high: float


def repeated(values: Sequence[float]) -> Repeated:
    """Several draws together.

    Source: Student, Biometrika 6 (1908) 1–25.

    >>> found = repeated([0.5, 0.6, 0.7])
    >>> round(found.mean, 3), round(found.sd, 3), round(found.low, 3), round(found.high, 3)
    (0.6, 0.1, 0.352, 0.848)
    >>> repeated([0.5])
    Repeated(draws=1, mean=0.5, sd=0.0, low=0.0, high=1.0)
    """
    found = np.asarray(values, np.float64)
    n, mean = len(found), float(found.mean())
    if n < 2:
        return Repeated(n, mean, 0.0, 0.0, 1.0)
    from scipy.stats import t

    sd = float(found.std(ddof=1))
    half = float(t.ppf(0.975, n - 1)) * sd / math.sqrt(n)
    return Repeated(n, mean, sd, max(0.0, mean - half), min(1.0, mean + half))
