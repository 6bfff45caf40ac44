"""`connu forget`: erase a person, and prove it."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connu.cli.options import AsJson, BrandFolder, opened
from connu.kernel.errors import BuildError

if TYPE_CHECKING:
    from rich.console import Console

    from connu.ledger.erasure import Forgotten

_SHOWN = 12


def forget(
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="A customer id, a record (source:id) or an identifier."),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before erasing.")] = False,
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person from journal, builds and look-up index, for good.

    A tombstone, a hash keyed with a secret of this brand, stays behind, so that
    the next build does not bring him back from the sources. Then the brand's
    folder is searched for what was erased, and what is found is told. The
    sources are yours: connu names those where he still stands and does not
    write to them.

    [dim]Examples:[/]
      connu forget claire.petit@example.org
      connu forget crm:1042 --yes --json
    """
    place = opened(brand)
    target = place.whom_to_forget(who)
    if not yes:
        typer.confirm(
            f"Erase {target.customer_id} ({target.records:,} records) for good?",
            abort=True,
            err=True,
        )
    forgotten = place.forget(target.customer_id)
    if as_json:
        from connu.cli.screen import print_json

        print_json(as_dict(forgotten))
        return
    from connu.cli.screen import out

    print_forgotten(out(), forgotten)
    if forgotten.remains:
        raise typer.Exit(BuildError.exit_code)


def as_dict(forgotten: Forgotten) -> dict[str, Any]:
    """What was done, as JSON: plain numbers, texts and lists."""
    plain = asdict(forgotten)
    for name in ("remains", "source_files", "unread"):
        plain[name] = [str(place) for place in getattr(forgotten, name)]
    plain["in_sources"] = [asdict(row) for row in forgotten.in_sources]
    return plain


def print_forgotten(console: Console, forgotten: Forgotten) -> None:
    """What was done, and the proof, on the screen."""
    rows = sum(forgotten.rows.values())
    console.print(
        f"{forgotten.customer_id} is erased: {forgotten.records:,} records, {rows:,} rows of "
        f"tables, {forgotten.journal_rows:,} of the journal. Build {forgotten.build_id} is in "
        f"force without him; the earlier ones are gone."
    )
    console.print(
        f"{forgotten.tombstones:,} tombstones keep the next build from bringing him back."
    )
    if forgotten.shared_identifiers:
        console.print(
            f"{forgotten.shared_identifiers:,} identifiers are others' too, and stay theirs."
        )
    if forgotten.remains:
        console.print("[bold red]He is still found in:[/]")
        _places(console, [str(place) for place in forgotten.remains])
    else:
        console.print(
            f"Proof: {forgotten.searched:,} files were searched for {forgotten.needles:,} values "
            "that were his alone; connu holds none of them."
        )
    if forgotten.unread:
        console.print("[yellow]![/] These files could not be looked into:")
        _places(console, [str(path) for path in forgotten.unread])
    if forgotten.in_sources or forgotten.source_files:
        console.print("The sources are yours, and he still stands there. Erase him there too:")
        rows_told = [f"{row.source}, {row.kind}: row {row.row:,}" for row in forgotten.in_sources]
        _places(console, rows_told)
        _places(console, [str(place) for place in forgotten.source_files])


def _places(console: Console, places: list[str]) -> None:
    from rich.markup import escape

    here = f"{Path.cwd()}{os.sep}"
    for place in places[:_SHOWN]:
        console.print(f"    {escape(place.removeprefix(here))}")
    if len(places) > _SHOWN:
        console.print(f"    … and {len(places) - _SHOWN:,} more (--json lists all)")
