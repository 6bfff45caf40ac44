"""Trails: what subjects did, in order, as columns of numbers.

Affinities, intents, what comes next and staying are all read from the same trails, and each is
learnt on a part of them: `before` cuts every trail at one moment, so that no model sees the future
of what it predicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from connu.know.categories import Categories

#: What an event means; the codes of `Trails.role`.
ROLES = ("other", "view", "search", "cart", "remove", "purchase")
OTHER, VIEW, SEARCH, CART, REMOVE, PURCHASE = range(6)
#: µs in a day.
DAY = 86_400_000_000


@dataclass(frozen=True)
class Trails:
    """The events of n subjects, by subject and time.

    Attributes:
        subjects: subject_kind, subject; sorted by both.
        starts: int64 (n + 1,): the events of subject i are starts[i] … starts[i + 1] - 1.
        time: int64 (m,): µs since 1970, UTC; ascending within a subject.
        session: int32 (m,): a number per session, ascending along the events.
        product: int32 (m,): code into `products`, or -1.
        category: int32 (m,): deepest node of `categories` that the event or else its product
            names, or -1.
        role: int8 (m,): code into ROLES.
        value: float32 (m,): what was paid, NaN where nothing is said.
        products: (p,) names, sorted. product_category: int32 (p,): node or -1.
        price: float32 (p,): of the catalogue, else NaN.
        categories: the tree.
        now: µs since 1970: when the trails end; nothing later is in them.
        aside: what was left out, by reason: events or subjects set aside and their number.
    """

    subjects: pa.Table
    starts: np.ndarray
    time: np.ndarray
    session: np.ndarray
    product: np.ndarray
    category: np.ndarray
    role: np.ndarray
    value: np.ndarray
    products: pa.StringArray
    product_category: np.ndarray
    price: np.ndarray
    categories: Categories
    now: int
    aside: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def place(self) -> np.ndarray:
        """int32 (m,): whose each event is."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def before(self, moment: int) -> Trails:
        """The trails as they stood at a moment (µs): what came later is not in them.

        All subjects stay, some with empty trails. Cost: one pass over the events.
        """
        kept = self.time < moment
        return replace(self._only(kept), now=moment)

    def since(self, moment: int) -> Trails:
        """What came at a moment (µs) or after it. All subjects stay, some with empty trails."""
        return self._only(self.time >= moment)

    def take(self, rows: np.ndarray) -> Trails:
        """These subjects, by number (ascending) or by mask."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else rows
        mask = np.zeros(len(self), np.bool_)
        mask[chosen] = True
        cut = self._only(np.repeat(mask, np.diff(self.starts)))
        starts = np.append(cut.starts[:-1][chosen], cut.starts[-1])
        return replace(cut, subjects=self.subjects.take(pa.array(chosen)), starts=starts)

    def _only(self, kept: np.ndarray) -> Trails:
        ends = np.concatenate([[0], np.cumsum(kept)])
        columns = ("time", "session", "product", "category", "role", "value")
        cut = {name: getattr(self, name)[kept] for name in columns}
        return replace(self, starts=ends[self.starts], **cut)
