"""What is learnt of one horizon: categories, the shop as a whole, and categories never touched."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from connu.know.buying_fit import Binned, Fit, calibrated, grown
from connu.know.buying_gather import Gathered
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import Past
from connu.know.intent_features import PLACE_OF

#: Trees that grow at a time, a core each.
_AT_ONCE = 2
#: Purchases that the popularity of a category weighs among those of the untouched.
_PRIOR = 5.0


@dataclass(frozen=True)
class Horizon:
    """One horizon's model.

    Attributes:
        days: the horizon.
        categories, shop: trees and calibration.
        cold: float64 (k,): of a subject's probability to buy at all, what falls on a node he
            never touched.
    """

    days: int
    categories: Fit
    shop: Fit
    cold: np.ndarray

    def probability(self, features: np.ndarray, node: np.ndarray) -> np.ndarray:
        """float64 (n,): of candidates; of the shop as a whole where the node is k."""
        base = base_logit(features[:, PLACE_OF["base"]].astype(np.float64), self.days)
        whole = node == len(self.cold)
        told = np.empty(len(base))
        for part, rows in ((self.shop, whole), (self.categories, ~whole)):
            told[rows] = part.probability(features[rows], base[rows])
        return told


def grow_horizons(
    past: Past, gathered: Gathered, horizons: Sequence[int], learnt: Sequence[Sequence[int]]
) -> list[Horizon]:
    """Grow every horizon's trees from the rows of its moments, two at a time.

    Cost: a few seconds a horizon.
    """
    rows = gathered.rows
    whole = rows.node == len(past.tree[1])
    every = np.isin(rows.age, np.unique(np.concatenate([np.asarray(a) for a in learnt])))
    parts = []
    for mask in (~whole, whole):
        some = rows.take(mask & every)
        held = past.fold[some.place] == 0
        parts.append(Binned.of(some, past.buys[some.place], held))
    tasks = [(part, place) for part in parts for place in range(len(horizons))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        forests = list(
            pool.map(
                lambda task: grown(task[0], horizons[task[1]], learnt[task[1]], past.seed), tasks
            )
        )
    n = len(horizons)
    return [
        calibrate(
            past,
            gathered,
            Horizon(days, Fit.plain(forests[h]), Fit.plain(forests[n + h]), np.zeros(0)),
            learnt[h],
            h,
        )
        for h, days in enumerate(horizons)
    ]


def calibrate(
    past: Past, gathered: Gathered, horizon: Horizon, ages: Sequence[int], place: int
) -> Horizon:
    """The same trees, with levels and untouched nodes as these moments have them.

    Args:
        past: the trails.
        gathered: rows, of which those held out of the trees are used.
        horizon: with trees.
        ages: of the moments.
        place: of the horizon among those gathered.
    """
    rows = gathered.rows
    some = rows.take(np.isin(rows.age, np.asarray(ages)) & (past.fold[rows.place] == 0))
    whole = some.node == len(past.tree[1])
    shop = calibrated(horizon.shop.forest, some.take(whole), horizon.days)
    categories = calibrated(horizon.categories.forest, some.take(~whole), horizon.days)
    return Horizon(horizon.days, categories, shop, _cold(past, gathered, ages, place))


def _cold(past: Past, gathered: Gathered, ages: Sequence[int], place: int) -> np.ndarray:
    """float64 (k,): of those who bought, and had not touched a node, the share who bought in it."""
    k = len(past.tree[1])
    hits, chances, popular = np.zeros(k), np.zeros(k), np.zeros(k)
    for age in ages:
        seen = gathered.untouched[age]
        hits += seen.hits[place]
        chances += seen.buyers[place] - seen.touched[place]
        popular += np.exp(past.around(age).facts[:k, 0])
    # Popularity says how purchases divide; how many of them are untouched is told by all nodes.
    expected = popular * chances
    scale = hits.sum() / max(expected.sum(), 1e-12)
    prior = np.maximum(popular * scale, 1e-12)
    # As if so many purchases at the popularity's own rate had been seen too.
    return np.asarray(np.minimum((hits + _PRIOR) / (chances + _PRIOR / prior), 1.0))
