"""connu's own telling of what comes next, asked on the same steps as the baselines."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.next_speed import BATCH, ONE_BY_ONE
from benchmarks.next_steps import LISTED, Steps
from benchmarks.next_trails import ShopTrails
from connu.know.next_model import NextModel, learn_next
from connu.know.running import Running

#: Categories told; candidates described at once, on one thread.
CATEGORIES, AT_ONCE = 3, 500


@dataclass(frozen=True)
class NextConnu:
    """What connu has learnt of a shop's training sessions, with its defaults.

    Attributes:
        model: as learnt.
        asked: every step of the shop: the clicks before it.
        code: int32 (k + 1,): the category of `Steps` of each node, -1 of others.
        learn_seconds: how long it took.
    """

    model: NextModel
    asked: Running
    code: np.ndarray
    learn_seconds: float

    @classmethod
    def learn(cls, steps: Steps) -> NextConnu:
        """From a coded shop."""
        shop = ShopTrails.of(steps)
        begun = time.perf_counter()
        model = learn_next(shop.train)
        seconds = time.perf_counter() - begun
        code = np.full(len(shop.train.categories) + 1, -1, np.int32)
        code[shop.node] = np.arange(len(shop.node))
        asked = Running.of(
            steps.begin,
            steps.end,
            steps.test.product,
            steps.test.time,
            limit=0 if model.products is None else len(model.products.index.sessions),
        )
        return cls(model, asked, code, seconds)

    def products(self) -> np.ndarray | None:
        """Lists (n, LISTED) of codes for every step; None where nothing is told."""
        if self.model.products is None:
            return None
        return self.model.next_products(self.asked, LISTED)[0]

    def categories(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Lists (n, CATEGORIES) of codes, and how sure the first is; None where none is told."""
        if self.model.products is None or self.model.categories is None:
            return None
        nodes, chance = self.model.next_categories(self.asked, CATEGORIES)
        return self.code[nodes], chance[:, 0]

    def candidates_per_second(self) -> float:
        """Sessions whose candidates are found and described, on one thread, before re-ranking."""
        found = self.model.products
        if found is None:
            return 0.0
        rows = np.sort(np.random.default_rng(0).integers(0, len(self.asked), BATCH))
        asked = self.asked.take(rows)
        found.index.describe(asked.part(0, 1), found.candidates)  # what is compiled once
        begun = time.perf_counter()
        # Parts so small are described on the thread that asks.
        for first in range(0, BATCH, AT_ONCE):
            found.index.describe(asked.part(first, min(first + AT_ONCE, BATCH)), found.candidates)
        return BATCH / (time.perf_counter() - begun)

    def one_by_one_ms(self) -> tuple[float, float]:
        """Milliseconds of one running session told and re-ranked: median, 99th percentile."""
        rows = np.random.default_rng(0).integers(0, len(self.asked), ONE_BY_ONE)
        seconds = []
        for row in rows:
            one = self.asked.part(row, row + 1)
            begun = time.perf_counter()
            self.model.next_products(one, LISTED)
            seconds.append(time.perf_counter() - begun)
        median, worst = (float(np.percentile(seconds, q)) * 1000 for q in (50, 99))
        return median, worst
