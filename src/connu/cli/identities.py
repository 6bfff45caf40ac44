"""Who was put together rightly, on the screen: two views, and whether probabilities are so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.identity_evaluation import IdentitiesEvaluation
    from connu.measure.calibration import Calibration
    from connu.measure.identities import IdentityScore
    from connu.measure.intervals import Share


def print_identities(console: Console, evaluation: IdentitiesEvaluation) -> None:
    """An evaluation on the screen."""
    print_score(console, evaluation)
    calibration = evaluation.calibration
    if calibration is None:
        console.print("Match probabilities were not checked: the truth has no column source.")
    elif calibration.bins:
        _print_calibration(console, calibration)


def print_score(console: Console, score: IdentityScore) -> None:
    """The score on the screen."""
    from connu.cli.screen import table

    rows = [
        (name, _share(agreement.precision), _share(agreement.recall), _share(agreement.f1))
        for name, agreement in (("pairwise", score.pairwise), ("B-cubed", score.bcubed))
    ]
    headers = ("", "precision", "recall", "F1")
    console.print(table(headers, rows, right=headers[1:]))
    console.print(
        f"{score.records:,} records scored: {score.customers:,} customers found, "
        f"{score.entities:,} people in truth."
    )
    if score.only_in_truth:
        console.print(f"{score.only_in_truth:,} records of the truth are in no source.")
    if score.only_in_identities:
        console.print(f"{score.only_in_identities:,} records are not in the truth: not scored.")
    console.print("[dim]In brackets: the 95 % interval.[/]")


def _print_calibration(console: Console, calibration: Calibration) -> None:
    """Whether match probabilities mean what they say, a bar a bin."""
    from connu.cli.bars import bar
    from connu.cli.screen import percent, table

    bounds = calibration.bounds.get("expected_error")
    within = "" if bounds is None else f" [{bounds.low:.4f}–{bounds.high:.4f}]"
    console.print(
        f"[bold]Match probabilities[/] of {calibration.pairs:,} pairs, merged or in doubt: "
        f"calibration error (ECE) {calibration.expected_error:.4f}{within}"
    )
    rows = [
        (
            f"{100 * one.low:.0f}–{100 * one.high:.0f} %",
            one.pairs,
            percent(one.told),
            percent(one.right.value),
            bar(one.right.value, 20),
            f"{percent(one.right.low)} – {percent(one.right.high)}",
        )
        for one in calibration.bins
    ]
    headers = ("told between", "pairs", "told", "right", "", "95 % interval")
    console.print(table(headers, rows, right=headers[1:4]))


def _share(share: Share) -> str:
    return f"{share.value:.4f} [{share.low:.4f}–{share.high:.4f}]"
