"""`connu correct`: one customer's word on what the brand believes about him."""

from __future__ import annotations

from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, opened


def correct(
    who: Annotated[
        str,
        typer.Argument(metavar="WHO", help="A customer id, a record (source:id) or an identifier."),
    ],
    attribute: Annotated[
        str, typer.Argument(metavar="ATTRIBUTE", help="sex, birth_year, city, affinity …")
    ],
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="What is right.", show_default=False)
    ] = None,
    right: Annotated[
        bool | None,
        typer.Option(
            "--right/--wrong", help="What is told is right, or wrong.", show_default=False
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who wrote it down; kept in the journal.")] = "",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Keep what a customer says of what the brand believes about him.

    With a VALUE: that it is right, whatever was told. With --wrong: that what is
    told is wrong, without saying what is right; with --right: that it is right.
    Where several values are told, as of affinities, VALUE names the one. It is
    kept in the journal; from the next build on his word stands.

    [dim]Examples:[/]
      connu correct claire.petit@example.org city Lyon
      connu correct crm:1042 sex --wrong
      connu correct crm:1042 affinity Photo --wrong
      connu correct crm:1042 birth_year --right --by anne
      connu correct crm:1042 knows_me 7
    """
    from connu.app.coding import this_coder

    kept = opened(brand).correct(who, attribute, value, right=right, by=this_coder(by or None))
    if as_json:
        from connu.cli.screen import print_json

        print_json(kept.as_dict())
        return
    from connu.cli.screen import out, plain

    console = out()
    what = plain(f"«{kept.attribute}» of {kept.customer_id}")
    if not kept.changed:
        console.print(f"{what}: that was said before.")
        return
    console.print(f"{what} is {kept.answer}. It counts from the next build on: connu build")
