"""Coded events: what happened as numbers, the way to columns, and the rows that come out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Of an event that has no time.
NO_TIME = np.iinfo(np.int64).min
#: Of an event that has no session.
NO_SESSION = -1


@dataclass(frozen=True)
class Events:
    """Coded events of `subjects` subjects, in any order; -1 says: none.

    Attributes:
        place: int32 (m,): whose, from 0.
        time: int64 (m,): µs since 1970, UTC, or NO_TIME.
        session: int64 (m,): a number that sessions do not share, or NO_SESSION.
        product, category, page: int32 (m,): codes into the tables of a `Coding`.
        value: float64 (m,): the rating, or NaN.
        contexts: int32 (m, k): columns; the first is the event's type.
        subjects: how many subjects there are, with or without events.
    """

    place: np.ndarray
    time: np.ndarray
    session: np.ndarray
    product: np.ndarray
    category: np.ndarray
    page: np.ndarray
    value: np.ndarray
    contexts: np.ndarray
    subjects: int


@dataclass(frozen=True)
class Tables:
    """From codes to columns; -1: the vocabulary does not have it.

    Attributes:
        product, rating: int32 (p,) columns; mean: float64 (p,) of the ratings.
        category: int32 (c, levels); page: int32 (g, levels).
        leaf, top: int32 (c,): places in the tables of pairs.
        leaf_pairs, top_pairs: int32 (l, l), (t, t).
        hour: int32 (24,); weekday: int32 (7,), Monday first.
    """

    product: np.ndarray
    rating: np.ndarray
    mean: np.ndarray
    category: np.ndarray
    page: np.ndarray
    leaf: np.ndarray
    top: np.ndarray
    leaf_pairs: np.ndarray
    top_pairs: np.ndarray
    hour: np.ndarray
    weekday: np.ndarray

    @property
    def width(self) -> int:
        """Features that one event can have at most."""
        return 1 + self.category.shape[1] + self.page.shape[1] + 2 + 2 + 1


@dataclass(frozen=True)
class Rows:
    """Rows of a sparse matrix, columns ascending in each.

    Attributes:
        lengths: int64 (n,); columns: int32 and values: float32, (sum of lengths,).
        known_share: float32 (n,): of what a subject did, the share the vocabulary knows.
    """

    lengths: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    known_share: np.ndarray
