"""The steps of sessions that begin after a cut: every prefix of every one, and what came next.

A step is a product event that has another before it in its session. The same product again counts
as a step like any other; taking something out of the basket is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from connu.know.trails import REMOVE, Trails


@dataclass(frozen=True)
class Steps:
    """The steps of s later sessions.

    Attributes:
        trails: the product events of those sessions, and no other.
        begin: int64 (m,): the event of `trails` at which each step's prefix begins.
        end: int64 (m,): the event that comes next; the prefix ends before it.
        past_from, past_to: int64 (m,): what each step's subject saw before its session began, as a
            range of `past`.
        past: int32 (…,): products of all subjects, each one's in time.
        known: bool (p,): products seen before the cut.
        known_category: bool (k + 1,): nodes that events or products named before the cut.
    """

    trails: Trails
    begin: np.ndarray
    end: np.ndarray
    past_from: np.ndarray
    past_to: np.ndarray
    past: np.ndarray
    known: np.ndarray
    known_category: np.ndarray

    def __len__(self) -> int:
        return len(self.end)

    @property
    def session(self) -> np.ndarray:
        """int32 (m,): the session of each step."""
        return self.trails.session[self.end]

    @property
    def product(self) -> np.ndarray:
        """int32 (m,): what comes next; −1 where it was never seen before the cut."""
        product = self.trails.product[self.end]
        return np.where(self.known[product], product, -1)

    @property
    def category(self) -> np.ndarray:
        """int32 (m,): its category; −1 where it has none, or one never seen before the cut."""
        node = self.trails.category[self.end]
        return np.where((node >= 0) & self.known_category[node], node, -1)

    def part(self, first: int, last: int) -> Steps:
        """The steps first … last − 1."""
        rows = slice(first, last)
        return replace(
            self,
            begin=self.begin[rows],
            end=self.end[rows],
            past_from=self.past_from[rows],
            past_to=self.past_to[rows],
        )


def steps_after(trails: Trails, cut: int) -> Steps:
    """The steps of the sessions that begin after a moment.

    Events that take a product out of the basket, and those without a product, are no steps. Cost:
    a pass over the events.

    Args:
        trails: whole.
        cut: µs since 1970.
    """
    seen = trails.time < cut
    known = np.zeros(len(trails.products), np.bool_)
    known[trails.product[seen & (trails.product >= 0)]] = True
    known_category = np.zeros(len(trails.categories) + 1, np.bool_)
    known_category[trails.category[seen]] = True
    known_category[trails.product_category[known]] = True
    # The last place stands for −1, no category.
    known_category[-1] = False
    named = (trails.product >= 0) & (trails.role != REMOVE)
    later = begun_after(trails, cut) & named
    kept = _only(trails, later)
    new = np.ones(len(kept.time), np.bool_)
    new[1:] = kept.session[1:] != kept.session[:-1]
    first = np.flatnonzero(new)
    begin = first[np.cumsum(new) - 1] if len(first) else np.zeros(0, np.int64)
    end = np.flatnonzero(~new)
    # Of each event, how many such events there are before it: places among what was ever seen.
    so_far = np.concatenate([[0], np.cumsum(named)])
    first_seen = so_far[trails.starts[:-1]][kept.place]
    return Steps(
        trails=kept,
        begin=begin[end],
        end=end,
        past_from=first_seen[end],
        past_to=so_far[:-1][later][begin[end]],
        past=np.ascontiguousarray(trails.product[named], np.int32),
        known=known,
        known_category=known_category,
    )


def begun_after(trails: Trails, cut: int) -> np.ndarray:
    """bool (m,): events of sessions whose first event is not before the cut."""
    if not len(trails.time):
        return np.zeros(0, np.bool_)
    new = np.ones(len(trails.session), np.bool_)
    new[1:] = trails.session[1:] != trails.session[:-1]
    return (trails.time[new] >= cut)[np.cumsum(new) - 1]


def _only(trails: Trails, kept: np.ndarray) -> Trails:
    """The trails with these events only."""
    ends = np.concatenate([[0], np.cumsum(kept)])
    columns = ("time", "session", "product", "category", "role", "value")
    return replace(
        trails,
        starts=ends[trails.starts],
        **{name: getattr(trails, name)[kept] for name in columns},
    )
