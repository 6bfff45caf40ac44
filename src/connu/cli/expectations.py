"""`connu expectations`: what customers expect of the brand, and whether it is met."""

from __future__ import annotations

from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

Segment = Annotated[
    str | None,
    typer.Option(
        "--segment",
        metavar="EXPR",
        help="Only these customers, as in «sex=female and age_band=25-34,35-49 and city~Lyon»: "
        "attributes of the golden record or of facts; = is, ~ contains. Below 10 customers nothing "
        "is shown.",
    ),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Only what was said from that day on.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Only what was said up to that day.")
]
Sure = Annotated[
    float,
    typer.Option("--sure", min=0.0, max=1.0, help="Only expectations at least so probable."),
]


def expectations(
    theme: Annotated[
        str | None,
        typer.Option("--theme", "-t", help="What was said of one theme, in the customers' words."),
    ] = None,
    dimension: Annotated[
        str | None,
        typer.Option("--dimension", help="Only its themes: brand, product, interaction, society."),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            help="Themes by how often they are met, unmet or unknown; with --theme only what is.",
        ),
    ] = None,
    segment: Segment = None,
    since: Since = None,
    until: Until = None,
    sure: Sure = 0.0,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Themes, or statements a screen.")
    ] = 20,
    page: Annotated[int, typer.Option("--page", min=1, help="With --theme: which screen.")] = 1,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what customers expect of the brand: themes met and unmet, and what is changing.

    Who was heard; themes with how often they are met, unmet and asked for, the
    unmet ones by what those who say so are expected to bring; what rises and
    falls; what goes with rating and NPS; what people ask the brand to change, in
    their words; answers, and what was said before and after them.

    Every figure has its 95 % interval. What goes with a rating is an association:
    effects come from experiments.

    [dim]Examples:[/]
      connu expectations
      connu expectations --theme delivery --status unmet
      connu expectations --segment "sex=female and city~Lyon" --since 2026-01-01
    """  # fmt: skip
    from connu.app.expectations_view import expectations_view, theme_view
    from connu.app.listening import Ask, moment
    from connu.cli.screen import out, print_json

    ask = Ask(segment, moment(since), moment(until, end=True), sure)
    place = opened(brand)
    if theme is not None:
        told = theme_view(
            place, theme, ask, status=status, page=page, limit=limit, purpose=purpose
        )  # fmt: skip
        if as_json:
            print_json(told.as_dict())
            return
        from connu.cli.theme_page import print_theme

        print_theme(out(), told, page)
        return
    view = expectations_view(
        place, ask, dimension=dimension, status=status, limit=limit, purpose=purpose
    )
    if as_json:
        print_json(view.as_dict())
        return
    from connu.cli.expectations_page import print_expectations

    print_expectations(out(), view)
