"""People of a moved mix: told as if all values were as frequent, which they are not."""

from __future__ import annotations

import numpy as np

EVEN = np.array([0.5, 0.5])


def mixed(
    n: int, shares: np.ndarray, *, seed: int = 0, sureness: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """People of these shares, told as if all values were as frequent; their values.

    `sureness` above 1 makes what is told overconfident.
    """
    rng = np.random.default_rng(seed)
    k = len(shares)
    codes = rng.choice(k, n, p=shares)
    x = 1.6 * np.eye(k)[codes] + rng.normal(size=(n, k))
    part = np.exp(1.6 * sureness * (x - x.max(axis=1, keepdims=True)))
    return part / part.sum(axis=1, keepdims=True), codes


def calibration_error(probability: np.ndarray, codes: np.ndarray, bins: int = 15) -> float:
    """Per class and averaged: among all together a moved prior's two errors cancel."""
    total = 0.0
    for c, column in enumerate(probability.T):
        place = np.minimum((column * bins).astype(int), bins - 1)
        gap = np.bincount(place, column - (codes == c), minlength=bins)
        total += np.abs(gap).sum() / len(codes)
    return total / probability.shape[1]


def asked(n: int, m: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).choice(m, n, replace=False)
