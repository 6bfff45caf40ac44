"""`connu scorecard`: how well the brand knows its customers, and how it knows that it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.card import How

Truth = Annotated[
    list[Path] | None,
    typer.Option(
        "--truth",
        metavar="FILE",
        help="CSV or Parquet: also say how rightly. With source, record_id and person of "
        "records; with anonymous_id and attributes of visitors. May be given twice.",
    ),
]
Segment = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="AUDIENCE",
        help='Only these customers, as in "sex=female and city~Lyon"; none below ten.',
        show_default=False,
    ),
]


def scorecard(
    truth: Truth = None,
    segment: Segment = None,
    how: Annotated[
        str | None,
        typer.Option(
            "--how",
            metavar="METRIC",
            help="Print the query that gives one figure, and what it gives. The names of all "
            "figures: --names.",
            show_default=False,
        ),
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Only the names of all figures.")] = False,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how well the brand knows its customers, how rightly, and what would raise it most.

    Who is identified, known and understood; how right each kind of statement is,
    measured on people held out, with its 95 % interval, or «not checked» and how to
    get truth; how the customers see it; what to do next, by gain; the trend over builds.

    Groups of fewer than ten people are not shown. The same as a page: connu report.

    [dim]Examples:[/]
      connu scorecard
      connu scorecard --segment "sex=female and age_band=25-34,35-49"
      connu scorecard --how events_tied_share
      connu scorecard --truth truth/identities.csv --truth truth/visitors.csv
      connu scorecard --purpose marketing --json
    """
    place = opened(brand)
    if how is not None:
        _print_how(place.how(how, purpose=purpose, segment=segment, truth=truth or ()), as_json)
        return
    card = place.scorecard(purpose=purpose, segment=segment, truth=truth or ())
    if names:
        from connu.cli.screen import print_json

        told = sorted(card.hows())
        if as_json:
            print_json(told)
        else:
            typer.echo("\n".join(told))
        return
    if as_json:
        from connu.cli.screen import print_json

        print_json(card.as_dict())
        return
    from connu.cli.scorecard_page import print_scorecard
    from connu.cli.screen import out

    print_scorecard(out(), card)


def _print_how(how: How, as_json: bool) -> None:
    from connu.cli.screen import out, print_json

    if as_json:
        import msgspec

        print_json(msgspec.to_builtins(how))
        return
    console: Console = out()
    from rich.markup import escape

    console.print(f"[bold]{escape(how.name)}[/]: over the tables of a build (docs/tables.md)\n")
    console.print(escape(how.sql), soft_wrap=True)
    console.print("\n[bold]As it was run[/], each table as it may be read\n")
    console.print(escape(how.ran), soft_wrap=True)
    console.print("\n[bold]It gives[/]")
    for row in how.rows[:50]:
        told = ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
        console.print(escape(told), soft_wrap=True)
    if how.few:
        console.print("[dim]What speaks of fewer than ten people is not told.[/]")
