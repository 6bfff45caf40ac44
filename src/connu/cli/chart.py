"""The chart of an evaluation: the reliability curve beside accuracy over coverage, as SVG or HTML.

Drawn by hand: two small panels need no library, and the file opens anywhere, offline.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from connu.app.evaluation import TwinsEvaluation

SUFFIXES = (".svg", ".html")

#: Of one panel, in pixels: the square drawn in, and the room around it.
_SIDE, _LEFT, _TOP, _BELOW = 320, 64, 64, 56
_WIDTH, _HEIGHT = 2 * (_LEFT + _SIDE) + 48, _TOP + _SIDE + _BELOW
_INK, _FAINT, _BLUE, _BAND = "#1f2937", "#d1d5db", "#1d4ed8", "#bfdbfe"
_TICKS = 5


def write_chart(evaluation: TwinsEvaluation, path: Path) -> None:
    """Write the chart of an evaluation.

    Args:
        evaluation: what was measured.
        path: ends in .svg or .html.

    Raises:
        UsageError: another suffix, or no such folder.
    """
    check_chart(path)
    drawn = svg(evaluation)
    if path.suffix.lower() == ".html":
        title = escape(_title(evaluation))
        drawn = (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n<body>\n{drawn}</body>\n</html>\n"
        )
    path.write_text(drawn, encoding="utf-8")


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
    reliability = _Panel(_LEFT, "Told, and how often it was right", "told", "right", (0.0, 1.0))
    coverage = _Panel(
        2 * _LEFT + _SIDE, "Accuracy of the surest", "share of people told", "right", (floor, 1.0)
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' width="{_WIDTH}" height="{_HEIGHT}" font-family="system-ui, sans-serif"'
        f' font-size="12" fill="{_INK}">',
        f"<title>{escape(_title(evaluation))}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="15" font-weight="600">'
        f"{escape(_title(evaluation))}</text>",
        *reliability.frame(),
        reliability.line([(0.0, 0.0), (1.0, 1.0)], _FAINT, 'stroke-dasharray="4 4"'),
        *(reliability.whisker(x, low, high) for x, _, low, high in told),
        reliability.line([(x, y) for x, y, *_ in told], _BLUE),
        *(reliability.dot(x, y) for x, y, *_ in told),
        *coverage.frame(),
        coverage.band([(x, low, high) for x, _, low, high in surest]),
        coverage.line(
            [(0.0, evaluation.precision), (1.0, evaluation.precision)],
            _INK,
            'stroke-dasharray="4 4"',
        ),
        coverage.line([(x, y) for x, y, *_ in surest], _BLUE),
        f'<text x="{coverage.x(1.0):.1f}" y="{coverage.y(evaluation.precision) - 5:.1f}"'
        f' text-anchor="end">promised {100 * evaluation.precision:g} %</text>',
        "</svg>\n",
    ]
    return "\n".join(part for part in parts if part)


class _Panel:
    """One square with axes: x from 0 to 1, y over a range."""

    def __init__(
        self, left: float, title: str, across: str, up: str, span: tuple[float, float]
    ) -> None:
        self._left, self._title, self._across, self._up, self._span = left, title, across, up, span

    def x(self, value: float) -> float:
        return self._left + min(1.0, max(0.0, value)) * _SIDE

    def y(self, value: float) -> float:
        low, high = self._span
        return _TOP + (1 - min(1.0, max(0.0, (value - low) / (high - low)))) * _SIDE

    def frame(self) -> list[str]:
        low, high = self._span
        bottom = _TOP + _SIDE
        made = [f'<text x="{self._left}" y="{_TOP - 12}" font-weight="600">{self._title}</text>']
        for tick in range(_TICKS + 1):
            share = tick / _TICKS
            value = low + share * (high - low)
            y, x = self.y(value), self.x(share)
            made += [
                f'<path d="M{self._left} {y:.1f}H{self._left + _SIDE}" stroke="{_FAINT}"/>',
                f'<text x="{self._left - 8}" y="{y + 4:.1f}" text-anchor="end">'
                f"{100 * value:.0f} %</text>",
                f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">'
                f"{100 * share:.0f} %</text>",
            ]
        middle = self._left + _SIDE / 2
        made += [
            f'<path d="M{self._left} {_TOP}V{bottom}H{self._left + _SIDE}" fill="none"'
            f' stroke="{_INK}"/>',
            f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">{self._across}</text>',
            f'<text transform="translate({self._left - 48} {_TOP + _SIDE / 2}) rotate(-90)"'
            f' text-anchor="middle">{self._up}</text>',
        ]
        return made

    def line(self, points: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
        if not points:
            return ""
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" {more}/>'

    def band(self, points: Sequence[tuple[float, float, float]]) -> str:
        if not points:
            return ""
        edge = [(x, high) for x, _, high in points] + [(x, low) for x, low, _ in points[::-1]]
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in edge)
        return f'<polygon points="{path}" fill="{_BAND}"/>'

    def whisker(self, x: float, low: float, high: float) -> str:
        at = f"{self.x(x):.1f} {self.y(low):.1f}V{self.y(high):.1f}"
        return f'<path d="M{at}" stroke="{_BAND}" stroke-width="5"/>'

    def dot(self, x: float, y: float) -> str:
        return f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="4" fill="{_BLUE}"/>'


def _floor(lows: Sequence[float]) -> float:
    """Where the axis of accuracy begins: a round tenth below everything shown, at most .9."""
    lowest = min(lows, default=0.0)
    return min(0.9, int(lowest * 10) / 10)


def _title(evaluation: TwinsEvaluation) -> str:
    return f"{evaluation.attribute} by twins: {evaluation.score.people:,} people judged"
