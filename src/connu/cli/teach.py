"""`connu teach`: MiniLM learns the brand's own labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connu.cli.options import AsJson, BrandFolder, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.teaching import Taught


def teach(brand: BrandFolder = None, as_json: AsJson = False) -> None:
    """Teach MiniLM what the brand's labels mean: some minutes, once.

    All layers of MiniLM are taught the codes made by hand (500 verbatims at
    least, better some thousand), and judged on texts held out, beside connu's
    own n-grams. With [bold]encoder = "taught"[/] in [understand] builds average
    both. When labels or texts change it must be taught again: a build says so.
    Needs the extra finetune; nothing leaves the machine.

    [dim]Examples:[/]
      connu teach
      connu teach --json
    """
    from connu.app.teaching import teach as taught_by
    from connu.cli.progress import watched
    from connu.cli.screen import out, print_json

    place = opened(brand)
    with watched() as progress:
        taught = taught_by(place, progress=progress)
    if as_json:
        print_json(taught.as_dict())
    else:
        print_taught(out(), taught)


def print_taught(console: Console, taught: Taught) -> None:
    """What teaching came to, on the screen."""
    from connu.app.teaching import ALONE, NGRAMS, TOGETHER
    from connu.cli.screen import duration, plain, table

    console.print(
        f"MiniLM was taught {len(taught.themes):,} themes by {taught.texts:,} texts, in "
        f"{duration(taught.seconds)}. F1 on texts held out:"
    )
    called = {NGRAMS: "n-grams", ALONE: "MiniLM taught, alone", TOGETHER: "both, averaged"}
    rows = [
        (words, f"{taught.figures[who]['macro']:.3f}", f"{taught.figures[who]['micro']:.3f}")
        for who, words in called.items()
    ]
    console.print(table(("coded by", "macro", "micro"), rows, right=("macro", "micro")))
    if taught.too_few:
        console.print(
            f"Too few labels to be taught: {plain(', '.join(taught.too_few))}. N-grams code them."
        )
    if not taught.better:
        console.print("[yellow]![/] It is no better than n-grams alone: leave it, or code more.")
    elif taught.used:
        console.print("It codes from the next build on: connu build")
    else:
        said = plain('encoder = "taught" in [understand] of connu.toml')
        console.print(f"A build uses it where settings say so: {said}, then connu build")
