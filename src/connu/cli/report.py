"""`connu report`: the scorecard as one page, fit to be sent by mail."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened
from connu.cli.scorecard import Segment, Truth


class Language(StrEnum):
    """What the report may be written in."""

    en = "en"
    fr = "fr"


def report(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The page to write: ends in .html."),
    ] = Path("report.html"),
    language: Annotated[
        Language | None,
        typer.Option(
            "--language",
            "-l",
            help="Otherwise French where the brand's country speaks it, else English.",
            show_default=False,
        ),
    ] = None,
    purpose: Purpose = "service",
    segment: Segment = None,
    truth: Truth = None,
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the scorecard as one page: who is known, how rightly, what to do next.

    One file that needs no network and reads without JavaScript: every chart has
    its table, every figure its interval and its query. Light or dark as the
    reader likes it, printable, small enough to be sent by mail.

    [dim]Examples:[/]
      connu report
      connu report -o scorecard.html --language en
      connu report --segment "sex=female and city~Lyon" --truth truth/identities.csv
    """
    from connu.report.page import check_path, write_report
    from connu.report.texts import language_of

    check_path(output)
    read = opened(brand)
    said = language.value if language else language_of(read.settings.brand.country)
    card = read.scorecard(purpose=purpose, segment=segment, truth=truth or ())
    size = write_report(card, output, said)
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {
                "file": str(output),
                "bytes": size,
                "language": said,
                "brand": card.brand,
                "build": card.build,
                "purpose": card.purpose,
                "segment": card.segment,
            }
        )
        return
    from rich.markup import escape

    from connu.cli.screen import out

    out().print(f"The report of {escape(card.brand)} is in {escape(str(output))} ({size:,} bytes).")
    out().print(f"[dim]Open it in a browser: {escape(output.resolve().as_uri())}[/]")
