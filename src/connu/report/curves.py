"""Charts of points: what was told beside what was right, checks side by side, figures over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connu.measure.card import Point
from connu.measure.claims import Check
from connu.measure.reliability import Reliability
from connu.report.drawing import plain
from connu.report.numbers import Numbers
from connu.report.parts import capital
from connu.report.texts import Said

#: Of the square that reliability is drawn in, and of a line over the builds, in pixels.
SIDE, LINE_WIDTH, LINE_HEIGHT = 284, 300, 96

_SAID = {
    "description": {"field": "said", "type": "nominal"},
    "tooltip": {"field": "said", "type": "nominal"},
}


def curve_spec(curve: Sequence[Reliability], t: Said, n: Numbers) -> dict[str, Any]:
    """The reliability curve: on the diagonal, a probability means what it says."""
    bins = [
        {
            "told": one.told,
            "right": one.right.value,
            "low": one.right.low,
            "high": one.right.high,
            "people": one.people,
            "said": f"{t('mean_told')} {n.percent(one.told)} · {t('right')} "
            f"{n.percent(one.right.value)} ({n.interval(one.right.low, one.right.high, 'share')})"
            f" · {t('on_people', people=n.number(one.people or 0))}",
        }
        for one in curve
        if one.told is not None and one.right is not None
    ]
    axis = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]}
    across = _share("told", t("curve_told"), axis)
    up = _share("right", t("curve_right"), axis)
    line = {"data": {"values": bins}}
    return {
        "width": SIDE,
        "height": SIDE,
        "layer": [
            {
                "data": {"values": [{"told": 0, "right": 0}, {"told": 1, "right": 1}]},
                "mark": {
                    "type": "line",
                    "color": "var(--wished)",
                    "strokeDash": [4, 4],
                    "aria": False,
                },
                "encoding": {"x": across, "y": up},
            },
            {
                **line,
                "mark": {"type": "rule", "color": "var(--s2)", "strokeWidth": 2, "aria": False},
                "encoding": {"x": across, "y": up | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                **line,
                "mark": {
                    "type": "line",
                    "color": "var(--accent)",
                    "strokeWidth": 1.5,
                    "aria": False,
                },
                "encoding": {"x": across, "y": up},
            },
            {
                **line,
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {"x": across, "y": up, "color": {"value": "var(--accent)"}, **_SAID},
            },
        ],
    }


def checks_spec(
    checks: Sequence[Check], language: str, t: Said, n: Numbers, width: int
) -> dict[str, Any]:
    """The first figure of every check that is a share, with its interval, one below the other."""
    row = 40
    dots = []
    for place, check in enumerate(checks):
        first = check.claims[0]
        value, silent = float(first.value or 0), check.published is False
        interval = n.interval(first.low, first.high, "share")
        dots.append(
            {
                "nought": 0,
                "whole": 1,
                "at": place * row + 28,
                "text_at": place * row + 14,
                "label": plain(
                    capital(f"{check.label.said(language)}, {first.label.said(language)}"),
                    width // 9,
                ),
                "value": value,
                "low": value if first.low is None else first.low,
                "high": value if first.high is None else first.high,
                "base": first.base,
                "colour": "var(--wished)" if silent else "var(--accent)",
                "said": plain(
                    f"{check.label.said(language)}: {n.percent(value)}"
                    + (f" ({interval})" if interval else ""),
                    200,
                ),
                "told": n.percent(value),
            }
        )
    height = row * len(dots)
    axis = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "grid": False}
    across = _share("value", None, axis)
    down = {
        "type": "quantitative",
        "scale": {"domain": [0, height], "reverse": True, "nice": False},
        "axis": None,
    }
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    at = {"field": "at", **down}
    text_at = {"field": "text_at", **down}
    return {
        "width": width,
        "height": height,
        "data": {"values": dots},
        "layer": [
            {
                "mark": {"type": "rule", "color": "var(--track)", "strokeWidth": 6, "aria": False},
                "encoding": {
                    "x": across | {"field": "nought"},
                    "x2": {"field": "whole"},
                    "y": at,
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.4, "aria": False},
                "encoding": {
                    "x": across | {"field": "low"},
                    "x2": {"field": "high"},
                    "y": at,
                    "color": colour,
                },
            },
            {
                "transform": [{"filter": {"field": "base", "valid": True}}],
                "mark": {"type": "tick", "color": "var(--ink)", "size": 12, "aria": False},
                "encoding": {"x": across | {"field": "base"}, "y": at},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": across, "y": at, "color": colour, **_SAID},
            },
            {
                "mark": {"type": "text", "align": "left", "aria": False},
                "encoding": {
                    "x": {"value": 0},
                    "y": text_at,
                    "text": {"field": "label", "type": "nominal"},
                },
            },
            {
                "mark": {
                    "type": "text",
                    "align": "right",
                    "color": "var(--soft)",
                    "aria": False,
                },
                "encoding": {
                    "x": {"value": width},
                    "y": text_at,
                    "text": {"field": "told", "type": "nominal"},
                },
            },
        ],
    }


def trend_spec(points: Sequence[Point], n: Numbers) -> dict[str, Any]:
    """One figure over the builds, with its interval where it has one."""
    told = [
        {
            "at": _seconds(point.at),
            "value": point.value,
            "low": point.value if point.low is None else point.low,
            "high": point.value if point.high is None else point.high,
            "said": f"{n.date(point.at)}: {n.value(point.value, point.unit)}",
        }
        for point in points
    ]
    ends = [
        {"at": told[place]["at"], "value": told[place]["value"], "date": n.date(points[place].at),
         "text": n.value(points[place].value, points[place].unit)}
        for place in (0, -1)
    ]  # fmt: skip
    across = {
        "field": "at",
        "type": "quantitative",
        "scale": {"nice": False, "zero": False},
        "axis": None,
    }
    up = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "nice": False, "padding": 22},
        "axis": None,
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "color": "var(--band)", "aria": False},
            "encoding": {"x": across, "y": up | {"field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": "var(--accent)", "strokeWidth": 2, "aria": False},
            "encoding": {"x": across, "y": up},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
            "encoding": {"x": across, "y": up, "color": {"value": "var(--accent)"}, **_SAID},
        },
    ]
    # Each end's figure stands on that side of the line to which it does not go.
    rising = (points[1].value or 0) >= (points[0].value or 0)
    risen = (points[-1].value or 0) >= (points[-2].value or 0)
    sides = (("left", 18 if rising else -12), ("right", -12 if risen else 18))
    for end, (align, away) in zip(ends, sides, strict=True):
        only = {"data": {"values": [end]}}
        text = {"type": "text", "align": align, "aria": False}
        layers += [
            {
                **only,
                "mark": text | {"dy": away, "fontWeight": 600},
                "encoding": {"x": across, "y": up, "text": {"field": "text", "type": "nominal"}},
            },
            {
                **only,
                "mark": text | {"color": "var(--soft)", "fontSize": 12},
                "encoding": {
                    "x": across,
                    "y": {"value": LINE_HEIGHT + 12},
                    "text": {"field": "date", "type": "nominal"},
                },
            },
        ]
    return {
        "width": LINE_WIDTH,
        "height": LINE_HEIGHT,
        "data": {"values": told},
        "layer": layers,
    }


def _share(field: str, title: str | None, axis: dict[str, Any]) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": title, **axis},
    }


def _seconds(iso: str) -> float:
    """Seconds since 1970, UTC; 0 for what is no time."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
