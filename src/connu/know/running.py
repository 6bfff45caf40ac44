"""Running sessions: what was seen so far, and in learning what was seen next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.know.session_twins import LONGEST
from connu.know.sessions import Sessions
from connu.know.trails import DAY

#: A visit so long after another is no sequel to it.
SEQUEL_DAYS = 30
_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Running:
    """q running sessions.

    Attributes:
        starts: int64 (q + 1,); item: int32, time: int64 (µs): what was seen so far, the last on
            screen; at least one event each, and no more than count.
        limit: int64 (q,): how many of the indexed sessions are known.
        own: int64 (q,): its own number among them, or -1.
        ended: bool (q,): it is over: what is asked for is what the next one begins with.
        past_from, past_to: int64 (q,): what the subject saw in earlier sessions, in `past`.
        target: int32 (q,): what was seen next, -1 where nobody knows.
    """

    starts: np.ndarray
    item: np.ndarray
    time: np.ndarray
    limit: np.ndarray
    own: np.ndarray
    ended: np.ndarray
    past_from: np.ndarray
    past_to: np.ndarray
    past: np.ndarray
    target: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def last(self) -> np.ndarray:
        """int32 (q,): what is on screen."""
        return self.item[self.starts[1:] - 1]

    @classmethod
    def of(
        cls,
        begin: np.ndarray,
        end: np.ndarray,
        item: np.ndarray,
        time: np.ndarray,
        *,
        limit: np.ndarray | int,
        own: np.ndarray | int = -1,
        ended: np.ndarray | bool = False,
        past: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
        target: np.ndarray | None = None,
    ) -> Running:
        """Runs begin … end - 1 (q,) of the events `item` and `time`; the latest of each count.

        Args:
            past: past_from, past_to, past; nothing earlier is known when absent.
        """
        first = np.maximum(begin, end - LONGEST)
        lengths = end - first
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.repeat(first - starts[:-1], lengths) + np.arange(starts[-1])
        none = np.zeros(len(end), np.int64)
        past_from, past_to, earlier = (none, none, _NONE) if past is None else past
        return cls(
            starts=starts,
            item=np.ascontiguousarray(item[at], np.int32),
            time=np.ascontiguousarray(time[at], np.int64),
            limit=np.broadcast_to(np.asarray(limit, np.int64), len(end)).copy(),
            own=np.broadcast_to(np.asarray(own, np.int64), len(end)).copy(),
            ended=np.broadcast_to(np.asarray(ended, np.bool_), len(end)).copy(),
            past_from=past_from,
            past_to=past_to,
            past=earlier,
            target=np.full(len(end), -1, np.int32) if target is None else target,
        )

    def part(self, first: int, last: int) -> Running:
        """The sessions first … last - 1; nothing is copied."""
        begin = self.starts[first]
        columns = ("limit", "own", "ended", "past_from", "past_to", "target")
        return Running(
            starts=self.starts[first : last + 1] - begin,
            item=self.item[begin : self.starts[last]],
            time=self.time[begin : self.starts[last]],
            past=self.past,
            **{name: getattr(self, name)[first:last] for name in columns},
        )

    def take(self, rows: np.ndarray) -> Running:
        """These sessions, by number or by mask."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Running.of(
            self.starts[:-1][chosen],
            self.starts[1:][chosen],
            self.item,
            self.time,
            limit=self.limit[chosen],
            own=self.own[chosen],
            ended=self.ended[chosen],
            past=(self.past_from[chosen], self.past_to[chosen], self.past),
            target=self.target[chosen],
        )


def steps_of(sessions: Sessions, rows: np.ndarray, sequels: np.ndarray) -> Running:
    """Every step of some sessions: all that was seen before it, and what came then.

    A session that has a sequel is a step too: to what that one began with. A step knows only the
    sessions that had ended before the event on screen; `own` is the number of its own.

    Args:
        sessions: all of them.
        rows: int64: the sessions whose steps are wanted, ascending.
        sequels: int64 (s,): see `sequels_of`.
    """
    lengths = sessions.lengths[rows]
    inner = np.maximum(lengths - 1, 0)
    session = np.repeat(rows, inner)
    place = np.arange(inner.sum()) - np.repeat(np.cumsum(inner) - inner, inner)
    end = sessions.starts[session] + place + 1
    over = rows[sequels[rows] >= 0]
    first_of_sequel = sessions.item[sessions.starts[sequels[over]]]
    every = np.concatenate([session, over])
    begin = sessions.starts[every]
    ends = np.concatenate([end, sessions.starts[over + 1]])
    return Running.of(
        begin,
        ends,
        sessions.item,
        sessions.time,
        limit=np.searchsorted(sessions.ends, sessions.time[ends - 1]),
        own=every,
        ended=np.arange(len(every)) >= len(session),
        past=(sessions.past_from[every], sessions.past_to[every], sessions.past),
        target=np.concatenate([sessions.item[end], first_of_sequel]).astype(np.int32),
    )


def sequels_of(sessions: Sessions) -> np.ndarray:
    """int64 (s,): the same subject's next session, if it began within SEQUEL_DAYS; else -1."""
    sequel = np.full(len(sessions), -1, np.int64)
    begins = sessions.time[sessions.starts[:-1]] if len(sessions) else np.zeros(0, np.int64)
    order = np.lexsort((begins, sessions.owner))
    one, other = order[:-1], order[1:]
    same = sessions.owner[one] == sessions.owner[other]
    soon = begins[other] - sessions.ends[one] < SEQUEL_DAYS * DAY
    # One that ended later cannot be a sequel to know of: overlapping visits are no order.
    after = begins[other] >= sessions.ends[one]
    linked = same & soon & after
    sequel[one[linked]] = other[linked]
    return sequel
