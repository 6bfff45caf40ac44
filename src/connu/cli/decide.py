"""`connu join` and `connu split`: a person knows better than the linker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

Left = Annotated[str, typer.Argument(metavar="A", help="A record (source:id), or what names one.")]
Right = Annotated[str, typer.Argument(metavar="B", help="Another one.")]
By = Annotated[str, typer.Option("--by", help="Who decides; kept in the journal.")]


def join(
    left: Left,
    right: Right,
    by: By = "",
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say that A and B are one person.

    The decision is kept in the journal and honoured by every later build,
    whatever the linker thinks. A later [bold]split[/] of the same two takes it back.

    [dim]Examples:[/]
      connu join crm:1042 web:a-77
      connu join crm:1042 claire.petit@example.org --by "Anne, support"
    """
    _decide("join", left, right, by, purpose, brand, as_json)


def split(
    left: Left,
    right: Right,
    by: By = "",
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say that A and B are not one person.

    The decision is kept in the journal and honoured by every later build, even
    when the two share an e-mail or an account. A later [bold]join[/] of the same two
    takes it back.

    [dim]Examples:[/]
      connu split crm:1042 web:a-77
      connu explain crm:1042 web:a-77    # afterwards: «split by hand»
    """
    _decide("split", left, right, by, purpose, brand, as_json)


def _decide(
    what: str,
    left: str,
    right: str,
    by: str,
    purpose: str,
    folder: Path | None,
    as_json: bool,
) -> None:
    place = opened(folder)
    decide = place.join if what == "join" else place.split
    decision = decide(left, right, by=by, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(decision.as_dict())
        return
    from rich.markup import escape

    from connu.cli.screen import out

    said = "one person" if what == "join" else "not one person"
    left, right = ", ".join(decision.left), ", ".join(decision.right)
    out().print(f"{escape(left)} and {escape(right)} are {said}: kept in the journal.")
    out().print("[dim]Next: connu build, which honours it.[/]")
