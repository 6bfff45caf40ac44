"""Rows that depend on each other: several of one person, or one that stands for many alike.

`groups` numbers whose each row is: rows of one number depend on each other, those of −1 on none.
"""

from __future__ import annotations

import numpy as np


def people_in(side: np.ndarray, weight: np.ndarray | None, groups: np.ndarray | None) -> float:
    """How many different people the rows of a side are.

    Args:
        side: bool (n,).
        weight: (n,) for how many alike each row stands, or None: one each.
        groups: int (n,), or None: each row by itself.
    """
    many = side.astype(np.float64) if weight is None else np.where(side, weight, 0.0)
    if groups is None:
        return float(many.sum())
    together = groups >= 0
    return float(many[~together].sum()) + len(np.unique(groups[together & side]))


def moved_variance(
    influence: np.ndarray, weight: np.ndarray | None, groups: np.ndarray | None
) -> float:
    """The variance of a figure, from what each row moves it by.

    Args:
        influence: (n,) by how much, for each that the row stands for.
        weight, groups: as of `people_in`.

    Source: Obuchowski, Biometrics 53 (1997), for groups.
    """
    moves = influence if weight is None else influence * weight
    if groups is None:
        return float(np.dot(moves, influence))
    alone = groups < 0
    together = np.bincount(groups[~alone], weights=moves[~alone])
    return float(np.dot(moves[alone], influence[alone])) + float(np.dot(together, together))
