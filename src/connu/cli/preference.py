"""`connu preference`: what expectations are worth, and who comes to mind first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.expectations import Segment, Since, Sure, Until
from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from connu.app.brand import Brand

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Measure preference: drivers, Kano classes, choices, NPS, who is named first.",
)

Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        metavar="NAME",
        help="Whom the others are measured against; the brand itself when absent.",
    ),
]
Verbatims = Annotated[
    bool, typer.Option("--verbatims", help="Read the brand's verbatims instead of a file.")
]


@app.callback()
def preference() -> None:
    """Measure preference: drivers, Kano classes, choices, NPS, who is named first.

    Every figure has its 95 % interval; where there is too little to go by,
    nothing is told, and why. How to read them: docs/preference.md.
    """


@app.command()
def drivers(
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            help="rating, nps, return (buys again within 91 days of speaking) or spend (what he "
            "spends then).",
        ),
    ] = "rating",
    segment: Segment = None,
    since: Since = None,
    until: Until = None,
    sure: Sure = 0.0,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Which themes, met or unmet, go with a rating, NPS, a return or a spend.

    Johnson's relative weights, with who the customers are taken out first, and
    bootstrap intervals. Associations: effects come from experiments.

    [dim]Examples:[/]
      connu preference drivers
      connu preference drivers --outcome return --segment "sex=female"
    """
    from connu.app.listening import Ask, moment
    from connu.app.preference import drivers_view
    from connu.cli.screen import out, print_json

    ask = Ask(segment, moment(since), moment(until, end=True), sure)
    view = drivers_view(opened(brand), outcome, ask, purpose=purpose)
    if as_json:
        print_json(_json(view))
        return
    from connu.cli.expectations_page import print_drivers, print_heard

    print_heard(out(), view.heard)
    if view.drivers is not None:
        print_drivers(out(), view.drivers)


@app.command()
def kano(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV or Parquet: feature, functional, dysfunctional (1 I like it … 5 I dislike "
            "it), or two columns a feature.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Which features are taken for granted, which delight, which leave people cold.

    Two questions a feature: how would you feel if it were there, and if it were
    not? A class is told where its lead over the second passes Fong's test;
    «undecided» is an answer.

    [dim]Example:[/]
      connu preference kano survey.csv
    """
    from connu.app.survey_files import kano_of_file
    from connu.cli.screen import out, print_json

    told = kano_of_file(file)
    if as_json:
        print_json([_json(one) for one in told])
        return
    from connu.cli.preference_tables import print_kano

    print_kano(out(), told)


@app.command()
def choices(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="CSV or Parquet: left, right, chosen; or set (names, | between them), best, "
            "worst; and person.",
            show_default=False,
        ),
    ] = None,
    verbatims: Verbatims = False,
    reference: Reference = None,
    segment: Segment = None,
    since: Since = None,
    until: Until = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """The brand against its competitors, by what people chose.

    From pairs, from screens of which the best and the worst were named (MaxDiff),
    or from verbatims that compare the brand with one of
    [bold]\\[understand] competitors[/].

    [dim]Examples:[/]
      connu preference choices pairs.csv --reference "Maison Claire"
      connu preference choices --verbatims
    """
    from connu.app.listening import Ask, moment
    from connu.app.preference import choices_view
    from connu.cli.screen import out, print_json

    _one_of(file, verbatims)
    ask = Ask(segment, moment(since), moment(until, end=True))
    place = opened(brand) if verbatims or brand is not None else _brand_here()
    view = choices_view(place, file, reference=reference, ask=ask, purpose=purpose)
    if as_json:
        print_json(_json(view))
        return
    from connu.cli.expectations_page import print_heard
    from connu.cli.preference_tables import print_choices

    if view.heard is not None:
        print_heard(out(), view.heard)
    if view.chosen is not None:
        print_choices(out(), view.chosen)


@app.command()
def nps(
    segment_by: Annotated[
        str | None,
        typer.Option(
            "--segment-by",
            metavar="ATTRIBUTE",
            help="By an attribute of customers, or by channel, language, source, month.",
        ),
    ] = None,
    segment: Segment = None,
    since: Since = None,
    until: Until = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """How many would recommend the brand less how many would not, with an interval.

    [dim]Examples:[/]
      connu preference nps
      connu preference nps --segment-by age_band --since 2026-01-01
    """
    from connu.app.listening import Ask, moment
    from connu.app.preference import nps_view
    from connu.cli.screen import out, print_json

    ask = Ask(segment, moment(since), moment(until, end=True))
    view = nps_view(opened(brand), segment_by, ask, purpose=purpose)
    if as_json:
        print_json(_json(view))
        return
    from connu.cli.expectations_page import print_heard
    from connu.cli.preference_tables import print_nps

    print_heard(out(), view.heard)
    if view.segments:
        print_nps(out(), view)


@app.command()
def first(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="CSV or Parquet with free answers to «which shops of this kind do you know?».",
            show_default=False,
        ),
    ] = None,
    verbatims: Verbatims = False,
    column: Annotated[
        str | None,
        typer.Option("--column", help="The file's column of answers: answer, or the only one."),
    ] = None,
    segment: Segment = None,
    since: Since = None,
    until: Until = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Which brand comes to mind first: ours, or one of [bold]\\[understand] competitors[/].

    [dim]Examples:[/]
      connu preference first answers.csv
      connu preference first --verbatims
    """
    from connu.app.listening import Ask, moment
    from connu.app.preference import named_view
    from connu.cli.screen import out, print_json

    _one_of(file, verbatims)
    ask = Ask(segment, moment(since), moment(until, end=True))
    view = named_view(opened(brand), file, column=column, ask=ask, purpose=purpose)
    if as_json:
        print_json(_json(view))
        return
    from connu.cli.expectations_page import print_heard
    from connu.cli.preference_tables import print_first, print_named

    if view.heard is not None:
        print_heard(out(), view.heard)
    if view.answers is not None:
        print_first(out(), view.answers)
    if view.verbatims is not None:
        print_named(out(), view.verbatims)


def _one_of(file: Path | None, verbatims: bool) -> None:
    from connu.kernel.errors import UsageError

    if (file is None) != verbatims:
        raise UsageError("either a file or --verbatims is read", hint="name one of them")


def _brand_here() -> Brand | None:
    """The brand of the current folder, where there is one: a file needs none."""
    from connu.kernel.errors import SettingsError

    try:
        return opened(None)
    except SettingsError:
        return None


def _json(view: object) -> object:
    import msgspec

    return msgspec.to_builtins(view)
