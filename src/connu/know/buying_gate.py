"""Whether what is told of buying is worth telling: held against a time the model has not seen.

Judged are all pairs of subject and deepest category, the untouched ones by a weighted sample, and
whether a subject bought at all. Whatever is no better than the base rate is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from connu.know.buying_cases import Cases
from connu.know.buying_figures import Figure, Held, brier, ece, figures_of, losses
from connu.know.buying_gather import DRAWN, Gathered
from connu.know.buying_horizon import Horizon
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import Past, Rows
from connu.know.intent_features import NEVER_DAYS, PLACE_OF
from connu.know.judged import Judged

#: Purchases in a category below which it is not judged by itself; standard errors it must lose by.
_ENOUGH, _SURE = 30, 2.0
#: Above, probabilities do not mean what they say.
_CALIBRATED = 0.05


@dataclass(frozen=True)
class Verdict:
    """What came of holding one horizon against the time held out.

    Attributes:
        figures: measured.
        reasons: level → why nothing is told of it.
        muted: bool (k,): categories that lose against their base rate.
        cases: of pairs with a category of any depth, and of subjects.
        judged: level → the rows measured; of a model that was opened from disk there are none.
    """

    figures: tuple[Figure, ...]
    reasons: dict[str, str]
    muted: np.ndarray
    cases: tuple[Cases, Cases]
    judged: dict[str, Judged] = field(default_factory=dict)


def judge(past: Past, gathered: Gathered, horizon: Horizon, ages: Sequence[int]) -> Verdict:
    """Hold a horizon's model against what came after moments it has not learnt from.

    Args:
        past: the trails.
        gathered: rows, with those of the held moments.
        horizon: learnt from what was over by then.
        ages: of the held moments.

    Cost: the trees of some 200,000 rows, and a few sorts.
    """
    k = len(past.tree[1])
    found = [_rows(past, gathered, horizon, age) for age in ages]
    pairs, shop, near = (
        Held(*(np.concatenate([getattr(f[i], one.name) for f in found]) for one in fields(Held)))
        for i in range(3)
    )
    figures: list[Figure] = []
    reasons: dict[str, str] = {}
    for level, rows in (("category", pairs), ("any", shop)):
        why = _why(rows) if k or level == "any" else "no_categories"
        if why:
            reasons[level] = why
        if len(rows.y):
            figures += figures_of(level, horizon.days, rows, why is None)
    return Verdict(
        tuple(figures),
        reasons,
        _muted(pairs, k),
        (Cases.of(near.p, near.y, near.weight), Cases.of(shop.p, shop.y, shop.weight)),
        {
            level: Judged(rows.p, rows.y, rows.place, rows.weight, {})
            for level, rows in (("category", pairs), ("any", shop))
            if len(rows.y)
        },
    )


def _rows(past: Past, gathered: Gathered, horizon: Horizon, age: int) -> tuple[Held, Held, Held]:
    """Pairs with the deepest categories, subjects, and candidates of any depth, at one moment."""
    k = len(past.tree[1])
    rows = gathered.rows.take(gathered.rows.age == age)
    leaf = np.append(past.trails.categories.leaves, False)
    base = base_logit(past.around(age).facts[:, 0].astype(np.float64), horizon.days)
    base = 1.0 / (1.0 + np.exp(-base))
    features = rows.features
    every = Held(
        horizon.probability(features, rows.node),
        base[rows.node],
        -np.minimum(features[:, PLACE_OF["age_touch"]], features[:, PLACE_OF["age_bought"]]),
        rows.until <= horizon.days,
        rows.weight.astype(np.float64),
        rows.node.astype(np.int64),
        rows.place.astype(np.int64),
    )
    shop = rows.node == k
    return (
        _joined(_some(every, leaf[rows.node]), _cold(past, gathered, horizon, rows, every.p, base)),
        _some(every, shop),
        _some(every, ~shop),
    )


def _cold(
    past: Past, gathered: Gathered, horizon: Horizon, rows: Rows, p: np.ndarray, base: np.ndarray
) -> Held:
    """The untouched of one moment: whoever bought, and of the rest those drawn, who stand for all.

    Args:
        rows: of the moment. p: what they are told. base: float64 (k + 1,): of the nodes.
    """
    k = len(horizon.cold)
    leaves = past.trails.categories.leaves
    shop = rows.node == k
    whose, any_of, stands = rows.place[shop].astype(np.int64), p[shop], rows.weight[shop]
    missed = gathered.untouched[int(rows.age[0])].pairs if len(rows.age) else np.zeros((0, 3))
    missed = missed[missed[:, 1] <= horizon.days]
    missed = missed[leaves[missed[:, 0].astype(np.int64)]]
    lost, buyer = missed[:, 0].astype(np.int64), missed[:, 2].astype(np.int64)
    drawn = rows.drawn[shop].astype(np.int64)
    free = (drawn >= 0) & ~np.isin(whose[:, None] * (k + 1) + drawn, buyer * (k + 1) + lost)
    # Rows are by subject, and every buyer's shop is among those of a held moment.
    at = np.append(np.searchsorted(whose, buyer), np.nonzero(free)[0])
    node = np.append(lost, drawn[free])
    one = stands[at] * leaves.sum() / DRAWN
    return Held(
        any_of[at] * horizon.cold[node],
        base[node],
        np.full(len(node), -NEVER_DAYS),
        np.arange(len(node)) < len(lost),
        np.where(np.arange(len(node)) < len(lost), 1.0, one),
        node,
        whose[at],
    )


def _some(rows: Held, mask: np.ndarray) -> Held:
    return Held(*(getattr(rows, one.name)[mask] for one in fields(Held)))


def _joined(first: Held, second: Held) -> Held:
    return Held(
        *(np.append(getattr(first, one.name), getattr(second, one.name)) for one in fields(Held))
    )


def _why(rows: Held) -> str | None:
    """The word for refusing, or None."""
    if not rows.y.any():
        return "too_few"
    gain = rows.weight * (losses(rows.base, rows.y) - losses(rows.p, rows.y))
    # By one standard error at least: by chance alone half of all models are better.
    if gain.sum() <= np.sqrt((gain**2).sum()):
        return "not_better"
    if brier(rows.p, rows) >= brier(rows.base, rows):
        return "not_better"
    if ece(rows.p, rows) > _CALIBRATED:
        return "not_calibrated"
    return None


def _muted(rows: Held, k: int) -> np.ndarray:
    """bool (k,): categories with enough purchases that surely lose to their base rate."""
    gain = losses(rows.base, rows.y) - losses(rows.p, rows.y)
    node = rows.node.astype(np.int64)
    hits = np.bincount(node, weights=rows.y, minlength=k + 1)[:k]
    total = np.bincount(node, weights=rows.weight * gain, minlength=k + 1)[:k]
    spread = np.sqrt(np.bincount(node, weights=(rows.weight * gain) ** 2, minlength=k + 1)[:k])
    return np.asarray((hits >= _ENOUGH) & (total < -_SURE * spread))
