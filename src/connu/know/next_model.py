"""What comes next: for every subject, the products and the categories likeliest to follow.

Products are told by session twins and a ranker; categories by the same, over the categories of the
events, and with what the products say of each. Both are learnt on the latest steps of the trails:
the oldest of these teach the forests, the next ones weigh them, the newest only judge.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.kernel.progress import Progress, Silent
from connu.know.judged import Judged
from connu.know.next_items import NextItems
from connu.know.next_learning import (
    HEARD,
    LEAST_STEPS,
    Heard,
    in_groups,
    lately,
    learn_categories,
    learn_products,
    lesson_of,
)
from connu.know.next_reliability import NextFigure, judge_lists, judged_lists
from connu.know.running import SEQUEL_DAYS, Running
from connu.know.sessions import Sessions, sessions_of
from connu.know.trails import DAY, Trails

LEVELS = ("product", "category")
_TOLD = pa.schema(
    [
        ("place", pa.int32()),
        ("level", pa.string()),
        ("target", pa.string()),
        ("probability", pa.float64()),
        ("rank", pa.int32()),
    ]
)


@dataclass(frozen=True)
class NextModel:
    """What is told of whom comes next.

    Attributes:
        products, categories: the levels that are told, or None.
        silent: level → the word of the reason why it is not.
        reliability: how right the lists were on the newest steps, which taught nothing.
        product_names: the products, by number; category_paths: the nodes, by number.
        ended: whether sequels were there to learn from: else every session is taken as running.
        judged: level → the newest steps; of a model opened from disk there are none.
    """

    products: NextItems | None
    categories: NextItems | None
    silent: dict[str, str]
    reliability: tuple[NextFigure, ...]
    product_names: pa.StringArray
    category_paths: pa.StringArray
    ended: bool
    judged: dict[str, Judged] = field(default_factory=dict, repr=False)
    _numbers: dict[str, int] = field(default_factory=dict, repr=False)

    # ------------------------------------------------------------------ ranking
    def next_products(self, running: Running, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Products int32 (q, most), likeliest first, -1 where there are fewer, and the probability
        of each. The items of `running` are products.

        Raises:
            ValueError: products are not told.
        """
        if self.products is None:
            raise ValueError("what comes next is not told of products")
        return self.products.rank(running, most)

    def next_categories(self, running: Running, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Nodes int32 (q, most) and probabilities, as `next_products`; deepest nodes alone.

        The items of `running` are products; those without a category are passed over, and a
        session without any is told nothing.

        Raises:
            ValueError: categories are not told.
        """
        if self.categories is None or self.products is None:
            raise ValueError("what comes next is not told of categories")
        return self._categories(running, most, *self.products.rank(running, HEARD))

    def _categories(
        self, running: Running, most: int, items: np.ndarray, chance_of: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same, from the products that were told of the sessions."""
        assert self.categories is not None
        assert self.products is not None
        group = self.products.index.group
        among, rows = in_groups(running, group)
        index = self.categories.index.sessions
        own = among.own
        if (own >= 0).any():  # a visit that runs is not among them: nothing to look for
            own = np.where(own >= 0, _found(index, among), -1)
        among = replace(among, limit=np.full(len(among), len(index)), own=own)
        nodes = np.full((len(running), most), -1, np.int32)
        chance = np.zeros((len(running), most))
        heard = Heard.of(items, chance_of, group).take(rows)
        nodes[rows], chance[rows] = self.categories.rank(among, most, heard)
        return nodes, chance

    def tell(self, trails: Trails, *, top: int = 10) -> pa.Table:
        """What comes next for whoever was there in the last SEQUEL_DAYS days.

        Args:
            trails: those learnt from, or others over the same products.
            top: rows kept per subject and level.

        Returns:
            place int32, level, target text, probability float64, rank int32.

        Cost: about 0.4 ms of processor time a subject who was there.
        """
        running, place = self._latest(sessions_of(trails, trails.product), trails.now)
        tables = [_TOLD.empty_table()]
        if self.products is None or not len(running):
            return tables[0]
        # The quick score has put what counts first: fewer candidates are weighed than online.
        most = max(top, HEARD)
        lists = self.products.rank(running, most, among=most)
        if "product" not in self.silent:
            tables.append(_rows("product", self.product_names, place, *lists, top))
        if self.categories is not None and "category" not in self.silent:
            nodes = self._categories(running, top, *lists)
            tables.append(_rows("category", self.category_paths, place, *nodes, top))
        return pa.concat_tables(tables)

    def running(self, products: list[str], time: np.ndarray | None = None) -> Running:
        """One running session over the known ones of these products, the last on screen.

        Args:
            products: names, in the order in which they were seen.
            time: int64 µs of each; one a half minute when absent.
        """
        if not self._numbers:
            named = zip(self.product_names.to_pylist(), range(len(self.product_names)), strict=True)
            # Whole at once, for threads ask too.
            self._numbers.update(dict(named))
        known = [place for place, name in enumerate(products) if name in self._numbers]
        item = np.array([self._numbers[products[place]] for place in known], np.int32)
        index = None if self.products is None else self.products.index
        if time is None:
            newest = 0 if index is None or not len(index.sessions) else int(index.sessions.time[-1])
            time = newest + np.arange(len(products), dtype=np.int64) * 30_000_000
        end = np.array([len(item)] if len(item) else [], np.int64)
        limit = 0 if index is None else len(index.sessions)
        return Running.of(np.zeros(len(end), np.int64), end, item, time[known], limit=limit)

    def _latest(self, sessions: Sessions, now: int) -> tuple[Running, np.ndarray]:
        """The last session of everybody who was there lately, and whose each is."""
        last = np.ones(len(sessions), np.bool_)
        order = np.lexsort((sessions.ends, sessions.owner))
        last[order[:-1]] = sessions.owner[order[:-1]] != sessions.owner[order[1:]]
        rows = np.flatnonzero(last & (sessions.ends >= now - SEQUEL_DAYS * DAY))
        running = Running.of(
            sessions.starts[rows],
            sessions.starts[rows + 1],
            sessions.item,
            sessions.time,
            limit=0,
            ended=self.ended,
            past=(sessions.past_from[rows], sessions.past_to[rows], sessions.past),
        )
        if self.products is not None:
            # It does not count as its own twin.
            index = self.products.index.sessions
            limit = np.full(len(running), len(index))
            running = replace(running, limit=limit, own=_found(index, running))
        return running, sessions.owner[rows]

    # ------------------------------------------------------------------ kept
    def save(self, folder: Path) -> None:
        """Write the model to a folder: arrays, JSON and LightGBM's text; nothing is pickled."""
        folder.mkdir(parents=True, exist_ok=True)
        for level, items in (("products", self.products), ("categories", self.categories)):
            if items is not None:
                items.save(folder / level)
        told = {
            "silent": self.silent,
            "ended": self.ended,
            "products": self.product_names.to_pylist(),
            "categories": self.category_paths.to_pylist(),
        }
        (folder / "next.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> NextModel:
        """Map what was saved; its reliability stands in the build's tables."""
        told = json.loads((folder / "next.json").read_text(encoding="utf-8"))
        products, categories = (
            NextItems.open(folder / level) if (folder / level).is_dir() else None
            for level in ("products", "categories")
        )
        return cls(
            products=products,
            categories=categories,
            silent=told["silent"],
            reliability=(),
            product_names=pa.array(told["products"], pa.string()),
            category_paths=pa.array(told["categories"], pa.string()),
            ended=bool(told["ended"]),
        )


def _rows(
    level: str,
    names: pa.StringArray,
    place: np.ndarray,
    items: np.ndarray,
    chance: np.ndarray,
    top: int,
) -> pa.Table:
    """Lists (q, …) of the subjects `place` (q,) as rows."""
    subject, column = np.nonzero(items[:, :top] >= 0)
    columns = [
        pa.array(place[subject], pa.int32()),
        pa.repeat(pa.scalar(level), len(subject)),
        names.take(pa.array(items[subject, column])),
        pa.array(chance[subject, column]),
        pa.array(column + 1, pa.int32()),
    ]
    return pa.table(columns, schema=_TOLD)


def learn_next(trails: Trails, *, seed: int = 0, progress: Progress | None = None) -> NextModel:
    """Learn what comes next from the sessions of trails.

    Args:
        trails: of everybody; events that name no product teach nothing here.
        seed: of whatever is drawn.
        progress: who watches.

    Cost: two minutes of processor time for a million events of 40,000 products.
    """
    watched = progress or Silent()
    group = np.ascontiguousarray(trails.product_category, np.int32)
    silent: dict[str, str] = {}
    figures: list[NextFigure] = []
    judged: dict[str, Judged] = {}
    products = categories = None
    recent = lately(trails)
    lesson = lesson_of(sessions_of(recent, recent.product), seed=seed)
    del recent
    if len(lesson) < LEAST_STEPS:
        silent = dict.fromkeys(LEVELS, "no_sessions")
    else:
        with watched.stage("next products"):
            of_products = learn_products(lesson, group, seed=seed)
        products = of_products.now
        figures += judge_lists("product", *of_products.lists[:3], products.index.popular)
        judged["product"] = judged_lists(*of_products.lists)
        with watched.stage("next categories"):
            found = learn_categories(
                lesson, of_products.then, group, trails.categories.parents, seed=seed
            )
        if not (group >= 0).any():
            silent["category"] = "no_categories"
        elif found is None:
            silent["category"] = "no_sessions"
        else:
            categories = found.now
            figures += judge_lists("category", *found.lists[:3], categories.index.popular)
            judged["category"] = judged_lists(*found.lists)
        for level in LEVELS:
            if level not in silent and not any(f.stated for f in figures if f.level == level):
                silent[level] = "not_better"
    return NextModel(
        products,
        categories,
        silent,
        tuple(figures),
        trails.products,
        pa.array(trails.categories.paths, pa.string()),
        lesson.sequels >= LEAST_STEPS,
        judged,
    )


def _found(index: Sessions, running: Running) -> np.ndarray:
    """The number in the index of the session that ended when each did, on the same; or -1."""
    own = np.full(len(running), -1, np.int64)
    if not len(index):
        return own
    # Without the events that have no category, one may end before the one before it.
    order = np.argsort(index.ends, kind="stable")
    ends, last = index.ends[order], index.item[index.starts[1:] - 1][order]
    wanted = running.time[running.starts[1:] - 1]
    at = np.searchsorted(ends, wanted)
    # Few sessions end in the same microsecond; of twins among them the first will do.
    for _ in range(8):
        here = np.minimum(at, len(index) - 1)
        same = (at < len(index)) & (own < 0) & (ends[here] == wanted) & (last[here] == running.last)
        own[same] = order[at[same]]
        at = at + 1
    return own
