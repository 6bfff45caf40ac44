"""Judged: what was told of a time held out, row by row, and what came.

The figures of a model say how right it was; whoever wants to know how far these may be from the
truth needs the rows. They are handed on when a model was learnt and kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows of the time held out, n each.

    Attributes:
        told: float64: the probability. came: bool: whether it did.
        whose: int64: rows of one number hang together: of one subject, or one session.
        weight: float64: for how many alike a row stands.
        hits: by measure, float64: what each row adds to its mean, 0-1; what is no probability.
    """

    told: np.ndarray
    came: np.ndarray
    whose: np.ndarray
    weight: np.ndarray
    hits: dict[str, np.ndarray]
