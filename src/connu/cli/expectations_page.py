"""What customers expect, on the screen: who was heard, themes, drivers, wishes, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.answered import Answered
    from connu.app.asked_for import AskedFor
    from connu.app.drivers import Drivers
    from connu.app.expectations_view import ExpectationsView
    from connu.app.listening import Heard
    from connu.app.theme_counts import ThemeCount, ThemeCounts
    from connu.app.theme_trends import ThemeTrends
    from connu.understand.estimate import Estimate
    from connu.understand.nps import Nps

#: Drivers shown of an outcome, themes asked for, and names in a note; `--json` has all.
_DRIVERS = _ASKED = 8
_NAMES = 6


#: Columns of a screen from which themes are told with bars and all intervals.
WIDE = 145


def print_expectations(console: Console, view: ExpectationsView) -> None:
    """The page."""
    print_heard(console, view.heard)
    if view.counts is None or view.trends is None:
        return
    if view.nps is not None:
        console.print(spoken_nps(view.nps))
    _print_themes(console, view.counts, view.trends)
    _print_moving(console, view.trends)
    for drivers in view.drivers:
        print_drivers(console, drivers)
    _print_asked(console, view.asked)
    _print_answered(console, view.answered)
    console.print(
        "[dim]In brackets: the 95 % interval. connu expectations --theme THEME shows the words.[/]"
    )


def print_heard(console: Console, heard: Heard) -> None:
    """Who was heard, and what was set aside; or why nothing is told."""
    from connu.app.listening import SILENCES
    from connu.cli.screen import plain, shown

    if heard.silence is not None:
        console.print(f"Nothing is told: {SILENCES[heard.silence]}.")
        if heard.silence == "nothing_said":
            _print_aside(console, heard)
        return
    share = "" if heard.share is None else f" ({100 * heard.share:.1f} %)"
    whole = heard.listened if heard.verbatims is None else heard.verbatims
    console.print(
        f"[bold]Heard[/]: {shown(heard.customers)} of {shown(heard.of)} customers{share}, in "
        f"{shown(heard.listened)} verbatims"
        + (f" of {shown(whole)}" if whole != heard.listened else "")
        + (f", {shown(heard.unknown)} of nobody known" if heard.unknown else "")
        + (
            ""
            if heard.first is None or heard.last is None
            else f"; {heard.first:%Y-%m-%d} to {heard.last:%Y-%m-%d}"
        )
        + "."
    )
    if heard.languages:
        told = ", ".join(f"{name} {shown(number)}" for name, number in heard.languages.items())
        console.print(f"[bold]Languages[/]: {plain(told)}.")
    _print_aside(console, heard)


def _print_aside(console: Console, heard: Heard) -> None:
    from connu.cli.screen import plain, shown

    if heard.aside:
        told = ", ".join(
            f"{reason.replace('_', ' ')} {shown(number)}" for reason, number in heard.aside.items()
        )
        console.print(f"[dim]Set aside by the build: {plain(told)}.[/]")


def spoken_nps(one: Nps) -> str:
    """NPS on a line.

    >>> from connu.understand.nps import nps
    >>> print(spoken_nps(nps([10] * 19 + [8] * 8 + [3] * 9)[0]))
    [bold]NPS[/]: 28 (0 to 52) of 36 answers: 19 promoters, 8 passives, 9 detractors.
    """
    value, low, high = (round(at) for at in (one.nps.value, one.nps.low, one.nps.high))
    figure = f"{value} ({low} to {high})".replace("-", "−")
    return (
        f"[bold]NPS[/]: {figure} of {one.answers:,} answers: {one.promoters:,} promoters, "
        f"{one.passives:,} passives, {one.detractors:,} detractors."
    )


def shares(one: Estimate | None) -> str:
    """A share with its interval.

    >>> from connu.understand.estimate import Estimate
    >>> shares(Estimate(0.123, 0.1, 0.15)), shares(None)
    ('12.3 % [10.0–15.0]', '')
    """
    if one is None:
        return ""
    return f"{100 * one.value:.1f} % [{100 * one.low:.1f}–{100 * one.high:.1f}]"


# ---------------------------------------------------------------------- themes
def _print_themes(console: Console, counts: ThemeCounts, trends: ThemeTrends) -> None:
    from connu.cli.screen import table
    from connu.ledger.expectations import DIMENSIONS

    at_stake = counts.value_days is not None
    narrow = console.width < WIDE
    rows: list[list[Any]] = []
    for dimension in (*DIMENSIONS, ""):
        themes = [one for one in counts.themes if one.dimension == dimension]
        for place, one in enumerate(themes):
            rows.append([dimension if place == 0 else "", *_theme(one, trends, at_stake, narrow)])
    headers = ["dimension", "theme", "verbatims", "share", "met", "unmet", "asked for"]
    headers += ["met of both", *([] if narrow else [""]), "over time"]
    headers += ["at stake"] if at_stake else []
    console.print(table(headers, rows, right=(*headers[2:8], "at stake")))
    if at_stake:
        console.print(
            f"[dim]At stake: what the customers who say it is unmet or ask for it are expected to "
            f"bring within {counts.value_days:,} days; themes are in that order.[/]"
        )
    if counts.more:
        console.print(f"[dim]{counts.more} more themes: --limit shows them.[/]")
    if counts.hidden:
        console.print(
            f"[dim]{counts.hidden} themes of fewer than 10 customers are not shown.[/]"
        )  # fmt: skip


def _theme(one: ThemeCount, trends: ThemeTrends, at_stake: bool, narrow: bool) -> list[Any]:
    """The cells of a theme; a narrow page has no bars, and one interval instead of two."""
    from connu.cli.bars import bar
    from connu.cli.screen import still

    met = one.met_share
    row = [
        still(one.theme),
        one.verbatims,
        _share(one.share, narrow) if one.verbatims else "",
        *("(few)" if cell is None else cell for cell in (one.met, one.unmet, one.wished)),
        shares(met),
        *([] if narrow else ["" if met is None else bar(met.value, 10)]),
        _line(one.theme, trends, 8 if narrow else 24),
    ]
    if at_stake:
        row.append("" if one.value is None else f"{one.value:,.0f}")
    return row


def _share(one: Estimate, narrow: bool) -> str:
    return f"{100 * one.value:.1f} %" if narrow else shares(one)


def _line(theme: str, trends: ThemeTrends, columns: int) -> str:
    """A theme over time as a line of small columns, with an arrow where it surely moves.

    Args:
        theme: which. trends: of all.
        columns: at most; periods are put together where there are more.
    """
    from connu.cli.bars import sparkline

    line = trends.of(theme)
    if line is None or len(line.shares) < 2:
        return ""
    known = [share or 0.0 for share in line.shares]
    together = -(-len(known) // columns)
    known = [sum(part) / len(part) for part in _parts(known, together)]
    arrow = {"rising": " ↗", "falling": " ↘"}.get(line.trend.direction or "", "")
    return sparkline(known, 0.0, max(known) or 1.0) + arrow


def _parts(values: list[float], size: int) -> list[list[float]]:
    """Values in parts of one size, the first perhaps shorter.

    >>> _parts([1.0, 2.0, 3.0], 2)
    [[1.0], [2.0, 3.0]]
    """
    first = len(values) % size
    parts = [values[:first]] if first else []
    return parts + [values[at : at + size] for at in range(first, len(values), size)]


def _print_moving(console: Console, trends: ThemeTrends) -> None:
    from connu.cli.screen import plain

    moving = trends.moving()
    if trends.unit is None:
        console.print("Nothing has a date: what rises or falls cannot be said.")
        return
    if not moving:
        console.print(f"[bold]Rising or falling[/]: nothing surely does, by {trends.unit}.")
        return
    console.print(
        f"[bold]Rising or falling[/], by {trends.unit} (of what is told, one in twenty is expected "
        "to be an accident)"
    )
    for line in moving:
        trend = line.trend
        arrow = "↗" if trend.direction == "rising" else "↘"
        low, high = 100 * trend.change.low, 100 * trend.change.high
        said = (
            f"{arrow} {line.theme}, {line.what}: from {100 * trend.first:.1f} to "
            f"{100 * trend.last:.1f} % of statements "
            f"[{low:+.1f} to {high:+.1f} points]".replace("-", "−")
        )
        console.print(plain(said))


# ---------------------------------------------------------------------- drivers
def print_drivers(console: Console, drivers: Drivers) -> None:
    """What goes with an outcome, with importance × performance."""
    from connu.app.outcomes import SPOKEN
    from connu.cli.screen import plain, still, table
    from connu.understand.relative_weights import SILENCES

    found = drivers.weights
    title = f"[bold]What goes with {SPOKEN[drivers.outcome]}[/]"
    if found.silence is not None:
        why = SILENCES[found.silence]
        if found.silence == "no_drivers" and drivers.left_out:
            why = f"too few speak of any theme, met or unmet, such as {_some(drivers.left_out)}"
        told = f"{found.rows:,} verbatims of {found.units:,} people"
        console.print(f"{title}: nothing is said: {plain(why)} ({told}).")
        return
    placed = {one.name: one for one in drivers.placed.placements}
    rows = []
    for driver in found.drivers[:_DRIVERS]:
        place = placed.get(driver.name)
        said = SILENCES[driver.silence] if driver.silence else ""
        rows.append(
            (
                still(driver.name),
                {1: "better", -1: "worse", 0: "?"}[driver.sign],
                shares(driver.share),
                shares(driver.weight),
                "" if place is None else shares(place.performance),
                said or ("" if place is None else place.quadrant),
            )
        )
    headers = ("theme", "met goes with", "of what themes tell", "of everything", "met", "")
    console.print(table(headers, rows, right=headers[2:5], title=title))
    told = (
        f"An association, no effect. All themes together tell {shares(found.r2)} of it, in "
        f"{found.rows:,} verbatims of {found.units:,} people"
    )
    if drivers.controls:
        names = sorted({name.partition(":")[0] for name in drivers.controls})
        told += f"; freed of: {', '.join(names)}"
    if drivers.left_out:
        told += f"; too few speak of: {_some(drivers.left_out)}"
    if drivers.general:
        told += f"; no driver but what a rating says: {_some(drivers.general)}"
    console.print(f"[dim]{plain(told)}.[/]")


# ---------------------------------------------------------------------- words
def _print_asked(console: Console, asked: Sequence[AskedFor]) -> None:
    from connu.cli.screen import plain, shown

    if not asked:
        console.print("[bold]What people ask the brand to change[/]: nobody asks for anything.")
        return
    console.print("[bold]What people ask the brand to change[/]")
    for one in asked[:_ASKED]:
        forms = ", ".join(f"{form} {shown(number)}" for form, number in one.forms.items())
        console.print(
            f"  [bold]{plain(one.theme)}[/] {shown(one.verbatims)} verbatims, "
            f"{shown(one.customers)} customers [dim]({forms})[/]"
        )
        for said in one.quotes:
            when = "" if said.time is None else f" {said.time:%Y-%m-%d}"
            quote = plain(" ".join(said.quote.split()))
            console.print(
                f"    «{quote}» [dim]{plain(f'{said.source}:{said.verbatim_id}')}{when}[/]"
            )


def _print_answered(console: Console, answers: Sequence[Answered]) -> None:
    from connu.cli.screen import still, table

    if not answers:
        return
    rows = [
        (
            f"{one.at:%Y-%m-%d}",
            still(one.theme),
            still(one.text),
            "(few)" if one.before is None else shares(one.before),
            "(few)" if one.after is None else shares(one.after),
            _points(one.change),
        )
        for one in answers
    ]
    headers = ("when", "you said", "we did", "missed before", "missed after", "change (points)")
    console.print(table(headers, rows, title="[bold]You said, we did[/]"))
    console.print(
        "[dim]Missed: unmet or asked for, of all verbatims. Other things changed as well.[/]"
    )


def _some(names: Sequence[str]) -> str:
    """Names, some of many.

    >>> _some("abcdefgh"), _some("ab")
    ('a, b, c, d, e, f and 2 more', 'a, b')
    """
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def _points(change: Estimate | None) -> str:
    if change is None:
        return "too few to say"
    told = f"{100 * change.value:+.1f} [{100 * change.low:+.1f} to {100 * change.high:+.1f}]"
    return told.replace("-", "−")
