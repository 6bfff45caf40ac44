"""`connu evaluate`: the result against labelled truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.measure.identities import IdentityScore
    from connu.measure.intervals import Share

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Compare what connu found with the truth, where somebody knows it.",
)


@app.callback()
def evaluate() -> None:
    """Compare what connu found with the truth, where somebody knows it."""


@app.command()
def identities(
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="CSV or Parquet with source, record_id and who it truly is (person).",
        ),
    ],
    across: Annotated[
        bool,
        typer.Option("--across", help="Count only pairs of records of different sources."),
    ] = False,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Pairwise and B-cubed precision, recall and F1 of the customers, against labelled truth.

    Pairwise asks of two records: rightly together, rightly apart? B-cubed asks
    of each record: how much of its customer is right, and how much of its
    person is there? The truth may cover a part of the records; only those
    count.

    [dim]Example:[/]
      connu evaluate identities truth/people.csv
    """
    score = opened(brand).evaluate_identities(truth, across=across, purpose=purpose)
    if as_json:
        import msgspec

        from connu.cli.screen import print_json

        print_json(msgspec.to_builtins(score, str_keys=True))
        return
    from connu.cli.screen import out

    print_score(out(), score)


def print_score(console: Console, score: IdentityScore) -> None:
    """The score on the screen."""
    from connu.cli.screen import table

    rows = [
        (name, _share(agreement.precision), _share(agreement.recall), _share(agreement.f1))
        for name, agreement in (("pairwise", score.pairwise), ("B-cubed", score.bcubed))
    ]
    headers = ("", "precision", "recall", "F1")
    console.print(table(headers, rows, right=headers[1:]))
    console.print(
        f"{score.records:,} records scored: {score.customers:,} customers found, "
        f"{score.entities:,} people in truth."
    )
    if score.only_in_truth:
        console.print(f"{score.only_in_truth:,} records of the truth are in no source.")
    if score.only_in_identities:
        console.print(f"{score.only_in_identities:,} records are not in the truth: not scored.")
    console.print("[dim]In brackets: the 95 % interval.[/]")


def _share(share: Share) -> str:
    return f"{share.value:.4f} [{share.low:.4f}–{share.high:.4f}]"
