"""Figures of what was told of buying, on the time held out; a row stands for `weight` rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
class Held:
    """Judged rows, n each: told, base rate's and last-viewed scores, truth, weight, node.

    Attributes:
        p, base: float64: probabilities. seen: float64: the later looked at, the higher.
        y: bool. weight: float64. node: int64. place: int64: whose.
    """

    p: np.ndarray
    base: np.ndarray
    seen: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    node: np.ndarray
    place: np.ndarray


def figures_of(level: str, days: int, rows: Held, stated: bool) -> list[Figure]:
    """All measures of these rows, by name; `stated`: whether it is told."""
    nothing = float("nan")
    people = round(float(rows.weight.sum()))
    # Ties of those who never looked are broken by the base rate, to the baseline's advantage.
    seen = rows.seen + rows.base
    out = []
    for name, measure in (
        ("roc_auc", roc_auc),
        ("pr_auc", _pr_auc),
        ("lift10", _lift),
        ("coverage95", _coverage),
    ):
        own, base, last = (measure(score, rows) for score in (rows.p, rows.base, seen))
        out.append(Figure(level, days, name, own, base, last, people, stated))
    for name, loss in (("log_loss", log_loss), ("brier", brier), ("ece", ece)):
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


def losses(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """float64 (n,): what each told probability loses, in nats."""
    return np.asarray(-np.log(np.clip(np.where(y, p, 1.0 - p), 1e-12, 1.0)))


def log_loss(p: np.ndarray, rows: Held) -> float:
    """Mean loss of the rows, in nats, by their weights."""
    return float(np.average(losses(p, rows.y), weights=rows.weight))


def brier(p: np.ndarray, rows: Held) -> float:
    """Mean squared gap between what was told and what came, by the rows' weights."""
    return float(np.average((p - rows.y) ** 2, weights=rows.weight))


def ece(p: np.ndarray, rows: Held, bins: int = 15) -> float:
    """Weighted; otherwise as `twins.calibration.expected_calibration_error`."""
    place = np.clip(np.ceil(p * bins).astype(np.int64) - 1, 0, bins - 1)
    gap = np.bincount(place, weights=rows.weight * (p - rows.y), minlength=bins)
    return float(np.abs(gap).sum() / rows.weight.sum())


def _steps(score: np.ndarray, rows: Held) -> tuple[np.ndarray, np.ndarray]:
    """Cumulated weight of buyers and of others, the highest scores first; ties in one step."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    yes = np.cumsum(rows.weight[order] * rows.y[order])[last]
    no = np.cumsum(rows.weight[order] * ~rows.y[order].astype(np.bool_))[last]
    return yes, no


def roc_auc(score: np.ndarray, rows: Held) -> float:
    """How often a pair that bought scores above one that did not; ties count half, NaN without
    either."""
    yes, no = _steps(score, rows)
    if yes[-1] <= 0 or no[-1] <= 0:
        return float("nan")
    before = np.append(0.0, yes[:-1])
    return float(((yes + before) / 2 * np.diff(np.append(0.0, no))).sum() / (yes[-1] * no[-1]))


def _pr_auc(score: np.ndarray, rows: Held) -> float:
    """Average precision."""
    yes, no = _steps(score, rows)
    return (
        float((np.diff(np.append(0.0, yes)) * yes / (yes + no)).sum() / yes[-1])
        if (yes[-1] > 0)
        else float("nan")
    )


def _lift(score: np.ndarray, rows: Held) -> float:
    """Share of buyers among the highest tenth over that of all."""
    yes, no = _steps(score, rows)
    total = yes + no
    tenth = 0.1 * total[-1]
    hits = np.interp(tenth, np.append(0.0, total), np.append(0.0, yes))
    return float(hits / tenth / (yes[-1] / total[-1])) if yes[-1] > 0 else float("nan")


def _coverage(score: np.ndarray, rows: Held) -> float:
    """The largest share told highest of which 95 % bought."""
    yes, no = _steps(score, rows)
    total = yes + no
    right = yes / total >= 0.95
    return float(total[right].max(initial=0.0) / total[-1])
