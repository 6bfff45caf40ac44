"""Buying: how probable it is that a subject buys in a category within so many days, and at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent
from connu.know.buying_cuts import Cuts
from connu.know.buying_horizon import Horizon, learn_horizon
from connu.know.buying_rows import SLICE, Past, gather
from connu.know.buying_top import agree, strongest
from connu.know.intent_features import Around, Pairs, pairs_of
from connu.know.trails import DAY, PURCHASE, Trails

#: Purchases below which nothing is learnt.
FEWEST = 50
#: Columns of what is told.
TOLD = pa.schema(
    [
        pa.field("place", pa.int32(), nullable=False),
        pa.field("node", pa.int32(), nullable=False),
        pa.field("horizon_days", pa.int32(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
    ]
)


@dataclass(frozen=True)
class BuyingModel:
    """What was learnt of buying up to a moment.

    Attributes:
        paths: (k,) of the nodes it was learnt on.
        around: the nodes as known at the moment.
        depth: int32 (k + 1,): of the nodes, -1 the shop.
        horizons: one model each, ascending; those that are told.
        silent: horizon → why nothing is told of it; 0: of none.
    """

    paths: tuple[str, ...]
    around: Around
    depth: np.ndarray
    horizons: tuple[Horizon, ...]
    silent: dict[int, str] = field(default_factory=dict)

    def tell(self, trails: Trails, *, top: int = 10) -> pa.Table:
        """The strongest categories of each subject with a trail, and the shop as a whole.

        Args:
            trails: as they stand at their `now`.
            top: rows per subject, horizon and depth of the tree.

        Returns:
            place (number of the subject), node (of the trails' tree, -1: any category),
            horizon_days, probability, rank (within the depth); by subject, horizon, depth, rank.

        Cost: about 1 µs an event and 10 µs a candidate and horizon.
        """
        parts = []
        k = len(self.paths)
        back = trails.categories.nodes_of(self.paths)
        back = np.append(back, -1).astype(np.int32)
        for found, told in self._told(trails, np.arange(len(trails))):
            for h, horizon in enumerate(self.horizons):
                order = np.argsort(-horizon.cold, kind="stable").astype(np.int32)
                place, node, p, rank, _, size = strongest(
                    found.place, found.node, self.depth, told[:, h], order, horizon.cold, top
                )
                days = np.full(size, horizon.days, np.int32)
                node = back[np.where(node[:size] < 0, k, node[:size])]
                columns = [place[:size], node, days, p[:size], rank[:size]]
                parts.append(pa.table([pa.array(c) for c in columns], schema=TOLD))
        if not parts:
            return TOLD.empty_table()
        return pa.concat_tables(parts)

    def probability(
        self, trails: Trails, place: np.ndarray, node: np.ndarray, horizon: int
    ) -> np.ndarray:
        """float64 (n,): of any pairs, told or not.

        Args:
            trails: as they stand at their `now`.
            place: subjects' numbers (n,). node: nodes of the trails' tree (n,), -1: any category.
            horizon: days, one of those told.
        """
        h = [one.days for one in self.horizons].index(horizon)
        k = len(self.paths)
        nodes = np.append(self._nodes(trails), k)[node]
        asked = np.unique(place)
        out = np.zeros(len(place))
        order = np.argsort(place, kind="stable")
        for found, told in self._told(trails, asked):
            low, high = np.searchsorted(place[order], [found.place.min(), found.place.max() + 1])
            rows = order[low:high]
            key = found.place.astype(np.int64) * (k + 1) + found.node
            sort = np.argsort(key)
            wanted = place[rows].astype(np.int64) * (k + 1) + nodes[rows]
            at = np.minimum(np.searchsorted(key[sort], wanted), len(key) - 1)
            hit = sort[at]
            same = key[hit] == wanted
            shop = np.minimum(
                np.searchsorted(key[sort], place[rows].astype(np.int64) * (k + 1) + k), len(key) - 1
            )
            known = found.place[sort[shop]] == place[rows]
            cold = np.append(self.horizons[h].cold, 1.0)[nodes[rows]]
            p = np.where(same, told[hit, h], told[sort[shop], h] * cold)
            out[rows] = np.where(known & (nodes[rows] >= 0), p, 0.0)
        return out

    def _nodes(self, trails: Trails) -> np.ndarray:
        """int32: the learnt node of each node of the trails' tree: itself or the nearest above."""
        number = {path: place for place, path in enumerate(self.paths)}
        tree = trails.categories
        out = np.full(len(tree), -1, np.int32)
        for node in np.argsort(tree.depth, kind="stable"):
            depth = tree.depth[node]
            up = out[tree.ancestors[node, depth - 1]] if depth else -1
            out[node] = number.get(tree.paths[node], up)
        return out

    def _told(self, trails: Trails, who: np.ndarray) -> Iterator[tuple[Pairs, np.ndarray]]:
        """Candidates of slices of subjects and their probabilities (n, horizons)."""
        nodes = self._nodes(trails)
        category = (
            np.where(trails.category >= 0, nodes[trails.category], -1).astype(np.int32)
            if len(nodes)
            else trails.category
        )
        for first in range(0, len(who), SLICE):
            heed()
            found = pairs_of(trails, category, self.around, trails.now, who[first : first + SLICE])
            if not len(found.place):
                continue
            told = np.column_stack(
                [one.probability(found, len(self.paths)) for one in self.horizons]
            )
            agree(found.place, found.node, self.around.above, told)
            yield found, told


def learn_buying(
    trails: Trails,
    *,
    horizons_days: Sequence[int],
    seed: int = 0,
    progress: Progress | None = None,
) -> BuyingModel:
    """Learn to tell buying from what was done and bought so far.

    Args:
        trails: up to now; nothing later is in them.
        horizons_days: days, ascending.
        seed: of all that is drawn.
        progress: is told of the horizons.

    Cost: two passes over the events, one over those of 800,000 subjects, and the trees.
    """
    wanted = tuple(sorted(set(horizons_days)))
    tree = trails.categories
    depth = np.append(tree.depth, -1).astype(np.int32)
    bought = int((trails.role == PURCHASE).sum())
    past = Past.of(trails, seed)
    around = past.around(0)
    if bought < FEWEST:
        why = "too_few" if bought else "no_purchases"
        return BuyingModel(tree.paths, around, depth, (), dict.fromkeys(wanted, why))
    span = (trails.now - int(trails.time.min())) / DAY
    cuts = Cuts.of(span, wanted)
    silent = dict.fromkeys(cuts.short, "too_short")
    told = []
    if cuts.horizons:
        with (progress or Silent()).stage("buying", len(cuts.horizons)) as step:
            rows = gather(past, cuts.ages, max(cuts.horizons))
            for days in cuts.horizons:
                heed()
                told.append(learn_horizon(past, rows, cuts.every(days), days))
                step.advance()
    return BuyingModel(tree.paths, around, depth, tuple(told), silent)
