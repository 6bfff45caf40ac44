"""What was expected of customers, held against what they did: purchases, or their value.

Beside the model stands the baseline that every analyst knows (BG/NBD, with gamma-gamma for the
value), on the same customers and the same span.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np

from connu.kernel.errors import UsageError
from connu.measure.bounds import Bounds, finite, mean_bounds, ratio_bounds, root_bounds
from connu.measure.intervals import Share, mean_share

_Z95 = 1.959963984540054


class Errors(msgspec.Struct, frozen=True):
    """How far expectations are off.

    Attributes:
        mae: mean absolute error per customer, in purchases or in the brand's money.
        rmse: root of the mean squared error, likewise.
        total: all that was expected of all.
        total_error: its distance from what came, as a share of what came (above 0: too much was
            expected); None where nothing came.
        bounds: 95 % intervals of mae, rmse and (where it is told) total_error, by name; of one
            customer alone none.
    """

    mae: float
    rmse: float
    total: float
    total_error: float | None
    bounds: dict[str, Bounds] = {}


class Difference(msgspec.Struct, frozen=True):
    """By how much one error is lower than another on the same customers, with its 95 % interval.

    Attributes:
        value: mean of the baseline's error − the model's; above 0 the model is better.
        low: lower bound.
        high: upper bound.
    """

    value: float
    low: float
    high: float


class PurchaseScore(msgspec.Struct, frozen=True):
    """What expectations are worth.

    Attributes:
        customers: judged.
        total: purchases, or value, that came.
        errors: the model's.
        baseline: those of the baseline, or None where there is none.
        mae_gain: how much lower the model's absolute error is, customer by customer, or None.
        mse_gain: how much lower its squared error is, or None.
        inside: share of customers whose purchases or value lie within the interval told, or None
            where none is told.
        width: mean width of the interval, or None.
    """

    customers: int
    total: float
    errors: Errors
    baseline: Errors | None = None
    mae_gain: Difference | None = None
    mse_gain: Difference | None = None
    inside: Share | None = None
    width: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON."""
        return msgspec.to_builtins(self, str_keys=True)


def purchase_score(
    expected: np.ndarray,
    actual: np.ndarray,
    low: np.ndarray | None = None,
    high: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
) -> PurchaseScore:
    """Judge expected purchases, or their value, against what came.

    Cost: a few passes.

    Args:
        expected: (n,) told, from 0 on.
        actual: (n,) what came within the span.
        low: (n,) lower bounds told; both bounds belong to the interval.
        high: (n,) upper bounds.
        baseline: (n,) told by the baseline.

    Raises:
        UsageError: nobody to judge, shapes that do not meet, or numbers that are none.
    """
    told, came = np.asarray(expected, np.float64), np.asarray(actual, np.float64)
    others = [np.asarray(o, np.float64) for o in (low, high, baseline) if o is not None]
    if told.ndim != 1 or any(other.shape != told.shape for other in (came, *others)):
        raise UsageError(
            f"{told.shape} expectations do not meet {came.shape} customers, bounds or the baseline",
            hint="give one of each for every customer",
        )
    if (low is None) != (high is None):
        raise UsageError("an interval has two bounds", hint="give low and high, or neither")
    if not len(told):
        raise UsageError(
            "there is no customer to judge expectations on",
            hint="judge on a span before which somebody bought",
        )
    if not all(np.isfinite(numbers).all() for numbers in (told, came, *others)):
        raise UsageError("an expectation is no number", hint="leave out whom nothing is told of")
    score = PurchaseScore(customers=len(told), total=float(came.sum()), errors=_errors(told, came))
    if baseline is not None:
        plain = np.asarray(baseline, np.float64)
        score = msgspec.structs.replace(
            score,
            baseline=_errors(plain, came),
            mae_gain=_difference(np.abs(plain - came) - np.abs(told - came)),
            mse_gain=_difference((plain - came) ** 2 - (told - came) ** 2),
        )
    if low is not None and high is not None:
        within = (came >= np.asarray(low)) & (came <= np.asarray(high))
        score = msgspec.structs.replace(
            score,
            inside=mean_share(within.astype(np.float64)),
            width=float(np.mean(np.asarray(high, np.float64) - np.asarray(low, np.float64))),
        )
    return score


def _errors(told: np.ndarray, came: np.ndarray) -> Errors:
    total, there = float(told.sum()), float(came.sum())
    return Errors(
        mae=float(np.abs(told - came).mean()),
        rmse=math.sqrt(float(((told - came) ** 2).mean())),
        total=total,
        total_error=(total - there) / there if there else None,
        bounds=finite(
            mae=mean_bounds(np.abs(told - came), least=0.0),
            rmse=root_bounds(mean_bounds((told - came) ** 2, least=0.0)),
            total_error=ratio_bounds(told - came, came, least=-1.0),
        ),
    )


def _difference(gains: np.ndarray) -> Difference:
    value = float(gains.mean())
    half = _Z95 * float(gains.std()) / math.sqrt(len(gains))
    return Difference(value, value - half, value + half)
