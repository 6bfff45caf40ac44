"""`connu explain`: why two are, or are not, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from connu.cli.options import AsJson, BrandFolder, Purpose, opened

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.reason import Reason

Who = "A record (source:id), a customer id, an e-mail, a phone number, or another identifier."

#: Bars: one block a bit, and at most this many.
_WIDTH = 24


def explain(
    left: Annotated[str, typer.Argument(metavar="A", help=Who)],
    right: Annotated[str, typer.Argument(metavar="B", help=Who)],
    purpose: Purpose = "service",
    brand: BrandFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say why A and B are, or are not, one person: per field in bits, and the chain of links.

    One bit more, and «the same person» is twice as likely. Fields that agree on
    something rare weigh more than fields that agree on something common; fields
    that differ weigh against. Where a hand joined or split the two, or an
    identifier they share counts as junk, that is said.

    [dim]Examples:[/]
      connu explain crm:1042 web:a-77
      connu explain claire.petit@example.org "06 12 34 56 78"
    """
    reason = opened(brand).explain(left, right, purpose=purpose)
    if as_json:
        from connu.cli.screen import print_json

        print_json(reason.as_dict())
        return
    from connu.cli.screen import out

    print_reason(out(), reason)


def print_reason(console: Console, reason: Reason) -> None:
    """The explanation on the screen."""
    from connu.cli.screen import percent, table

    console.print(f"[bold]{reason.left} and {reason.right}[/]: {reason.verdict}.")
    for remark in reason.remarks:
        console.print(f"  {remark}")
    if reason.fields:
        rows = [(name, f"{bits:+.1f}".replace("-", "−")) for name, bits in reason.fields]
        made = table(("field", "bits", ""), (), right=("bits",))
        for (name, bits), (_, value) in zip(rows, reason.fields, strict=True):
            made.add_row(name, bits, bar(value))
        console.print(made)
        console.print(
            f"Together {reason.bits:+.1f} bits: the two alone are the same person with "
            f"{percent(reason.probability)}."
        )
    if reason.chain:
        console.print("[bold]The chain of links between the two[/]")
        rows = [
            (
                f"{link['left_source']}:{link['left_record_id']}",
                f"{link['right_source']}:{link['right_record_id']}",
                link["kind"],
                percent(link["match_probability"]),
            )
            for link in reason.chain
        ]
        headers = ("record", "record", "kind", "same person")
        console.print(table(headers, rows, right=("same person",)))


def bar(bits: float) -> str:
    """A bar of Rich markup: green for the same person, red against.

    >>> bar(2.6), bar(-1.0), bar(0.1)
    ('[green]███[/]', '[red]█[/]', '')
    """
    length = min(_WIDTH, round(abs(bits)))
    if length == 0:
        return ""
    more = "▸" if abs(bits) > _WIDTH + 0.5 else ""
    return f"[{'green' if bits > 0 else 'red'}]{'█' * length}{more}[/]"
