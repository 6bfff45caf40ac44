"""Rhythms: how soon those who buy of a category again do so, category by category.

Learnt from the days between two purchases of the same deepest category. Those who never come back
say nothing here; a category where few come back is told by the one above it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

import numpy as np
from numba import njit

from connu.kernel.errors import UsageError
from connu.know.affinity_mass import parents_of
from connu.know.categories import Categories
from connu.know.trails import DAY, PURCHASE, Trails

#: Where nobody ever bought again.
USUAL_DAYS = 90.0
#: Below, two purchases are two parts of one order.
_APART = DAY
#: A buyer counts as back in the market once this share of those who come back have come back.
_BACK = 0.25
#: Returns that the wider category counts for.
_PRIOR_RETURNS = 10.0
#: Returns from which on a sentence may say how long most of them waited.
_BEARING = 20
_FORMAT = 1


@dataclass(frozen=True)
class Rhythms:
    """Days after a purchase for which a category is not bought again.

    Attributes:
        paths: (k,). days: float64 (k,): per node.
        own: float64 (k,): the node's own days, nothing borrowed; NaN below 20 returns.
        returns: int64 (k,): purchases that followed another one of the same deepest category.
    """

    paths: tuple[str, ...]
    days: np.ndarray
    own: np.ndarray
    returns: np.ndarray

    def of(self, tree: Categories) -> np.ndarray:
        """float64 (k,): days per node of this tree; a new node has those of the node above."""
        known = dict(zip(self.paths, self.days.tolist(), strict=True))
        days = np.full(len(tree), USUAL_DAYS)
        above = parents_of(tree.ancestors, tree.depth)
        for node in np.argsort(tree.depth, kind="stable").tolist():
            wider = days[above[node]] if above[node] >= 0 else USUAL_DAYS
            days[node] = known.get(tree.paths[node], wider)
        return days

    def claims(self, tree: Categories) -> np.ndarray:
        """float64 (k,): days that three in four who bought again waited, NaN where few did."""
        known = dict(zip(self.paths, self.own.tolist(), strict=True))
        return np.array([known.get(path, np.nan) for path in tree.paths], np.float64)

    def to_json(self) -> str:
        """Everything learnt, as text."""
        return json.dumps(
            {
                "format": _FORMAT,
                "paths": self.paths,
                "days": self.days.tolist(),
                "own": [None if np.isnan(days) else days for days in self.own.tolist()],
                "returns": self.returns.tolist(),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The rhythms whose `to_json` gave the text.

        Raises:
            UsageError: it gave another.
        """
        try:
            shape = json.loads(text)
            if shape["format"] != _FORMAT:
                raise ValueError
            days, own = (np.array(shape[name], np.float64) for name in ("days", "own"))
            return cls(tuple(shape["paths"]), days, own, np.array(shape["returns"], np.int64))
        except (ValueError, KeyError, TypeError) as broken:
            raise UsageError(
                "the file holds no rhythms of purchases that this version reads",
                hint="build the brand anew",
            ) from broken


def learn_rhythms(trails: Trails) -> Rhythms:
    """The first quarter of the days between purchases, by node, shrunk towards the node above.

    Means of logs: a node's quantile counts for its returns, the wider one's for ten.

    Cost: one walk along the events, a sort of the purchases per level.
    """
    tree = trails.categories
    node, gap = _gaps(
        trails.starts, trails.time, trails.category, trails.role, len(tree), float(_APART)
    )
    log_gap = np.log(gap)
    over = _shrunk(np.log(USUAL_DAYS), log_gap)
    days = np.full(len(tree), over)
    own = np.full(len(tree), np.nan)
    returns = np.zeros(len(tree), np.int64)
    above = parents_of(tree.ancestors, tree.depth)
    for level in range(tree.ancestors.shape[1]):
        here = np.flatnonzero(tree.depth == level)
        days[here] = np.where(above[here] >= 0, days[above[here]], over)
        at = tree.ancestors[node, level]
        order = np.lexsort((log_gap, at))
        order = order[at[order] >= 0]
        nodes, begins, many = np.unique(at[order], return_index=True, return_counts=True)
        for which, first, count in zip(nodes, begins, many, strict=True):
            gaps = log_gap[order[first : first + count]]
            days[which] = _shrunk(days[which], gaps)
            returns[which] = count
            if count >= _BEARING:
                own[which] = np.exp(np.quantile(gaps, _BACK))
    return Rhythms(tree.paths, np.exp(days), own, returns)


def _shrunk(wider: float, log_gap: np.ndarray) -> float:
    """The quantile of log days, on the way from the wider category's as far as returns bear."""
    if not len(log_gap):
        return float(wider)
    own = float(np.quantile(log_gap, _BACK))
    return (len(log_gap) * own + _PRIOR_RETURNS * float(wider)) / (len(log_gap) + _PRIOR_RETURNS)


@njit(cache=True, nogil=True)
def _gaps(
    starts: np.ndarray,
    time: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    nodes: int,
    apart: float,
) -> tuple[np.ndarray, np.ndarray]:  # pragma: no cover - compiled
    """Node and days of every purchase that follows one of the same node by a day or more."""
    bought = 0
    for e in range(len(time)):
        if role[e] == PURCHASE and category[e] >= 0:
            bought += 1
    node, gap = np.empty(bought, np.int32), np.empty(bought)
    last = np.zeros(nodes, np.int64)
    whose = np.full(nodes, -1, np.int64)
    rows = 0
    for place in range(len(starts) - 1):
        for e in range(starts[place], starts[place + 1]):
            at = category[e]
            if role[e] != PURCHASE or at < 0:
                continue
            if whose[at] == place:
                away = float(time[e] - last[at])
                if away >= apart:
                    node[rows], gap[rows] = at, away / 86_400_000_000.0
                    rows += 1
            whose[at] = place
            last[at] = time[e]
    return node[:rows], gap[:rows]
