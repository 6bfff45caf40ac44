"""Asking a chat model: what it costs is told and confirmed before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.brand import Brand
    from connu.app.chat_proposals import Asked
    from connu.app.chat_themes_asked import ThemesAsked
    from connu.understand.endpoint import Cost


#: Quotes shown of a proposed theme.
_QUOTES = 4


def propose_codes(place: Brand, most: int, purpose: str, yes: bool, as_json: bool) -> None:
    """Let the chat model propose codes, and say what came of it."""
    from connu.app.chat_proposals import asking_codes
    from connu.cli.progress import watched
    from connu.cli.screen import err, out, print_json

    asking = asking_codes(place, most, purpose=purpose)
    confirm(err(), asking.cost, asking.model, asking.url, purpose, yes=yes)
    with watched() as progress:
        asked = asking.ask(progress)
    if as_json:
        print_json(asked.as_dict())
    else:
        print_asked(out(), asked)
    if asked.failed:
        from connu.kernel.errors import ModelError

        raise typer.Exit(ModelError.exit_code)


def propose_themes(
    place: Brand, most: int, output: Path | None, purpose: str, yes: bool, as_json: bool
) -> None:
    """Let the chat model propose themes, show them, and write them where that is asked."""
    from connu.app.chat_themes_asked import asking_themes
    from connu.cli.progress import watched
    from connu.cli.screen import err, out, print_json

    asking = asking_themes(place, most, purpose=purpose)
    confirm(err(), asking.cost, asking.model, asking.url, purpose, yes=yes)
    with watched() as progress, progress.stage("ask the chat model"):
        asked = asking.ask()
    if as_json:
        print_json(asked.as_dict())
    else:
        print_themes(out(), asked)
    if output is not None:
        written = asked.write(output)
        err().print(f"{written} themes written: edit them, then save them as codebook.toml.")
    if asked.failures:
        from connu.kernel.errors import ModelError

        raise typer.Exit(ModelError.exit_code)


def confirm(console: Console, cost: Cost, model: str, url: str, purpose: str, *, yes: bool) -> None:
    """Tell what asking would take, and ask whether to; nothing to send needs no answer.

    Raises:
        typer.Abort: better not.
    """
    from connu.cli.screen import plain

    if cost.cached:
        console.print(f"{cost.cached:,} texts were asked of before: they cost nothing.")
    if not cost.texts:
        console.print("There is nothing to send.")
        return
    console.print(
        plain(
            f"To {url}, model {model}: {cost.texts:,} masked texts of those who may be read for "
            f"«{purpose}», {cost.requests:,} requests, {cost.characters:,} characters – about "
            f"{cost.tokens:,} tokens to read and {cost.answer_tokens:,} to write."
        )
    )
    if not yes:
        typer.confirm("Send them?", abort=True, err=True)


def print_asked(console: Console, asked: Asked) -> None:
    """What came of asking for codes, on the screen."""
    from connu.cli.screen import plain

    console.print(
        f"Of {asked.texts:,} verbatims {asked.proposed:,} have proposals, "
        f"{asked.statements:,} statements at exact quotes."
    )
    print_refused(console, asked.refused)
    if asked.failed:
        why = "; ".join(asked.failures)
        console.print(f"[yellow]![/] {asked.failed:,} have no answer: {plain(why)}.")
    if asked.proposed:
        console.print("A person decides: connu code shows them, c takes one.")


def print_themes(console: Console, asked: ThemesAsked) -> None:
    """Themes that a chat model proposes, on the screen, with what they were found in."""
    from connu.cli.screen import plain

    console.print(f"From {asked.texts:,} verbatims {len(asked.themes):,} themes are proposed.")
    for theme in asked.themes:
        console.print(f"[bold]{plain(theme.name)}[/] ({theme.dimension})")
        for language, definition in theme.definition.items():
            console.print(f"  {language}: {plain(definition)}")
        for quote in theme.quotes[:_QUOTES]:
            console.print(f"  [dim]«{plain(quote)}»[/]")
    print_refused(console, asked.refused)
    for why in asked.failures:
        console.print(f"[yellow]![/] An answer is missing: {plain(why)}.")
    if asked.themes:
        console.print("A person decides: -o FILE writes them as a codebook to edit.")


def print_refused(console: Console, refused: dict[str, int]) -> None:
    """What was refused of answers, by reason."""
    from connu.cli.screen import plain

    if refused:
        told = ", ".join(f"{reason} ({n:,})" for reason, n in refused.items())
        console.print(f"Refused of the answers: {plain(told)}.")
