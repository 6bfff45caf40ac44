"""What statistical twins are worth, on the screen: figures, curves, and the promise kept or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connu.cli.bars import bar, sparkline

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.evaluation import TwinsEvaluation
    from connu.measure.intervals import Share
    from connu.measure.reliability import Reliability
    from connu.measure.told import Told
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


def print_told(console: Console, told: Sequence[Told]) -> None:
    """What twins tell of visitors, by attribute: of how many, how rightly, and the curves."""
    from connu.cli.screen import table

    console.print(
        f"[bold]Told by twins[/] of {told[0].visitors:,} visitors nobody knows; measured on "
        "known customers held out"
    )
    rows = [
        (
            one.attribute,
            "(few)" if one.told is None else one.told,
            "" if one.coverage is None else f"{100 * one.coverage:.1f} %",
            "" if one.right is None else f"{100 * one.right.value:.1f} %",
            _interval(one.right),
            _decimal(one.auc),
            "" if one.ece is None else f"{one.ece:.4f}",
        )
        for one in told
    ]
    console.print(table(_TOLD, rows, right=(*_TOLD[1:4], *_TOLD[5:])))
    curves = [row for one in told for row in _curve(one)]
    if curves:
        console.print("[bold]Do the probabilities mean what they say?[/] Told, and how often right")
        console.print(table(_CURVE, curves, right=("people", "told", "right")))
    checked = [(one.attribute, one.truth) for one in told if one.truth is not None]
    if checked:
        console.print("[bold]Told by twins[/], against labelled truth of visitors")
        console.print(table(_TRUTH, [_against(*one) for one in checked], right=_TRUTH[1:]))


_TOLD = ("attribute", "told", "coverage", "right", "95 % interval", "AUC", "ECE")
_CURVE = ("attribute", "people", "told", "right", "")
_TRUTH = ("attribute", "labelled", "AUC", "accuracy", "ECE", "stated", "right")


def _against(attribute: str, score: TwinsScore) -> tuple[Any, ...]:
    stated = score.stated
    return (
        attribute,
        score.people,
        _decimal(score.auc),
        f"{100 * score.accuracy.value:.1f} %",
        f"{score.ece:.4f}",
        "" if stated is None else f"{100 * stated.coverage:.1f} %",
        _right(stated),
    )


def _curve(told: Told) -> list[tuple[Any, ...]]:
    """The curve of an attribute, a bar a bin; its name stands once."""
    from connu.cli.screen import percent

    shown = [(b.people, b.told, b.right.value) for b in told.reliability if b.right is not None]
    return [
        ("" if row else told.attribute, people, percent(said), percent(right), bar(right, _BAR))
        for row, (people, said, right) in enumerate(shown)
    ]


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
        ("calibration error (ECE)", f"{score.ece:.4f}", ""),
        ("overconfidence", f"{score.overconfidence:+.4f}".replace("-", "−"), ""),
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


def _interval(share: Share | None, digits: int = 0) -> str:
    """The bounds of a share, in per cent, or as decimals where `digits` are asked.

    >>> from connu.measure.intervals import Share
    >>> _interval(Share(0.9, 0.871, 0.926)), _interval(Share(0.9, 0.871, 0.926), 3)
    ('87.1 – 92.6 %', '0.871 – 0.926')
    """
    if share is None:
        return ""
    if digits:
        return f"{share.low:.{digits}f} – {share.high:.{digits}f}"
    return f"{100 * share.low:.1f} – {100 * share.high:.1f} %"
