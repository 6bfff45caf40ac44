"""The chart of an evaluation of expectations: what was told, what was right, and F1 by theme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connu.cli.chart import check_chart
from connu.cli.panel import BLUE, FAINT, LEFT, SIDE, Panel, document, write_document

if TYPE_CHECKING:
    from connu.app.expectation_figures import ExpectationsEvaluation


def write_expectation_chart(evaluation: ExpectationsEvaluation, path: Path) -> None:
    """Write the chart of an evaluation.

    Args:
        evaluation: what was measured; of several ways the last is drawn.
        path: ends in .svg or .html.

    Raises:
        UsageError: another suffix, or no such folder.
    """
    check_chart(path)
    write_document(_title(evaluation), expectation_svg(evaluation), path)


def expectation_svg(evaluation: ExpectationsEvaluation) -> str:
    """The chart as one SVG document."""
    score = evaluation.judged[-1].score
    curve = [
        (b.told, b.right.value, b.right.low, b.right.high)
        for b in score.reliability
        if b.told is not None and b.right is not None
    ]
    told = Panel(LEFT, "Told, and how often it was right", "told", "right", (0.0, 1.0))
    # Numbers name the columns: thirty names would lie on each other.
    themes = list(score.themes.by_theme.items())
    names = [str(place + 1) for place in range(len(themes))]
    by_theme = Panel(2 * LEFT + SIDE, "F1 by theme", "theme", "F1", (0.0, 1.0), names)
    parts = [
        *told.frame(),
        told.line([(0.0, 0.0), (1.0, 1.0)], FAINT, 'stroke-dasharray="4 4"'),
        *(told.whisker(x, low, high) for x, _, low, high in curve),
        told.line([(x, y) for x, y, *_ in curve], BLUE),
        *(told.dot(x, y) for x, y, *_ in curve),
        *by_theme.frame(),
    ]
    for place, (name, one) in enumerate(themes):
        x = by_theme.middle(place)
        parts += [
            by_theme.whisker(x, one.f1.low, one.f1.high),
            _named(by_theme.dot(x, one.f1.value), f"{place + 1} {name}: {one.f1.value:.3f}"),
        ]
    return document(_title(evaluation), parts)


def _named(dot: str, text: str) -> str:
    """A dot that says what it is when it is pointed at."""
    from html import escape

    return dot.replace("/>", f"><title>{escape(text)}</title></circle>")


def _title(evaluation: ExpectationsEvaluation) -> str:
    many = evaluation.judged[-1].score.themes.verbatims
    return f"What customers expect: {many:,} verbatims judged"
