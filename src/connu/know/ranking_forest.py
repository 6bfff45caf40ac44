"""Boosted trees of the ranker, asked of millions of candidates: a comparison for many at a time.

Each leaf of a tree is a bit. A comparison that fails takes away the bits of all leaves it would
have led to, and the lowest bit left is the leaf: nothing is jumped to, so that one instruction
compares several candidates.

Source: QuickScorer, Lucchese et al., SIGIR 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numba import njit, prange

#: Leaves of a tree at most: as many bits.
LEAVES = 32
#: Rows that go through the trees together: their columns stay in the cache.
_ROWS = 128
#: So many rows are not worth waking other threads for.
_FEW = 1_000
#: Multiplied by a power of two, its upper five bits tell which (Leiserson et al. 1998).
_DE_BRUIJN = 0x077CB531


@dataclass(frozen=True)
class RankingForest:
    """The trees of a LightGBM model; the text is kept beside, it is what is saved.

    Attributes:
        text: LightGBM's own model file.
        starts: int32 (trees + 1,): the comparisons of each tree.
        feature: int32 (c,): column compared. threshold: float32 (c,): more than this fails.
        keep: uint32 (c,): the leaves that are left when it fails.
        value: float64 (trees, 32): of the leaves, by `_DE_BRUIJN` of their bit.
    """

    text: str
    starts: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    keep: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, text: str) -> RankingForest:
        """The trees of a model file; none of an empty one. Columns are float32, never NaN."""
        trees = lightgbm.Booster(model_str=text).dump_model()["tree_info"] if text else []
        starts = [0]
        compared: list[tuple[int, float, int]] = []
        value = np.zeros((len(trees), LEAVES))
        for number, tree in enumerate(trees):
            leaves: list[float] = []
            _unfold(tree["tree_structure"], compared, leaves)
            starts.append(len(compared))
            bits = ((1 << np.arange(len(leaves), dtype=np.uint64)) * _DE_BRUIJN & 0xFFFFFFFF) >> 27
            value[number, bits] = leaves
        return cls(
            text,
            np.array(starts, np.int32),
            np.array([row[0] for row in compared], np.int32),
            _below(np.array([row[1] for row in compared], np.float64)),
            np.array([row[2] for row in compared], np.uint32),
            value,
        )

    def margin(self, table: np.ndarray) -> np.ndarray:
        """float64 (n,): the sum of the leaves' values of each row of float32 (n, f).

        Cost: about 1 µs a row of 100 trees.
        """
        trees = (self.starts, self.feature, self.threshold, self.keep, self.value)
        out = np.zeros(len(table))
        (_few if len(table) <= _FEW else _many)(table, *trees, out)
        return out


def _unfold(
    node: dict[str, Any], compared: list[tuple[int, float, int]], leaves: list[float]
) -> int:
    """Note comparisons and leaves from left to right; returns the bits of the leaves below."""
    if "split_feature" not in node:
        leaves.append(float(node.get("leaf_value", 0.0)))
        return 1 << (len(leaves) - 1)
    place = len(compared)
    compared.append((0, 0.0, 0))
    left = _unfold(node["left_child"], compared, leaves)
    right = _unfold(node["right_child"], compared, leaves)
    compared[place] = (node["split_feature"], node["threshold"], 0xFFFFFFFF & ~left)
    return left | right


def _below(thresholds: np.ndarray) -> np.ndarray:
    """float32: the largest number not above each, so that float32 columns compare the same."""
    near = thresholds.astype(np.float32)
    above = near.astype(np.float64) > thresholds
    near[above] = np.nextafter(near[above], np.float32(-np.inf))
    return near


@njit(cache=True, nogil=True)
def _block(
    table: np.ndarray,
    first: int,
    starts: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    keep: np.ndarray,
    value: np.ndarray,
    out: np.ndarray,
) -> None:
    """Add up the trees of the rows first … first + _ROWS - 1."""
    rows = min(_ROWS, len(table) - first)
    columns = np.zeros((table.shape[1], _ROWS), np.float32)
    for i in range(rows):
        for f in range(table.shape[1]):
            columns[f, i] = table[first + i, f]
    left = np.empty(_ROWS, np.uint32)
    every = np.uint32(0xFFFFFFFF)
    for t in range(len(starts) - 1):
        left[:] = every
        for c in range(starts[t], starts[t + 1]):
            column, most, kept = columns[feature[c]], threshold[c], keep[c]
            for i in range(_ROWS):
                left[i] &= kept if column[i] > most else every
        of_tree = value[t]
        for i in range(rows):
            bits = np.int64(left[i])
            lowest = np.uint64(bits & -bits)
            place = ((lowest * np.uint64(_DE_BRUIJN)) & np.uint64(0xFFFFFFFF)) >> np.uint64(27)
            out[first + i] += of_tree[np.int64(place)]


@njit(cache=True, nogil=True)
def _few(
    table: np.ndarray,
    starts: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    keep: np.ndarray,
    value: np.ndarray,
    out: np.ndarray,
) -> None:
    for first in range(0, len(table), _ROWS):
        _block(table, first, starts, feature, threshold, keep, value, out)


@njit(cache=True, nogil=True, parallel=True)
def _many(
    table: np.ndarray,
    starts: np.ndarray,
    feature: np.ndarray,
    threshold: np.ndarray,
    keep: np.ndarray,
    value: np.ndarray,
    out: np.ndarray,
) -> None:
    for block in prange((len(table) + _ROWS - 1) // _ROWS):
        _block(table, block * _ROWS, starts, feature, threshold, keep, value, out)
