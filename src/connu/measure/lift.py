"""Lift: how many times as often those told the highest buy as all do."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from connu.measure.dependence import moved_variance, people_in
from connu.measure.intervals import Share, varied_share
from connu.measure.risk_coverage import RiskCoverage


class Lift(msgspec.Struct, frozen=True):
    """The best told.

    Attributes:
        share: which part of all they are, 0–1.
        bought: share of them that bought.
        value: how many times the share of all that is.
        low: its lower bound, 95 %.
        high: its upper bound.
        found: share of all buyers that are among them, 0–1.
    """

    share: float
    bought: Share
    value: float
    low: float
    high: float
    found: float


def lift_at(
    share: float,
    score: np.ndarray,
    bought: np.ndarray,
    weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Lift | None:
    """The lift of the best told `share`.

    Where the edge cuts people told alike, they count as their mean: the expectation over every
    way to choose among them. The lift is the share of all buyers that are among them over `share`,
    so its bounds are those of that share: it never exceeds 1 ÷ `share`. Cost: one sort.

    Args:
        share: above 0 and up to 1.
        score: (n,) higher where a purchase is likelier.
        bought: bool (n,).
        weight: (n,) for how many alike each row stands, or None: one each.
        groups: int (n,), whose each row is (`dependence`), or None: each by itself.

    Returns:
        The lift; None where nobody bought, or nobody is there.
    """
    many = np.ones(len(bought)) if weight is None else np.asarray(weight, np.float64)
    buyers = float(many[bought].sum())
    if not buyers:
        return None
    base = buyers / float(many.sum())
    best = RiskCoverage(score, bought, many).accuracy_at(share)
    value = best.value / base
    found = min(1.0, value * share)
    moves = np.where(bought, _among(share, score, many) - found, 0.0) / buyers
    people = people_in(bought, weight, groups)
    variance = moved_variance(moves, weight, groups) * people / max(1.0, people - 1)
    # Those found are counted: their variance is known with the share, and not itself estimated.
    bounds = varied_share(found, variance, math.inf, people)
    most = 1 / base
    return Lift(
        share=share,
        bought=best,
        value=value,
        low=min(bounds.low / share, value),
        high=max(min(bounds.high / share, most), value),
        found=found,
    )


def _among(share: float, score: np.ndarray, many: np.ndarray) -> np.ndarray:
    """float64 (n,): how far each row is among the best told `share`, 0–1."""
    order = np.argsort(-score)
    first = np.flatnonzero(np.append(True, np.diff(score[order]) != 0))
    size = np.add.reduceat(many[order], first)
    before = np.cumsum(size) - size
    inside = np.clip((share * size.sum() - before) / size, 0.0, 1.0)
    among = np.empty(len(score))
    among[order] = np.repeat(inside, np.diff(np.append(first, len(score))))
    return among
