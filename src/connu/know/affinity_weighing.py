"""Weighing: how much each role says of where a subject goes next, and how much everybody says.

The chance that a later session comes to a node, among its siblings, is taken for the mean of a
Dirichlet distribution – the masses of what the subject did, by role, and the base rate, which
counts for `strength` views – but for the `stray` share of anybody's sessions that follow no taste
of his, only the base rate: however much he has shown, he also buys presents. Weights, strengths
and strays are what makes that future likeliest – the leaving-out likelihood of the Pólya
distribution, with later sessions left out instead of one draw – near constants that hold where a
brand shows too little.

Source: Minka, Estimating a Dirichlet distribution (2000), sections on leaving one out and on the
Pólya likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, gammaln, logit

from connu.know.affinity_cases import Cases
from connu.know.trails import ROLES, VIEW

#: What holds before anything is learnt, in views; by role: other, view, search, cart, remove,
#: purchase.
FALLBACK_WEIGHT = np.array([0.5, 1.0, 1.0, 3.0, 1.0, 3.0])
#: Views that the base rate counts for before anything is learnt.
FALLBACK_STRENGTH = 10.0
#: Share of sessions that follow no taste, before anything is learnt.
FALLBACK_STRAY = 0.1
#: Days after which an event says half as much; the first holds before anything is learnt.
HALF_LIVES = np.array([90.0, 30.0, 7.0, 270.0, 810.0])
#: How far from the constants learning may go without much evidence: natural logs.
_LOOSE_WEIGHT, _LOOSE_STRENGTH, _LOOSE_STRAY, _LOOSE_HALF_LIFE = 1.0, 1.5, 1.5, 1.5
_LEARNT = np.array([role for role in range(len(ROLES)) if role != VIEW])
#: Draws that a view may be worth, when it is asked how sure a share is: natural logs. None is
#: worth more than one: looks of a visit, and visits of a week, resemble each other.
_SCALES = (-4.0, 0.0)


@dataclass(frozen=True)
class Weighing:
    """What was learnt of the cases.

    Attributes:
        half_life_days: of HALF_LIVES.
        weight: float64 (6,): by role; a view weighs one.
        strength: float64 (levels,): views that the base rate counts for among siblings.
        stray: float64 (levels,): share of sessions that follow the base rate whatever was shown.
        scale: float64 (levels,): draws that a view is worth, at most one.
    """

    half_life_days: float
    weight: np.ndarray
    strength: np.ndarray
    stray: np.ndarray
    scale: np.ndarray

    def likely(
        self, cases: Cases, depth: np.ndarray, prior: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """float64 (n,) each: the chance of every case among its siblings, and what it rests on.

        The latter is the mass of node and siblings with the base rate's, in views.
        """
        h = int(np.flatnonzero(self.half_life_days == HALF_LIVES)[0])
        level, base = depth[cases.node], prior[cases.node]
        above = cases.own[:, h] @ self.weight + self.strength[level] * base
        under = cases.whole[:, h] @ self.weight + self.strength[level]
        stray = self.stray[level]
        return (1 - stray) * above / under + stray * base, under

    def log_losses(
        self, cases: Cases, depth: np.ndarray, prior: np.ndarray
    ) -> tuple[float, float, float]:
        """Log loss of the cases, of the base rate on them, and the subjects × levels both are of.

        All zero where there is no case.
        """
        heavy = float(cases.share.sum())
        if heavy <= 0:
            return 0.0, 0.0, 0.0
        own, _ = self.likely(cases, depth, prior)
        return (
            float(-(cases.share @ np.log(own)) / heavy),
            float(-(cases.share @ np.log(prior[cases.node])) / heavy),
            heavy,
        )


def weigh(cases: Cases, depth: np.ndarray, prior: np.ndarray) -> Weighing:
    """The half-life, weights and strengths under which what came after is likeliest.

    Args:
        depth: int32 (k,) of the nodes. prior: float64 (k,): base rate among siblings.

    Cost: L-BFGS per half-life on the cases' 12 numbers; 2 s per 100,000 cases.
    """
    levels = int(depth.max(initial=0)) + 1
    level, base = depth[cases.node], prior[cases.node]
    start = np.concatenate(
        [
            np.log(FALLBACK_WEIGHT[_LEARNT]),
            np.full(levels, np.log(FALLBACK_STRENGTH)),
            np.full(levels, logit(FALLBACK_STRAY)),
        ]
    )
    loose = np.repeat(
        [_LOOSE_WEIGHT, _LOOSE_STRENGTH, _LOOSE_STRAY], [len(_LEARNT), levels, levels]
    )
    best, half_life, at, best_at = np.inf, 0, start, start
    for h, days in enumerate(HALF_LIVES):
        own, whole = (part[:, h].astype(np.float64) for part in (cases.own, cases.whole))
        fit = minimize(
            _objective,
            at,  # what the last half-life asked for is near what the next does
            args=(own, whole, level, base, cases.share, start, loose),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(start - 5.0, start + 5.0, strict=True)),
        )
        away = np.log(days / HALF_LIVES[0]) / _LOOSE_HALF_LIFE
        value = float(fit.fun) + 0.5 * float(away * away)
        at = fit.x
        if value < best - 1e-9:
            best, half_life, best_at = value, h, at
    weight, strength, stray = _parts(best_at, levels)
    days = float(HALF_LIVES[half_life])
    learnt = Weighing(days, weight, strength, stray, np.ones(levels))
    likely, under = learnt.likely(cases, depth, prior)
    return replace(learnt, scale=_scales(cases, likely * under, under, level, levels))


def _objective(
    x: np.ndarray,
    own: np.ndarray,
    whole: np.ndarray,
    level: np.ndarray,
    base: np.ndarray,
    share: np.ndarray,
    start: np.ndarray,
    loose: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Minus the log likelihood, and its slope in the logs (of strays: the logits)."""
    levels = (len(x) - len(_LEARNT)) // 2
    weight, strength, stray = _parts(x, levels)
    above = own @ weight + strength[level] * base
    under = whole @ weight + strength[level]
    tasteful, out = 1 - stray[level], above / under
    likely = tasteful * out + stray[level] * base
    away = (x - start) / loose
    value = -(share @ np.log(likely)) + 0.5 * (away @ away)
    # slope of the log likelihood in what the masses make of it
    slope = share / likely
    over = slope * tasteful / under
    of_weight = (over @ own - (over * out) @ whole) * weight
    of_strength = np.bincount(level, over * (base - out), minlength=levels) * strength
    of_stray = np.bincount(level, slope * (base - out), minlength=levels) * stray * (1 - stray)
    slopes = np.concatenate([of_weight[_LEARNT], of_strength, of_stray])
    return float(value), away / loose - slopes


def _parts(x: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights by role, strengths and strays by level."""
    weight = np.ones(len(ROLES))
    weight[_LEARNT] = np.exp(x[: len(_LEARNT)])
    return weight, np.exp(x[len(_LEARNT) : -levels]), expit(x[-levels:])


def _scales(
    cases: Cases, own: np.ndarray, whole: np.ndarray, level: np.ndarray, levels: int
) -> np.ndarray:
    """By level, what a view is worth in draws: the Pólya likelihood of all later sessions.

    One where nothing tells.
    """
    part = cases.times / np.maximum(cases.siblings, 1.0)
    best = np.ones(levels)
    for depth in range(levels):
        here = (level == depth) & (cases.siblings > 1)
        if not here.any():
            continue
        fit = minimize_scalar(
            _unlikely,
            bounds=_SCALES,
            args=(own[here], whole[here], cases.times[here], cases.siblings[here], part[here]),
            method="bounded",
            options={"xatol": 0.02},
        )
        best[depth] = np.exp(fit.x)
    return best


def _unlikely(
    log_scale: float,
    own: np.ndarray,
    whole: np.ndarray,
    times: np.ndarray,
    siblings: np.ndarray,
    part: np.ndarray,
) -> float:
    """Minus the Pólya log likelihood of how often later sessions came to each node."""
    a, n = np.exp(log_scale) * own, np.exp(log_scale) * whole
    nodes = (gammaln(a + times) - gammaln(a)).sum()
    return float(part @ (gammaln(n + siblings) - gammaln(n)) - nodes + 0.5 * log_scale**2)
