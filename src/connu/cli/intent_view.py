"""What somebody is after, on the screen: few lines, each with how surely and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.intent_view import IntentView


def print_intents(console: Console, view: IntentView) -> None:
    """The part of a page that says what somebody is after; nothing where nothing is said."""
    from rich.markup import escape

    from connu.cli.screen import percent, table

    if view.affinities:
        drawn = [
            (row["category"], percent(row["share"]), percent(row["probability"]), row["because"])
            for row in view.affinities
        ]
        console.print(table(_DRAWN, drawn, right=_DRAWN[1:3], title="[bold]what he is after[/]"))
    if view.buying:
        days = sorted({row["horizon_days"] for row in view.buying})
        columns = ("in", *(within(number) for number in days), "because")
        made = table(columns, _buying(view.buying, days), right=columns[1:-1])
        made.title = "[bold]will buy within[/]"
        console.print(made)
    for level, label in (("product", "next product"), ("category", "next category")):
        coming = [
            f"{row['name'] or row['target']} {percent(row['probability'])}"
            for row in view.next
            if row["level"] == level
        ]
        if coming:
            console.print(f"[bold]{label}[/] {escape(', '.join(coming))}")
    if view.staying:
        console.print(
            table(_STAYING, map(_staying, view.staying), right=_STAYING, title="[bold]staying[/]")
        )
        for line in _reasons(view.staying):
            console.print(f"[dim]{escape(line)}[/]")
    if view.moments:
        shown = [
            (row["happened"], row["name"] or row["target"], row["since"], row["because"])
            for row in view.moments
        ]
        headers = ("moment", "of", "since (UTC)", "because")
        console.print(table(headers, shown, title="[bold]moments[/]"))


_DRAWN = ("category", "share of interest", "sure", "because")
_STAYING = ("within", "still a customer", "purchases", "value", "risk of leaving")


def within(days: int) -> str:
    """A horizon.

    >>> within(1), within(30)
    ('1 day', '30 days')
    """
    return f"{days} day" if days == 1 else f"{days:,} days"


def between(value: float | None, low: float | None, high: float | None) -> str:
    """A figure and its bounds.

    >>> between(1.42, 0.0, 3.04), between(1250.4, 980.2, 1500.0), between(0.5, None, None)
    ('1.4 (0.0 – 3.0)', '1,250 (980 – 1,500)', '0.5')
    """
    if value is None:
        return ""
    digits = 0 if max(abs(bound or 0.0) for bound in (value, low, high)) >= 100 else 1
    bounds = "" if low is None or high is None else f" ({low:,.{digits}f} – {high:,.{digits}f})"
    return f"{value:,.{digits}f}{bounds}"


def _buying(rows: list[dict[str, Any]], days: list[int]) -> list[tuple[Any, ...]]:
    """One line a category, one column a horizon; the order of the rows stays."""
    from connu.cli.screen import percent

    lines: dict[str | None, dict[int, float]] = {}
    because: dict[str | None, str | None] = {}
    for row in rows:
        lines.setdefault(row["category"], {})[row["horizon_days"]] = row["probability"]
        because[row["category"]] = row["because"]
    return [
        (
            category or "anything",
            *(percent(within_days.get(number)) for number in days),
            because[category],
        )
        for category, within_days in lines.items()
    ]


def _staying(row: dict[str, Any]) -> tuple[str, ...]:
    from connu.cli.screen import percent

    return (
        within(row["horizon_days"]),
        percent(row["active"]),
        between(row["purchases"], row["purchases_low"], row["purchases_high"]),
        between(row["value"], row["value_low"], row["value_high"]),
        row["risk"] or "",
    )


def _reasons(rows: list[dict[str, Any]]) -> list[str]:
    """Every sentence once, in the order met."""
    return list(dict.fromkeys(f"{reason}." for row in rows for reason in row["reasons"]))
