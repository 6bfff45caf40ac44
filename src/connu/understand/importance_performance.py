"""Importance × performance: which themes matter, and of those, which the brand does not meet.

Importance is a theme's share of what all themes explain (`relative_weights`), performance the share
of its expectations that are met. Both are measured, so a theme near a line is in doubt: a chart
that puts every point on one side of a line tells more than the data do.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from connu.understand.estimate import LEVEL, Estimate, wilson
from connu.understand.relative_weights import RelativeWeights

#: What to do, by importance (1 high, -1 low) and performance.
QUADRANTS: dict[tuple[int, int], str] = {
    (1, -1): "improve",
    (1, 1): "keep",
    (-1, -1): "wait",
    (-1, 1): "more than asked",
}
IN_DOUBT = "in doubt"
#: Expectations, met or unmet, that a theme must have.
LEAST_EXPECTATIONS = 20

SILENCES: dict[str, str] = {
    "too_few": "too few of its expectations are known to be met or unmet",
    "unlike": "met expectations do not go with a better outcome here: meeting more may not help",
}


class Placement(msgspec.Struct, frozen=True):
    """Where a theme stands.

    Attributes:
        name: the theme's.
        quadrant: `improve` (matters, unmet), `keep` (matters, met), `wait` (matters less, unmet),
            `more than asked` (matters less, met), or `in doubt`.
        importance: its share of what all themes explain, 0-1.
        performance: share met of its expectations met or unmet, 0-1.
        met, unmet: how many.
        importance_side, performance_side: 1 surely above the line, -1 surely below, 0 in doubt.
        silence: why it is placed nowhere (a word of these `SILENCES`, or of `relative_weights`
            where importance itself is silent for want of data), or None.
    """

    name: str
    quadrant: str
    importance: Estimate
    performance: Estimate
    met: int
    unmet: int
    importance_side: int
    performance_side: int
    silence: str | None


class ImportancePerformance(msgspec.Struct, frozen=True):
    """The chart.

    Attributes:
        placements: those to improve first, then by importance.
        importance_line: an equal share of importance, 1 / themes.
        performance_line: share met of all themes' expectations.
        silence: why there is no chart, or None.
    """

    placements: list[Placement]
    importance_line: float
    performance_line: float
    silence: str | None = None


def importance_performance(
    weights: RelativeWeights,
    expectations: Mapping[str, tuple[int, int]],
    *,
    level: float = LEVEL,
) -> ImportancePerformance:
    """Place themes by importance and performance.

    A theme that is worth no more than chance is surely below the line when its share is; one whose
    weight cannot be told (collinear, seldom, constant) is placed nowhere.

    Args:
        weights: of drivers coded so that higher is met (1 met, 0 not spoken of, -1 unmet).
        expectations: theme → (met, unmet). Drivers it does not name are left out.
        level: confidence of performance; that of importance is the weights'.

    Source: Martilla & James, Importance-performance analysis, Journal of Marketing 41:1 (1977)
        77-79. Lines at the means, as the scale has no middle of its own.
    """
    drivers = [driver for driver in weights.drivers if driver.name in expectations]
    met = [expectations[driver.name][0] for driver in drivers]
    unmet = [expectations[driver.name][1] for driver in drivers]
    judged = [a + b for a, b in zip(met, unmet, strict=True)]
    across = 1 / len(weights.drivers) if weights.drivers else 0.0
    up = sum(met) / sum(judged) if sum(judged) else 0.0
    shares = wilson(met, judged, level)
    placed = []
    for driver, share, yes, no in zip(drivers, shares, met, unmet, strict=True):
        silence = driver.silence if driver.silence not in (None, "chance", "controlled") else None
        if yes + no < LEAST_EXPECTATIONS:
            silence = silence or "too_few"
        elif driver.sign < 0:
            silence = silence or "unlike"
        sides = driver.share.side_of(across), share.side_of(up)
        quadrant = IN_DOUBT if silence else QUADRANTS.get(sides, IN_DOUBT)
        placed.append(
            Placement(driver.name, quadrant, driver.share, share, yes, no, *sides, silence)
        )
    placed.sort(key=lambda p: (p.quadrant != "improve", -p.importance.value, p.name))
    silence = weights.silence or (None if placed else "no_drivers")
    return ImportancePerformance(placed, across, up, silence)
