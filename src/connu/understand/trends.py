"""Trends: themes that rise or fall over time beyond what chance and bustle do.

Of sixty themes in five segments some rise every month by accident. What is told as a trend is so
chosen that of all that is told at most one in twenty is an accident; where there is little to go
by, nothing is told.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from connu.understand.estimate import LEVEL, Estimate
from connu.understand.period_counts import PeriodCounts

#: Statements there must be with the theme, and without it, before it is judged.
LEAST_STATEMENTS = 20
#: Periods with statements there must be, for a trend and for the latest against those before.
LEAST_PERIODS = {"trend": 4, "latest": 2}
#: What other themes show of restlessness counts as so many periods of a theme's own, at most.
_SHARED = 10.0

RISING, FALLING, STEADY = "rising", "falling", "steady"

SILENCES: dict[str, str] = {
    "too_few": "too few statements speak of it, or do not",
    "too_short": "too few periods have statements",
}


class Trend(msgspec.Struct, frozen=True):
    """How a theme moves.

    Attributes:
        segment: whose statements, or None: everybody's.
        theme: the theme.
        direction: `rising`, `falling`, `steady` (no movement is shown: not that there is none), or
            None where it is silent.
        change: of its share of statements, -1-1, along a straight line from the first period to the
            last (of `latest`: from the mean of those before to the last).
        first, last: share where that line begins and ends, 0-1.
        statements: how many speak of it.
        restlessness: how many times as much it varies about the line as independent statements
            would, at least 1; the interval allows for it.
        p_value: of a change as large by chance.
        q_value: share of accidents among all that are told when this one is.
        silence: why nothing is told (a word of `SILENCES`), or None.
    """

    segment: str | None
    theme: str
    direction: str | None
    change: Estimate
    first: float
    last: float
    statements: int
    restlessness: float
    p_value: float
    q_value: float
    silence: str | None


def trends(
    counts: PeriodCounts,
    *,
    kind: Literal["trend", "latest"] = "trend",
    false_discoveries: float = 0.05,
    level: float = LEVEL,
) -> list[Trend]:
    """Judge every theme of every segment.

    Args:
        counts: of `count_periods`; periods without statements say nothing.
        kind: `trend`: all periods, in order; `latest`: the last period against those before it.
        false_discoveries: share of accidents allowed among what is told.
        level: confidence of each interval by itself.

    Returns:
        What rises or falls first, by q-value and size of change; then what is steady; then what is
        silent.

    Source: Cochran (1954), Armitage (1955), Biometrics 10 and 11 (trend of shares, binomial);
        McCullagh & Nelder, Generalized Linear Models (1989), ch. 4 (restlessness: overdispersion
        from Pearson's residuals; a theme's is drawn towards all themes', after Smyth 2004);
        Benjamini & Hochberg, JRSS B 57 (1995) 289-300.
    """
    s, k, p = counts.counts.shape
    hits = counts.counts.reshape(s * k, p).astype(np.float64)
    many = np.repeat(counts.statements, k, axis=0).astype(np.float64)
    place = np.arange(p, dtype=np.float64) if kind == "trend" else (np.arange(p) == p - 1) * 1.0
    all_hits, all_many = hits.sum(axis=1), many.sum(axis=1)
    some = np.maximum(all_many, 1.0)
    share = all_hits / some
    middle = (many * place).sum(axis=1) / some
    away = place - middle[:, None]
    spread = (many * away**2).sum(axis=1)
    alive = many > 0
    periods = alive.sum(axis=1)
    few = (all_hits < LEAST_STATEMENTS) | (all_many - all_hits < LEAST_STATEMENTS)
    short = (periods < LEAST_PERIODS[kind]) | (spread <= 0)
    told = ~few & ~short
    slope = np.divide((hits * away).sum(axis=1), spread, out=np.zeros(s * k), where=told)
    line = share[:, None] + slope[:, None] * away
    variance = np.where(told, share * (1 - share), 1.0)
    beside = np.where(alive, hits - many * line, 0.0) ** 2 / np.maximum(many, 1.0)
    restless = beside.sum(axis=1) / variance
    free = np.where(told, np.maximum(periods - 2.0, 0.0), 0.0)
    # What all the others show of restlessness counts as some periods of a theme's own.
    rest = free.sum() - free
    shared = np.minimum(rest, _SHARED)
    own = np.where(told, restless, 0.0)
    usual = np.divide(own.sum() - own, rest, out=np.ones(s * k), where=rest > 0)
    degrees = free + shared
    together = own + shared * np.maximum(usual, 1.0)
    factor = np.divide(together, degrees, out=np.ones(s * k), where=degrees > 0)
    factor = np.maximum(factor, 1.0)
    # With a single comparison nothing shows restlessness: it is taken for none.
    degrees = np.where(degrees > 0, degrees, np.inf)
    error = np.sqrt(factor * variance / np.where(told, spread, 1.0))
    p_value = np.where(told, 2 * student.sf(np.abs(slope) / error, degrees), 1.0)
    q_value = np.ones(s * k)
    if told.any():
        q_value[told] = false_discovery_control(np.clip(p_value[told], 0, 1))
    seen = [np.flatnonzero(row) for row in alive]
    begin = np.array([place[row[0]] if len(row) else 0.0 for row in seen])
    end = np.array([place[row[-1]] if len(row) else 0.0 for row in seen])
    reach = student.ppf(0.5 + level / 2, degrees) * error * (end - begin)
    change = slope * (end - begin)
    found = []
    for i in range(s * k):
        silence = "too_short" if short[i] else "too_few" if few[i] else None
        direction = None
        if silence is None:
            direction = STEADY
            if q_value[i] <= false_discoveries:
                direction = RISING if slope[i] > 0 else FALLING
        edge = share[i] + slope[i] * (begin[i] - middle[i])
        found.append(
            Trend(
                segment=counts.segments[i // k],
                theme=counts.themes[i % k],
                direction=direction,
                change=_change(change[i], reach[i]) if told[i] else Estimate(0.0, -1.0, 1.0),
                first=float(np.clip(edge, 0, 1)) if told[i] else float(share[i]),
                last=float(np.clip(edge + change[i], 0, 1)) if told[i] else float(share[i]),
                statements=int(all_hits[i]),
                restlessness=float(factor[i]) if told[i] else 1.0,
                p_value=float(p_value[i]),
                q_value=float(q_value[i]),
                silence=silence,
            )
        )
    rank = {RISING: 0, FALLING: 0, STEADY: 1, None: 2}
    found.sort(key=lambda t: (rank[t.direction], t.q_value, -abs(t.change.value), t.theme))
    return found


def _change(value: float, reach: float) -> Estimate:
    """A change of share with its interval, no further than shares go."""
    return Estimate(
        float(np.clip(value, -1, 1)),
        float(np.clip(value - reach, -1, 1)),
        float(np.clip(value + reach, -1, 1)),
    )
