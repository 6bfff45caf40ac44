"""How right the lists of what comes next were, beside a list of what is popular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.know.judged import Judged
from connu.twins.calibration import expected_calibration_error

#: Lengths of lists.
LENGTHS = (1, 5, 20)
#: How much of the time what is told must be right where the surest are asked.
_SURE = 0.95
#: Standard errors by which what is told must stand higher: clicks at random gain so much one
#: time in forty.
_DEVIATIONS = 1.96
#: The place of what is not in a list.
_BEYOND = 10**6


@dataclass(frozen=True)
class NextFigure:
    """One measure on the newest steps.

    Attributes:
        level: product or category. measure: hr1, hr5, hr20, mrr20, ece, coverage95.
        figure, base: of the lists, and of the popular one; NaN where it says no probability.
        people: steps judged. stated: whether the level is told.
    """

    level: str
    measure: str
    figure: float
    base: float
    people: int
    stated: bool


def judged_lists(
    items: np.ndarray, chance: np.ndarray, target: np.ndarray, whose: np.ndarray
) -> Judged:
    """The rows of lists: the probability of the first and whether it came; whether what came was
    among so many, and one over its place.

    Args:
        items, chance, target: as of judge_lists.
        whose: int (q,): the session of each step.
    """
    place = _places(items, target)
    hits = {f"hr{n}": (place < n).astype(np.float64) for n in LENGTHS}
    hits["mrr20"] = np.where(place < LENGTHS[-1], 1 / (place + 1.0), 0.0)
    told = chance[:, 0] if chance.shape[1] else np.zeros(len(target))
    return Judged(
        np.asarray(told, np.float64),
        place == 0,
        np.asarray(whose, np.int64),
        np.ones(len(target)),
        hits,
    )


def judge_lists(
    level: str, items: np.ndarray, chance: np.ndarray, target: np.ndarray, popular: np.ndarray
) -> list[NextFigure]:
    """The measures of lists; told where they put what comes higher than the popular list does, and
    find no less within five and twenty, each by more than chance explains.

    A list of everything there is finds all: within as many as it has, height alone judges.

    Args:
        level: product or category.
        items: int32 (q, n) likeliest first, -1 where there are fewer; chance: float64 (q, n).
        target: int32 (q,), what came next.
        popular: int32, the list for everybody.
    """
    if not len(target):
        return []
    place = _places(items, target)
    plain = _places(np.broadcast_to(popular, (len(target), len(popular))), target)
    right = place == 0
    found = {f"hr{n}": ((place < n).mean(), (plain < n).mean()) for n in LENGTHS}
    height, plainly = (np.where(p < LENGTHS[-1], 1 / (p + 1.0), 0) for p in (place, plain))
    found["mrr20"] = (height.mean(), plainly.mean())
    nothing = float("nan")
    found["ece"] = (expected_calibration_error(chance[:, 0], right), nothing)
    found["coverage95"] = (_coverage(chance[:, 0], right), nothing)
    stated = _by_more_than_chance(height - plainly)
    for n in LENGTHS[1:]:
        # Shorter than it might be: it holds everything.
        if n < len(popular) or len(popular) >= LENGTHS[-1]:
            lost = (plain < n).astype(float) - (place < n)
            stated &= not _by_more_than_chance(lost)
    return [
        NextFigure(level, name, float(figure), float(base), len(target), bool(stated))
        for name, (figure, base) in found.items()
    ]


def _by_more_than_chance(gain: np.ndarray) -> bool:
    """Whether the mean of gains (q,) is above zero by more than chance explains."""
    return bool(gain.mean() > _DEVIATIONS * gain.std() / np.sqrt(len(gain)))


def _places(items: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Where each target stands in its list, from 0; beyond all lengths where it does not."""
    if not items.shape[1]:
        return np.full(len(target), _BEYOND)
    hit = items == target[:, None]
    return np.where(hit.any(axis=1), hit.argmax(axis=1), _BEYOND)


def _coverage(sure: np.ndarray, right: np.ndarray) -> float:
    """The largest share of steps, the surest first, of which so many were right."""
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= _SURE)
    return (good[-1] + 1) / len(order) if len(good) else 0.0
