"""Lift: how many times as often those told the highest buy as all do."""

from __future__ import annotations

import msgspec
import numpy as np

from connu.measure.intervals import Share
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
    share: float, score: np.ndarray, bought: np.ndarray, weight: np.ndarray | None = None
) -> Lift | None:
    """The lift of the best told `share`.

    Where the edge cuts people told alike, they count as their mean: the expectation over every
    way to choose among them. Cost: one sort.

    Args:
        share: above 0 and up to 1.
        score: (n,) higher where a purchase is likelier.
        bought: bool (n,).
        weight: (n,) for how many alike each row stands, or None: one each.

    Returns:
        The lift; None where nobody bought, or nobody is there.
    """
    many = np.ones(len(bought)) if weight is None else np.asarray(weight, np.float64)
    buyers = float(many[bought].sum())
    if not buyers:
        return None
    base = buyers / float(many.sum())
    best = RiskCoverage(score, bought, many).accuracy_at(share)
    return Lift(
        share=share,
        bought=best,
        value=best.value / base,
        low=best.low / base,
        high=best.high / base,
        found=min(1.0, best.value * share / base),
    )
