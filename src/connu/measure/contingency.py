"""Which customers meet which people, and the shares that follow.

One cell per customer and person that have a record in common; every measure is a sum over cells,
so that a million records cost a few sorts and counts stay exact integers.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from connu.measure.intervals import Share, residual_share


class Agreement(msgspec.Struct, frozen=True):
    """One view of the agreement: precision, recall and their harmonic mean."""

    precision: Share
    recall: Share
    f1: Share


class Counted(msgspec.Struct, frozen=True):
    """The exact counts behind the pairwise view."""

    predicted: int
    true: int
    right: int


class Contingency:
    """The contingency of customers and people: one cell per (customer, person[, source]).

    A record of a cell sees `both` others-and-itself that share customer and person, `ours` that
    share the customer, `theirs` that share the person (of other sources, and itself, when only
    cross-source pairs count). All int64; `n` is the number of records in the cell.
    """

    def __init__(
        self, n: np.ndarray, both: np.ndarray, ours: np.ndarray, theirs: np.ndarray,
        groups: np.ndarray,
    ) -> None:  # fmt: skip
        self.n, self.both, self.ours, self.theirs = n, both, ours, theirs
        self.groups = groups

    @classmethod
    def of(cls, cluster: np.ndarray, entity: np.ndarray, source: np.ndarray | None) -> Contingency:
        pair, pair_cell = _joint(cluster, entity)
        if source is None:
            n = np.bincount(pair_cell, minlength=len(pair)).astype(np.int64)
            k, e = cluster[pair], entity[pair]
            both = n
            ours = np.bincount(cluster).astype(np.int64)[k] if len(k) else n
            theirs = np.bincount(entity).astype(np.int64)[e] if len(e) else n
        else:
            first, cell = _joint(pair_cell, source)
            n = np.bincount(cell, minlength=len(first)).astype(np.int64)
            k, e, s = cluster[first], entity[first], source[first]
            sizes = np.bincount(pair_cell).astype(np.int64)
            both = sizes[pair_cell[first]] - n + 1 if len(first) else n
            ours = _of_other_sources(cluster, source, k, s)
            theirs = _of_other_sources(entity, source, e, s)
        return cls(n, both, ours, theirs, _components(k, e))

    def pairs(self) -> Counted:
        """Each record of a cell is in (seen − 1) pairs, and every pair is seen from both ends."""
        return Counted(
            predicted=int(np.dot(self.n, self.ours - 1)) // 2,
            true=int(np.dot(self.n, self.theirs - 1)) // 2,
            right=int(np.dot(self.n, self.both - 1)) // 2,
        )

    def pairwise(self) -> Agreement:
        right = self.n * (self.both - 1)
        return self._agreement(
            Fraction(int(right.sum())), right, self.n * (self.ours - 1),
            Fraction(int(right.sum())), right, self.n * (self.theirs - 1),
        )  # fmt: skip

    def bcubed(self) -> Agreement:
        pure, full = self.both / self.ours, self.both / self.theirs
        return self._agreement(
            _exact_sum(self.n * self.both, self.ours), self.n * pure, self.n,
            _exact_sum(self.n * self.both, self.theirs), self.n * full, self.n,
        )  # fmt: skip

    def _agreement(
        self,
        p_sum: Fraction, p_part: np.ndarray, p_of: np.ndarray,
        r_sum: Fraction, r_part: np.ndarray, r_of: np.ndarray,
    ) -> Agreement:  # fmt: skip
        """Shares from exact sums, and their intervals from the groups' residuals."""
        p_total, r_total = int(p_of.sum()), int(r_of.sum())
        p = p_sum / p_total if p_total else Fraction(1)
        r = r_sum / r_total if r_total else Fraction(1)
        f = 2 * p * r / (p + r) if p + r else Fraction(0)
        # Residuals as shares of the total, so that those of F1 can be added from both.
        p_left = self._per_group(p_part - float(p) * p_of) / max(p_total, 1)
        r_left = self._per_group(r_part - float(r) * r_of) / max(r_total, 1)
        p_groups = int(np.count_nonzero(self._per_group(p_of)))
        r_groups = int(np.count_nonzero(self._per_group(r_of)))
        groups = max(p_groups, r_groups)
        both = float((p + r) ** 2) or 1.0
        f_left = (2 * float(r * r) * p_left + 2 * float(p * p) * r_left) / both
        return Agreement(
            precision=residual_share(float(p), p_left, p_groups),
            recall=residual_share(float(r), r_left, r_groups),
            # Of precision and recall together: what groups say of each is counted in it twice.
            f1=residual_share(float(f), f_left, groups),
        )

    def _per_group(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.groups, weights=values)


def _joint(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells of two labels: a record of each cell, and the cell of each record."""
    key = left * (int(right.max()) + 1 if len(right) else 1) + right
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    return first, cell


def _of_other_sources(
    label: np.ndarray, source: np.ndarray, of_label: np.ndarray, of_source: np.ndarray
) -> np.ndarray:
    """How many records of a label a record sees: itself, and those of other sources."""
    if not len(label):
        return np.zeros(0, np.int64)
    width = int(source.max()) + 1
    keys, counts = np.unique(label * width + source, return_counts=True)
    same = counts[np.searchsorted(keys, of_label * width + of_source)]
    return np.bincount(label)[of_label] - same + 1


def _exact_sum(numerators: np.ndarray, denominators: np.ndarray) -> Fraction:
    """Σ numerator/denominator without rounding; the distinct denominators are few."""
    kinds, kind = np.unique(denominators, return_inverse=True)
    sums = np.zeros(len(kinds), np.int64)
    np.add.at(sums, kind, numerators)
    return sum((Fraction(int(s), int(d)) for s, d in zip(sums, kinds, strict=True)), Fraction(0))


def _components(cluster: np.ndarray, entity: np.ndarray) -> np.ndarray:
    """Of each cell, the group of customers and people that records connect."""
    if not len(cluster):
        return np.zeros(0, np.int64)
    clusters = int(cluster.max()) + 1
    size = clusters + int(entity.max()) + 1
    edges = coo_array(
        (np.ones(len(cluster), np.int8), (cluster, entity + clusters)), shape=(size, size)
    )
    return connected_components(edges, directed=False)[1][cluster].astype(np.int64)
