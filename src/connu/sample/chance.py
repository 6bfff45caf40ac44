"""Random numbers by name: one seed, one stream per purpose.

A stream depends on the seed and its own name alone, so that a new kind of noise changes the
sources it touches and leaves every other file of the sample as it was.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Chance:
    """The brand's chance: `Chance(1).stream("people")` is the same for ever.

    >>> float(Chance(1).stream("x").random()) == float(Chance(1).stream("x").random())
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> np.random.Generator:
        """A generator of its own for the purpose `name`."""
        return np.random.default_rng([self.seed, crc32(name.encode())])


def zipf(n: int, exponent: float = 0.8, shift: float = 8.0) -> Floats:
    """Weights of `n` ranks, summing to 1: the first few common, the tail long."""
    weights = 1.0 / (np.arange(n) + shift) ** exponent
    return weights / weights.sum()


def draw(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """`size` codes, each with its weight's share. Cost: one binary search per code."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    edges /= edges[-1]
    return np.minimum(np.searchsorted(edges, rng.random(size), side="right"), len(edges) - 1)


class Lottery:
    """Draws from many distributions at once: row g of `weights` is the distribution of group g.

    All rows are laid end to end on one axis (row g covers g … g+1), so that a draw for a million
    subjects of different groups is one binary search each.

    Args:
        weights: (groups, codes), each row with a positive sum.
    """

    def __init__(self, weights: npt.NDArray[np.float64]) -> None:
        shares = np.cumsum(weights, axis=1)
        shares /= shares[:, -1:]
        shares[:, -1] = 1.0
        self._codes = weights.shape[1]
        self._edges = (shares + np.arange(len(weights))[:, None]).ravel()

    def draw(self, rng: np.random.Generator, groups: npt.NDArray[np.integer]) -> Ints:
        """One code per element of `groups` (row numbers)."""
        spots = groups + rng.random(len(groups)) * (1 - 1e-12)
        found = np.searchsorted(self._edges, spots, side="right")
        return np.minimum(found - groups.astype(np.int64) * self._codes, self._codes - 1)


def within(codes: npt.NDArray[np.integer]) -> Ints:
    """The rank of each element among those of its own code, in order: [7, 7, 3, 7] → [0, 1, 0, 2].

    Cost: one stable sort.
    """
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    start = np.r_[True, ordered[1:] != ordered[:-1]]
    first = np.maximum.accumulate(np.where(start, np.arange(len(codes)), 0))
    ranks = np.empty(len(codes), dtype=np.int64)
    ranks[order] = np.arange(len(codes)) - first
    return ranks


def spread(counts: npt.NDArray[np.integer]) -> Ints:
    """The positions 0 … count-1 of each element, end to end: [2, 0, 3] → [0, 1, 0, 1, 2]."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
