"""`connu demo`: a made-up brand to see connu work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the brand.")],
    people: Annotated[
        int | None, typer.Option("--people", help="How many people it has: 20,000 when absent.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same brand.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Make a sample brand: a French retailer with a shop, a site, support and a catalogue.

    Nobody in it exists. The truth (who is who, what visitors are, what texts
    mean) is kept beside, in the folder's truth/, for evaluation only.

    [dim]Examples:[/]
      connu demo maison-claire
      connu demo small --people 500 && connu build --brand small
    """
    from connu.cli.progress import watched
    from connu.sample import PEOPLE, make_brand

    with watched() as progress:
        made = make_brand(folder, people=people or PEOPLE, seed=seed, progress=progress)
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {"folder": str(folder), "people": made.people, "seed": made.seed, "rows": made.rows}
        )
        return
    from rich.markup import escape

    from connu.cli.screen import out, table

    console = out()
    console.print(table(("made", "rows"), list(made.rows.items()), right=("rows",)))
    console.print(f"A brand with {made.people:,} made-up people is in {escape(str(folder))}. Next:")
    console.print(f"  connu build --brand {escape(str(folder))}")
