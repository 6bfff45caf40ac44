"""Resamples: how often each unit is drawn when as many are drawn again, with replacement.

A unit is what is independent of the others: a customer with all that he said, a text with all its
codes. Counts, not copies: whatever is a sum over units is a matrix product with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

#: Cells of counts held at once: 32 MB.
_CELLS = 4_000_000


def resamples(units: int, times: int, seed: int) -> Iterator[np.ndarray]:
    """Counts of units in `times` resamples, some resamples at once.

    Yields:
        float64 (some, units), each row summing to `units`; `times` rows in all, the same for the
        same seed.

    Source: B. Efron, Annals of Statistics 7 (1979) 1-26.

    >>> [part.sum(axis=1).tolist() for part in resamples(3, 2, seed=0)]
    [[3.0, 3.0]]
    """
    rng = np.random.default_rng(seed)
    at_once = max(1, _CELLS // max(units, 1))
    for begin in range(0, times, at_once):
        some = min(at_once, times - begin)
        drawn = rng.integers(0, units, (some, units)) + units * np.arange(some)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=some * units)
        yield counts.reshape(some, units).astype(np.float64)


def units_of(customers: np.ndarray | pa.Array | Sequence[Any] | None, rows: int) -> np.ndarray:
    """Which unit each row belongs to: a customer's rows are one, a row of nobody is its own.

    Args:
        customers: (rows,) of any type, with nulls where nobody is known; or None: of all rows.

    Returns:
        int64 (rows,), from 0 on, gaps possible.

    >>> units_of(["a", "b", None, "a"], 4).tolist()
    [0, 1, 6, 0]
    """
    if customers is None:
        return np.arange(rows)
    found = pa.array(customers) if not isinstance(customers, pa.Array) else customers
    place = found.dictionary_encode().indices
    alone = np.arange(rows) + rows
    known = place.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(place.is_valid().to_numpy(zero_copy_only=False), known, alone)
