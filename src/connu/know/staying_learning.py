"""Learning to foresee: stand in several pasts, look ahead from each, learn what BG/NBD missed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from connu.kernel.interruption import heed
from connu.know.purchases import Purchases
from connu.know.staying_forecast import (
    SURE,
    Forecaster,
    Three,
    beneath,
    odds_of,
    odds_shift,
)
from connu.know.staying_looks import Looks
from connu.know.staying_spans import Span, spans_until, turns_until
from connu.know.staying_trees import Trees

#: Rows that trees learn from, all spans together; fewer rows or buyers than these teach nothing.
_MOST, _FEWEST, _FEWEST_BUYERS = 120_000, 1_000, 100
#: Repeat purchases before a cut under which nothing can be seen from it.
_LEAST_REPEATS = 30
_ROUNDS = 60
#: A few customers of enormous value must not teach everybody's: above this share of buyers, cut.
_CUT = 0.999
_GOALS: tuple[dict[str, Any], ...] = (
    {"objective": "poisson"},
    {"objective": "tweedie", "tweedie_variance_power": 1.7},
    {"objective": "binary"},
)


@dataclass(frozen=True, eq=False)
class _Look:
    """What one past teaches of its customers (n,).

    Attributes:
        features: float32 (n, f).
        bases: scores of the model beneath: ln of purchases, ln of value, log odds of one; so
            shifted that all together are right: trees are to tell who, not how many.
        missed: those shifts.
        came: purchases, value, whether one came.
    """

    features: np.ndarray
    bases: tuple[np.ndarray, ...]
    missed: Three
    came: tuple[np.ndarray, ...]


def learn_forecaster(
    bought: Purchases, looks: Looks, horizons: tuple[int, ...], seed: int
) -> Forecaster:
    """Learn from everything before `bought.now`: cut in several pasts, look ahead from each.

    Args:
        bought: histories. looks: of the same customers.
        horizons: days wished.
        seed: of the sample of customers and of the trees.

    Cost: 10 s for a million customers on two cores.
    """
    plain = beneath(bought)
    if not len(bought):
        return plain
    first = int(bought.day.min())
    turns = turns_until(first, bought.now)
    spans = sorted({*spans_until(first, bought.now, horizons), *turns}, key=_order)
    most = _MOST // max(len(spans), 1)
    seen = {}
    for span in spans:
        heed()
        look = _looked(bought, looks, span, most, seed, plain)
        if look is not None:
            seen[span] = look
    if not seen:
        return plain
    features = np.concatenate([look.features for look in seen.values()])
    bases, came = (
        [np.concatenate([getattr(look, name)[i] for look in seen.values()]) for i in range(3)]
        for name in ("bases", "came")
    )
    if len(features) < _FEWEST or came[2].sum() < _FEWEST_BUYERS:
        return plain
    trees = []
    for goal, base, target in zip(_GOALS, bases, came, strict=True):
        heed()
        some = target > 0
        if some.sum() < _FEWEST_BUYERS:
            trees.append(Trees())
            continue
        held = np.minimum(target, np.quantile(target[some], _CUT))
        if goal["objective"] != "tweedie":
            held = target
        trees.append(Trees.fit(features, held, base, goal, _ROUNDS, seed))
    # How often people buy changes with the season, so only futures that share no day count as
    # several; what a purchase costs does so less, and every look counts.
    often = _habit([seen[span].missed[0] for span in turns if span in seen])
    price = _habit([look.missed[1] - look.missed[0] for look in seen.values()])
    return replace(
        plain,
        count=trees[0],
        money=trees[1],
        once=trees[2],
        shifts=(often, often + price),
        furthest=max(span.days for span in seen),
    )


def _looked(
    bought: Purchases, looks: Looks, span: Span, most: int, seed: int, near: Forecaster
) -> _Look | None:
    """What one past teaches, of `most` customers; None where too little was known."""
    known = bought.before(span.cut)
    if known.frequency.sum() < _LEAST_REPEATS:
        return None
    way = beneath(known, near)
    if len(known) > most:
        chance = np.random.default_rng([seed, span.cut, span.days])
        known = known.take(np.sort(chance.permutation(len(known))[:most]))
    at = np.searchsorted(bought.customers, known.customers)
    below, _ = way.beneath(known, span.days)
    count, value = bought.within(span.cut, span.cut + span.days, known.customers)
    once = count > 0
    if not once.any() or once.all():
        return None
    missed = (
        _log_ratio(count.sum(), below.purchases.sum()),
        _log_ratio(value.sum(), below.value.sum()),
        odds_shift(odds_of(below.again), float(once.mean())),
    )
    return _Look(
        way.features(known, looks.before(span.cut, at), below, span.days),
        (
            np.log(np.maximum(below.purchases, SURE)) + missed[0],
            np.log(np.maximum(below.value, SURE)) + missed[1],
            odds_of(below.again) + missed[2],
        ),
        missed,
        (count.astype(np.float64), value, once.astype(np.float64)),
    )


def _habit(missed: list[float]) -> float:
    """What was missed in all pasts alike: their mean, less for what they differ.

    m · max(0, 1 − 4 s² / m²) with s the standard error of the mean, as the positive-part
    James–Stein estimator shrinks: under two standard errors, nothing.
    """
    each = np.array(missed)
    if len(each) < 2:
        return 0.0
    mean = float(each.mean())
    error = float(each.std(ddof=1)) / len(each) ** 0.5
    return mean * max(0.0, 1.0 - 4.0 * error * error / max(mean * mean, 1e-12))


def _log_ratio(came: float, said: float) -> float:
    return float(np.log(max(came, SURE) / max(said, SURE)))


def _order(span: Span) -> tuple[int, int]:
    return span.cut, span.days
