"""Bounds of figures that are no share: losses, calibration errors, gaps and ratios.

Rows of one person, customer or verbatim hang together, and alike rows may be one row with a
weight: both are heeded. None of it is drawn again row by row: the bootstrap costs a draw a row, and
of a calibration error it says too much (every draw adds noise, and noise never lowers a sum of
gaps, so that its interval never holds the nothing of perfect probabilities).
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from scipy.sparse import coo_array

_Z95 = 1.959963984540054
#: Draws of the noise of a calibration error; their seed is fixed: the same gives the same.
_DRAWS = 4000


class Bounds(msgspec.Struct, frozen=True):
    """The 95 % interval of a figure that stands beside it.

    Attributes:
        low: lower bound, in the figure's own unit.
        high: upper bound.
    """

    low: float
    high: float


def mean_bounds(
    values: np.ndarray,
    weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    *,
    least: float = -math.inf,
    most: float = math.inf,
) -> Bounds:
    """Where the mean of numbers lies, by its linearised error.

    Args:
        values: (n,).
        weight: (n,) for how many alike each row stands, or None: one each.
        groups: int (n,): rows of one number hang together, those of −1 stand alone; None: all do.
        least, most: what the figure can be.

    Source: W. G. Cochran, Sampling Techniques (1977), ch. 6; rows in groups as in Korn & Graubard,
        Survey Methodology 24 (1998).

    >>> mean_bounds(np.array([0.0, 1.0, 2.0, 3.0])).low.__round__(3)
    0.404
    """
    many = np.ones(len(values)) if weight is None else np.asarray(weight, np.float64)
    return ratio_bounds(values * many, many, weight, groups, least=least, most=most)


def ratio_bounds(
    part: np.ndarray,
    whole: np.ndarray,
    weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    *,
    least: float = -math.inf,
    most: float = math.inf,
) -> Bounds:
    """Where Σ part ÷ Σ whole lies; of fewer than two rows, or without a whole, anywhere.

    Args:
        part, whole: (n,), what each row adds, weights included.
        weight, groups, least, most: as for `mean_bounds`.

    Source: as there.
    """
    total = float(np.sum(whole))
    if len(part) < 2 or total == 0:
        return Bounds(least, most)
    value = float(np.sum(part)) / total
    residuals: np.ndarray = part - value * whole
    error = math.sqrt(_squares(residuals, weight, groups)) / abs(total)
    return Bounds(
        min(value, max(least, value - _Z95 * error)), max(value, min(most, value + _Z95 * error))
    )


def finite(**found: Bounds) -> dict[str, Bounds]:
    """Bounds by the name of their figure, without those that say nothing: of one row, to infinity.

    >>> finite(mae=Bounds(0.0, math.inf), ece=Bounds(0.0, 1.0))
    {'ece': Bounds(low=0.0, high=1.0)}
    """
    return {
        name: bounds
        for name, bounds in found.items()
        if math.isfinite(bounds.low) and math.isfinite(bounds.high)
    }


def root_bounds(squares: Bounds) -> Bounds:
    """Of the root of a mean of squares: the roots of the mean's bounds.

    >>> root_bounds(Bounds(4.0, 9.0))
    Bounds(low=2.0, high=3.0)
    """
    return Bounds(math.sqrt(max(0.0, squares.low)), math.sqrt(squares.high))


def calibration_bounds(
    probability: np.ndarray,
    right: np.ndarray,
    place: np.ndarray,
    weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Bounds:
    """Where the expected calibration error lies: Σ |gap of a bin|, as a share of all rows.

    What is measured is the true gaps and noise. Noise moves the sum of gaps by no more than the sum
    of its own sizes: so far, at most, the truth lies below, and where that reaches 0 the
    probabilities may well be right. Above, it lies no further than the noise of one signed sum. The
    interval holds the truth at least as often as 95 % say; it is too wide rather than too narrow.

    Args:
        probability: (n,) told, 0–1.
        right: (n,) share of right in what was said of each, 0–1.
        place: int (n,) the bin of each, from 0 on.
        weight: (n,) for how many alike each row stands, or None: one each.
        groups: int (n,): as for `mean_bounds`.

    Returns:
        Bounds within 0–1. Cost: linear, and a sort by group where there are groups.
    """
    if not len(probability):
        return Bounds(0.0, 1.0)
    bins = int(place.max()) + 1
    many = np.ones(len(probability)) if weight is None else np.asarray(weight, np.float64)
    total = float(many.sum())
    gap = np.bincount(place, weights=(probability - right) * many, minlength=bins) / total
    moves = _moves(probability - right, place, many, groups, bins)
    # What never came in a bin of few says nothing of how it varies: what was told does.
    told = np.bincount(place, weights=probability * (1 - probability) * many, minlength=bins)
    moves += np.diag(np.maximum(0.0, told - np.diag(moves)))
    moves /= total**2
    value = float(np.abs(gap).sum())
    sides, turned = np.linalg.eigh(moves)
    drawn = np.random.default_rng(0).standard_normal((_DRAWS, bins))
    noise = drawn @ (turned * np.sqrt(np.maximum(sides, 0.0))).T
    below = float(np.quantile(np.abs(noise).sum(1), 0.975))
    sign = np.where(gap < 0, -1.0, 1.0)
    above = _Z95 * math.sqrt(max(float(sign @ moves @ sign), float(np.trace(moves)), 0.0))
    return Bounds(max(0.0, value - below), max(value, min(1.0, value + above)))


def _squares(residuals: np.ndarray, weight: np.ndarray | None, groups: np.ndarray | None) -> float:
    """Σ of squared residuals: of rows that stand alone, one for each they stand for; of groups."""
    alone = np.ones(len(residuals), np.bool_) if groups is None else groups < 0
    many = np.ones(len(residuals)) if weight is None else np.asarray(weight, np.float64)
    total = float(np.dot(residuals[alone] / many[alone], residuals[alone]))
    if groups is not None and not alone.all():
        together = np.bincount(groups[~alone], weights=residuals[~alone])
        total += float(np.dot(together, together))
    return total


def _moves(
    gaps: np.ndarray,
    place: np.ndarray,
    many: np.ndarray,
    groups: np.ndarray | None,
    bins: int,
) -> np.ndarray:
    """(bins, bins): Σ over rows, or groups of rows, of what they add to each bin, squared."""
    alone = np.ones(len(gaps), np.bool_) if groups is None else groups < 0
    squares = np.bincount(
        place[alone], weights=many[alone] * gaps[alone] ** 2, minlength=bins
    ).astype(np.float64)
    moves = np.diag(squares)
    if groups is not None and not alone.all():
        rest = ~alone
        shape = (int(groups.max()) + 1, bins)
        added = coo_array(
            (gaps[rest] * many[rest], (groups[rest], place[rest])), shape=shape
        ).tocsr()
        moves = moves + (added.T @ added).toarray()
    return moves
