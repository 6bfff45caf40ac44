"""Charts of bars in rows: a label above each bar, so that it reads on the narrowest screen too."""

from __future__ import annotations

from typing import Any, NamedTuple

from connu.report.drawing import plain

#: Of one row, and of the bar in it, in pixels; the room for the label is above the bar.
ROW, LABEL, BAR = 46, 20, 13


class Piece(NamedTuple):
    """One coloured piece of a bar.

    Attributes:
        start, end: on the scale of the chart.
        colour: a CSS variable.
        said: what it says when it is pointed at.
    """

    start: float
    end: float
    colour: str
    said: str


class Row(NamedTuple):
    """One bar.

    Attributes:
        label: above it, to the left. value: above it, to the right.
        pieces: what it is made of.
    """

    label: str
    value: str
    pieces: list[Piece]


def rows_spec(
    rows: list[Row], low: float, high: float, width: int, *, bare: bool = True
) -> dict[str, Any]:
    """The Vega-Lite of bars in rows.

    Args:
        rows: from the top.
        low, high: what the left and the right edge stand for.
        width: in pixels.
        bare: no line at zero.
    """
    if not high > low:
        high = low + 1
    labelled = any(row.label or row.value for row in rows)
    above = LABEL if labelled else 0
    letters = width // 9
    pieces = [
        {
            "start": piece.start,
            "end": piece.end,
            "top": place * ROW + above,
            "bottom": place * ROW + above + BAR,
            "colour": piece.colour,
            "said": plain(piece.said, 200),
        }
        for place, row in enumerate(rows)
        for piece in row.pieces
        if piece.end != piece.start
    ]
    texts: list[dict[str, Any]] = [
        {
            "at": place * ROW + LABEL - 6,
            "label": plain(row.label, max(12, letters - len(row.value))),
            "value": row.value,
        }
        for place, row in enumerate(rows)
    ]
    height = (len(rows) - 1) * ROW + above + BAR
    across = {"type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": None}
    down = {
        "type": "quantitative",
        "scale": {"domain": [0, height], "reverse": True, "nice": False, "zero": False},
        "axis": None,
    }
    at = {"field": "at", **down}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": pieces},
            "mark": {"type": "rect", "cornerRadius": 1},
            "encoding": {
                "x": {"field": "start", **across},
                "x2": {"field": "end"},
                "y": {"field": "top", **down},
                "y2": {"field": "bottom"},
                "fill": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
                "description": {"field": "said", "type": "nominal"},
                "tooltip": {"field": "said", "type": "nominal"},
            },
        },
    ]
    if labelled:
        layers += [
            _texts(texts, "label", "left", 0, at),
            _texts(texts, "value", "right", width, at),
        ]
    if not bare:
        zeros = [
            {"top": place * ROW + LABEL - 3, "bottom": place * ROW + LABEL + BAR + 3}
            for place in range(len(rows))
        ]
        layers.append(
            {
                "data": {"values": zeros},
                "mark": {"type": "rule", "color": "var(--ink)", "aria": False},
                "encoding": {
                    "x": {"datum": 0, **across},
                    "y": {"field": "top", **down},
                    "y2": {"field": "bottom"},
                },
            }
        )
    return {"width": width, "height": height, "layer": layers}


def _texts(
    texts: list[dict[str, Any]], field: str, align: str, at_x: int, at: dict[str, Any]
) -> dict[str, Any]:
    colour = "var(--ink)" if align == "left" else "var(--soft)"
    return {
        "data": {"values": texts},
        "mark": {"type": "text", "align": align, "baseline": "alphabetic", "color": colour,
                 "aria": False},
        "encoding": {
            "x": {"value": at_x},
            "y": at,
            "text": {"field": field, "type": "nominal"},
        },
    }  # fmt: skip
