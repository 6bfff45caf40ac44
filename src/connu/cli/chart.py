"""The chart of an evaluation of twins: reliability beside accuracy over coverage, SVG or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from connu.cli.panel import BLUE, FAINT, INK, LEFT, SIDE, Panel, document, write_document
from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from connu.app.twin_figures import TwinsEvaluation

SUFFIXES = (".svg", ".html")


def write_chart(evaluation: TwinsEvaluation, path: Path) -> None:
    """Write the chart of an evaluation.

    Args:
        evaluation: what was measured.
        path: ends in .svg or .html.

    Raises:
        UsageError: another suffix, or no such folder.
    """
    check_chart(path)
    write_document(_title(evaluation), svg(evaluation), path)


def check_chart(path: Path) -> None:
    """See that a chart can be written there, before anything is computed.

    Raises:
        UsageError: another suffix, or no such folder.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"connu cannot draw a chart into files ending in «{path.suffix}»",
            hint=f"use {' or '.join(SUFFIXES)}",
            file=path,
        )
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(
            "the chart cannot be written there",
            hint="name a file in a folder that exists",
            file=path,
        )


def svg(evaluation: TwinsEvaluation) -> str:
    """The chart as one SVG document."""
    score = evaluation.score
    told = [
        (b.told, b.right.value, b.right.low, b.right.high)
        for b in score.reliability
        if b.told is not None and b.right is not None
    ]
    surest = [
        (m.coverage, m.accuracy.value, m.accuracy.low, m.accuracy.high) for m in evaluation.curve
    ]
    floor = _floor([low for *_, low, _ in surest])
    reliability = Panel(LEFT, "Told, and how often it was right", "told", "right", (0.0, 1.0))
    coverage = Panel(
        2 * LEFT + SIDE, "Accuracy of the surest", "share of people told", "right", (floor, 1.0)
    )
    parts = [
        *reliability.frame(),
        reliability.line([(0.0, 0.0), (1.0, 1.0)], FAINT, 'stroke-dasharray="4 4"'),
        *(reliability.whisker(x, low, high) for x, _, low, high in told),
        reliability.line([(x, y) for x, y, *_ in told], BLUE),
        *(reliability.dot(x, y) for x, y, *_ in told),
        *coverage.frame(),
        coverage.band([(x, low, high) for x, _, low, high in surest]),
        coverage.line(
            [(0.0, evaluation.precision), (1.0, evaluation.precision)],
            INK,
            'stroke-dasharray="4 4"',
        ),
        coverage.line([(x, y) for x, y, *_ in surest], BLUE),
        f'<text x="{coverage.x(1.0):.1f}" y="{coverage.y(evaluation.precision) - 5:.1f}"'
        f' text-anchor="end">promised {100 * evaluation.precision:g} %</text>',
    ]
    return document(_title(evaluation), parts)


def _floor(lows: Sequence[float]) -> float:
    """Where the axis of accuracy begins: a round tenth below everything shown, at most .9."""
    lowest = min(lows, default=0.0)
    return min(0.9, int(lowest * 10) / 10)


def _title(evaluation: TwinsEvaluation) -> str:
    return f"{evaluation.attribute} by twins: {evaluation.score.people:,} people judged"
