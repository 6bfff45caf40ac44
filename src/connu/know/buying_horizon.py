"""What is learnt of one horizon: categories, the shop as a whole, and categories never touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from connu.know.buying_fit import Fit, fit
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import Past, Rows
from connu.know.intent_features import PLACE_OF, Pairs

#: Moments, the newest, that purchases in untouched categories are counted at; subjects there.
_COLD_MOMENTS, _COLD_SUBJECTS = 8, 40_000
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

    def probability(self, found: Pairs, k: int) -> np.ndarray:
        """float64 (n,): of candidates; of the shop as a whole where the node is k."""
        base = base_logit(found.features[:, PLACE_OF["base"]].astype(np.float64), self.days)
        told = np.empty(len(base))
        for part, rows in ((self.shop, found.node == k), (self.categories, found.node < k)):
            told[rows] = part.probability(found.features[rows], base[rows])
        return told


def learn_horizon(past: Past, rows: Rows, ages: Sequence[int], days: int) -> Horizon:
    """Learn one horizon from the rows of these moments.

    Cost: a few seconds for the trees, one pass over 320,000 subjects for what is never touched.
    """
    chosen = rows.take(np.isin(rows.age, np.asarray(ages)))
    k = len(past.tree[1])
    shop = chosen.node == k
    parts = []
    for mask in (~shop, shop):
        some = chosen.take(mask)
        held = past.fold[some.place] == 0
        parts.append(fit(some, days, past.buys[some.place], held, past.seed))
    horizon = Horizon(days, parts[0], parts[1], np.zeros(k))
    cold = _cold(past, horizon, ages[:_COLD_MOMENTS])
    return Horizon(days, parts[0], parts[1], cold)


def _cold(past: Past, horizon: Horizon, ages: Sequence[int]) -> np.ndarray:
    """float64 (k,): purchases in untouched nodes over the probabilities of those untouched by."""
    k = len(past.tree[1])
    hits, chances = np.zeros(k), np.zeros(k)
    popular = np.zeros(k)
    for age in ages:
        around = past.around(age)
        popular += np.exp(around.facts[:k, 0])
        for found, _, missed in past.pairs(age, around, horizon.days, _COLD_SUBJECTS):
            shop = found.node == k
            any_of = np.zeros(len(past.trails))
            base = base_logit(
                found.features[shop, PLACE_OF["base"]].astype(np.float64), horizon.days
            )
            any_of[found.place[shop]] = horizon.shop.probability(found.features[shop], base)
            hits += np.bincount(missed[:, 0].astype(np.int64), minlength=k + 1)[:k]
            touched = np.bincount(
                found.node[~shop], weights=any_of[found.place[~shop]], minlength=k + 1
            )[:k]
            chances += any_of[found.place[shop]].sum() - touched
    # Popularity says how purchases divide; how many of them are untouched is told by all nodes.
    expected = popular * chances
    scale = hits.sum() / max(expected.sum(), 1e-12)
    prior = np.maximum(popular * scale, 1e-12)
    # As if so many purchases at the popularity's own rate had been seen too.
    return np.asarray(np.minimum((hits + _PRIOR) / (chances + _PRIOR / prior), 1.0))
