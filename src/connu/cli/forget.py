"""`connu forget`: erase a person, and prove it."""

from __future__ import annotations

from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, opened


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
    forgotten = place.forget(target)
    if as_json:
        from connu.cli.screen import print_json

        print_json(forgotten.as_dict())
        return
    from rich.markup import escape

    from connu.cli.screen import out

    console = out()
    console.print(
        f"{forgotten.customer_id} is erased: {forgotten.records:,} records, "
        f"{forgotten.builds:,} builds rewritten or removed, "
        f"{forgotten.tombstones:,} tombstones kept."
    )
    if forgotten.remains:
        console.print("[yellow]![/] Still found in:")
        for place_found in forgotten.remains:
            console.print(f"    {escape(str(place_found))}")
    else:
        console.print(
            f"Searched {forgotten.searched:,} files of .connu for "
            f"{forgotten.needles:,} of his values: none found."
        )
    if forgotten.sources:
        console.print("[dim]The sources still hold him; erase him there too:[/]")
        for source in forgotten.sources:
            console.print(f"    {escape(source)}")
