"""`connu init`: look at files, propose the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson
from connu.kernel.errors import UsageError


def init(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES…", help="CSV, Parquet or JSON Lines files.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="The brand's name; the folder's when absent.")
    ] = None,
    brand: Annotated[
        Path | None,
        typer.Option("--brand", "-b", metavar="DIR", help="Where connu.toml goes; here if absent."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a connu.toml that is there already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the proposal, write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at files and propose a connu.toml: the kind of each, the field of every column.

    Nothing is guessed silently: every column is told with the reason and how
    sure connu is, and doubtful guesses are written as comments for you to
    decide.

    [dim]Examples:[/]
      connu init data/*.csv
      connu init crm.csv web.parquet --name "Maison Claire" --dry-run
    """
    from dataclasses import asdict

    from connu.kernel.settings import FILE_NAME
    from connu.sources.proposal import propose

    folder = brand if brand is not None else Path.cwd()
    target = folder / FILE_NAME
    if target.exists() and not force and not dry_run:
        raise UsageError(f"there is a {FILE_NAME} already", hint="--force replaces it", file=target)
    proposal = propose(files, name or folder.resolve().name, folder=folder)
    if not dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(proposal.toml, encoding="utf-8")
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {
                "file": None if dry_run else str(target),
                "toml": proposal.toml,
                "notes": [asdict(note) for note in proposal.notes],
            }
        )
        return
    from rich.markup import escape

    from connu.cli.screen import out

    console = out()
    for note in proposal.notes:
        console.print(escape(str(note)))
    if dry_run:
        console.print(escape(proposal.toml))
    else:
        console.print(
            f"\n{escape(str(target))} is written. Read it, decide what is doubtful, then:"
        )
        console.print("  connu check\n  connu build")
