"""Made-up representations: normal people, and people moved away from them."""

from __future__ import annotations

import numpy as np


def people(n: int, d: int = 8, *, seed: int = 0, moved: float = 0.0) -> np.ndarray:
    """Normal people; `moved` along the first coordinate."""
    z = np.random.default_rng(seed).normal(size=(n, d))
    z[:, 0] += moved
    return z
