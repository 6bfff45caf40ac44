"""Panels: squares with axes, drawn by hand, and the document that holds two of them.

Two small panels need no library, and the file opens anywhere, offline.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

#: Of one panel, in pixels: the square drawn in, and the room around it.
SIDE, LEFT, TOP, BELOW = 320, 64, 64, 56
WIDTH, HEIGHT = 2 * (LEFT + SIDE) + 48, TOP + SIDE + BELOW
INK, FAINT, BLUE, BAND = "#1f2937", "#d1d5db", "#1d4ed8", "#bfdbfe"
_TICKS = 5


def document(title: str, parts: Sequence[str]) -> str:
    """One SVG document of two panels' parts."""
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif"'
        f' font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="600">{escape(title)}</text>',
    ]
    return "\n".join([*head, *(part for part in parts if part), "</svg>\n"])


def write_document(title: str, drawn: str, path: Path) -> None:
    """Write an SVG document; into a page of its own where the file ends in .html."""
    if path.suffix.lower() == ".html":
        drawn = (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f"<title>{escape(title)}</title>\n<body>\n{drawn}</body>\n</html>\n"
        )
    path.write_text(drawn, encoding="utf-8")


class Panel:
    """One square with axes: x from 0 to 1, y over a range.

    Args:
        left: where it begins.
        title: above it.
        across, up: what its axes say.
        span: lowest and highest y.
        names: of columns that share x evenly, in place of per cent.
    """

    def __init__(
        self,
        left: float,
        title: str,
        across: str,
        up: str,
        span: tuple[float, float],
        names: Sequence[str] = (),
    ) -> None:
        self._left, self._title, self._across, self._up, self._span = left, title, across, up, span
        self._names = names

    def x(self, value: float) -> float:
        return self._left + min(1.0, max(0.0, value)) * SIDE

    def y(self, value: float) -> float:
        low, high = self._span
        return TOP + (1 - min(1.0, max(0.0, (value - low) / (high - low)))) * SIDE

    def middle(self, place: int) -> float:
        """The x of a named column's middle."""
        return (place + 0.5) / len(self._names)

    def frame(self) -> list[str]:
        low, high = self._span
        bottom = TOP + SIDE
        made = [f'<text x="{self._left}" y="{TOP - 12}" font-weight="600">{self._title}</text>']
        for tick in range(_TICKS + 1):
            share = tick / _TICKS
            value = low + share * (high - low)
            y = self.y(value)
            made += [
                f'<path d="M{self._left} {y:.1f}H{self._left + SIDE}" stroke="{FAINT}"/>',
                f'<text x="{self._left - 8}" y="{y + 4:.1f}" text-anchor="end">'
                f"{100 * value:.0f} %</text>",
            ]
        shares = [tick / _TICKS for tick in range(_TICKS + 1)]
        words = [(share, f"{100 * share:.0f} %") for share in shares]
        if self._names:
            words = [(self.middle(place), escape(name)) for place, name in enumerate(self._names)]
        made += [
            f'<text x="{self.x(share):.1f}" y="{bottom + 18}" text-anchor="middle">{word}</text>'
            for share, word in words
        ]
        middle = self._left + SIDE / 2
        made += [
            f'<path d="M{self._left} {TOP}V{bottom}H{self._left + SIDE}" fill="none"'
            f' stroke="{INK}"/>',
            f'<text x="{middle}" y="{bottom + 38}" text-anchor="middle">{self._across}</text>',
            f'<text transform="translate({self._left - 48} {TOP + SIDE / 2}) rotate(-90)"'
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
        return f'<polygon points="{path}" fill="{BAND}"/>'

    def whisker(self, x: float, low: float, high: float) -> str:
        at = f"{self.x(x):.1f} {self.y(low):.1f}V{self.y(high):.1f}"
        return f'<path d="M{at}" stroke="{BAND}" stroke-width="5"/>'

    def dot(self, x: float, y: float, colour: str = BLUE) -> str:
        return f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="4" fill="{colour}"/>'
