"""Pairs of records as single sortable numbers: left · n + right, left < right.

Sets of pairs are sorted arrays of such keys. NumPy's own set functions hash integers, which is
several times slower than sorting at tens of millions of keys.
"""

from __future__ import annotations

import numpy as np


def pair_keys(one: np.ndarray, other: np.ndarray, n: int) -> np.ndarray:
    """Keys of pairs given in any order: int64 [pairs]."""
    left, right = np.minimum(one, other), np.maximum(one, other)
    return left.astype(np.int64) * n + right


def pair_sides(keys: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Left and right record of each key: int32 [pairs] each."""
    left = keys // max(n, 1)
    return left.astype(np.int32), (keys - left * n).astype(np.int32)


def sorted_once(keys: np.ndarray) -> np.ndarray:
    """The keys sorted, each once.

    >>> sorted_once(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    keys = np.sort(keys)
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def among(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which keys stand among the sorted `known`: bool [keys].

    >>> among(np.array([1, 2]), np.array([2, 3])).tolist()
    [False, True]
    """
    if len(known) == 0:
        return np.zeros(len(keys), np.bool_)
    return known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys
