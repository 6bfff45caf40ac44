"""Period counts: how many statements of each week or month speak of each theme, by segment.

Counts stand against all statements of their period: when more people write, every theme is named
more, and nothing has risen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: What a period may be.
UNITS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class PeriodCounts:
    """Counts by segment, theme and period.

    Attributes:
        periods: their first days, in order, without gaps, as YYYY-MM-DD.
        segments: None (everybody) first, then by name.
        themes: by name.
        counts: int64 (segments, themes, periods), statements that speak of the theme.
        statements: int64 (segments, periods), all statements.
        left_out: statements without a time.
    """

    periods: list[str]
    segments: list[str | None]
    themes: list[str]
    counts: np.ndarray
    statements: np.ndarray
    left_out: int


def count_periods(
    statements: pa.Table,
    expectations: pa.Table,
    *,
    unit: str = "month",
    segment: str | None = None,
) -> PeriodCounts:
    """Count themes and statements.

    Args:
        statements: a row a statement: time (timestamp), and the column `segment` names.
        expectations: a row a statement and theme: time, theme, and that column. Which of them are
            to be followed (unmet ones, wishes …) is the caller's choice.
        unit: one of `UNITS`; weeks begin on Monday, times are taken as they are (UTC).
        segment: a column of both; nulls count for everybody alone.

    Cost: 1 s for a million statements.
    """
    if unit not in UNITS:
        raise ValueError(f"a period is one of {', '.join(UNITS)}")
    begun, spoken = _floor(statements["time"], unit), _floor(expectations["time"], unit)
    themes = sorted(pc.unique(expectations["theme"].drop_null()).to_pylist())
    names: list[str] = []
    if segment is not None:
        names = sorted(
            set(pc.unique(statements[segment].cast(pa.string()).drop_null()).to_pylist())
        )
    days = np.unique(begun[~np.isnat(begun)])
    periods = _every(days[0], days[-1], unit) if len(days) else np.empty(0, _DAY)
    many = len(periods)
    theme = _place(expectations["theme"], themes)
    whose = [_place(t[segment], names) if segment else None for t in (statements, expectations)]
    at = [_within(periods, when) for when in (begun, spoken)]
    all_statements = np.zeros((len(names) + 1, many), np.int64)
    counts = np.zeros((len(names) + 1, len(themes), many), np.int64)
    timed, known = at[0] >= 0, (at[1] >= 0) & (theme >= 0)
    all_statements[0] = np.bincount(at[0][timed], minlength=many)
    counts[0] = _table(theme[known], at[1][known], len(themes), many)
    if whose[0] is not None and whose[1] is not None and names:
        mine, said = timed & (whose[0] >= 0), known & (whose[1] >= 0)
        all_statements[1:] = _table(whose[0][mine], at[0][mine], len(names), many)
        both = whose[1][said] * len(themes) + theme[said]
        counts[1:] = _table(both, at[1][said], len(names) * len(themes), many).reshape(
            len(names), len(themes), many
        )
    return PeriodCounts(
        periods=[str(day) for day in periods],
        segments=[None, *names],
        themes=themes,
        counts=counts,
        statements=all_statements,
        left_out=int((~timed).sum()),
    )


_DAY = "datetime64[D]"


def _floor(times: pa.ChunkedArray, unit: str) -> np.ndarray:
    """The first day of each time's period, or none (NaT)."""
    column = pc.cast(times, pa.timestamp("us"), safe=False)
    days = pc.floor_temporal(column, unit=unit).to_numpy().astype("datetime64[us]")
    return np.asarray(days.astype(_DAY))


def _every(first: np.datetime64, last: np.datetime64, unit: str) -> np.ndarray:
    """The first days of all periods between, those without a statement too."""
    if unit in ("day", "week"):
        return np.arange(first, last + 1, 7 if unit == "week" else 1)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    span = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1, months)
    return np.asarray(span.astype(_DAY))


def _within(periods: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Which period each day begins, -1 for none."""
    if not len(periods):
        return np.full(len(days), -1)
    place = np.searchsorted(periods, days)
    place = np.minimum(place, len(periods) - 1)
    return np.where(periods[place] == days, place, -1)


def _place(column: pa.ChunkedArray, values: list[str]) -> np.ndarray:
    """Where each value stands among some, -1 for none."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(values, pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy().astype(np.int64))


def _table(row: np.ndarray, column: np.ndarray, rows: int, columns: int) -> np.ndarray:
    counted = np.bincount(row * columns + column, minlength=rows * columns)
    return counted.reshape(rows, columns)
