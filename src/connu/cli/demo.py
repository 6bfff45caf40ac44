"""`connu demo`: a made-up brand to see connu work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the brand.")],
    people: Annotated[
        int | None, typer.Option("--people", min=20, help="How many people it has.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same brand.")] = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that holds files already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a sample brand: a French retailer with a shop, a site, support and a catalogue.

    Nobody in it exists. The truth (who is who, what visitors are, what texts
    mean) is kept beside, in the folder's truth/, for evaluation only.

    [dim]Examples:[/]
      connu demo maison-claire
      connu demo small --people 500 && connu build --brand small
    """
    from connu.app.sample import make_sample
    from connu.cli.progress import watched

    with watched() as progress:
        made = make_sample(folder, people=people, seed=seed, force=force, progress=progress)
    if as_json:
        from connu.cli.screen import print_json

        print_json({"folder": str(folder), "seed": seed, "rows": made.rows})
        return
    from rich.markup import escape

    from connu.cli.screen import out, table

    console = out()
    rows = list(made.rows.items())
    console.print(table(("file", "rows"), rows, right=("rows",)))
    console.print(f"A brand with {made.people:,} made-up people is in {escape(str(folder))}. Next:")
    console.print(f"  connu build --brand {escape(str(folder))}")
