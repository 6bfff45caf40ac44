"""Telling buying: slices of subjects, two at a time, from their events to the rows told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from connu.kernel.interruption import heed
from connu.know.buying_gate import Verdict
from connu.know.buying_horizon import Horizon
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import SLICE
from connu.know.buying_top import agree, ranks, strongest
from connu.know.categories import Categories
from connu.know.intent_features import Around, Pairs, pairs_of
from connu.know.intent_reasons import reasons_of
from connu.know.trails import Trails

#: Slices at a time, a core each.
_AT_ONCE = 2
#: Probability from which, and rank up to which, the reasons are told.
NOTABLE, _REASONED = 0.05, 3
#: How much likelier than its base rate a category is told: the first with which so many rows are
#: told of a subject, counted on so many of them.
_LIFTS, _ROWS, _COUNTED = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 20.0), 30.0, 2_000
#: Columns of what is told.
TOLD = pa.schema(
    [
        pa.field("place", pa.int32(), nullable=False),
        pa.field("node", pa.int32(), nullable=False),
        pa.field("horizon_days", pa.int32(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("because", pa.string()),
    ]
)


def learnt_nodes(tree: Categories, paths: Sequence[str]) -> np.ndarray:
    """int32: the learnt node of each node of a tree: itself or the nearest above; -1: none."""
    number = {path: place for place, path in enumerate(paths)}
    out = np.full(len(tree), -1, np.int32)
    for node in np.argsort(tree.depth, kind="stable"):
        depth = tree.depth[node]
        up = out[tree.ancestors[node, depth - 1]] if depth else -1
        out[node] = number.get(tree.paths[node], up)
    return out


def slices(
    trails: Trails,
    who: np.ndarray,
    paths: Sequence[str],
    around: Around,
    horizons: Sequence[Horizon],
) -> Iterator[tuple[Pairs, np.ndarray]]:
    """Candidates of slices of these subjects, and their probabilities (n, horizons)."""
    if not horizons:
        return
    category = np.append(learnt_nodes(trails.categories, paths), np.int32(-1))[trails.category]
    for first in range(0, len(who), SLICE):
        heed()
        found = pairs_of(trails, category, around, trails.now, who[first : first + SLICE])
        if len(found.place):
            yield found, _probabilities(found, around, horizons)


def told_of(
    trails: Trails,
    paths: Sequence[str],
    depth: np.ndarray,
    around: Around,
    horizons: Sequence[Horizon],
    verdicts: Sequence[Verdict],
    *,
    lift: float,
    top: int,
    reasoned: int | None,
) -> pa.Table:
    """What a model tells of everybody; see `BuyingModel.tell`, which has these as attributes."""
    if not horizons:
        return TOLD.empty_table()
    k = len(paths)
    category = np.append(learnt_nodes(trails.categories, paths), np.int32(-1))[trails.category]
    back = np.append(trails.categories.nodes_of(paths), -1).astype(np.int32)
    muted = np.column_stack([np.append(verdict.muted, False) for verdict in verdicts])
    muted[:k] |= np.array([["category" in verdict.reasons for verdict in verdicts]])
    muted[k] = ["any" in verdict.reasons for verdict in verdicts]
    muted[:k] |= (back[:k] < 0)[:, None]
    useful = np.flatnonzero(~np.all(muted[:k], axis=0))
    base = np.column_stack([_base(around, horizon.days) for horizon in horizons])[:, useful]
    cold = np.column_stack([horizon.cold for horizon in horizons])[:, useful]
    order = np.argsort(-np.log(cold / base[:k]).sum(1), kind="stable").astype(np.int32)
    # Never likelier than this, so that nothing is told of it.
    hushed = np.asarray(np.all(muted[:k], axis=1))
    base[:k][hushed] = 1.0
    days = np.array([horizon.days for horizon in horizons], np.int32)

    def one(first: int) -> pa.Table:
        heed()
        who = np.arange(first, min(first + SLICE, len(trails)))
        found = pairs_of(trails, category, around, trails.now, who)
        if not len(found.place):
            return TOLD.empty_table()
        told = _probabilities(found, around, horizons)
        place, node, row, size = strongest(
            found.place,
            found.node,
            depth,
            np.ascontiguousarray(told[:, useful]),
            order[~hushed[order]],
            cold,
            base,
            top,
            lift,
        )
        place, node, row = place[:size], np.where(node[:size] < 0, k, node[:size]), row[:size]
        shops = np.flatnonzero(found.node == k)
        shop = shops[np.searchsorted(found.place[shops], place)]
        every = np.column_stack([np.append(horizon.cold, 1.0) for horizon in horizons])
        p = np.where((row < 0)[:, None], told[shop] * every[node], told[row])
        # Ranked last, then left out.
        p = np.where(muted[node], -1.0, p)
        rank = ranks(place, depth[node], p)
        at, h = np.nonzero(p >= 0)
        chosen, ranked = p[at, h], rank[at, h]
        said = (chosen >= NOTABLE) & (ranked <= _REASONED) & (row[at] >= 0)
        if reasoned is not None:
            said &= days[h] == reasoned
        because = np.full(len(at), None, object)
        some = np.flatnonzero(said)
        if len(some):
            because[some] = _because(
                found,
                paths,
                horizons,
                verdicts,
                row[at[some]],
                node[at[some]],
                h[some],
                chosen[some],
            )
        columns = [
            pa.array(place[at]),
            pa.array(back[node[at]]),
            pa.array(days[h]),
            pa.array(chosen),
            pa.array(ranked),
            pa.array(because, pa.string()),
        ]
        return pa.table(columns, schema=TOLD)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return pa.concat_tables([TOLD.empty_table(), *pool.map(one, range(0, len(trails), SLICE))])


def fitting_lift(
    trails: Trails,
    paths: Sequence[str],
    depth: np.ndarray,
    around: Around,
    horizons: Sequence[Horizon],
    verdicts: Sequence[Verdict],
    *,
    seed: int,
) -> float:
    """The least lift with which at most thirty rows are told of a subject, on average.

    A shop of few categories tells whatever is likelier than by chance; of thousands, very many are
    that for somebody busy, and only the most telling are worth a row.
    """
    alive = np.flatnonzero(np.diff(trails.starts) > 0)
    if len(alive) > _COUNTED:
        alive = np.sort(np.random.default_rng(seed).choice(alive, _COUNTED, replace=False))
    some = trails.take(alive)
    for lift in _LIFTS:
        told = told_of(
            some, paths, depth, around, horizons, verdicts, lift=lift, top=10, reasoned=0
        )
        if told.num_rows <= _ROWS * len(alive):
            return lift
    return _LIFTS[-1]


def _probabilities(found: Pairs, around: Around, horizons: Sequence[Horizon]) -> np.ndarray:
    """float64 (n, horizons): in agreement with each other."""
    told = np.column_stack([one.probability(found.features, found.node) for one in horizons])
    agree(found.place, found.node, around.above, told)
    return told


def _base(around: Around, days: int) -> np.ndarray:
    """float64 (k + 1,): base rates of the nodes, and of the shop."""
    odds = base_logit(around.facts[:, 0].astype(np.float64), days)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def _because(
    found: Pairs,
    paths: Sequence[str],
    horizons: Sequence[Horizon],
    verdicts: Sequence[Verdict],
    row: np.ndarray,
    node: np.ndarray,
    h: np.ndarray,
    p: np.ndarray,
) -> np.ndarray:
    """Object (n,): sentences of these rows."""
    words = np.full(len(p), None, object)
    names = [*paths, ""]
    for place, horizon in enumerate(horizons):
        for whole in (False, True):
            some = np.flatnonzero((h == place) & ((node == len(paths)) == whole))
            share = verdicts[place].cases[int(whole)].among(p[some])
            words[some] = reasons_of(
                found.features[row[some]],
                [names[n] for n in node[some].tolist()],
                horizon.days,
                share,
            ).to_pylist()
    return words
