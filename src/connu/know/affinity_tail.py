"""Tails: how surely a share exceeds what everybody's is, in compiled code, a node at a time."""

from __future__ import annotations

import math

from numba import njit

_STEPS = 300
_TINY = 1e-300
_CLOSE = 1e-10


@njit(cache=True, nogil=True)
def beta_above(mean: float, square: float, floor: float) -> float:  # pragma: no cover - compiled
    """P(X > floor) of the Beta variable with this mean and mean square.

    A share deep in the tree is a product of Betas, one a level: its first two moments are exact,
    its shape is taken for a Beta's.

    Args:
        mean: 0–1. square: E[X²]. floor: 0–1.

    Returns:
        0–1; 0 where the floor is 1 or nothing varies and the mean does not exceed it.

    Source: continued fraction of the incomplete beta function by Lentz's method (Press et al.,
    Numerical Recipes, 6.4).
    """
    if floor >= 1.0:
        return 0.0
    if floor <= 0.0:
        return 1.0
    spread = square - mean * mean
    if spread <= 1e-15 * mean or mean >= 1.0:
        return 1.0 if mean > floor else 0.0
    size = mean * (1.0 - mean) / spread - 1.0
    a, b = max(mean * size, 1e-9), max((1.0 - mean) * size, 1e-9)
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(floor)
        + b * math.log1p(-floor)
    )
    if floor < (a + 1.0) / (a + b + 2.0):
        return 1.0 - front * _fraction(a, b, floor) / a
    return front * _fraction(b, a, 1.0 - floor) / b


@njit(cache=True, nogil=True)
def _fraction(a: float, b: float, x: float) -> float:  # pragma: no cover - compiled
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    total = d
    for m in range(1, _STEPS):
        up = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 + up * d
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = 1.0 + up / c
        c = c if abs(c) > _TINY else _TINY
        total *= d * c
        down = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 + down * d
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = 1.0 + down / c
        c = c if abs(c) > _TINY else _TINY
        total *= d * c
        if abs(d * c - 1.0) < _CLOSE:
            break
    return total
