"""What the classifier tells of subjects, row by row, and its parts put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Telling:
    """What is told of m subjects.

    Attributes:
        probability: float64 (m, k), calibrated.
        code: int64 (m,): the class stated, −1: silence.
        twins: int64 (m, t): rows of the `fit`, nearest first.
        distance: float32 (m, t), squared.
        alike: float32 (m, k): heads among the twins by class, shares of t.
        place: float32 (m, c): where the subject stands in the representation.
        reasons: int32 (m, 3): columns that speak most for the likeliest class, −1 without.
    """

    probability: np.ndarray
    code: np.ndarray
    twins: np.ndarray
    distance: np.ndarray
    alike: np.ndarray
    place: np.ndarray
    reasons: np.ndarray


def joined(parts: Sequence[Telling]) -> Telling:
    """The parts end to end."""
    names = Telling.__dataclass_fields__
    return Telling(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
