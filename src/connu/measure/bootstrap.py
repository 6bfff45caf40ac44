"""Intervals by the bootstrap: how far a figure would move, were other verbatims drawn.

An F1 is no share of trials, and what is said of one verbatim hangs together: whole verbatims are
drawn again, with what was counted of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from connu.measure.intervals import Share, wilson

TIMES = 1000
#: Units below which an interval by resampling is no interval: it says 0–1.
LEAST = 3
#: Draws at a time: what is held in memory is draws × units.
_CELLS = 4_000_000


def resampled(
    counts: np.ndarray,
    figures: Callable[[np.ndarray], np.ndarray],
    *,
    trials: Sequence[int] = (),
    times: int = TIMES,
    seed: int = 0,
) -> list[Share]:
    """Figures of summed counts, each with its 95 % percentile interval.

    Cost: times × units × columns multiplications; 1,000 draws of 2,000 units and 36 columns take
    0.1 s.

    Args:
        counts: (units, columns), what was counted of each unit.
        figures: of sums (m, columns), the figures (m, k); NaN where there is none.
        trials: of how many units each of the k figures is. Where none contradicts a 0 or a 1, every
            draw gives the same, and says nothing: Wilson's interval at so many trials does.
        times: draws.
        seed: of the draws: the same gives the same.

    Returns:
        k shares; where a figure is NaN its value is 0 and its interval 0–1.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), ch. 13.
    """
    counts = np.asarray(counts, np.float64)
    value = figures(counts.sum(0)[None, :])[0]
    units = len(counts)
    # Units of which nothing was counted move no figure by themselves, but are drawn like others.
    if units < LEAST:
        return [Share(_number(one), 0.0, 1.0) for one in value]
    rng = np.random.default_rng(seed)
    drawn: list[np.ndarray] = []
    step = max(1, _CELLS // units)
    for begin in range(0, times, step):
        many = min(step, times - begin)
        # Not multinomial: that costs a binomial a unit, this an index a unit.
        chosen = rng.integers(0, units, (many, units))
        chosen += np.arange(many)[:, None] * units
        weight = np.bincount(chosen.ravel(), minlength=many * units).reshape(many, units)
        drawn.append(figures(weight @ counts))
    of = trials or (0,) * len(value)
    return [_share(value[k], found, of[k]) for k, found in enumerate(np.concatenate(drawn).T)]


def _share(value: float, drawn: np.ndarray, trials: int) -> Share:
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(drawn):
        return Share(_number(value), 0.0, 1.0)
    if trials and value in (0.0, 1.0) and np.all(drawn == value):
        return wilson(value, trials)
    low, high = np.percentile(drawn, [2.5, 97.5])
    # The interval holds the figure itself, whatever was drawn.
    return Share(float(value), float(min(low, value)), float(max(high, value)))


def _number(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)
