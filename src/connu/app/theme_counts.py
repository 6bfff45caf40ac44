"""Theme counts: of each theme, how many verbatims say that it is met, unmet, or ask for it.

A verbatim counts once a theme, however often it says so. What is missed is worth what those who say
so are expected to bring (`staying`), where that is told: ten customers who leave are not ten who
never came.
"""

from __future__ import annotations

import msgspec

from connu.app.listening import CUSTOMER, Listening
from connu.understand.estimate import Estimate, wilson


class ThemeCount(msgspec.Struct, frozen=True):
    """How often a theme was spoken of.

    Attributes:
        theme, dimension: which.
        verbatims: that speak of it. share: of all that were listened to, 0-1.
        customers: how many different ones.
        met, unmet, wished: verbatims that say it is met, is not, ask for it (a wish, a should, a
            lack); None: of too few customers to be shown.
        met_share: of those that say met or unmet, 0-1; None where there is none.
        value: what the customers who say it is unmet or ask for it are expected to bring; None: not
            told, or of too few customers to be shown.
    """

    theme: str
    dimension: str
    verbatims: int
    share: Estimate
    customers: int
    met: int | None
    unmet: int | None
    wished: int | None
    met_share: Estimate | None
    value: float | None = None


class ThemeCounts(msgspec.Struct, frozen=True):
    """All themes.

    Attributes:
        themes: those that miss the most value first where it is told, else by verbatims unmet;
            themes that nobody spoke of come last.
        hidden: themes of too few customers of the segment to be shown.
        more: themes that were left out as only so many are asked for.
        value_days: within how many days `value` is expected; None: `staying` does not tell.
    """

    themes: list[ThemeCount]
    hidden: int = 0
    more: int = 0
    value_days: int | None = None


_CELLS = ("met", "unmet", "wished", "missed")


def theme_counts(heard: Listening, *, least: int | None = None) -> ThemeCounts:
    """Count the themes; those of the codebook that nobody spoke of are told as 0.

    Args:
        heard: what was listened to.
        least: customers that a theme and a cell must have to be shown; None: as many as within a
            segment, and any of everybody.
    """
    least = heard.least if least is None else least
    dimensions = heard.codebook.dimensions
    cells = ", ".join(
        f"coalesce(sum({cell}), 0) AS {cell},"
        f" count(DISTINCT CASE WHEN {cell} = 1 THEN {CUSTOMER} END) AS {cell}_customers"
        for cell in _CELLS
    )
    rows = heard.rows(
        f"SELECT theme, min(dimension) AS dimension, count(*) AS verbatims,"
        f" count(DISTINCT {CUSTOMER}) AS customers, {cells} FROM {heard.themes()} GROUP BY theme"
    )
    spoken = {row["theme"] for row in rows}
    if least == 0:
        nothing = {name: 0 for cell in _CELLS for name in (cell, f"{cell}_customers")}
        rows += [
            {"theme": theme, "dimension": dimension, "verbatims": 0, "customers": 0, **nothing}
            for theme, dimension in dimensions.items()
            if theme not in spoken
        ]
    shown = [row for row in rows if row["customers"] >= least]
    days, values = _values(heard)
    shares = wilson([r["verbatims"] for r in shown], [heard.heard.listened] * len(shown))
    found = []
    for row, share in zip(shown, shares, strict=True):
        told = {
            cell: None if 0 < row[f"{cell}_customers"] < least else int(row[cell])
            for cell in _CELLS
        }
        met, unmet = told["met"], told["unmet"]
        part = None
        if met is not None and unmet is not None and met + unmet:
            part = wilson([met], [met + unmet])[0]
        hidden = 0 < row["missed_customers"] < least
        value = None if days is None or hidden else values.get(row["theme"], 0.0)
        found.append(
            ThemeCount(
                row["theme"],
                row["dimension"] or dimensions.get(row["theme"], ""),
                row["verbatims"],
                share,
                row["customers"],
                met,
                unmet,
                told["wished"],
                part,
                value,
            )
        )
    found.sort(key=lambda one: (-(one.value or 0.0), -(one.unmet or 0), -one.verbatims, one.theme))
    return ThemeCounts(found, len(rows) - len(shown), value_days=days)


def _values(heard: Listening) -> tuple[int | None, dict[str, float]]:
    """The longest horizon `staying` tells values for, and by theme what is at stake."""
    if not heard.reading.build.has("staying"):
        return None, {}
    staying = heard.reading.sql("staying")
    worth = f"({staying}) AS s WHERE subject_kind = 'customer' AND value IS NOT NULL"
    days = heard.rows(f"SELECT max(horizon_days) AS days FROM {worth}")[0]["days"]
    if days is None:
        return None, {}
    rows = heard.rows(
        "SELECT u.theme, sum(w.value) AS value FROM (SELECT DISTINCT theme, subject"
        f" FROM {heard.themes()} WHERE missed = 1 AND subject_kind = 'customer') AS u"
        f" JOIN (SELECT subject, max(value) AS value FROM {worth} AND horizon_days = {days}"
        " GROUP BY subject) AS w ON w.subject = u.subject GROUP BY u.theme"
    )
    return days, {row["theme"]: row["value"] for row in rows}
