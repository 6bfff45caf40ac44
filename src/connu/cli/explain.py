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
#: Fewer bits are shown as nothing.
_NOTHING = 0.05


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
    from rich.markup import escape

    from connu.cli.screen import percent, table

    explained = reason.explanation
    console.print(f"[bold]{escape(f'{reason.left} and {reason.right}')}[/]: {reason.verdict}.")
    for remark in reason.remarks:
        console.print(f"[yellow]![/] {escape(remark)}")
    made = table(("field", "bits", "", "because"), (), right=("bits",))
    made.add_row("any two records", signed(explained.prior), bar(explained.prior), "before looking")
    for evidence in explained.evidence:
        if evidence.bits is not None:
            shown = (signed(evidence.bits), bar(evidence.bits))
            made.add_row(escape(evidence.field), *shown, escape(evidence.words))
    beside = (
        ("household", explained.household, "two who live together would agree as much"),
        ("calibration", explained.calibration, "what such evidence proved to be worth"),
    )
    for label, bits, why in beside:
        if abs(bits) >= _NOTHING:
            made.add_row(label, signed(bits), bar(bits), why)
    made.add_section()
    shown = (signed(explained.bits), bar(explained.bits))
    made.add_row("together", *shown, f"one person with {percent(explained.probability)}")
    console.print(made)
    unknown = [evidence.field for evidence in explained.evidence if evidence.bits is None]
    if unknown:
        console.print(f"[dim]Not known of both, so silent: {escape(', '.join(unknown))}.[/]")
    if len(reason.chain) > 1:
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


def signed(bits: float) -> str:
    """Bits with their sign.

    >>> signed(2.04), signed(-10.6)
    ('+2.0', '−10.6')
    """
    return f"{bits:+.1f}".replace("-", "−")


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
