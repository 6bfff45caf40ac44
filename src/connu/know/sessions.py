"""Sessions: runs of items that one visit looked at, in the order in which they ended.

What comes next is learnt from them, and told of them. A session knows only those that ended before
it began to be told of: their order is time's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from connu.know.trails import REMOVE, Trails


@dataclass(frozen=True)
class Sessions:
    """s sessions over m events, by the time of their last event.

    Attributes:
        starts: int64 (s + 1,): the events of session i are starts[i] … starts[i + 1] - 1.
        item: int32 (m,): the product, or the category, of each event.
        time: int64 (m,): µs since 1970, ascending within a session.
        past_from, past_to: int64 (s,): what the same subject did in earlier sessions, as a range
            of `past`; empty where nothing.
        past: int32 (…,): items of all subjects, each one's in time.
        owner: int32 (s,): the subject.
    """

    starts: np.ndarray
    item: np.ndarray
    time: np.ndarray
    past_from: np.ndarray
    past_to: np.ndarray
    past: np.ndarray
    owner: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def ends(self) -> np.ndarray:
        """int64 (s,): when each session ended, µs; gathered once, a running session asks for it."""
        return self.time[self.starts[1:] - 1]

    @property
    def lengths(self) -> np.ndarray:
        """int64 (s,): how many events each session has."""
        return np.diff(self.starts)

    def take(self, rows: np.ndarray) -> Sessions:
        """These sessions, by number (ascending) or by mask; what their subjects did stays."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else rows
        lengths = self.lengths[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.starts[chosen] - starts[:-1], lengths) + np.arange(starts[-1])
        return Sessions(
            starts=starts,
            item=self.item[at],
            time=self.time[at],
            past_from=self.past_from[chosen],
            past_to=self.past_to[chosen],
            past=self.past,
            owner=self.owner[chosen],
        )

    def renamed(self, names: np.ndarray) -> Sessions:
        """The same sessions of other items: item i becomes names[i]; none may be left without."""
        return Sessions(
            starts=self.starts,
            item=names[self.item].astype(np.int32),
            time=self.time,
            past_from=self.past_from,
            past_to=self.past_to,
            past=names[self.past].astype(np.int32),
            owner=self.owner,
        )


def sessions_of(trails: Trails, item: np.ndarray) -> Sessions:
    """The sessions of trails, over the events that have an item.

    Taking something out of the basket is no interest in it: such events are left out.

    Args:
        trails: what subjects did.
        item: int32 (m,): the item of each event of the trails, or -1.

    Cost: one pass, and a sort of the sessions.
    """
    kept = (item >= 0) & (trails.role != REMOVE)
    session, place = trails.session[kept], trails.place[kept]
    past, time = np.ascontiguousarray(item[kept], np.int32), trails.time[kept]
    new = np.ones(len(past), np.bool_)
    new[1:] = (session[1:] != session[:-1]) | (place[1:] != place[:-1])
    begins = np.flatnonzero(new)
    owner = place[begins]
    edges = np.append(begins, len(past))
    of_subject = np.ones(len(begins), np.bool_)
    of_subject[1:] = owner[1:] != owner[:-1]
    first = begins[np.maximum.accumulate(np.where(of_subject, np.arange(len(begins)), 0))]
    if not len(begins):
        first = begins
    ends = time[edges[1:] - 1] if len(begins) else np.zeros(0, np.int64)
    order = np.argsort(ends, kind="stable")
    lengths = np.diff(edges)[order]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    at = np.repeat(begins[order] - starts[:-1], lengths) + np.arange(starts[-1])
    return Sessions(
        starts=starts,
        item=past[at],
        time=time[at],
        past_from=first[order],
        past_to=begins[order],
        past=past,
        owner=owner[order].astype(np.int32),
    )
