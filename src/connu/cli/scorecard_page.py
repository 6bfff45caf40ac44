"""The scorecard on the screen: a part after the other, figures with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from connu.cli.bars import bar, sparkline
from connu.cli.screen import percent, plain, table

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.card import Scorecard
    from connu.measure.claims import Breakdown, Check, Claim

_TITLES = {
    "identify": "Identify: who they are",
    "know": "Know: what they intend",
    "understand": "Understand: what they expect",
    "seen": "As the customers see it",
}
#: What stands for a level at one look: the first of these that a brand has.
_HEADLINES = {
    "identified": ("events_tied_share", "several_sources_share"),
    "known": ("intent_customers_share",),
    "understood": ("expectation_customers_share",),
}
#: Breakdowns that another command shows better: connu status.
_ELSEWHERE = ("quarantined_by_reason",)
_THEMES, _STEPS = 12, 8
#: What is followed over builds.
_FOLLOWED = (
    "customers",
    "several_sources_share",
    "events_tied_share",
    "visitors_known_share",
    "intent_customers_share",
    "heard_customers_share",
    "expectation_customers_share",
)


def print_scorecard(console: Console, card: Scorecard) -> None:
    """The whole scorecard."""
    whom = "" if card.segment is None else f", of {card.segment}"
    console.print(
        f"[bold]How well {plain(card.brand)} knows its customers[/], read for «{card.purpose}»"
        f"{plain(whom)}; build {card.build}"
    )
    if card.left_out:
        console.print(f"[dim]{card.left_out:,} customers may not be read for it.[/]")
    console.print(f"\n{_headline(card)}")
    for section in ("identify", "know", "understand"):
        _section(console, card, section)
        if section == "know":
            _intents(console, card)
    _themes(console, card)
    _checks(console, card.checks)
    _section(console, card, "seen")
    _steps(console, card)
    _trend(console, card)
    for one in card.missing:
        console.print(f"[yellow]![/] {plain(one.label.en)}. {plain(one.bring.en)}")
    for remark in card.remarks:
        console.print(f"[dim]{plain(remark.en)}[/]")
    console.print("[dim]How a figure comes about: connu scorecard --how METRIC (--names). ")
    console.print("[dim]As a page: connu report -o report.html[/]")


def figure(claim: Claim) -> str:
    """A claim's value, with its interval where it has one.

    >>> from connu.measure.claims import Claim; from connu.measure.words import Words
    >>> w = Words("x", "x")
    >>> figure(Claim("n", "rightly", w, "share", 0.5, "", low=0.4, high=0.6, people=100))
    '50.0 % (40.0–60.0) of 100'
    """
    if claim.hidden:
        return "(few)"
    if claim.value is None:
        return "–"
    told = number(claim.value, claim.unit)
    if claim.low is not None and claim.high is not None:
        low, high = (number(end, claim.unit) for end in (claim.low, claim.high))
        unit = {"share": " %", "gap": " points"}.get(claim.unit, "")
        between = " to " if claim.unit == "gap" else "–"
        told += f" ({low.removesuffix(unit)}{between}{high.removesuffix(unit)})"
    return told if claim.people is None else f"{told} of {claim.people:,}"


def number(value: float, unit: str) -> str:
    """A number in its unit.

    >>> number(0.25, "share"), number(0.00038, "share"), number(1234, "count"), number(2.1, "mean")
    ('25.0 %', '0.038 %', '1,234', '2.10')
    >>> number(-0.042, "gap")
    '\u22124.2 points'
    """
    if unit == "gap":
        return f"{100 * value:+.1f} points".replace("-", "\u2212")
    if unit == "share":
        return (
            f"{100 * value:.1f} %" if abs(value) >= 0.001 or not value else f"{100 * value:.2g} %"
        )
    if unit in ("count", "money"):
        return f"{value:,.0f}"
    return f"{value:,.2f}"


# ---------------------------------------------------------------------- parts
def _headline(card: Scorecard) -> str:
    """The three levels at one look: of each the first figure that there is."""
    told = []
    for word, names in _HEADLINES.items():
        found = (card.claim(name) for name in names)
        claim = next((c for c in found if c is not None and c.value is not None), None)
        told.append(
            f"[bold]{word}[/] –"
            if claim is None
            else f"[bold]{word} {number(claim.value or 0, claim.unit)}[/] [dim]{claim.label.en}[/]"
        )
    return "\n".join(told)


def _section(console: Console, card: Scorecard, section: str) -> None:
    claims = [c for c in card.claims if c.section == section and (c.hidden or c.value is not None)]
    parts = [b for b in card.breakdowns if b.section == section and b.cells]
    shown = [b for b in parts if b.name not in _ELSEWHERE]
    if not claims and not shown:
        return
    console.print(f"\n[bold]{_TITLES[section]}[/]")
    if claims:
        rows = [(claim.label.en, figure(claim)) for claim in claims]
        console.print(table(("", "figure"), rows, right=("figure",)))
    if shown:
        console.print(table(("", "of which"), [(b.label.en, _parts(b)) for b in shown]))


def _parts(breakdown: Breakdown) -> str:
    def said(label: str) -> str:
        return breakdown.words[label].en if label in breakdown.words else label

    return " · ".join(
        f"{said(cell.label)} {'(few)' if cell.value is None else format(cell.value, ',')}"
        for cell in breakdown.cells
    )


def _intents(console: Console, card: Scorecard) -> None:
    if not card.intents:
        return
    days = card.intents[0].horizon_days
    money = f" {card.currency}" if card.currency else ""
    headers = ("category", "customers", "visitors", f"purchases in {days} d", f"value{money}")
    rows = [
        (
            one.category,
            _few(one.customers),
            _few(one.visitors),
            f"{one.purchases:,.1f}",
            "" if one.value is None else f"{one.value:,.0f}",
        )
        for one in card.intents
    ]
    console.print(table(headers, rows, right=headers[1:]))


def _themes(console: Console, card: Scorecard) -> None:
    if not card.themes:
        return
    headers = ("theme", "texts", "customers", "met", "unmet", "wished", "met of both", "coded (F1)")
    rows = [
        (
            one.theme,
            one.verbatims,
            one.customers,
            _few(one.met),
            _few(one.unmet),
            _few(one.wished),
            _triple(one.met_share),
            _triple(one.f1) or "not checked",
        )
        for one in card.themes[:_THEMES]
    ]
    console.print(table(headers, rows, right=headers[1:]))
    if len(card.themes) > _THEMES:
        console.print(f"[dim]{len(card.themes) - _THEMES} more themes: connu expectations[/]")


def _checks(console: Console, checks: Sequence[Check]) -> None:
    if not checks:
        return
    console.print("\n[bold]How rightly[/]: measured on people held out, with 95 % intervals")
    rows = [row for check in checks for row in _check(check)]
    headers = ("what is said", "of people", "figure", "", "without it", "judged")
    console.print(table(headers, rows, right=("of people", "without it", "judged")))
    # The curve of what is not said helps nobody decide; the page has all.
    curves = [row for check in checks if check.told != 0 for row in _curve(check)]
    if curves:
        console.print("[bold]Do the probabilities mean what they say?[/] Told, and how often right")
        console.print(
            table(("", "people", "told", "right", ""), curves, right=("people", "told", "right"))
        )
    for check in checks:
        if check.remark is not None and not check.checked:
            command = "" if check.command is None else f" ({check.command})"
            console.print(
                f"[yellow]![/] {plain(check.label.en)}: {plain(check.remark.en)}{plain(command)}"
            )


def _check(check: Check) -> Iterator[tuple[Any, ...]]:
    told = "silent" if check.told == 0 else _few(check.told)
    if not check.claims:
        yield (check.label.en, told, "not checked", "", "", "")
    # Of what is not said one figure is enough.
    for place, claim in enumerate(check.claims if check.told != 0 else check.claims[:1]):
        base = "" if claim.base is None else number(claim.base, claim.unit)
        alone = figure(_without_people(claim))
        who = (check.label.en, told) if not place else ("", "")
        yield (*who, claim.label.en, alone, base, "" if claim.people is None else claim.people)


def _without_people(claim: Claim) -> Claim:
    import msgspec

    return msgspec.structs.replace(claim, people=None)


def _curve(check: Check) -> Iterator[tuple[Any, ...]]:
    """The curve, a bar a bin; the name stands once."""
    shown = [b for b in check.curve if b.right is not None and b.told is not None]
    for place, one in enumerate(shown):
        assert one.right is not None and one.told is not None
        label = "" if place else check.label.en
        right = one.right.value
        yield (label, one.people, percent(one.told), percent(right), bar(right, 20))


def _steps(console: Console, card: Scorecard) -> None:
    if not card.steps:
        return
    console.print("\n[bold]What to do next[/], the greatest gain first")
    for place, step in enumerate(card.steps[:_STEPS], start=1):
        command = "" if step.command is None else f" [dim]{plain(step.command)}[/]"
        console.print(f"{place}. {plain(step.sentence.en)}{command}")


def _trend(console: Console, card: Scorecard) -> None:
    builds = sorted({point.at for point in card.trend})
    if len(builds) < 2:
        return
    console.print(
        f"\n[bold]Trend[/] over {len(builds)} builds, {builds[0][:10]} to {builds[-1][:10]}"
    )
    rows = []
    for name in _FOLLOWED:
        points = [p for p in card.trend if p.name == name and p.value is not None]
        claim = card.claim(name)
        if len(points) < 2 or claim is None:
            continue
        values = [float(p.value or 0) for p in points]
        low, high = min(values), max(values)
        first, last = number(values[0], points[0].unit), number(values[-1], points[0].unit)
        rows.append((claim.label.en, sparkline(values[-24:], low, high), first, last))
    console.print(table(("", "", "first", "now"), rows, right=("first", "now")))


def _few(number: int | None) -> str | int:
    return "(few)" if number is None else number


def _triple(share: tuple[float, float, float] | None) -> str:
    if share is None:
        return ""
    value, low, high = (round(100 * one) for one in share)
    return f"{value} % ({low}–{high})"
