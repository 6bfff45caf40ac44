"""`connu export`: tables for other programs, with fixed columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.audits import ToAsk


def export(
    name: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="identities, customers, facts, links, twins, intents, staying …"
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Ends in .parquet, .csv or .jsonl."),
    ],
    attribute: Annotated[
        str | None,
        typer.Option("--attribute", "-a", help="Only what is told of it: sex, age_band …"),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Of intents: affinity, buy, next, stay.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="Of intents: category, product, any.")
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option("--horizon", metavar="DAYS", help="Only what is told within so many days."),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            help="Only the N strongest of each subject, kind and horizon; of categories, of each "
            "level of the catalogue.",
        ),
    ] = None,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write identities, customers, facts, links, what twins tell or intents to a file.

    Columns and their order are fixed (docs/tables.md): other programs may rely
    on them. Customers who did not grant the purpose are left out, and their
    number is told.

    «audits» are some 200 visitors to ask about an attribute: fill in the column
    «value», name the file by [attributes.NAME] audited, and connu corrects what
    it tells of visitors by their answers.

    «intents» are what customers and visitors are drawn to, will buy and do
    next; «staying» and «moments» go with them, «intent_reliability» says how
    far they may be believed, «intent_silences» what is not said and why.

    [dim]Examples:[/]
      connu export identities -o identities.parquet
      connu export customers --purpose marketing -o audience.csv
      connu export links -o links.jsonl
      connu export twins --attribute sex -o sex.parquet
      connu export audits --attribute sex -o to-ask.csv
      connu export intents --kind buy --horizon 7 --top 3 -o buy.csv
      connu export intents --level product --top 5 -o next.parquet
      connu export staying -o staying.csv
    """
    from connu.ledger.narrowing import Narrowing

    only = Narrowing(kind, level, horizon, top)
    exported = opened(brand).export(name, output, attribute=attribute, only=only, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(
            {
                "table": name,
                "file": str(output),
                "purpose": purpose,
                **({} if attribute is None else {"attribute": attribute}),
                **only.as_dict(),
                "rows": exported.rows,
                "left_out": exported.left_out,
                "customers_left_out": exported.customers_left_out,
            }
        )
        return
    from rich.markup import escape

    from connu.app.audits import ToAsk
    from connu.cli.screen import out

    out().print(f"{exported.rows:,} rows of {name} written to {escape(str(output))}.")
    out().print(left_out(exported.left_out, exported.customers_left_out, purpose, name))
    if isinstance(exported, ToAsk):
        print_asking(out(), exported)
    if name == "intents" and not exported.rows + exported.left_out:
        out().print("Why nothing is told: connu export intent_silences -o FILE")


def print_asking(console: Console, asked: ToAsk) -> None:
    """What to do with the file of visitors to ask."""
    from rich.markup import escape

    console.print(
        f"Next: ask them, and write each answer into «value» ({escape(', '.join(asked.values))}; "
        "empty where nobody answered). Then let connu.toml name the file, by its path from the "
        "brand's folder, and run connu build:"
    )
    console.print(escape(f'  [attributes.{asked.attribute}]\n  audited = "{asked.path.name}"'))


def left_out(rows: int, customers: int, purpose: str, table: str) -> str:
    """The sentence about who was left out: a table but `customers` has several rows of each.

    >>> left_out(2, 2, "marketing", "customers")
    '2 customers left out: they did not grant «marketing».'
    >>> left_out(5, 2, "marketing", "identities")
    '5 rows left out: 2 customers did not grant «marketing».'
    >>> left_out(1, 0, "marketing", "quarantine")
    '1 row left out: nobody granted «marketing» for it.'
    """
    if rows == 0:
        return f"Nobody was left out for the purpose «{purpose}»."
    people = "1 customer" if customers == 1 else f"{customers:,} customers"
    if table == "customers":
        who = "he" if customers == 1 else "they"
        return f"{people} left out: {who} did not grant «{purpose}»."
    lines = "1 row" if rows == 1 else f"{rows:,} rows"
    if customers == 0:
        which = "it" if rows == 1 else "them"
        return f"{lines} left out: nobody granted «{purpose}» for {which}."
    return f"{lines} left out: {people} did not grant «{purpose}»."
