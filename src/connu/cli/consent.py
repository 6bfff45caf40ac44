"""`connu consent`: what a customer grants or withdraws, kept in the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, opened

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Grant or withdraw a purpose for a customer, named by an identifier.",
)

PurposeArgument = Annotated[str, typer.Argument(metavar="PURPOSE", help="marketing, service, …")]
Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO",
        help="An e-mail, a phone, a record (source:id), a customer id, a visitor's cookie.",
    ),
]


@app.command()
def grant(
    purpose: PurposeArgument, who: Who, brand: BrandFolder = None, as_json: AsJson = False
) -> None:
    """Keep that a customer grants a purpose. Counts at once, without a new build.

    [dim]Example:[/]
      connu consent grant marketing claire.petit@example.org
    """
    _consent(purpose, who, True, brand, as_json)


@app.command()
def withdraw(
    purpose: PurposeArgument, who: Who, brand: BrandFolder = None, as_json: AsJson = False
) -> None:
    """Keep that a customer withdraws a purpose. Counts at once, without a new build.

    [dim]Example:[/]
      connu consent withdraw marketing crm:1042
    """
    _consent(purpose, who, False, brand, as_json)


def _consent(purpose: str, who: str, granted: bool, folder: Path | None, as_json: bool) -> None:
    kept = opened(folder).consent(who, purpose, granted=granted)
    if as_json:
        from connu.cli.screen import print_json

        print_json(kept.as_dict())
        return
    from connu.cli.screen import out

    what = "granted" if granted else "withdrawn"
    whom = ", ".join(kept.customers) or "whoever comes with it: nobody has it yet"
    if kept.visitor is not None:
        whom = "a visitor nobody knows"
    out().print(f"«{purpose}» is {what} for {whom}.")
    out().print("[dim]It counts from now on, in every read and export.[/]")
