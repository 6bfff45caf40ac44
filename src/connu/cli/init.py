"""`connu init`: look at files, propose the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson
from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from connu.sources.proposal import Note


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
    print_notes(console, proposal.notes)
    if dry_run:
        console.print(escape(proposal.toml))
        return
    console.print(f"{escape(str(target))} is written. Read it, decide what is doubtful, then:")
    console.print("  connu check\n  connu build")


def print_notes(console: Console, notes: list[Note]) -> None:
    """What was made of each source and column, and why."""
    from rich.markup import escape

    from connu.cli.screen import table
    from connu.sources.guesses import SURE

    for source in dict.fromkeys(note.source for note in notes):
        mine = [note for note in notes if note.source == source]
        said = "; ".join(note.reason for note in mine if note.column is None)
        console.print(f"[bold]{escape(source or 'brand')}[/]: {escape(said)}")
        rows = [
            (note.column, note.field or "–", _sure(note), note.reason)
            for note in mine
            if note.column is not None
        ]
        if rows:
            console.print(table(("column", "field", "sure", "why"), rows, right=("sure",)))
    doubtful = sum(note.field is not None and note.confidence < SURE for note in notes)
    if doubtful:
        console.print(f"[yellow]![/] {doubtful} doubtful guesses stand as comments in connu.toml.")


def _sure(note: Note) -> str:
    return f"{note.confidence:.0%}" if note.field else ""
