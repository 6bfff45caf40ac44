"""Promises held against audits: what was promised on known people, checked on visitors.

A precision is promised from known people's answers, and holds for visitors drawn as they are.
Whether visitors are, only visitors can say. Some 200 of them can seldom prove a promise; they can
contradict one, and then it is void: from there on nothing is stated that the audits do not prove
by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from scipy.stats import beta, binom

from connu.twins.chance import hashed, row_keys, told_apart
from connu.twins.precision import risk_thresholds
from connu.twins.prior import Shares, estimate_prior
from connu.twins.recalibration import AuditCalibrator

_FOLDS = 5

Outcome = Literal["silent", "untested", "proved", "not_contradicted", "raised", "silenced"]


class HeldPromise(msgspec.Struct, frozen=True):
    """What audits say of the statements of one class.

    Attributes:
        outcome: silent (nothing was stated before), untested (nobody audited would be told this),
            proved or not_contradicted (the threshold stays), raised, silenced (contradicted).
        before: threshold promised on known people.
        after: threshold in force; infinite where silent.
        stated: audited visitors told this at the threshold before.
        right: of these, rightly.
        low: lower bound of their accuracy, 0–1 (Clopper–Pearson, two-sided).
        high: upper bound.
    """

    outcome: Outcome
    before: float
    after: float
    stated: int
    right: int
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Heard:
    """What audits changed.

    Attributes:
        calibrator: moves the visitors' probabilities to where audits put them.
        thresholds: of each stated class (k,), for the probabilities moved.
        promises: of each class, why.
        shares: the values' shares among visitors.
        asked: audited visitors.
        loss_before: mean log loss of what would be told of them.
        loss_after: the same once moved, each by the audits of others.
    """

    calibrator: AuditCalibrator
    thresholds: np.ndarray
    promises: list[HeldPromise]
    shares: Shares
    asked: int
    loss_before: float
    loss_after: float


def hear_audits(
    probability: np.ndarray,
    rows: np.ndarray,
    codes: np.ndarray,
    thresholds: np.ndarray,
    precision: float,
    *,
    confidence: float = 0.95,
    weights: np.ndarray | None = None,
    keys: np.ndarray | None = None,
    seed: int = 0,
) -> Heard:
    """Move probabilities to the audits, and hold the promise against them.

    Who helped to move the probabilities does not judge them: audited visitors are judged by
    calibrators of the other folds. Cost: six fits of 20 ms for 200 audits, and one pass over all.

    Args:
        probability: of all visitors (m, k), calibrated on known people.
        rows: the audited (a,), two at least.
        codes: their values (a,), into the k classes, or below 0 for a value that is none of them:
            whatever is stated of such a visitor is wrong.
        thresholds: of each stated class (k,), promised on known people; inf where silent.
        precision: promised, 0–1.
        confidence: of the promise, and of a contradiction.
        weights: how many visitors each audited one stands for (a,).
        keys: whose the rows of the audited are, uint64 (a,); their content when absent.
        seed: of the folds.

    Raises:
        UsageError: fewer than two audited visitors with a value of the classes.
    """
    rows, codes = np.asarray(rows, np.int64), np.asarray(codes, np.int64)
    weight = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
    said = np.asarray(probability, np.float64)[rows]
    content = row_keys(np.column_stack([said, codes, weight]))
    order = np.argsort(hashed(told_apart(content if keys is None else keys), seed), kind="stable")
    rows, codes, weight, said = rows[order], codes[order], weight[order], said[order]
    shares = estimate_prior(probability, rows, codes, weight)
    moved = said.copy()
    fold = np.arange(len(rows)) % _FOLDS
    for number in range(_FOLDS):
        out = fold == number
        others = AuditCalibrator().fit(said[~out], codes[~out], weight[~out])
        moved[out] = others.transform(said[out])
    after, promises = held_promises(moved, codes, thresholds, precision, confidence, weight)
    return Heard(
        calibrator=AuditCalibrator().fit(said, codes, weight),
        thresholds=after,
        promises=promises,
        shares=shares,
        asked=len(rows),
        loss_before=_loss(said, codes, weight),
        loss_after=_loss(moved, codes, weight),
    )


def held_promises(
    probability: np.ndarray,
    codes: np.ndarray,
    thresholds: np.ndarray,
    precision: float,
    confidence: float = 0.95,
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, list[HeldPromise]]:
    """Thresholds (k,) that audits do not contradict, and what became of each promise.

    Contradicted: that few right would be seen with less than 1 − confidence were the promise kept,
    in one class, or in all that is stated (the level is shared out among these tests). A class
    that is contradicted is stated from where audits alone prove the precision, or not at all; when
    only all together are, every class is.

    Args:
        probability: of audited visitors (a, k), not learnt from their own answers.
        codes: their values (a,); below 0: none of the classes.
        thresholds: of each stated class (k,), inf where silent.
        precision: promised, 0–1.
        confidence: of the promise and of a contradiction, 0–1.
        weights: how many visitors each stands for (a,); the proof takes them in, the
            contradiction counts heads.

    Source: Clopper & Pearson, Biometrika 26 (1934).
    """
    told = np.asarray(probability, np.float64)
    codes = np.asarray(codes, np.int64)
    before = np.asarray(thresholds, np.float64)
    classes = told.shape[1]
    best = told.argmax(axis=1)
    stated = told[np.arange(len(told)), best] >= before[best]
    many = np.bincount(best[stated], minlength=classes)
    right = np.bincount(best[stated & (best == codes)], minlength=classes)
    tested = many > 0
    level = 1 - confidence
    chance = binom.cdf(right, many, precision)
    contradicted = tested & (chance < level / 2 / max(1, int(tested.sum())))
    if tested.any() and not contradicted.any():
        together = float(binom.cdf(right.sum(), many.sum(), precision))
        contradicted = tested & (together < level / 2)
    low, high = _interval(right, many, level)
    after = before.copy()
    if contradicted.any():
        proof = risk_thresholds(told, codes, precision, confidence, weight=weights).per_class
        # What audits prove below the threshold that they contradict is luck.
        proof = np.where(proof > before, proof, np.inf)
        after[contradicted] = proof[contradicted]
    promises = []
    for c in range(classes):
        outcome: Outcome = "proved" if low[c] >= precision else "not_contradicted"
        if not np.isfinite(before[c]):
            outcome = "silent"
        elif not tested[c]:
            outcome = "untested"
        elif contradicted[c]:
            outcome = "raised" if np.isfinite(after[c]) else "silenced"
        promises.append(
            HeldPromise(
                outcome=outcome,
                before=float(before[c]),
                after=float(after[c]),
                stated=int(many[c]),
                right=int(right[c]),
                low=float(low[c]),
                high=float(high[c]),
            )
        )
    return after, promises


def _interval(right: np.ndarray, many: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Clopper–Pearson's bounds of shares right/many; 0 and 1 where nobody is."""
    low = np.where(right > 0, beta.ppf(level / 2, np.maximum(right, 1), many - right + 1), 0.0)
    wrong = many - right
    high = np.where(wrong > 0, beta.ppf(1 - level / 2, right + 1, np.maximum(wrong, 1)), 1.0)
    return low, high


def _loss(probability: np.ndarray, codes: np.ndarray, weight: np.ndarray) -> float:
    held = codes >= 0
    said = probability[held, codes[held]]
    return float(-(weight[held] @ np.log(np.maximum(said, 1e-12))) / weight[held].sum())
