"""Session twins for those who have sessions as arrays, and no brand: what is looked at next."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from connu.kernel.errors import BuildError, ConnuError
from connu.know.categories import Categories
from connu.know.next_learning import LEAST_STEPS
from connu.know.next_model import NextModel, learn_next
from connu.know.next_reliability import LENGTHS, NextFigure
from connu.know.running import Running
from connu.know.session_arrays import coded, in_order, same_length, texts
from connu.know.session_trails import item_categories, trails_of_sessions

#: Labels and how likely each is, the likeliest first.
Likely = tuple[np.ndarray, np.ndarray]
#: µs between the items of a running session whose times nobody says.
_STEP = 30_000_000


class SessionTwins:
    """Tell what a running session looks at next by those who looked at the same things.

    Args:
        random_state: of every draw.

    Attributes:
        items_: (p,) the labels of the items, sorted.
        categories_: (k,) the paths of the categories and those above them; empty without.
        silent_: level (product, category) → the reason why connu would not tell it of a brand:
            `not_better` than a list of what is popular, or no categories. What can be answered is
            answered all the same; judge for yourself with `score`.
        reliability_: measures on the newest steps, of which the model that was judged knew nothing.

    >>> session = np.repeat(np.arange(800), 3)
    >>> item = np.tile(["bread", "butter", "jam", "pen", "paper", "ink"], 400)
    >>> time = np.datetime64("2026-01-01") + np.arange(2400) * np.timedelta64(1, "m")
    >>> twins = SessionTwins().fit(session, item, time)
    >>> twins.recommend(["bread", "butter"], n=1)[0].tolist()
    ['jam']

    Cost: two minutes of processor time for a million events of 40,000 items; an answer takes
    about a millisecond, half of it re-ranking.
    """

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state
        self._model: NextModel | None = None
        self._labels = np.zeros(0, np.int64)
        self._code: dict[Hashable, int] = {}

    def fit(self, session: Any, item: Any, time: Any, category: Any = None) -> Self:
        """Learn from clicks, in any order of rows.

        Args:
            session: (m,) numbers or texts: which visit each click belongs to.
            item: (m,) numbers or texts.
            time: (m,) numpy datetime64, Arrow timestamps, or int64 µs since 1970; ties within a
                session stand in the order of the rows.
            category: (m,) path of each item's category (`shoes/boots`), None or empty without; of
                an item that is said to be of several, the latest counts.

        Raises:
            ConnuError: arrays of unequal length, missing values, a time that is none, or too few
                sessions to learn from.
        """
        clicks = in_order(session, item, time)
        items, code = np.unique(clicks.item, return_inverse=True)
        code = code.astype(np.int32)
        tree, node = Categories.of([]), np.full(len(items), -1, np.int32)
        if category is not None:
            said = texts(category, "category")
            same_length(session=session, category=said)
            tree, node = item_categories(said[clicks.row], code, clicks.time, len(items))
        model = learn_next(
            trails_of_sessions(clicks, code, items, tree, node), seed=self.random_state
        )
        if model.products is None:
            raise ConnuError(
                "too few sessions to learn from",
                hint=f"the latest quarter of them must hold {LEAST_STEPS} steps from one item to "
                "the next; pass more sessions",
            )
        self._keep(model, items)
        return self

    # ------------------------------------------------------------------ asking
    def recommend(self, items: Sequence[Any], n: int = 20) -> Likely:
        """What one running session looks at next: labels and probabilities, at most n.

        Items that nobody knows are passed over. Where none is left, or the session has not begun,
        the answer is what was looked at most in the latest tenth of the sessions, twenty items at
        most, and the share of each.

        Args:
            items: what was looked at so far, in order; the last is on screen.
            n: how many, 1 at least.
        """
        model, most = self._fitted(), _count(n)
        running = self._running([self._codes(items)])
        if not len(running):
            return self._popular(most)
        found, chance = model.next_products(running, most)
        return _listed(self._labels, found[0], chance[0])

    def recommend_many(
        self, running: Sequence[Sequence[Any]] | tuple[Any, Any, Any], n: int = 20
    ) -> list[Likely]:
        """The same of many sessions at once.

        Args:
            running: a list of lists of items; or a tuple of arrays (session, item, time), whose
                answers stand in the order of the sessions' first rows.
            n: how many of each.
        """
        most = _count(n)
        if isinstance(running, tuple):
            clicks = in_order(*running)
            first = np.sort(np.unique(clicks.session, return_index=True)[1])
            order = np.argsort(np.minimum.reduceat(clicks.row, first), kind="stable")
            code, edges = coded(clicks.item, self.items_), np.append(first, len(clicks.item))
            known = code >= 0
            ends = np.concatenate([[0], np.cumsum(known)])[edges]
            asked, rows = self._asked(ends[:-1], ends[1:], code[known], clicks.time[known])
        else:
            order = np.arange(len(running))
            codes = [self._codes(items) for items in running]
            asked = self._running(codes)
            rows = np.flatnonzero([len(one) > 0 for one in codes])
        found, chance = self._fitted().next_products(asked, most)
        told = [self._popular(most)] * len(order)
        for place, row in enumerate(rows.tolist()):
            told[row] = _listed(self._labels, found[place], chance[place])
        return [told[place] for place in order.tolist()]

    def next_categories(self, items: Sequence[Any], n: int = 5) -> Likely:
        """The categories of what comes next: paths and probabilities, at most n.

        Nothing where no item of the session is known to have a category.

        Raises:
            ConnuError: fitted without categories, or with too few.
        """
        model = self._fitted()
        if model.categories is None:
            raise ConnuError("no categories were learnt", hint="pass category to fit, one per row")
        running = self._running([self._codes(items)])
        if not len(running):
            return self.categories_[:0], np.zeros(0)
        found, chance = model.next_categories(running, _count(n))
        return _listed(self.categories_, found[0], chance[0])

    def score(self, session: Any, item: Any, time: Any) -> dict[str, float]:
        """How right the lists are at every step of other sessions: all before it, and what came.

        Returns:
            HR@1, HR@5, HR@20: the share of steps whose next item is among so many; MRR@20: the
            mean of 1 / its place, 0 beyond 20; steps: how many. A next item that `fit` never saw
            is a miss; a step at which nothing known was seen yet has the popular list.

        Raises:
            ConnuError: as `fit`, or there is no session of two clicks.
        """
        clicks = in_order(session, item, time)
        code = coded(clicks.item, self.items_)
        begins = np.append(True, clicks.session[1:] != clicks.session[:-1])
        step = np.flatnonzero(~begins)
        if not len(step):
            raise ConnuError("no session has two clicks", hint="pass sessions with a next click")
        known = code >= 0
        before = np.concatenate([[0], np.cumsum(known)])
        begin = np.flatnonzero(begins)[np.cumsum(begins) - 1][step]
        asked, rows = self._asked(before[begin], before[step], code[known], clicks.time[known])
        popular = self._popular_codes()[: LENGTHS[-1]]
        lists = np.full((len(step), LENGTHS[-1]), -1, np.int32)
        lists[:, : len(popular)] = popular
        lists[rows] = self._fitted().next_products(asked, LENGTHS[-1])[0]
        hit = (lists == code[step, None]) & (lists >= 0)
        place = np.where(hit.any(axis=1), hit.argmax(axis=1), LENGTHS[-1])
        told = {f"HR@{length}": float((place < length).mean()) for length in LENGTHS}
        height = np.where(place < LENGTHS[-1], 1 / (place + 1.0), 0)
        return told | {f"MRR@{LENGTHS[-1]}": float(height.mean()), "steps": len(step)}

    # ------------------------------------------------------------------ what is known
    @property
    def items_(self) -> np.ndarray:
        self._fitted()
        return self._labels

    @property
    def categories_(self) -> np.ndarray:
        return np.array(self._fitted().category_paths.to_pylist(), np.str_)

    @property
    def silent_(self) -> dict[str, str]:
        return dict(self._fitted().silent)

    @property
    def reliability_(self) -> tuple[NextFigure, ...]:
        return self._fitted().reliability

    # ------------------------------------------------------------------ kept
    def save(self, folder: str | Path) -> None:
        """Write what was learnt to a folder: arrays, JSON and LightGBM's text, no pickle.

        What stands in `reliability_` is not kept.
        """
        place = Path(folder)
        self._fitted().save(place)
        np.save(place / "items.npy", self._labels, allow_pickle=False)
        told = json.dumps({"random_state": self.random_state})
        (place / "session_twins.json").write_text(told, encoding="utf-8")

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Map what was saved.

        Raises:
            BuildError: no session twins are kept there.
        """
        place = Path(folder)
        if not (place / "session_twins.json").is_file():
            raise BuildError("no session twins are kept in this folder", hint="save them there")
        told = json.loads((place / "session_twins.json").read_text(encoding="utf-8"))
        twins = cls(random_state=told["random_state"])
        twins._keep(NextModel.open(place), np.load(place / "items.npy", allow_pickle=False))
        return twins

    # ------------------------------------------------------------------ inner
    def _keep(self, model: NextModel, items: np.ndarray) -> None:
        self._model, self._labels = model, items
        self._code = dict(zip(items.tolist(), range(len(items)), strict=True))

    def _fitted(self) -> NextModel:
        if self._model is None:
            raise ConnuError("nothing was learnt yet", hint="call fit first")
        return self._model

    def _codes(self, items: Sequence[Any]) -> list[int]:
        return [self._code[item] for item in items if item in self._code]

    def _running(self, codes: list[list[int]]) -> Running:
        """Those of the sessions that have an item, as if their last were on screen now."""
        lengths = np.array([len(one) for one in codes if one], np.int64)
        end = np.cumsum(lengths)
        item = np.array([code for one in codes for code in one], np.int32)
        back = np.repeat(end, lengths) - np.arange(len(item)) - 1
        return self._asked(end - lengths, end, item, self._now() - back * _STEP)[0]

    def _asked(
        self, begin: np.ndarray, end: np.ndarray, item: np.ndarray, time: np.ndarray
    ) -> tuple[Running, np.ndarray]:
        """The running sessions that hold anything, and which those are."""
        rows = np.flatnonzero(end > begin)
        products = self._fitted().products
        limit = 0 if products is None else len(products.index.sessions)
        return Running.of(begin[rows], end[rows], item, time, limit=limit), rows

    def _now(self) -> int:
        products = self._fitted().products
        if products is None or not len(products.index.sessions):
            return 0
        return int(products.index.sessions.ends[-1]) + _STEP

    def _popular_codes(self) -> np.ndarray:
        products = self._fitted().products
        return np.zeros(0, np.int32) if products is None else products.index.popular

    def _popular(self, most: int) -> Likely:
        products, popular = self._fitted().products, self._popular_codes()[:most]
        if products is None or not len(popular):
            return self._labels[:0], np.zeros(0)
        seen = products.index.sessions.item
        latest = seen[-max(len(seen) // 10, 1) :]
        share = np.bincount(latest, minlength=len(self._labels)) / len(latest)
        return self._labels[popular], share[popular]


def _listed(labels: np.ndarray, found: np.ndarray, chance: np.ndarray) -> Likely:
    there = found >= 0
    return labels[found[there]], chance[there]


def _count(n: int) -> int:
    if n < 1:
        raise ConnuError("a list holds one item at least", hint="pass n = 1 or more")
    return int(n)
