"""Gathering, in one pass over past moments, all that buying is learnt from and judged by.

Whoever bought is kept, of the others some; where purchases abound, some of them too, the rarest
horizon's the last to be left out. At the moments that are held to judge by every buyer is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from connu.kernel.interruption import heed
from connu.know.buying_rows import SLICE, Past, Rows
from connu.know.intent_features import PLACE_OF, Pairs

#: Moments at a time: a core each.
_AT_ONCE = 2
#: Subjects looked at over all moments; of more, some at each. At a held moment, at most.
_LOOKS, _HELD_LOOKS = 800_000, 40_000
#: Rows of those who did not buy: pairs touched lately, other pairs, shops as a whole.
_BUDGET = (75_000, 35_000, 40_000)
#: The same, of all held moments together.
_HELD_BUDGET = (90_000, 60_000, 60_000)
#: Rows of those who did, of each horizon: pairs touched lately, other pairs, shops.
_BUYERS = (15_000, 5_000, 10_000)
_LATELY_DAYS = 30.0
#: Untouched nodes drawn of each subject that is judged.
DRAWN = 2


@dataclass(frozen=True)
class Untouched:
    """Purchases at one moment in nodes nobody thought of, by horizon.

    Attributes:
        hits: int64 (horizons, k): subjects who bought in a node they never touched.
        buyers: int64 (horizons,): subjects who bought at all.
        touched: int64 (horizons, k): of these, who had touched the node.
        pairs: float64 (u, 3): node, days and subject of each such purchase.
    """

    hits: np.ndarray
    buyers: np.ndarray
    touched: np.ndarray
    pairs: np.ndarray


@dataclass(frozen=True)
class Gathered:
    """Rows of all moments, and what each moment says of the untouched.

    Attributes:
        rows: by age, subject and node as they came.
        untouched: by age.
    """

    rows: Rows
    untouched: dict[int, Untouched]


def gather(
    past: Past, ages: Sequence[int], held: Sequence[int], horizons: Sequence[int]
) -> Gathered:
    """Rows of all these moments.

    Args:
        past: the trails.
        ages: of the moments. held: those to judge by.
        horizons: days, ascending.

    Cost: one pass over the events of 800,000 subjects in all, on two cores.
    """

    def one(age: int) -> tuple[list[Rows], Untouched]:
        heed()
        return _at(past, age, len(ages), len(held) if age in held else 0, horizons)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(one, ages))
    rows = Rows.joined([part for parts, _ in found for part in parts])
    return Gathered(rows, {age: seen for age, (_, seen) in zip(ages, found, strict=True)})


def _at(
    past: Past, age: int, moments: int, held: int, horizons: Sequence[int]
) -> tuple[list[Rows], Untouched]:
    """Rows of one moment, and its untouched; `held`: how many moments judge with it, or 0."""
    k = len(past.tree[1])
    looks = max(_LOOKS // moments, 1)
    budget = np.array([*[_BUYERS] * len(horizons), _BUDGET]) / moments
    if held:
        looks = _HELD_LOOKS
        budget[:-1] = np.inf
        budget[-1] = np.maximum(budget[-1], np.array(_HELD_BUDGET) / held)
    budget /= max(min(len(past.trails), looks) / SLICE, 1)
    chance = np.random.default_rng([past.seed, age, 1])
    parts: list[Rows] = []
    seen = Untouched(
        np.zeros((len(horizons), k), np.int64),
        np.zeros(len(horizons), np.int64),
        np.zeros((len(horizons), k), np.int64),
        np.zeros((0, 3)),
    )
    missing: list[np.ndarray] = []
    leaves = np.flatnonzero(past.trails.categories.leaves)
    for found, until, missed in past.pairs(age, past.around(age), horizons[-1], looks):
        when = np.searchsorted(horizons, until).astype(np.int64)
        late = found.features[:, PLACE_OF["age_touch"]] <= _LATELY_DAYS
        stratum = 3 * when + np.where(found.node == k, 2, np.where(late, 0, 1))
        number = np.bincount(stratum, minlength=budget.size)
        share = np.minimum(budget.ravel() / np.maximum(number, 1), 1.0)[stratum]
        some = chance.random(len(share)) < share
        drawn = np.full((int(some.sum()), DRAWN), -1, np.int32)
        if held and len(leaves):
            _draw(drawn, found, some, leaves, k, chance)
        parts.append(
            Rows(
                found.features[some],
                found.place[some],
                found.node[some],
                np.full(int(some.sum()), age, np.int32),
                until[some],
                (1.0 / share[some]).astype(np.float32),
                drawn,
            )
        )
        _count(seen, found, until, missed, horizons)
        missing.append(missed)
    pairs = np.concatenate([seen.pairs, *missing])
    return parts, Untouched(seen.hits, seen.buyers, seen.touched, pairs)


def _draw(
    drawn: np.ndarray,
    found: Pairs,
    some: np.ndarray,
    leaves: np.ndarray,
    k: int,
    chance: np.random.Generator,
) -> None:
    """Fill in untouched nodes of the shops among the rows that were chosen."""
    shop = found.node[some] == k
    whose = found.place[some][shop].astype(np.int64)
    nodes = leaves[chance.integers(0, len(leaves), (len(whose), DRAWN))]
    chosen = np.zeros(int(found.place.max(initial=0)) + 1, np.bool_)
    chosen[whose] = True
    mine = chosen[found.place]
    touched = found.place[mine].astype(np.int64) * (k + 1) + found.node[mine]
    free = ~np.isin(whose[:, None] * (k + 1) + nodes, touched)
    drawn[shop] = np.where(free, nodes, -1)


def _count(
    seen: Untouched, found: Pairs, until: np.ndarray, missed: np.ndarray, horizons: Sequence[int]
) -> None:
    """Add a slice of subjects."""
    k = seen.hits.shape[1]
    first = np.flatnonzero(found.node == k)
    pairs = np.diff(np.append(first, len(found.node)))
    bought = np.repeat(until[first], pairs)
    for h, days in enumerate(horizons):
        soon = missed[missed[:, 1] <= days, 0].astype(np.int64)
        seen.hits[h] += np.bincount(soon, minlength=k + 1)[:k]
        seen.buyers[h] += int((until[first] <= days).sum())
        seen.touched[h] += np.bincount(found.node[bought <= days], minlength=k + 1)[:k]


__all__ = ["DRAWN", "Gathered", "Untouched", "gather"]
