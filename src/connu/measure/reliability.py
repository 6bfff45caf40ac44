"""Whether a probability means what it says: of those told at .8, are four in five right?

The curve (what was told beside what was right) is what a reader believes or not; the expected
calibration error is its one figure.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from connu.measure.few import K_LEAST, hide_few
from connu.measure.intervals import Share, wilson


class Reliability(msgspec.Struct, frozen=True):
    """People told with probabilities from `low` to `high`.

    Attributes:
        low: lower bound, 0–1, within in the first bin only.
        high: upper bound, 0–1, within.
        people: how many, or None where it is hidden.
        told: mean probability told, or None.
        right: share that is right, with its interval, or None.
    """

    low: float
    high: float
    people: int | None
    told: float | None
    right: Share | None


def reliability(
    probability: np.ndarray,
    right: np.ndarray,
    bins: int = 15,
    weight: np.ndarray | None = None,
) -> tuple[list[Reliability], float]:
    """The reliability curve, and the expected calibration error (ECE) over the same bins.

    ECE = mean gap between the mean told and the share right, over `bins` of equal width on 0–1,
    weighted by people; as `twins.calibration` has it. Cost: linear; 0.05 s for a million people.

    Args:
        probability: (n,) told, 0–1.
        right: (n,) share of right in what was said of each, 0–1.
        bins: how many.
        weight: (n,) for how many alike each row stands, or None: one each.

    Returns:
        The bins that hold people, in order; the ECE, 0–1.

    Source: Naeini, Cooper & Hauskrecht, AAAI 2015; Guo et al., ICML 2017 (15 bins).
    """
    place = place_of(probability, bins)
    if weight is None:
        people = np.bincount(place, minlength=bins)
    else:
        probability, right = probability * weight, right * weight
        people = np.bincount(place, weights=weight, minlength=bins)
    told = np.bincount(place, weights=probability, minlength=bins)
    hits = np.bincount(place, weights=right, minlength=bins)
    gap = float(np.abs(told - hits).sum() / max(1, people.sum()))
    curve = [
        Reliability(
            low=b / bins,
            high=(b + 1) / bins,
            people=int(people[b]),
            told=float(told[b] / people[b]),
            right=wilson(min(1.0, float(hits[b] / people[b])), float(people[b])),
        )
        for b in range(bins)
        if people[b]
    ]
    return curve, gap


def place_of(probability: np.ndarray, bins: int) -> np.ndarray:
    """The bin of each probability, from 0 on; one on an edge belongs to the bin below it.

    >>> place_of(np.array([0.0, 0.5, 0.51, 1.0]), 2).tolist()
    [0, 0, 1, 1]
    """
    place: np.ndarray = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    return place


def equal_mass_error(
    probability: np.ndarray,
    right: np.ndarray,
    bins: int = 15,
    weight: np.ndarray | None = None,
) -> float:
    """The calibration error over bins of equally many people, 0–1.

    Where nearly everybody is told a small probability, bins of equal width put him into the first:
    these bins look at small probabilities as closely as at large ones. Who is told the same stays
    together, so that the order of rows changes nothing. Cost: one sort.

    Args:
        probability: (n,) told, 0–1.
        right: (n,) share of right in what was said of each, 0–1.
        bins: how many.
        weight: (n,) for how many alike each row stands, or None: one each.

    Source: Nguyen & O'Connor, EMNLP 2015 (adaptive bins).
    """
    if not len(probability):
        return 0.0
    many = np.ones(len(probability)) if weight is None else np.asarray(weight, np.float64)
    order = np.argsort(probability)
    levels = probability[order]
    first = np.flatnonzero(np.append(True, levels[1:] != levels[:-1]))
    people = np.add.reduceat(many[order], first)
    gap = np.add.reduceat(((probability - right) * many)[order], first)
    # A level belongs to the bin in which its middle lies.
    middle = np.cumsum(people) - people / 2
    place = np.minimum((middle / people.sum() * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(place, weights=gap, minlength=bins)
    return float(np.abs(gaps).sum() / people.sum())


def shown(curve: Sequence[Reliability], least: int = K_LEAST) -> list[Reliability]:
    """The curve as it may be shown: bins of fewer than `least` people are hidden (`few`)."""
    cells = hide_few([(f"{place}", b.people or 0) for place, b in enumerate(curve)], least)
    return [
        Reliability(b.low, b.high, None, None, None) if cell.hidden else b
        for b, cell in zip(curve, cells, strict=True)
    ]
