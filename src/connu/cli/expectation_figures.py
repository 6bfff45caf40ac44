"""What codes of expectations are worth, on the screen: figures, themes, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from connu.cli.bars import bar

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.expectation_figures import ExpectationsEvaluation, Judged
    from connu.measure.expectations import ExpectationScore
    from connu.measure.intervals import Share
    from connu.measure.theme_figures import Found
    from connu.measure.tone_figures import WordScore

_BAR = 20
_LEARNT = {
    "build": "The build's codes",
    "none": "With no label",
    "few": "With few labels",
    "all": "With all labels that may be learnt from",
}
_DRAWN = {
    "macro_f1": "themes, macro F1",
    "micro_f1": "themes, micro F1",
    "theme_polarity_f1": "theme and polarity, micro F1",
    "polarity_macro_f1": "polarity, macro F1",
    "expectation_f1": "expectation F1",
    "calibration_error": "calibration error",
}


def print_expectation_figures(console: Console, evaluation: ExpectationsEvaluation) -> None:
    """An evaluation on the screen."""
    from rich.markup import escape

    console.print(
        f"[bold]What customers expect[/]: {evaluation.lines:,} verbatims of the truth, "
        f"by {escape(evaluation.by)}"
    )
    for judged in evaluation.judged:
        _print_judged(console, judged)
    last = evaluation.judged[-1].score
    _print_themes(console, last)
    _print_reliability(console, last)
    console.print("[dim]Intervals: 95 %, with verbatims as units.[/]")
    for text in _left_out(evaluation):
        console.print(escape(text))


def _print_judged(console: Console, judged: Judged) -> None:
    from connu.cli.screen import table

    learnt = f" ({judged.learnt_from:,} coded verbatims)" if judged.learnt_from else ""
    console.print(
        f"[bold]{_LEARNT[judged.labels]}[/]{learnt}: {judged.score.themes.verbatims:,} judged"
    )
    if judged.draws:
        rows: list[Any] = [
            (
                _DRAWN[name], f"{one.mean:.3f}", f"± {one.sd:.3f}",
                f"{one.low:.3f}–{one.high:.3f}" if one.draws > 1 else "",
            )
            for name, one in judged.draws.items()
        ]  # fmt: skip
        draws = next(iter(judged.draws.values())).draws
        told = ("", f"mean of {draws}", "sd", "interval of the mean")
        console.print(table(told, rows, right=told[1:3]))
        if draws > 1:
            console.print("[dim]Below, the first draw.[/]")
    headers = ("", "figure", "95 % interval", "judged")
    rows = [
        (name, f"{share.value:.3f}", _interval(share), many)
        for name, share, many in _figures(judged.score)
    ]
    console.print(table(headers, rows, right=("figure", "judged")))


def _figures(score: ExpectationScore) -> Iterator[tuple[str, Share, int]]:
    """Name, figure, and of how many."""
    themes = score.themes
    yield "themes, macro F1", themes.macro, themes.micro.truth
    yield "themes, micro F1", themes.micro.f1, themes.micro.truth
    yield "  precision", themes.micro.precision, themes.micro.told
    yield "  recall", themes.micro.recall, themes.micro.truth
    if score.with_polarity is not None:
        yield "theme and polarity, micro F1", score.with_polarity.f1, score.with_polarity.truth
    words: tuple[tuple[str, WordScore | None], ...] = (
        ("polarity", score.polarity),
        ("positive or negative", score.sides),
        ("status", score.status),
        ("form", score.form),
        ("addressee", score.addressee),
    )
    for name, word in words:
        if word is not None:
            yield f"{name}, right", word.right, word.judged
            yield f"{name}, macro F1", word.macro_f1, word.judged
    if score.expectations is not None:
        found: Found = score.expectations.expectation
        yield "expectation F1", found.f1, found.truth
        yield "  precision", found.precision, found.told
        yield "  recall", found.recall, found.truth
        yield "  whatever the status", score.expectations.theme.f1, found.truth
        yield "  whatever theme and status", score.expectations.span.f1, found.truth


def _print_themes(console: Console, score: ExpectationScore) -> None:
    from connu.cli.screen import table

    headers = ("theme", "told", "truth", "precision", "recall", "F1", "", "95 % interval")
    rows = [
        (
            theme, one.told, one.truth, f"{one.precision.value:.3f}", f"{one.recall.value:.3f}",
            f"{one.f1.value:.3f}", bar(one.f1.value, _BAR), _interval(one.f1),
        )
        for theme, one in score.themes.by_theme.items()
    ]  # fmt: skip
    console.print(table(headers, rows, right=headers[1:6]))


def _print_reliability(console: Console, score: ExpectationScore) -> None:
    from connu.cli.screen import percent, table

    if not score.reliability:
        return
    bounds = score.bounds.get("calibration_error")
    within = "" if bounds is None else f" ({bounds.low:.3f}–{bounds.high:.3f})"
    console.print(
        "Do the probabilities mean what they say? "
        f"Calibration error {score.calibration_error:.3f}{within}"
    )
    headers = ("told between", "themes", "told", "right", "", "95 % interval")
    rows = [
        (
            f"{100 * b.low:.0f}–{100 * b.high:.0f} %", b.people, percent(b.told),
            percent(b.right.value), bar(b.right.value, _BAR), _interval(b.right),
        )
        for b in score.reliability
        if b.right is not None
    ]  # fmt: skip
    console.print(table(headers, rows, right=("themes", "told", "right")))


def _left_out(evaluation: ExpectationsEvaluation) -> Iterator[str]:
    """Why lines of the file were not judged."""
    if evaluation.learnt:
        yield (
            f"{evaluation.learnt:,} verbatims were left out: the build learnt from their codes. "
            "--few N judges all of them by models that did not."
        )
    if evaluation.unknown:
        yield f"{evaluation.unknown:,} lines name a verbatim that the build does not have."
    if evaluation.repeated:
        yield f"{evaluation.repeated:,} lines were replaced by a later one of the same id."
    if evaluation.passed_over:
        yield f"Not looked at, as connu does not know it: {', '.join(evaluation.passed_over)}."
    inexact = [one.score.expectations for one in evaluation.judged]
    if any(one is not None and one.inexact for one in inexact):
        yield "Some quotes are not the text where they say they stand: they count as not found."


def _interval(share: Share) -> str:
    return f"{share.low:.3f}–{share.high:.3f}"
