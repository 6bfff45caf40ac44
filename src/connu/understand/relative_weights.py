"""Relative weights: what goes with a rating, an NPS, a return or a spend, and how much.

Plain regression on themes that go together gives some of them a wrong sign and most of them no
figure to rely on. Here every driver gets its part of what all explain together (Johnson), after
who the customers are has explained what it can, with an interval; its sign is that of its own
correlation. A weight is an association: that changing the driver changes the outcome, only an
experiment says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from connu.understand.cross_products import CrossProducts, partialled
from connu.understand.estimate import LEVEL, Estimate, percentile_interval
from connu.understand.johnson import collinear, correlations, johnson_weights
from connu.understand.resamples import resamples, units_of

#: Rows in which a driver must differ from its usual value before anything is said of it.
LEAST_ROWS = 20
#: Units (customers, or rows) there must be, and for each driver and control.
LEAST_UNITS, LEAST_EACH = 30, 5

_NOTHING = Estimate(0.0, 0.0, 1.0)

#: Why nothing is said: of all, or of one driver.
SILENCES: dict[str, str] = {
    "no_drivers": "nothing was given that could drive the outcome",
    "too_few": "too few rows for so many drivers and controls",
    "one_outcome": "everybody has the same outcome",
    "constant": "it is the same in every row",
    "seldom": "it differs from its usual value in too few rows",
    "controlled": "who the customers are tells all of it",
    "collinear": "other drivers tell all of it: their weights are shared and cannot be told apart",
    "chance": "it is not surely worth more than pure chance",
}


class Driver(msgspec.Struct, frozen=True):
    """What goes with the outcome.

    Attributes:
        name: the driver's.
        weight: its part of the outcome's variance, 0-1; all drivers' sum to R².
        share: its part of what all drivers explain, 0-1; all drivers' sum to 1.
        correlation: with the outcome, -1 to 1, both freed of the controls.
        sign: 1 or -1 where that correlation surely is above or below 0; otherwise 0.
        beta: its standardised coefficient in the plain regression: for comparison, not to be told.
        rows: in how many rows it differs from its usual value.
        silence: why it should not be told (a word of `SILENCES`), or None.
    """

    name: str
    weight: Estimate
    share: Estimate
    correlation: Estimate
    sign: int
    beta: float
    rows: int
    silence: str | None


class RelativeWeights(msgspec.Struct, frozen=True):
    """Drivers of an outcome.

    Attributes:
        drivers: by weight, the largest first; none where all is silent.
        r2: share of the outcome's variance (after controls) that the drivers explain together.
        adjusted_r2: the same less what as many columns of chance would explain.
        controls_r2: share of the outcome's variance that the controls alone explain.
        rows: how many were learnt from. left_out: how many held something unknown.
        units: how many are independent of each other (customers, or rows).
        silence: why nothing is said at all, or None.
    """

    drivers: list[Driver]
    r2: Estimate
    adjusted_r2: float
    controls_r2: float
    rows: int
    left_out: int
    units: int
    silence: str | None = None


def relative_weights(
    drivers: ArrayLike,
    outcome: ArrayLike,
    names: Sequence[str],
    *,
    controls: ArrayLike | None = None,
    customers: np.ndarray | pa.Array | Sequence[Any] | None = None,
    times: int = 1000,
    level: float = LEVEL,
    seed: int = 0,
) -> RelativeWeights:
    """Weigh drivers by Johnson's method, with bootstrap percentile intervals.

    Controls are partialled out of drivers and outcome anew in every resample. A driver is told
    where its weight surely exceeds that of a column of pure chance in the same resamples: a weight
    cannot fall below 0, so its own interval would always exclude 0.

    Args:
        drivers: (n, d), such as the status of themes: 1 met, -1 unmet, 0 not spoken of.
        outcome: (n,): rating, NPS, returned (0 or 1), spend (its logarithm, as it is skewed).
        names: d names.
        controls: (n, c) who the customers are, as numbers (0 and 1 for what has no order).
        customers: (n,), as `units_of` takes them: rows of one customer are drawn together.
        times: resamples. level: confidence. seed: of the resamples.
        Rows in which any number is not finite are left out and counted.

    Returns:
        The drivers; the same for the same seed.

    Cost: 1 s for 20 drivers × 5,000 rows × 1,000 resamples, 4 s for a million rows.

    Source: Johnson (2000), see `johnson`; Tonidandel, LeBreton & Johnson, Determining the
        statistical significance of relative weights, Psychological Methods 14 (2009) 387-399 (the
        comparison with a random variable); Frisch & Waugh (1933), see `cross_products`.
    """
    y = np.asarray(outcome, np.float64)
    x = np.asarray(drivers, np.float64).reshape(len(y), len(names))
    who = np.empty((len(y), 0)) if controls is None else np.asarray(controls, np.float64)
    who = who[:, None] if who.ndim == 1 else who
    known = np.isfinite(y) & np.isfinite(x).all(axis=1) & np.isfinite(who).all(axis=1)
    x, y, who = x[known], y[known], who[known]
    rows, left_out = len(y), int(len(known) - known.sum())
    units = units_of(customers, len(known))[known]
    units = np.unique(units, return_inverse=True)[1].reshape(-1)
    many = int(units.max()) + 1 if rows else 0
    d, c = x.shape[1], who.shape[1]
    silence = None
    if not d:
        silence = "no_drivers"
    elif many < max(LEAST_UNITS, LEAST_EACH * (d + c)):
        silence = "too_few"
    elif np.ptp(y) == 0:
        silence = "one_outcome"
    if silence is not None:
        return RelativeWeights([], _NOTHING, 0.0, 0.0, rows, left_out, many, silence)

    columns = np.column_stack([np.ones(rows), _standard(who), _standard(x), _standard(y[:, None])])
    sums = CrossProducts.of(columns, units, seed)
    k = 1 + c
    whole = sums.total()
    # What varies less than a millionth of what it did is told by the controls.
    least = 1e-6 * np.diagonal(whole)[k:]
    left = partialled(whole, k)
    if left[d, d] <= least[d]:
        return RelativeWeights([], _NOTHING, 0.0, 1.0, rows, left_out, many, "controlled")
    found = correlations(left, least)
    weight = johnson_weights(found[:d, :d], found[:d, d])
    r2 = float(min(weight.sum(), 1.0))
    drawn = _drawn(sums, k, least, times, seed)
    weights = percentile_interval(weight, drawn.weight, level)
    together = drawn.weight.sum(axis=1)
    part = np.divide(weight, r2, out=np.zeros_like(weight), where=r2 > 0)
    parts = np.divide(
        drawn.weight,
        together[:, None],
        out=np.zeros_like(drawn.weight),
        where=together[:, None] > 0,
    )
    shares = percentile_interval(part, parts, level)
    signs = percentile_interval(found[:d, d], drawn.correlation, level)
    beyond = np.quantile(drawn.beyond, (1 - level) / 2, axis=0) > 0
    beta = np.linalg.pinv(found[:d, :d], hermitian=True, rcond=1e-8) @ found[:d, d]
    usual = [_unusual(x[:, j]) for j in range(d)]
    why = _why(usual, np.diagonal(left)[:d] <= least[:d], collinear(found[:d, :d]), beyond)
    told = [
        Driver(
            names[j],
            weights[j],
            shares[j],
            signs[j],
            signs[j].side_of(0.0),
            float(beta[j]),
            usual[j],
            why[j],
        )
        for j in range(d)
    ]
    spread = max(float(left[d, d]), 0.0)
    return RelativeWeights(
        drivers=sorted(told, key=lambda one: (-one.weight.value, one.name)),
        r2=percentile_interval(np.array([r2]), np.minimum(together, 1.0)[:, None], level)[0],
        adjusted_r2=1 - (1 - r2) * (rows - k) / max(rows - k - d, 1),
        controls_r2=1 - spread / float(whole[-1, -1]) if c else 0.0,
        rows=rows,
        left_out=left_out,
        units=many,
    )


class _Drawn(msgspec.Struct):
    """In each resample (times, d): weights, correlations, weight less that of chance."""

    weight: np.ndarray
    correlation: np.ndarray
    beyond: np.ndarray


def _drawn(sums: CrossProducts, k: int, least: np.ndarray, times: int, seed: int) -> _Drawn:
    d = len(least) - 1
    rng = np.random.default_rng([seed, 1])
    order = [*range(d), d + 1]
    weight, correlation, beyond = [], [], []
    for counts in resamples(len(sums.rows), times, seed):
        left = partialled(sums.with_chance(counts, rng), k)
        found = correlations(left, np.append(least, 0.0))
        outcome = found[:, :d, d]
        weight.append(johnson_weights(found[:, :d, :d], outcome))
        correlation.append(outcome)
        more = johnson_weights(found[:, order][:, :, order], found[:, order, d])
        beyond.append(more[:, :d] - more[:, d:])
    return _Drawn(*(np.concatenate(parts) for parts in (weight, correlation, beyond)))


def _why(
    rows: list[int], controlled: np.ndarray, doubled: np.ndarray, beyond: np.ndarray
) -> list[str | None]:
    """The silence of each driver, the plainest reason first."""
    found: list[str | None] = []
    for j, unusual in enumerate(rows):
        reason = None
        if not unusual:
            reason = "constant"
        elif unusual < LEAST_ROWS:
            reason = "seldom"
        elif controlled[j]:
            reason = "controlled"
        elif doubled[j]:
            reason = "collinear"
        elif not beyond[j]:
            reason = "chance"
        found.append(reason)
    return found


def _unusual(column: np.ndarray) -> int:
    """In how many rows a column differs from its most frequent value."""
    return len(column) - int(np.unique(column, return_counts=True)[1].max())


def _standard(columns: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and variance 1, so that sums of products keep their digits."""
    centred = columns - columns.mean(axis=0)
    size = centred.std(axis=0)
    still = size <= 1e-12 * np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1e-300)
    return np.asarray(np.where(still, 0.0, centred / np.where(still, 1.0, size)))
