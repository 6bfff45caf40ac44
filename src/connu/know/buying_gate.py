"""Whether what is told of buying is worth telling: held against a time the model has not seen.

Judged are all pairs of subject and deepest category, the untouched ones by a weighted sample, and
whether a subject bought at all. Whatever is no better than the base rate is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from connu.know.buying_horizon import Horizon
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import Past
from connu.know.intent_features import NEVER_DAYS, PLACE_OF

#: Subjects at each held moment; untouched categories of each that stand for the rest.
_SUBJECTS, _SAMPLED = 40_000, 2
#: Purchases in a category below which it is not judged by itself; standard errors it must lose by.
_ENOUGH, _SURE = 30, 2.0
#: Above, probabilities do not mean what they say.
_CALIBRATED = 0.05
#: Cases in the surest group of those that reasons are counted among.
_CASES = 100


@dataclass(frozen=True)
class Figure:
    """One measure on the held time, of the model and of what is plainer.

    Attributes:
        level: `any` or `category`. horizon_days: of the purchase.
        measure: roc_auc, pr_auc, log_loss, brier, ece, lift10, coverage95.
        figure, base, last_viewed: of the model, of the base rate, and of how lately the subject
            looked into the category (NaN where it is no probability).
        people: pairs, or subjects, judged. stated: whether it is told.
    """

    level: str
    horizon_days: int
    measure: str
    figure: float
    base: float
    last_viewed: float
    people: int
    stated: bool


@dataclass(frozen=True)
class Cases:
    """Held pairs by what was told of them: how many there were, and how many of them bought.

    Attributes:
        least: float64 (g,): lowest probability of each group, ascending.
        number, bought: int64 (g,).
    """

    least: np.ndarray
    number: np.ndarray
    bought: np.ndarray

    @classmethod
    def of(cls, p: np.ndarray, y: np.ndarray) -> Cases:
        """Groups of like probability, from 100 of the surest to twice as many, and so on."""
        order = np.argsort(-p, kind="stable")
        ends = [0]
        while ends[-1] < len(p):
            ends.append(min(ends[-1] + int(_CASES * 1.5 ** (len(ends) - 1)), len(p)))
        hits = np.append(0, np.cumsum(y[order]))[ends]
        least = p[order][np.array(ends[1:], np.int64) - 1] if len(p) else np.zeros(0)
        return cls(least[::-1].copy(), np.diff(ends)[::-1].copy(), np.diff(hits)[::-1].copy())

    def among(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cases like each probability, and how many of them bought."""
        at = np.clip(np.searchsorted(self.least, p, "right") - 1, 0, max(len(self.least) - 1, 0))
        if not len(self.least):
            return np.zeros(len(p), np.int64), np.zeros(len(p), np.int64)
        return self.number[at], self.bought[at]


@dataclass(frozen=True)
class Verdict:
    """What came of holding one horizon against the time held out.

    Attributes:
        figures: measured.
        reasons: level → why nothing is told of it.
        muted: bool (k,): categories that lose against their base rate.
        cases: of pairs with a category, and of subjects.
    """

    figures: tuple[Figure, ...]
    reasons: dict[str, str]
    muted: np.ndarray
    cases: tuple[Cases, Cases]


@dataclass(frozen=True)
class _Held:
    """Judged rows: told, base rate's and last-viewed scores, truth, weight, node."""

    p: np.ndarray
    base: np.ndarray
    seen: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    node: np.ndarray
    touched: np.ndarray


def judge(past: Past, horizon: Horizon, ages: Sequence[int]) -> Verdict:
    """Hold a horizon's model against what came after moments it has not learnt from.

    Cost: one pass over the events of 40,000 subjects a moment, and a few sorts.
    """
    k = len(past.tree[1])
    held = [_rows(past, horizon, age) for age in ages]
    pairs, shop = (
        _Held(
            *(np.concatenate([getattr(h[i], name) for h in held]) for name in _Held.__annotations__)
        )
        for i in (0, 1)
    )
    figures: list[Figure] = []
    reasons: dict[str, str] = {}
    for level, rows in (("category", pairs), ("any", shop)):
        why = _why(rows) if k or level == "any" else "no_categories"
        if why:
            reasons[level] = why
        if len(rows.y):
            figures += _figures(level, horizon.days, rows, why is None)
    own = pairs.touched
    return Verdict(
        tuple(figures),
        reasons,
        _muted(pairs, k),
        (Cases.of(pairs.p[own], pairs.y[own]), Cases.of(shop.p, shop.y)),
    )


def _rows(past: Past, horizon: Horizon, age: int) -> tuple[_Held, _Held]:
    """Pairs with the deepest categories, and subjects, at one moment."""
    k = len(past.tree[1])
    around = past.around(age)
    leaf = past.trails.categories.leaves
    leaves = np.flatnonzero(leaf)
    base = np.append(
        _odds_to_p(base_logit(around.facts[:, 0].astype(np.float64), horizon.days)), 0.0
    )
    chance = np.random.default_rng([past.seed, age, 2])
    parts: list[tuple[_Held, _Held]] = []
    for found, until, missed in past.pairs(age, around, horizon.days, _SUBJECTS):
        p = horizon.probability(found, k)
        seen = -np.minimum(
            found.features[:, PLACE_OF["age_touch"]], found.features[:, PLACE_OF["age_bought"]]
        )
        y = until <= horizon.days
        shop = found.node == k
        who = found.place[shop]
        any_of = np.zeros(len(past.trails))
        any_of[who] = p[shop]
        own = ~shop & np.append(leaf, False)[found.node]
        # Untouched: whoever bought, and of the rest a sample that stands for all.
        miss = missed[np.append(leaf, False)[missed[:, 0].astype(np.int64)]]
        lost = miss[:, 0].astype(np.int64)
        drawn = (
            leaves[chance.integers(0, max(len(leaves), 1), (len(who), _SAMPLED))].ravel()
            if (len(leaves))
            else np.zeros(0, np.int64)
        )
        whose = np.repeat(who, _SAMPLED)[: len(drawn)]
        key = found.place[own].astype(np.int64) * (k + 1) + found.node[own]
        key = np.append(key, miss[:, 2].astype(np.int64) * (k + 1) + lost)
        free = ~np.isin(whose.astype(np.int64) * (k + 1) + drawn, key)
        drawn, whose = drawn[free], whose[free]
        cold = np.append(lost, drawn)
        of = np.append(miss[:, 2].astype(np.int64), whose)
        node = np.append(found.node[own], cold)
        pairs = _Held(
            np.append(p[own], any_of[of] * horizon.cold[cold]),
            base[node],
            np.append(seen[own], np.full(len(cold), -NEVER_DAYS)),
            np.append(y[own], np.arange(len(cold)) < len(lost)),
            np.concatenate([np.ones(len(key)), np.full(len(drawn), len(leaves) / _SAMPLED)]),
            node,
            np.arange(len(node)) < own.sum(),
        )
        every = _Held(
            p[shop],
            base[found.node[shop]],
            seen[shop],
            y[shop],
            np.ones(len(who)),
            found.node[shop],
            np.ones(len(who), np.bool_),
        )
        parts.append((pairs, every))
    return tuple(  # type: ignore[return-value]
        _Held(
            *(
                np.concatenate([getattr(part[i], name) for part in parts]) if parts else np.zeros(0)
                for name in _Held.__annotations__
            )
        )
        for i in (0, 1)
    )


def _why(rows: _Held) -> str | None:
    """The word for refusing, or None."""
    if not rows.y.any():
        return "too_few"
    gain = rows.weight * (_loss(rows.base, rows.y) - _loss(rows.p, rows.y))
    # By one standard error at least: by chance alone half of all models are better.
    if gain.sum() <= np.sqrt((gain**2).sum()):
        return "not_better"
    if _brier(rows.p, rows) >= _brier(rows.base, rows):
        return "not_better"
    if _ece(rows.p, rows) > _CALIBRATED:
        return "not_calibrated"
    return None


def _figures(level: str, days: int, rows: _Held, stated: bool) -> list[Figure]:
    """All measures of these rows."""
    nothing = float("nan")
    people = round(float(rows.weight.sum()))
    # Ties of those who never looked are broken by the base rate, to the baseline's advantage.
    seen = rows.seen + rows.base
    out = []
    for name, measure in (
        ("roc_auc", _roc_auc),
        ("pr_auc", _pr_auc),
        ("lift10", _lift),
        ("coverage95", _coverage),
    ):
        own, base, last = (measure(score, rows) for score in (rows.p, rows.base, seen))
        out.append(Figure(level, days, name, own, base, last, people, stated))
    for name, loss in (("log_loss", _log_loss), ("brier", _brier), ("ece", _ece)):
        out.append(
            Figure(
                level,
                days,
                name,
                loss(rows.p, rows),
                loss(rows.base, rows),
                nothing,
                people,
                stated,
            )
        )
    return out


def _muted(rows: _Held, k: int) -> np.ndarray:
    """bool (k,): categories with enough purchases that surely lose to their base rate."""
    gain = _loss(rows.base, rows.y) - _loss(rows.p, rows.y)
    node = rows.node.astype(np.int64)
    hits = np.bincount(node, weights=rows.y, minlength=k + 1)[:k]
    total = np.bincount(node, weights=rows.weight * gain, minlength=k + 1)[:k]
    spread = np.sqrt(np.bincount(node, weights=(rows.weight * gain) ** 2, minlength=k + 1)[:k])
    return np.asarray((hits >= _ENOUGH) & (total < -_SURE * spread))


def _loss(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(-np.log(np.clip(np.where(y, p, 1.0 - p), 1e-12, 1.0)))


def _log_loss(p: np.ndarray, rows: _Held) -> float:
    return float(np.average(_loss(p, rows.y), weights=rows.weight))


def _brier(p: np.ndarray, rows: _Held) -> float:
    return float(np.average((p - rows.y) ** 2, weights=rows.weight))


def _ece(p: np.ndarray, rows: _Held, bins: int = 15) -> float:
    """Weighted; otherwise as `twins.calibration.expected_calibration_error`."""
    place = np.clip(np.ceil(p * bins).astype(np.int64) - 1, 0, bins - 1)
    gap = np.bincount(place, weights=rows.weight * (p - rows.y), minlength=bins)
    return float(np.abs(gap).sum() / rows.weight.sum())


def _steps(score: np.ndarray, rows: _Held) -> tuple[np.ndarray, np.ndarray]:
    """Cumulated weight of buyers and of others, the highest scores first; ties in one step."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    yes = np.cumsum(rows.weight[order] * rows.y[order])[last]
    no = np.cumsum(rows.weight[order] * ~rows.y[order].astype(np.bool_))[last]
    return yes, no


def _roc_auc(score: np.ndarray, rows: _Held) -> float:
    yes, no = _steps(score, rows)
    if yes[-1] <= 0 or no[-1] <= 0:
        return float("nan")
    before = np.append(0.0, yes[:-1])
    return float(((yes + before) / 2 * np.diff(np.append(0.0, no))).sum() / (yes[-1] * no[-1]))


def _pr_auc(score: np.ndarray, rows: _Held) -> float:
    """Average precision."""
    yes, no = _steps(score, rows)
    return (
        float((np.diff(np.append(0.0, yes)) * yes / (yes + no)).sum() / yes[-1])
        if (yes[-1] > 0)
        else float("nan")
    )


def _lift(score: np.ndarray, rows: _Held) -> float:
    """Share of buyers among the highest tenth over that of all."""
    yes, no = _steps(score, rows)
    total = yes + no
    tenth = 0.1 * total[-1]
    hits = np.interp(tenth, np.append(0.0, total), np.append(0.0, yes))
    return float(hits / tenth / (yes[-1] / total[-1])) if yes[-1] > 0 else float("nan")


def _coverage(score: np.ndarray, rows: _Held) -> float:
    """The largest share told highest of which 95 % bought."""
    yes, no = _steps(score, rows)
    total = yes + no
    right = yes / total >= 0.95
    return float(total[right].max(initial=0.0) / total[-1])


def _odds_to_p(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
