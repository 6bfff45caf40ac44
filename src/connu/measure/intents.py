"""What a probability to buy is worth: held against who bought within the horizon.

The purchases judged must lie after everything that was learnt from: the caller sees to that (a
time split). A row is a subject, or a subject and a category, and beside the model stand the two
that cost nothing: the base rate, and what was looked at last.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from connu.kernel.errors import UsageError
from connu.measure.auc import Area, area_share
from connu.measure.bounds import Bounds, calibration_bounds, finite, mean_bounds
from connu.measure.dependence import people_in
from connu.measure.intervals import Share
from connu.measure.lift import Lift, lift_at
from connu.measure.precision_recall import average_precision
from connu.measure.reliability import Reliability, equal_mass_error, place_of, reliability
from connu.measure.risk_coverage import Coverage, RiskCoverage

#: Bins of the reliability curve and of the calibration errors.
BINS = 15


class Rival(msgspec.Struct, frozen=True):
    """A plainer way to tell who buys, on the same rows.

    Attributes:
        auc: area under the ROC curve, or None where nobody or everybody bought.
        pr_auc: average precision, or None where nobody bought.
        lift10: the lift of the tenth told highest, or None likewise.
        brier: mean squared error of its probability, or None: it tells an order only.
        log_loss: mean surprise, in bits, or None likewise.
    """

    auc: Share | None
    pr_auc: Share | None
    lift10: Lift | None
    brier: float | None = None
    log_loss: float | None = None


class IntentScore(msgspec.Struct, frozen=True):
    """What the probabilities of buying are worth; intervals are 95 %.

    Attributes:
        rows: judged: subjects, or pairs of subject and category.
        bought: how many of them bought within the horizon.
        base_rate: their share, 0–1.
        auc: area under the ROC curve, or None where nobody or everybody bought.
        pr_auc: average precision, or None where nobody bought.
        lift10: the lift of the tenth told highest, or None likewise.
        ece: expected calibration error, 15 bins of equal width, 0–1.
        ece_mass: the same, 15 bins of equally many rows.
        overconfidence: mean probability − base rate; above 0 too much is promised.
        brier: mean squared error.
        log_loss: mean surprise at what happened, in bits.
        coverage95: the largest share of the surest rows, yes and no alike, right 95 % of the time.
            Where few buy, saying no to all is right as often: see `buyers95`.
        buyers95: the largest share of those told highest of whom 95 % bought.
        reliability: the curve of what was told and who bought.
        base: the base rate as it was known before, by itself; None where none is given.
        last_viewed: what was looked at last, by itself; None where none is given.
        bounds: intervals of ece, overconfidence, brier and log_loss, by name; rows of one subject
            together.
    """

    rows: int
    bought: int
    base_rate: float
    auc: Share | None
    pr_auc: Share | None
    lift10: Lift | None
    ece: float
    ece_mass: float
    overconfidence: float
    brier: float
    log_loss: float
    coverage95: Coverage
    buyers95: Coverage
    reliability: list[Reliability]
    base: Rival | None = None
    last_viewed: Rival | None = None
    bounds: dict[str, Bounds] = {}

    @property
    def gain(self) -> float | None:
        """How far the area lies above the better rival's; None where one of them is missing."""
        others = [r.auc.value for r in (self.base, self.last_viewed) if r is not None and r.auc]
        return self.auc.value - max(others) if self.auc is not None and others else None

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON, with the gain."""
        return msgspec.to_builtins(self, str_keys=True) | {"gain": self.gain}


def intent_score(
    probability: np.ndarray,
    bought: np.ndarray,
    *,
    order: np.ndarray | None = None,
    base: np.ndarray | None = None,
    last_viewed: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    subjects: np.ndarray | None = None,
) -> IntentScore:
    """Judge probabilities of buying against who bought.

    Cost: a sort for each figure and rival; 2 s for a million rows with both rivals. Rows that are
    alike in everything may be one row with a weight: the many of whom nothing is told.

    Args:
        probability: (n,) told, 0–1.
        bought: bool (n,): within the horizon.
        order: (n,) higher where a purchase is likelier, where that is not the probability itself:
            whom the model tells nothing of stands below all it tells of, whatever the base rate.
        base: (n,) the probability by the base rate alone, as known before.
        last_viewed: (n,) higher where it was looked at later; an order, no probability.
        weight: (n,) for how many alike each row stands, above 0; None: one each.
        subjects: int (n,) whose each row is, from 0 on: rows of one subject depend on each other,
            and the interval of the area heeds that; −1, or None for all: each by itself.

    Raises:
        UsageError: nobody to judge, shapes that do not meet, or what is no probability.
    """
    p = np.asarray(probability, np.float64)
    y = np.asarray(bought)
    many = None if weight is None else np.asarray(weight, np.float64)
    _check(p, y, base, last_viewed, many, subjects, order)
    best = p if order is None else np.asarray(order, np.float64)
    y = y.astype(np.bool_)
    total = float(len(p) if many is None else many.sum())
    buyers = float(y.sum() if many is None else many[y].sum())
    curve, ece = reliability(p, y.astype(np.float64), BINS, many)
    said = np.maximum(p, 1 - p)
    # Half and half says yes and no: it is right in half.
    right = np.where(p == 0.5, 0.5, (p > 0.5) == y)
    return IntentScore(
        rows=round(total),
        bought=round(buyers),
        base_rate=buyers / total,
        **_order(best, y, many, subjects),
        ece=ece,
        ece_mass=equal_mass_error(p, y.astype(np.float64), BINS, many),
        overconfidence=float(np.average(p, weights=many)) - buyers / total,
        **_losses(p, y, many),
        coverage95=RiskCoverage(said, right, many).coverage_at(0.95),
        buyers95=RiskCoverage(best, y, many).coverage_at(0.95),
        reliability=curve,
        base=None
        if base is None
        else Rival(**_order(base, y, many, subjects), **_losses(base, y, many)),
        last_viewed=None
        if last_viewed is None
        else Rival(**_order(last_viewed, y, many, subjects)),
        bounds=_bounds(p, y, many, subjects),
    )


def _order(
    score: np.ndarray, y: np.ndarray, weight: np.ndarray | None, subjects: np.ndarray | None
) -> dict[str, Any]:
    """The figures of an order."""
    value = np.asarray(score, np.float64)
    auc = None
    if y.any() and not y.all():
        area = Area(value, y, weight)
        fewest, others = sorted(people_in(side, weight, subjects) for side in (y, ~y))
        auc = area_share(area.value, area.influence, fewest, weight, subjects, others)
    return {
        "auc": auc,
        "pr_auc": average_precision(value, y, weight, subjects),
        "lift10": lift_at(0.1, value, y, weight, subjects),
    }


def _losses(probability: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> dict[str, Any]:
    """The figures of a probability, the lower the better."""
    p = np.asarray(probability, np.float64)
    return {
        "brier": float(np.average((p - y) ** 2, weights=weight)),
        "log_loss": float(np.average(_surprise(p, y), weights=weight)),
    }


def _surprise(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """At what happened, in bits."""
    return np.asarray(-np.log2(np.maximum(np.where(y, p, 1 - p), 1e-15)))


def _bounds(
    p: np.ndarray, y: np.ndarray, weight: np.ndarray | None, subjects: np.ndarray | None
) -> dict[str, Bounds]:
    """Intervals of what is no share."""
    rows = (weight, subjects)
    return finite(
        ece=calibration_bounds(p, y.astype(np.float64), place_of(p, BINS), *rows),
        overconfidence=mean_bounds(p - y, *rows, least=-1.0, most=1.0),
        brier=mean_bounds((p - y) ** 2, *rows, least=0.0, most=1.0),
        log_loss=mean_bounds(_surprise(p, y), *rows, least=0.0),
    )


def _check(p: np.ndarray, y: np.ndarray, *others: np.ndarray | None) -> None:
    base, _, weight, *_ = others
    shapes = [np.shape(other) for other in others if other is not None]
    if p.ndim != 1 or any(shape != p.shape for shape in (y.shape, *shapes)):
        raise UsageError(
            f"{p.shape} probabilities do not meet {y.shape} answers, the rivals or the weights",
            hint="give one of each for every row",
        )
    if not len(p):
        raise UsageError(
            "there is nobody to judge intents on", hint="judge on a span that has events"
        )
    for told in (p, base):
        if told is not None and not (np.min(told) >= 0 and np.max(told) <= 1):
            raise UsageError(
                "what is told of an intent is no probability", hint="give numbers from 0 to 1"
            )
    if weight is not None and not (weight.min() > 0 and np.isfinite(weight.max())):
        raise UsageError("a row stands for nobody", hint="give weights above 0")
