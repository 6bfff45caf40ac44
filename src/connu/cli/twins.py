"""What statistical twins are worth, on the screen: figures, curves, and the promise kept or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connu.cli.bars import bar, sparkline

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.twin_figures import TwinsEvaluation
    from connu.measure.bounds import Bounds
    from connu.measure.intervals import Share
    from connu.measure.reliability import Reliability
    from connu.measure.twins import Stated, TwinsScore

_BAR = 20


def print_evaluation(console: Console, evaluation: TwinsEvaluation) -> None:
    """An evaluation on the screen."""
    from rich.markup import escape

    from connu.cli.screen import table

    score = evaluation.score
    console.print(
        f"[bold]{escape(evaluation.attribute)}[/] by twins: {score.people:,} people judged, "
        f"{escape(evaluation.folds)}"
    )
    made = table(("", "figure", "95 % interval"), _figures(score), right=("figure",))
    console.print(made)
    console.print(table(_VALUES, _values(score), right=_VALUES[1:]))
    print_reliability(console, score.reliability)
    if evaluation.curve:
        shares = [measured.accuracy.value for measured in evaluation.curve]
        low, high = min(shares), max(shares)
        console.print(
            f"accuracy of the surest, from few to all: {sparkline(shares, low, high)} "
            f"[dim](columns from {100 * low:.1f} to {100 * high:.1f} %)[/]"
        )
    console.print(_promise(evaluation))
    console.print(
        "[dim]Judged on all that was seen of each. Visitors are told from less: "
        "connu scorecard says how rightly.[/]"
    )
    if evaluation.unknown:
        console.print(f"{evaluation.unknown:,} rows of the folds are about nobody readable here.")
    if evaluation.unjudged:
        console.print(
            f"{evaluation.unjudged:,} people of the folds were not judged: their value is not "
            "known, or nothing they did was seen."
        )


def print_reliability(console: Console, curve: Sequence[Reliability]) -> None:
    """What was told beside what was right, a bar a bin."""
    from connu.cli.screen import percent, table

    rows = [
        (
            f"{100 * b.low:.0f}–{100 * b.high:.0f} %",
            b.people,
            percent(b.told),
            percent(b.right.value),
            bar(b.right.value, _BAR),
            _interval(b.right),
        )
        for b in curve
        if b.right is not None
    ]
    headers = ("told between", "people", "told", "right", "", "95 % interval")
    console.print(table(headers, rows, right=("people", "told", "right")))


_VALUES = ("value", "people", "AUC", "ECE", "overconfidence", "stated", "told", "right")


def _figures(score: TwinsScore) -> list[tuple[str, str, str]]:
    of = f" of «{score.auc_of}»" if score.auc_of else ""
    return [
        (f"AUC{of}", _decimal(score.auc), _interval(score.auc, 3)),
        _share("balanced accuracy", score.balanced_accuracy),
        _share("accuracy of all", score.accuracy),
        _share("accuracy of the surest 50 %", score.acc50),
        _share("accuracy of the surest 20 %", score.acc20),
        _share("… shared out over the values", score.acc20c),
        ("calibration error (ECE)", f"{score.ece:.4f}", _interval(score.bounds.get("ece"), 3)),
        (
            "overconfidence",
            f"{score.overconfidence:+.4f}".replace("-", "−"),
            _interval(score.bounds.get("overconfidence"), 3),
        ),
        _share("coverage at 90 % accuracy", score.coverage90.share),
        _share("coverage at 95 % accuracy", score.coverage95.share),
    ]


def _share(label: str, share: Share) -> tuple[str, str, str]:
    return label, f"{100 * share.value:.1f} %", _interval(share)


def _values(score: TwinsScore) -> list[tuple[Any, ...]]:
    from connu.cli.screen import percent

    rows = []
    for value in score.values:
        stated = value.stated
        rows.append(
            (
                value.value,
                value.people,
                _decimal(value.auc),
                f"{value.ece:.4f}",
                f"{value.overconfidence:+.4f}".replace("-", "−"),
                "" if stated is None else percent(stated.coverage),
                "" if stated is None else percent(stated.told),
                _right(stated),
            )
        )
    return rows


def _right(stated: Stated | None) -> str:
    if stated is None or stated.right is None:
        return ""
    return f"{100 * stated.right.value:.1f} % ({_interval(stated.right)})"


def _promise(evaluation: TwinsEvaluation) -> str:
    asked = f"promised precision {100 * evaluation.precision:g} %"
    stated = evaluation.score.stated
    if stated is None or stated.right is None:
        return f"[bold]{asked}[/]: nothing is stated that could break it."
    colours = {"kept": "green", "broken": "red"}
    colour = colours.get(evaluation.promise, "yellow")
    return (
        f"[bold]{asked}[/]: [{colour}]{evaluation.promise}[/]. Stated of "
        f"{100 * stated.coverage:.1f} % of those judged, right {_right(stated)}."
    )


def _decimal(share: Share | None) -> str:
    return "" if share is None else f"{share.value:.4f}"


def _interval(share: Share | Bounds | None, digits: int = 0) -> str:
    """The bounds of a share, in per cent, or as decimals where `digits` are asked.

    >>> from connu.measure.intervals import Share
    >>> _interval(Share(0.9, 0.871, 0.926)), _interval(Share(0.9, 0.871, 0.926), 3)
    ('87.1 – 92.6 %', '0.871 – 0.926')
    """
    if share is None:
        return ""
    if digits:
        return f"{share.low:.{digits}f} – {share.high:.{digits}f}".replace("-", "−")
    return f"{100 * share.low:.1f} – {100 * share.high:.1f} %"
