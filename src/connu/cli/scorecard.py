"""`connu scorecard`: how well the brand knows its customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.calibration import Calibration
    from connu.measure.scorecard import Breakdown, Metric, Scorecard

#: Breakdowns that another command shows better: connu status.
_ELSEWHERE = ("quarantined_by_reason",)


def scorecard(
    truth: Annotated[
        list[Path] | None,
        typer.Option(
            "--truth",
            metavar="FILE",
            help="CSV or Parquet: also say how rightly. With source, record_id and person of "
            "records; with anonymous_id and attributes of visitors. May be given twice.",
        ),
    ] = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how much of the customer base is identified and known, and how rightly.

    Of what statistical twins tell of visitors: for how many, how rightly (held
    out, with its interval), and whether probabilities mean what they say; of
    intents likewise, measured on a time held out.

    Every figure comes with the query that counts it (--json). Groups of fewer than ten people are
    not shown.

    [dim]Examples:[/]
      connu scorecard
      connu scorecard --truth truth/identities.csv --truth truth/visitors.csv
      connu scorecard --purpose marketing --json
    """
    card = opened(brand).scorecard(purpose=purpose, truth=truth or ())
    if as_json:
        from connu.cli.screen import print_json

        print_json(card.as_dict())
        return
    from connu.cli.screen import out

    print_scorecard(out(), card)


def print_scorecard(console: Console, card: Scorecard) -> None:
    """The scorecard on the screen."""
    from connu.cli.evaluate import print_score
    from connu.cli.screen import table

    console.print(f"[bold]How well the customers are known[/], read for «{card.purpose}»")
    rows = [(metric.label, _value(metric)) for metric in card.metrics]
    console.print(table(("", "figure"), rows, right=("figure",)))
    parts = [
        (breakdown.label, _parts(breakdown))
        for breakdown in card.breakdowns
        if breakdown.name not in _ELSEWHERE
    ]
    console.print(table(("", "of which"), parts))
    if card.twins:
        from connu.cli.twins import print_told

        print_told(console, card.twins)
    if card.intents:
        from connu.cli.intents import print_intents_told

        print_intents_told(console, card.intents)
    if card.rightness is None:
        console.print(f"[dim]How rightly: {card.remark}.[/]")
        return
    console.print("[bold]How rightly[/], against labelled truth")
    print_score(console, card.rightness)
    if card.calibration is not None:
        print_calibration(console, card.calibration)


def print_calibration(console: Console, calibration: Calibration) -> None:
    """Whether match probabilities mean what they say."""
    from connu.cli.screen import percent, table

    rows = [
        (
            f"{one.low:.1f}–{one.high:.1f}",
            one.pairs,
            percent(one.told),
            percent(one.right.value),
            f"{percent(one.right.low)} – {percent(one.right.high)}",
        )
        for one in calibration.bins
    ]
    headers = ("probability", "pairs", "told", "right", "95 % interval")
    console.print("[bold]Match probabilities[/]: told, and how often they were right")
    console.print(table(headers, rows, right=headers[1:]))


def _value(metric: Metric) -> str:
    if metric.value is None:
        return "–"
    if metric.unit == "share":
        return f"{100 * metric.value:.1f} %"
    return f"{metric.value:,.2f}" if metric.unit == "mean" else f"{metric.value:,}"


def _parts(breakdown: Breakdown) -> str:
    shown = [
        f"{cell.label} {'(few)' if cell.value is None else format(cell.value, ',')}"
        for cell in breakdown.cells
    ]
    return " · ".join(shown)
