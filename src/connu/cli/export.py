"""`connu export`: tables for other programs, with fixed columns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened


def export(
    name: Annotated[
        str, typer.Argument(metavar="TABLE", help="identities, customers, facts or links.")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Ends in .parquet, .csv or .jsonl."),
    ],
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write identities, customers, facts or links to a file.

    Columns and their order are fixed (docs/tables.md): other programs may rely
    on them. Customers who did not grant the purpose are left out, and their
    number is told.

    [dim]Examples:[/]
      connu export identities -o identities.parquet
      connu export customers --purpose marketing -o audience.csv
      connu export links -o links.jsonl
    """
    exported = opened(brand).export(name, output, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {
                "table": name,
                "file": str(output),
                "purpose": purpose,
                "rows": exported.rows,
                "left_out": exported.left_out,
            }
        )
        return
    from rich.markup import escape

    from connu.cli.screen import out

    out().print(f"{exported.rows:,} rows of {name} written to {escape(str(output))}.")
    out().print(left_out(exported.left_out, purpose))


def left_out(number: int, purpose: str) -> str:
    """The sentence about who was left out.

    >>> left_out(2, "marketing")
    '2 customers left out: they did not grant «marketing».'
    """
    if number == 0:
        return f"Nobody was left out for the purpose «{purpose}»."
    people = "1 customer" if number == 1 else f"{number:,} customers"
    return f"{people} left out: they did not grant «{purpose}»."
