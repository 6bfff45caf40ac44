"""Judging: what a forecast was worth beside BG/NBD and gamma-gamma, on a future kept aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from connu.know.judged import Judged
from connu.know.purchases import Purchases
from connu.know.staying_forecast import (
    SURE,
    Forecast,
    Forecaster,
    Three,
    odds_of,
    odds_shift,
    plain_forecast,
)
from connu.know.staying_intervals import Intervals
from connu.know.staying_looks import Looks
from connu.know.staying_spans import Span
from connu.twins.calibration import Calibrator, choose_calibrator, expected_calibration_error

#: How far trees may be heeded.
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
RELIABILITY = pa.schema(
    [
        ("horizon_days", pa.int32()),
        ("judged_days", pa.int32()),
        ("measure", pa.string()),
        ("figure", pa.float64()),
        ("base", pa.float64()),
        ("people", pa.int64()),
    ]
)


@dataclass(frozen=True, eq=False)
class Trial:
    """A forecast from a past moment, the baseline's, and what came.

    Attributes:
        weights: how far the trees were heeded.
        plain, told: forecasts of the customers of then.
        count, value: what they did.
    """

    span: Span
    weights: Three
    plain: Forecast
    told: Forecast
    count: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class Settled:
    """What a trial teaches the forecasts of today.

    Attributes:
        weights: how far the trees of purchases, value and the chance of one are heeded, 0–1.
        curve: of the chance; None where everybody bought, or nobody.
        purchases, value: widths.
        levels: what is added to the scores today.
    """

    weights: Three
    curve: Calibrator | None
    purchases: Intervals
    value: Intervals
    levels: Three = (0.0, 0.0, 0.0)


def errors(told: np.ndarray, came: np.ndarray) -> dict[str, float]:
    """Mean absolute error, root of the mean squared one, and what the total is off by (share)."""
    gap = told - came
    total = float(came.sum())
    return {
        "mae": float(np.abs(gap).mean()),
        "rmse": float(np.sqrt((gap * gap).mean())),
        "total": float(told.sum()) / total - 1.0 if total > 0 else float("nan"),
    }


def tried(bought: Purchases, looks: Looks, span: Span, forecaster: Forecaster) -> Trial:
    """Foresee from a past cut, with what was learnt before it, the weights chosen by the outcome.

    One weight of five for each of three numbers, on a deviance that forgives no wrong total: too
    little freedom to flatter the figures.

    Cost: a second for 200,000 customers.
    """
    known = bought.before(span.cut)
    plain = plain_forecast(known, span.days)
    at = np.searchsorted(bought.customers, known.customers)
    count, value = bought.within(span.cut, span.cut + span.days, known.customers)
    parts = forecaster.foresee(known, looks.before(span.cut, at), span.days)
    losses = []
    for weight in _WEIGHTS if forecaster.furthest else (0.0,):
        three = (weight, weight, weight)
        told = parts.forecast(three, parts.levels(three, forecaster.shifts))
        losses.append(
            (
                _poisson(told.purchases, count),
                _tweedie(told.value, value),
                _log_loss(told.again, count > 0),
            )
        )
    best = [_WEIGHTS[int(np.argmin([loss[i] for loss in losses]))] for i in range(3)]
    weights = (best[0], best[1], best[2])
    told = parts.forecast(weights, parts.levels(weights, forecaster.shifts))
    return Trial(span, weights, plain, told, count, value)


def settled(trial: Trial, seed: int, rows: np.ndarray | None = None) -> Settled:
    """Curves and widths from a trial, or from some of its customers (mask).

    They are learnt as if the trial's totals had been right: how many buy together changes with
    the season, and the one seen here will not come again at once.
    """
    rows = np.ones(len(trial.count), np.bool_) if rows is None else rows
    count, value, told = trial.count[rows], trial.value[rows], trial.told
    once, curve = count > 0, None
    if 0 < once.sum() < len(once):
        odds = odds_of(told.again[rows])
        curve = choose_calibrator(
            scores_of(odds + odds_shift(odds, float(once.mean()))), once.astype(np.int64), seed
        )
    return Settled(
        trial.weights,
        curve,
        Intervals.fit(_right(told.purchases[rows], count), count.astype(np.float64), whole=True),
        Intervals.fit(_right(told.value[rows], value), value, whole=False),
    )


def scores_of(odds: np.ndarray) -> np.ndarray:
    """Scores (n, 2) of no and yes, for calibrators."""
    return np.stack([-odds / 2, odds / 2], axis=1)


def calibrated(curve: Calibrator | None, chance: np.ndarray) -> np.ndarray:
    """Chances as the past corrects them (n,)."""
    if curve is None or not len(chance):
        return chance
    return np.asarray(curve.transform(scores_of(odds_of(chance)))[:, 1])


def judge(trial: Trial, horizon: int, seed: int) -> tuple[pa.Table, Judged]:
    """Figures of a trial (RELIABILITY), and its customers: base is BG/NBD's, of again the base
    rate's.

    Curves and widths are learnt on one half of the customers and judged on the other, in turn.
    """
    told, count, value = trial.told, trial.count, trial.value
    n = len(count)
    half = np.random.default_rng(seed).permutation(n) % 2 == 0
    again = np.zeros(n)
    held = {name: np.zeros(n, np.bool_) for name in ("purchases", "value")}
    for learn in (half, ~half):
        way = settled(trial, seed, learn)
        again[~learn] = calibrated(way.curve, told.again[~learn])
        for name, came in (("purchases", count), ("value", value)):
            low, high = getattr(way, name).around(getattr(told, name)[~learn])
            held[name][~learn] = (came[~learn] >= low) & (came[~learn] <= high)
    rows: list[tuple[str, float, float]] = []
    for name, came in (("purchases", count), ("value", value)):
        ours, plain = (errors(getattr(f, name), came) for f in (told, trial.plain))
        rows += [(f"{name}_{kind}", ours[kind], plain[kind]) for kind in ours]
        rows.append((f"{name}_coverage", float(held[name].mean()), 0.8))
    once = count > 0
    rate = np.full(n, once.mean())
    rows.append(("again_log_loss", _log_loss(again, once), _log_loss(rate, once)))
    rows.append(("again_brier", _brier(again, once), _brier(rate, once)))
    rows.append(("again_ece", expected_calibration_error(again, once), float("nan")))
    rows.append(("again_bg_nbd_log_loss", _log_loss(trial.plain.again, once), float("nan")))
    hits = {f"{name}_coverage": inside.astype(np.float64) for name, inside in held.items()}
    customers = Judged(again, once, np.arange(n), np.ones(n), hits)
    figures = pa.Table.from_pylist(
        [
            {
                "horizon_days": horizon,
                "judged_days": trial.span.days,
                "measure": measure,
                "figure": figure,
                "base": None if np.isnan(base) else base,
                "people": n,
            }
            for measure, figure, base in rows
        ],
        schema=RELIABILITY,
    )
    return figures, customers


def better(figures: pa.Table) -> bool:
    """Whether the chance to buy again beats the base rate by log loss and by Brier score."""
    rows: list[dict[str, Any]] = figures.to_pylist()
    told = {row["measure"]: row for row in rows}
    return all(
        told[name]["figure"] < told[name]["base"] for name in ("again_log_loss", "again_brier")
    )


def _right(said: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Expectations whose total is right."""
    return said * (came.sum() / max(said.sum(), SURE)) if came.sum() > 0 else said


def _poisson(told: np.ndarray, came: np.ndarray) -> float:
    """Mean Poisson deviance, but for what does not depend on the forecast."""
    return float((told - came * np.log(np.maximum(told, SURE))).mean())


def _tweedie(told: np.ndarray, came: np.ndarray) -> float:
    """Mean Tweedie deviance of power 1.5, likewise: many zeros, long tail."""
    root = np.sqrt(np.maximum(told, SURE))
    return float((root + came / root).mean())


def _log_loss(chance: np.ndarray, once: np.ndarray) -> float:
    said = np.where(once, chance, 1.0 - chance)
    return float(-np.log(np.maximum(said, 1e-12)).mean())


def _brier(chance: np.ndarray, once: np.ndarray) -> float:
    return float(((chance - once) ** 2).mean())
