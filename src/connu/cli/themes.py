"""`connu themes`: the codebook, what it does not cover, and how it becomes the brand's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from connu.app.brand import Brand
    from connu.app.theme_edits import ThemeEdit


def themes(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="A theme to show; or further names of --merge, --rename, --split.",
            show_default=False,
        ),
    ] = None,
    propose: Annotated[
        int,
        typer.Option("--propose", metavar="N", min=0, help="Propose so many themes at most."),
    ] = 8,
    output: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="Write the proposals as a codebook to edit."),
    ] = None,
    show: Annotated[
        str | None,
        typer.Option("--show", metavar="NAME", help="One theme: its meaning, what is said of it."),
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option("--accept", metavar="NAME", help="Take a proposal into the codebook."),
    ] = None,
    new: Annotated[
        str | None,
        typer.Option("--as", metavar="NEW", help="Of --accept: what the theme is to be called."),
    ] = None,
    dimension: Annotated[
        str | None,
        typer.Option(
            "--dimension",
            metavar="WORD",
            help="Of --accept: brand, product, interaction or society.",
        ),
    ] = None,
    merge: Annotated[
        str | None,
        typer.Option("--merge", metavar="A", help="Make themes one: --merge A B --into C."),
    ] = None,
    rename: Annotated[
        str | None,
        typer.Option("--rename", metavar="A", help="Give a theme another name: --rename A B."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split", metavar="A", help="Part a theme by what is said of it: --split A --into B C."
        ),
    ] = None,
    into: Annotated[
        list[str] | None,
        typer.Option("--into", metavar="NAME", help="What a merger or a split makes."),
    ] = None,
    drop: Annotated[
        str | None, typer.Option("--drop", metavar="A", help="Take a theme out of the codebook.")
    ] = None,
    ask_chat: Annotated[
        int | None,
        typer.Option(
            "--ask-chat",
            metavar="N",
            min=2,
            help="Let the chat model propose themes from N verbatims that no theme holds yet.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Of --ask-chat: do not ask before sending.")
    ] = False,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """The codebook: its themes, what it does not cover, and what is proposed.

    Every edit is written to the brand's codebook.toml, one version higher, and
    holds from the next build on. Codes made by hand stay as they were said and
    are read in the words of the new codebook.

    [dim]Examples:[/]
      connu themes
      connu themes delivery
      connu themes --propose 20 -o proposals.toml
      connu themes --accept parking --as car_park --dimension interaction
      connu themes --merge waiting contact --into reach
      connu themes --rename returns refunds
      connu themes --split delivery --into speed parcels
      connu themes --drop local
      connu themes --ask-chat 200 -o proposals.toml
    """
    from connu.kernel.errors import UsageError

    asked = {
        "--show": show, "--accept": accept, "--merge": merge, "--rename": rename,
        "--split": split, "--drop": drop, "-o": output,
    }  # fmt: skip
    chosen = [word for word, said in asked.items() if said is not None]
    more = list(names or [])
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} do not go together", hint="give one of them")
    does = chosen[0] if chosen else ""
    if ask_chat is not None and (does not in ("", "-o") or more):
        raise UsageError("--ask-chat goes with -o alone", hint="connu themes --help")
    if yes and ask_chat is None:
        raise UsageError("--yes is for --ask-chat", hint="give --ask-chat N too")
    if into and does not in ("--merge", "--split"):
        raise UsageError("--into is for --merge and --split", hint="connu themes --help")
    if (new is not None or dimension is not None) and does != "--accept":
        raise UsageError("--as and --dimension are for --accept", hint="connu themes --help")
    if not chosen and more:
        show, does = more.pop(0), "--show"
    if more and does not in ("--merge", "--rename", "--split"):
        raise UsageError("there is a name too many", hint="connu themes --help shows what goes")
    place = opened(brand)
    if ask_chat is not None:
        from connu.cli.asking import propose_themes

        propose_themes(place, ask_chat, output, purpose, yes, as_json)
    elif show is not None:
        _show(place, show, purpose, as_json)
    elif does in ("", "-o"):
        _list(place, propose, output, purpose, as_json)
    else:
        edit = _edited(
            place, accept, new, dimension, merge, rename, split, drop, list(into or []), more,
            purpose,
        )  # fmt: skip
        _tell(edit, as_json)


def _edited(
    place: Brand,
    accept: str | None,
    new: str | None,
    dimension: str | None,
    merge: str | None,
    rename: str | None,
    split: str | None,
    drop: str | None,
    into: list[str],
    more: list[str],
    purpose: str,
) -> ThemeEdit:
    from connu.app import theme_edits
    from connu.kernel.errors import UsageError

    if accept is not None:
        return theme_edits.accept_theme(
            place, accept, new=new, dimension=dimension, purpose=purpose
        )
    if merge is not None:
        if len(into) != 1:
            raise UsageError(
                "a merger makes one theme", hint="as in: connu themes --merge A B --into C"
            )
        return theme_edits.merge_themes(place, [merge, *more], into[0])
    if rename is not None:
        if len(more) != 1:
            raise UsageError("a theme gets one new name", hint="as in: connu themes --rename A B")
        return theme_edits.rename_theme(place, rename, more[0])
    if split is not None:
        return theme_edits.split_theme_into(place, split, [*into, *more], purpose=purpose)
    return theme_edits.drop_theme(place, drop or "")


def _list(place: Brand, propose: int, output: Path | None, purpose: str, as_json: bool) -> None:
    from connu.app.themes import codebook_view, write_proposals
    from connu.cli.screen import out, print_json

    view = codebook_view(place, propose=propose, purpose=purpose)
    written = None if output is None else write_proposals(view, output)
    if as_json:
        print_json(view.as_dict() | ({} if output is None else {"written": str(output)}))
        return
    from connu.cli.screen import plain
    from connu.cli.themes_page import print_codebook

    console = out()
    if output is not None:
        console.print(
            f"{written} proposals written to {plain(str(output))}: edit them, then save the file "
            "as codebook.toml beside connu.toml."
        )
        return
    print_codebook(console, view, purpose)


def _show(place: Brand, name: str, purpose: str, as_json: bool) -> None:
    from connu.app.theme_sheet import theme_sheet
    from connu.cli.screen import out, print_json

    sheet = theme_sheet(place, name, purpose=purpose)
    if as_json:
        print_json(sheet.as_dict())
        return
    from connu.cli.themes_page import print_sheet

    print_sheet(out(), sheet)


def _tell(edit: ThemeEdit, as_json: bool) -> None:
    from connu.cli.screen import out, print_json

    if as_json:
        print_json(edit.as_dict())
        return
    from connu.cli.screen import plain

    console = out()
    made = "made" if edit.made else "written"
    names = ", ".join(f"«{name}»" for name in edit.themes)
    console.print(
        f"{edit.what.capitalize()}{': ' + plain(names) if names else ''}. {edit.file.name} is "
        f"{made}, version {edit.version}."
    )
    for effect in edit.effects:
        console.print(f"  {plain(effect)}")
    console.print("It holds from the next build on: connu build")
