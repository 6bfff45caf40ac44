"""How coders agree, on the screen: alpha by theme, people's and the machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.agreement import CodersAgreement
    from connu.understand.estimate import Estimate
    from connu.understand.reliability import Agreement


def print_agreement(console: Console, found: CodersAgreement) -> None:
    """Alpha among coders and of the machine, by theme and of whole sets of themes."""
    from connu.cli.screen import plain, table
    from connu.understand.reliability import LEAST_USED, NOMINAL

    measured = found.reliability
    coders = "1 coder" if len(found.coders) == 1 else f"{len(found.coders)} coders"
    console.print(
        f"{coders} ({plain(', '.join(found.coders))}): {found.verbatims:,} verbatims coded, "
        f"{found.twice:,} of them twice."
    )
    told = [*measured.themes, measured.sets]
    if not any(one.people or one.machine for one in told):
        console.print(f"An alpha is told from {LEAST_USED} verbatims of a theme on.")
    else:
        rows = [_row(one) for one in told if one.people or one.machine or one.used]
        headers = ("theme", "labels", "coders", "machine", "")
        console.print(table(headers, rows, right=("labels",)))
        console.print(
            f"[dim]Krippendorff's alpha: {NOMINAL} a theme, with {measured.sets.variant} for "
            "all themes together; 1 is agreement, 0 chance. In brackets: the 95 % interval.[/]"
        )
    less = measured.less_reliable()
    if less:
        console.print(
            f"[yellow]![/] The machine codes less reliably than a second person: "
            f"{plain(', '.join(less))}."
        )
    if not found.twice:
        console.print("Nothing was coded twice yet: connu code --second --coder NAME")
    if not found.machine:
        console.print(
            "The machine is not held against these codes: it learnt from them, or said nothing."
        )


def _row(one: Agreement) -> tuple[str, str, str, str, str]:
    from connu.understand.reliability import SILENCES

    said = one.verdict or ("" if one.silence is None else SILENCES[one.silence])
    name = one.theme or "all themes"
    return name, f"{one.used:,}", _shown(one.people), _shown(one.machine), said


def _shown(alpha: Estimate | None) -> str:
    """An alpha with its interval.

    >>> from connu.understand.estimate import Estimate
    >>> _shown(Estimate(0.8123, 0.7, 0.9)), _shown(None)
    ('.81 [.70–.90]', '')
    """
    if alpha is None:
        return ""
    return f"{_figure(alpha.value)} [{_figure(alpha.low)}–{_figure(alpha.high)}]"


def _figure(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
