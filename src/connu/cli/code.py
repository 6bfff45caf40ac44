"""`connu code`: codes made by hand – at the desk, from a file, to a file – and proposed ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.brand import Brand
    from connu.app.coding import Imported


def code(
    labels: Annotated[
        Path | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="Keep the labels of a file (JSON lines), all of them or none.",
        ),
    ] = None,
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help="Of an import: keep the good lines, set bad ones aside in FILE.bad.jsonl.",
        ),
    ] = False,
    written: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write the labels to a file (JSON lines)."),
    ] = None,
    agreement: Annotated[
        bool,
        typer.Option(
            "--agreement", help="How far coders agree with each other, and the machine with them."
        ),
    ] = False,
    propose: Annotated[
        int | None,
        typer.Option(
            "--propose",
            metavar="N",
            min=1,
            help="Let the chat model propose codes of the next N verbatims; the desk shows them.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Of --propose: do not ask before sending.")
    ] = False,
    coder: Annotated[
        str | None,
        typer.Option("--coder", metavar="NAME", help="Who codes; otherwise who is logged in."),
    ] = None,
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="THEME", help="Only where this theme is in doubt."),
    ] = None,
    second: Annotated[
        bool,
        typer.Option(
            "--second",
            help="Code again what another coder has coded, his codes hidden: for --agreement.",
        ),
    ] = False,
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Code what customers said by hand: the coding desk.

    The desk shows the verbatim from which the machine learns most, masked, with
    what it thinks of it: accept with Enter, or type the themes by number. Every
    answer is kept in the journal at once and used by the next build; 8 to 32
    labels a theme are what it takes. [bold]?[/] shows the keys.

    With --propose the chat model of [understand], if one is set, is sent masked
    texts of those who may be read for the purpose; its cost is told before. What
    it proposes stands at the desk beside what the machine thinks: [bold]c[/] takes it.

    A line of a file of labels, made in any program:
      {"id": "r-17", "themes": ["price"], "polarity": {"price": "negative"}}

    [dim]Examples:[/]
      connu code
      connu code --theme delivery --coder anne
      connu code --import labels.jsonl
      connu code --second --coder max
      connu code --agreement
      connu code --propose 50
      connu code --export labels.jsonl
    """
    from connu.kernel.errors import UsageError

    asked = {
        "--import": labels is not None,
        "--export": written is not None,
        "--agreement": agreement,
        "--propose": propose is not None,
        "--second": second,
        "--theme": theme is not None,
    }
    chosen = [word for word, there in asked.items() if there]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} do not go together", hint="give one of them")
    if skip_bad and labels is None:
        raise UsageError("--skip-bad is for an import", hint="give --import FILE too")
    if yes and propose is None:
        raise UsageError("--yes is for --propose", hint="give --propose N too")
    place = opened(brand)
    if propose is not None:
        from connu.cli.asking import propose_codes

        propose_codes(place, propose, purpose, yes, as_json)
    elif labels is not None:
        _import(place, labels, coder, skip_bad, as_json)
    elif written is not None:
        _export(place, written, coder, purpose, as_json)
    elif agreement:
        _agreement(place, purpose, as_json)
    else:
        _desk(place, coder, theme, second, purpose, as_json)


def _import(place: Brand, labels: Path, coder: str | None, skip_bad: bool, as_json: bool) -> None:
    from connu.app.coding import import_labels

    done = import_labels(place, labels, coder=coder, skip_bad=skip_bad)
    if as_json:
        from connu.cli.screen import print_json

        print_json(done.as_dict())
        return
    from connu.cli.screen import out

    print_imported(out(), done)


def print_imported(console: Console, done: Imported) -> None:
    """What an import did, on the screen."""
    from connu.cli.desk import progress
    from connu.cli.screen import plain

    kept = "1 label is" if done.written == 1 else f"{done.written:,} labels are"
    console.print(f"{done.lines:,} lines read: {kept} new, {done.same:,} were known already.")
    if done.repeated:
        console.print(f"{done.repeated:,} lines are replaced by a later line of the same verbatim.")
    if done.awaiting:
        console.print(f"{done.awaiting:,} are of verbatims that the next build looks for.")
    if done.skipped:
        place = plain(str(done.set_aside))
        console.print(f"[yellow]![/] {done.skipped:,} bad lines are set aside in {place}.")
    if done.passed_over:
        console.print(f"Not looked at: {plain(', '.join(done.passed_over))}.")
    told = [f"{theme} {progress(labels)}" for theme, labels in done.themes.items()]
    console.print(plain("Labels of the file: " + (", ".join(told) or "no theme") + "."))
    if done.written:
        console.print("They count from the next build on: connu build")


def _export(place: Brand, file: Path, coder: str | None, purpose: str, as_json: bool) -> None:
    from connu.app.label_export import export_labels

    done = export_labels(place, file, coder=coder, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(done.as_dict())
        return
    from connu.cli.screen import out, plain

    console = out()
    console.print(f"{done.labels:,} labels written to {plain(str(done.path))}.")
    if done.changed:
        console.print(f"{done.changed:,} left out: their texts changed since.")
    if done.gone:
        console.print(f"{done.gone:,} left out: their verbatims are no more.")
    if done.left_out:
        console.print(
            f"{done.left_out:,} left out: whoever wrote them did not grant «{plain(purpose)}»."
        )


def _desk(
    place: Brand, coder: str | None, theme: str | None, second: bool, purpose: str, as_json: bool
) -> None:
    from connu.app.coding import this_coder
    from connu.app.desk import open_desk
    from connu.cli.desk import Conversation
    from connu.cli.screen import err, out, print_json

    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    name = this_coder(coder)
    console = err() if as_json else out()
    with open_desk(place, name, purpose=purpose, theme=theme, second=second) as desk:
        session = Conversation(desk, console, sys.stdin.readline).hold()
        labels = desk.labels()
    if as_json:
        print_json(
            {
                "coder": name,
                "kept": session.kept,
                "skipped": session.skipped,
                "taken_back": session.taken_back,
                "labels": labels,
            }
        )
        return
    from connu.cli.screen import plain

    console.print(
        f"{session.kept:,} kept, {session.skipped:,} skipped, by {plain(name)}. They count from "
        "the next build on: connu build"
    )


def _agreement(place: Brand, purpose: str, as_json: bool) -> None:
    from connu.app.agreement import coders_agreement

    found = coders_agreement(place, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(found.as_dict())
        return
    from connu.cli.agreement import print_agreement
    from connu.cli.screen import out

    print_agreement(out(), found)
