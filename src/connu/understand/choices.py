"""Choices: which of some brands somebody prefers, as rows that preference is read from.

A row is what one person was shown and which of it he chose as best, as worst, or both: a pair with
a winner, a MaxDiff screen, or a sentence that measures the brand against another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from connu.understand.resamples import units_of


@dataclass(frozen=True)
class Choices:
    """Rows of choices.

    Attributes:
        shown: int64 (n, k), items by number, -1 where fewer than k were shown.
        best: int64 (n,), the place among those shown of what was chosen; -1: not asked.
        worst: the same of what was chosen as the worst.
        weight: float64 (n,): 1; a tie is two rows of ½.
        unit: int64 (n,), whose row it is: rows of one person are not independent.
        ties: how many answers were ties. left_out: how many said nothing usable.
    """

    shown: np.ndarray
    best: np.ndarray
    worst: np.ndarray
    weight: np.ndarray
    unit: np.ndarray
    ties: int
    left_out: int

    @classmethod
    def of_pairs(
        cls,
        left: ArrayLike,
        right: ArrayLike,
        chosen: ArrayLike,
        people: np.ndarray | pa.Array | Sequence[Any] | None = None,
    ) -> Choices:
        """From pairs.

        Args:
            left, right: int (n,) items by number. A pair of the same item twice, or of a number
                below 0, is left out.
            chosen: int (n,): 1 the left one, -1 the right one, 0 both alike (half a choice each);
                anything else is left out.
            people: (n,) whose answer, None for nobody known.
        """
        pair = np.stack([_whole(left), _whole(right)], axis=1).reshape(-1, 2)
        answer = np.asarray(chosen, np.float64)
        usable = (pair >= 0).all(axis=1) & (pair[:, 0] != pair[:, 1]) & np.isin(answer, (-1, 0, 1))
        unit = units_of(people, len(pair))
        tie = usable & (answer == 0)
        first, second = usable & (answer >= 0), usable & (answer <= 0)
        rows = np.concatenate([np.flatnonzero(first), np.flatnonzero(second)])
        best = np.repeat([0, 1], [first.sum(), second.sum()])
        return cls(
            shown=pair[rows],
            best=best,
            worst=np.full(len(rows), -1),
            weight=np.where(tie[rows], 0.5, 1.0),
            unit=unit[rows],
            ties=int(tie.sum()),
            left_out=int((~usable).sum()),
        )

    @classmethod
    def of_sets(
        cls,
        shown: ArrayLike,
        best: ArrayLike | None,
        worst: ArrayLike | None = None,
        people: np.ndarray | pa.Array | Sequence[Any] | None = None,
    ) -> Choices:
        """From screens on which the best was named, the worst, or both (MaxDiff).

        Args:
            shown: int (n, k) items by number, -1 where fewer were shown. A screen that shows an
                item twice, or fewer than two, is left out.
            best, worst: int (n,) the items named, -1 for none; or None: not asked. A screen on
                which nothing that it shows was named, or one thing as both, is left out.
            people: (n,) whose answer, None for nobody known.
        """
        items = _whole(shown)
        items = items[:, None] if items.ndim == 1 else items
        real = items >= 0
        ordered = np.sort(np.where(real, items, -1 - np.arange(items.shape[1])), axis=1)
        once = (np.diff(ordered, axis=1) != 0).all(axis=1)
        top, top_wrong = _place(items, best)
        low, low_wrong = _place(items, worst)
        usable = once & (real.sum(axis=1) >= 2) & ~top_wrong & ~low_wrong
        usable &= ((top >= 0) | (low >= 0)) & ((top != low) | (top < 0))
        return cls(
            shown=np.where(real, items, -1)[usable],
            best=top[usable],
            worst=low[usable],
            weight=np.ones(int(usable.sum())),
            unit=units_of(people, len(items))[usable],
            ties=0,
            left_out=int((~usable).sum()),
        )

    def __len__(self) -> int:
        return len(self.shown)


def _whole(numbers: ArrayLike) -> np.ndarray:
    """Numbers as int64; what is none is -1."""
    found = np.asarray(numbers, np.float64)
    return np.where(np.isfinite(found), found, -1).astype(np.int64)


def _place(items: np.ndarray, named: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Where the named item stands among those shown (-1: none named); and whether it does not."""
    if named is None:
        return np.full(len(items), -1), np.zeros(len(items), bool)
    item = _whole(named)
    hit = (items == item[:, None]) & (item >= 0)[:, None]
    place = np.where(hit.any(axis=1), hit.argmax(axis=1), -1)
    return place, (item >= 0) & (place < 0)
