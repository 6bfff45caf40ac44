"""Next items: what a running session sees next, among products or among categories."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from connu.know.item_vectors import item_vectors, nearest_items
from connu.know.next_ranker import Ranker
from connu.know.postings import Postings
from connu.know.running import Running
from connu.know.session_features import FEATURES
from connu.know.session_twins import describe
from connu.know.sessions import Sessions

#: Further columns (q, n, e) of the candidates (q, n) of sessions, from the number of the first on.
More = Callable[[int, np.ndarray], np.ndarray]
#: Items near each that become candidates; popular ones that do.
NEAR, POPULAR = 20, 20
_THREADS = 2
#: Running sessions described at a time.
_AT_ONCE = 4_096
#: And ranked: bounds the columns held.
_RANKED = 4 * _AT_ONCE


@dataclass
class Index:
    """What session twins are looked up in.

    Attributes:
        sessions: at least two events each, by time. postings: where every item stands in them.
        vectors: float32 (items, d). near: int32 (items, NEAR). popular: int32 (POPULAR,).
        group: int32 (items,): the category of each item, or -1.
    """

    sessions: Sessions
    postings: Postings
    vectors: np.ndarray
    near: np.ndarray
    popular: np.ndarray
    group: np.ndarray
    _room: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, sessions: Sessions, group: np.ndarray, *, seed: int = 0) -> Index:
        """Index sessions over len(group) items.

        Cost: 20 s of processor time for a million events of 40,000 items, most of it vectors.
        """
        vectors = item_vectors(sessions, len(group), seed=seed)
        return cls(
            sessions,
            Postings.of(sessions, len(group)),
            vectors,
            nearest_items(vectors, NEAR, seed=seed),
            popular_items(sessions, len(group)),
            np.ascontiguousarray(group, np.int32),
        )

    def again(self, sessions: Sessions) -> Index:
        """More sessions of the same items, described by the same vectors and the same popular ones:
        of what the later ones hold nothing is known before they are read."""
        return Index(
            sessions,
            Postings.of(sessions, len(self.group)),
            self.vectors,
            self.near,
            self.popular,
            self.group,
        )

    def describe(self, running: Running, most: int) -> tuple[np.ndarray, np.ndarray]:
        """The candidates int32 (q, most) of running sessions, and their columns (q, most, f).

        Candidates come best first by the quick score; -1 where there are fewer. Cost: some 0.1 ms
        a session; memory 140 bytes a candidate.

        Raises:
            ValueError: a session without an event.
        """
        if (running.starts[1:] <= running.starts[:-1]).any():
            raise ValueError("a running session holds one event at least")
        candidates = np.empty((len(running), most), np.int32)
        columns = np.empty((len(running), most, len(FEATURES)), np.float32)

        def fill(first: int) -> None:
            part = running.part(first, min(first + _AT_ONCE, len(running)))
            stop = first + len(part)
            room = self._take_room()
            counts, slot, items, shared = room
            describe(
                part.starts, part.item, part.time, part.limit, part.own, part.ended,
                part.past_from, part.past_to, part.past,
                (self.postings.starts, self.postings.session, self.postings.position),
                self.sessions.starts, self.sessions.item, self.sessions.ends,
                self.vectors, self.near, self.popular, self.group,
                counts, slot, items, shared, candidates[first:stop], columns[first:stop],
            )  # fmt: skip
            self._room.append(room)

        parts = range(0, len(running), _AT_ONCE)
        if len(parts) < 2:
            for first in parts:
                fill(first)
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(fill, parts))
        return candidates, columns

    def _take_room(self) -> tuple[np.ndarray, ...]:
        """A room that nobody works in; asked for and taken at once, for threads ask too."""
        try:
            return self._room.pop()
        except IndexError:
            return self._make_room()

    def _make_room(self) -> tuple[np.ndarray, ...]:
        """What one thread works in: 48 bytes an item, 8 a session."""
        items = len(self.group)
        return (
            np.zeros((items, 10), np.float32),
            np.zeros(items, np.int32),
            np.empty(items, np.int32),
            np.zeros((max(len(self.sessions), 1), 2), np.float32),
        )

    # ------------------------------------------------------------------ kept
    def save(self, folder: Path) -> None:
        """Write the arrays to a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in self._arrays().items():
            np.save(folder / f"{name}.npy", array)

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Map what was saved: nothing is read before it is asked for."""

        def mapped(name: str) -> np.ndarray:
            # Copy on write: compiled code knows one kind of array, and nothing is written.
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c"))

        none = np.zeros(0, np.int32)
        starts = mapped("starts")
        absent = np.zeros(len(starts) - 1, np.int64)
        sessions = Sessions(
            starts, mapped("item"), mapped("time"), absent, absent, none, absent.astype(np.int32)
        )
        postings = Postings(
            mapped("posting_starts"), mapped("posting_session"), mapped("posting_position")
        )
        return cls(
            sessions,
            postings,
            vectors=mapped("vectors"),
            near=mapped("near"),
            popular=mapped("popular"),
            group=mapped("group"),
        )

    def _arrays(self) -> dict[str, np.ndarray]:
        return {
            "starts": self.sessions.starts,
            "item": self.sessions.item,
            "time": self.sessions.time,
            "posting_starts": self.postings.starts,
            "posting_session": self.postings.session,
            "posting_position": self.postings.position,
            "vectors": self.vectors,
            "near": self.near,
            "popular": self.popular,
            "group": self.group,
        }


@dataclass(frozen=True)
class NextItems:
    """Twins of sessions, and the ranker learnt on them.

    Attributes:
        index: the sessions.
        ranker: weighs the candidates.
        candidates: how many of them it weighs.
    """

    index: Index
    ranker: Ranker
    candidates: int

    def rank(
        self, running: Running, most: int, more: More | None = None, *, among: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """What comes next, likeliest first: items int32 (q, most), -1 where there are fewer, and
        the probability of each, float64 (q, most).

        Args:
            running: sessions.
            most: how many.
            more: further columns, where the ranker was learnt with them.
            among: candidates weighed; as many as were learnt from when absent.

        Cost: 0.1 ms a session, and 5 µs a candidate.
        """
        weighed = max(self.candidates if among is None else among, most)
        items = np.full((len(running), most), -1, np.int32)
        chance = np.zeros((len(running), most))
        for first in range(0, len(running), _RANKED):
            part = running.part(first, min(first + _RANKED, len(running)))
            stop = first + len(part)
            candidates, columns = self.index.describe(part, weighed)
            if more is not None:
                columns = np.concatenate([columns, more(first, candidates)], axis=2)
            told = self.ranker.probability(candidates, columns)
            # Whatever has no place comes last, and a tie keeps the order of the quick score.
            likely = np.where(candidates >= 0, told, -1.0)
            order = np.argsort(-likely, axis=1, kind="stable")[:, :most]
            items[first:stop] = np.take_along_axis(candidates, order, 1)
            chance[first:stop] = np.take_along_axis(told, order, 1)
        return items, chance

    def save(self, folder: Path) -> None:
        """Write it to a folder, which is made."""
        self.index.save(folder)
        told: dict[str, Any] = {"candidates": self.candidates, "ranker": self.ranker.to_json()}
        (folder / "ranker.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> NextItems:
        """Map what was saved."""
        told = json.loads((folder / "ranker.json").read_text(encoding="utf-8"))
        return cls(Index.open(folder), Ranker.from_json(told["ranker"]), int(told["candidates"]))


def popular_items(sessions: Sessions, items: int) -> np.ndarray:
    """int32: the items most seen in the latest tenth of the events, ties by number."""
    latest = sessions.item[-max(len(sessions.item) // 10, 1) :]
    seen = np.bincount(latest, minlength=items)
    order = np.argsort(-seen, kind="stable")[:POPULAR]
    return order[seen[order] > 0].astype(np.int32)


def known_before(sessions: Sessions) -> tuple[Sessions, np.ndarray]:
    """The sessions worth indexing, two events at least, and how many of them end before each.

    Returns:
        The sessions, and int64 (s + 1,): of the first i sessions, how many are among them.
    """
    kept = sessions.lengths > 1
    return sessions.take(kept), np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
