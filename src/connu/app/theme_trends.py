"""Theme trends: themes of the brand that rise or fall, spoken of at all, or as missed.

Both are judged together, so that of all that is told as rising or falling at most one in twenty is
expected to be an accident.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.listening import EXPECTATIONS_HEARD, MISSED, STATEMENTS_HEARD, Listening
from connu.engine.sql import literal
from connu.understand.period_counts import PeriodCounts, count_periods
from connu.understand.trends import Trend, trends

#: What is followed of a theme.
SPOKEN, MISSING = "spoken of", "unmet or asked for"
#: Periods that a line shows.
SHOWN = 24
#: Up to so many days, what a period is.
_UNITS = ((28, "day"), (200, "week"), (2_200, "month"), (7_300, "quarter"))
_APART = "\x1f"


class ThemeLine(msgspec.Struct, frozen=True):
    """A theme over time.

    Attributes:
        theme: which.
        what: `spoken of`, or `unmet or asked for`.
        shares: of the statements of each of the last periods, 0-1; None: nobody said anything, or
            too few of a segment to be shown.
        trend: how it moves.
    """

    theme: str
    what: str
    shares: list[float | None]
    trend: Trend


class ThemeTrends(msgspec.Struct, frozen=True):
    """All lines.

    Attributes:
        unit: what a period is: day, week, month, quarter, year; None: nothing has a time.
        periods: first days of the periods that lines show.
        lines: what moves first, by how little it may be an accident.
        timeless: statements without a time that can be believed.
    """

    unit: str | None
    periods: list[str]
    lines: list[ThemeLine]
    timeless: int = 0

    def of(self, theme: str, what: str = SPOKEN) -> ThemeLine | None:
        """The line of a theme."""
        return next((one for one in self.lines if (one.theme, one.what) == (theme, what)), None)

    def moving(self) -> list[ThemeLine]:
        """What rises or falls."""
        return [one for one in self.lines if one.trend.direction in ("rising", "falling")]


def theme_trends(heard: Listening, themes: Collection[str]) -> ThemeTrends:
    """Follow themes over time.

    Times before 1995 and after the build are no times. An expectation
    is a statement by theme, so a statement counts once a theme.

    Args:
        heard: what was listened to.
        themes: which of them are told; all are judged.
    """
    end = heard.reading.build.created.replace(tzinfo=None).isoformat(" ")
    timed = f"time >= TIMESTAMP '1995-01-01' AND time <= TIMESTAMP {literal(end)}"
    statements = heard.table(f"SELECT time FROM {STATEMENTS_HEARD} WHERE {timed}")
    timeless = heard.heard.statements - statements.num_rows
    if not statements.num_rows:
        return ThemeTrends(None, [], [], timeless)
    spoken = heard.table(
        f"SELECT theme, time, {MISSED} AS missed FROM {EXPECTATIONS_HEARD} WHERE {timed}"
    )
    unit = _unit(statements["time"])
    counts = count_periods(statements, _series(spoken), unit=unit)
    judged = [one for one in trends(counts) if one.theme.partition(_APART)[0] in set(themes)]
    lines = []
    for trend in judged:
        theme, _, what = trend.theme.partition(_APART)
        named = msgspec.structs.replace(trend, theme=theme)
        lines.append(ThemeLine(theme, what, _shares(counts, trend.theme, heard.least), named))
    return ThemeTrends(unit, counts.periods[-SHOWN:], lines, timeless)


def _unit(times: pa.ChunkedArray) -> str:
    """Periods in which most of what was said fits on a line."""
    days = pc.cast(pc.cast(times, pa.date32()), pa.int32()).combine_chunks()
    low, high = pc.quantile(days, [0.02, 1.0]).to_pylist()
    return next((unit for most, unit in _UNITS if high - low <= most), "year")


def _series(spoken: pa.Table) -> pa.Table:
    """Everything under its theme, and what is missed once more under a name of its own."""
    parts = []
    for what, rows in ((SPOKEN, spoken), (MISSING, spoken.filter(pc.equal(spoken["missed"], 1)))):
        names = pc.binary_join_element_wise(rows["theme"], what, _APART)
        parts.append(pa.table({"theme": names.cast(pa.string()), "time": rows["time"]}))
    return pa.concat_tables(parts)


def _shares(counts: PeriodCounts, series: str, least: int) -> list[float | None]:
    hits = counts.counts[0, counts.themes.index(series)][-SHOWN:].tolist()
    many = counts.statements[0][-SHOWN:].tolist()
    return [
        hit / all_ if all_ and not 0 < hit < least else None
        for hit, all_ in zip(hits, many, strict=True)
    ]
