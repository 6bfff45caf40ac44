"""`connu answer`: «you said, we did»."""

from __future__ import annotations

from typing import Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, opened


def answer(
    theme: Annotated[
        str, typer.Argument(metavar="THEME", help="A theme of the codebook.", show_default=False)
    ] = "",
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What the brand did.", show_default=False)
    ] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="List the answers, of a theme or of all.")
    ] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", metavar="NUMBER", help="Take an answer back.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who answers; kept in the journal.")] = "",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """You said, we did: record what the brand did about a theme.

    The answer is kept in the journal and shown to those who spoke of the theme.

    [dim]Examples:[/]
      connu answer delivery "Parcels leave the same day since May" --by "Anne, logistics"
      connu answer --list
      connu answer --undo 3
    """
    from connu.app.answers import answers_of, keep_answer, take_answer_back
    from connu.cli.screen import out, print_json, table
    from connu.kernel.errors import UsageError

    place = opened(brand)
    if undo is not None:
        take_answer_back(place, undo, by=by)
        if as_json:
            print_json({"undone": undo})
        else:
            out().print(f"Answer {undo} is taken back.")
        return
    if listed:
        told = answers_of(place, theme or None)
        if as_json:
            print_json(told)
            return
        rows = [(one["id"], one["theme"], one["text"], one["by"], one["at"]) for one in told]
        headers = ("no.", "theme", "what we did", "by", "when (UTC)")
        out().print(table(headers, rows, right=headers[:1]) if rows else "No answer is kept yet.")
        return
    if not theme or not text:
        raise UsageError(
            "an answer names a theme and says what was done",
            hint='as in: connu answer delivery "Parcels leave the same day"; --list shows them',
        )
    kept = keep_answer(place, theme, text, by=by)
    if as_json:
        print_json(kept)
        return
    from connu.cli.screen import plain

    out().print(f"Answer {kept['id']} to «{plain(theme)}» is kept.")
