"""Drawings: a Vega-Lite specification as an SVG that may stand in the page.

vl-convert draws without a browser. Of what it draws only shapes and texts are kept, by a list of
what is allowed: whatever a value holds, no script, address or style of its own reaches the page.
Colours are the page's own (CSS variables), so that one drawing serves light, dark and print.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple
from xml.etree import ElementTree

#: The Vega-Lite that draws, and whose JavaScript the page carries.
VEGA_LITE = "6.4"

_SHAPES = frozenset("svg g path rect line circle text tspan clipPath defs".split())
_ALLOWED = frozenset(
    "clip-path cx cy d fill fill-opacity font-size font-style font-weight height id opacity "
    "pointer-events r stroke stroke-dasharray stroke-linecap stroke-miterlimit stroke-opacity "
    "stroke-width text-anchor transform viewBox width x x1 x2 y y1 y2".split()
)
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_STEERING = frozenset(("Cc", "Cf", "Cs", "Cn", "Co"))
_NO_SHAPE = "M0,0h0v0h0Z"

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "sans-serif",
    "padding": 1,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "gridColor": "var(--rule)",
        "labelColor": "var(--soft)",
        "labelFontSize": 12,
        "labelPadding": 6,
        "ticks": False,
        "titleColor": "var(--soft)",
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "text": {"color": "var(--ink)", "fontSize": 13},
}


class Chart(NamedTuple):
    """What is to be drawn.

    Attributes:
        title: what it shows. told: what it says, in a sentence, for whoever does not see it.
        spec: Vega-Lite, data within; nothing in it is an address, and no expression holds a value.
    """

    title: str
    told: str
    spec: dict[str, Any]


def plain(text: str, limit: int = 60) -> str:
    """A value as a drawing may hold it: one line, no control or direction marks, not too long.

    >>> plain("a\\u202e\\x07b"), plain("Linen / covers", 8)
    ('ab', 'Linen /…')
    """
    words = "".join(
        " " if sign in _BREAKS else sign
        for sign in text
        if sign in _BREAKS or unicodedata.category(sign) not in _STEERING
    )
    kept = " ".join(part for part in words.split(" ") if part)
    return kept if len(kept) <= limit else f"{kept[: limit - 1].rstrip()}…"


def spec_of(chart: Chart) -> dict[str, Any]:
    """The chart's specification, whole: with its schema and the page's look.

    No text in it holds a sign that XML forbids: vl-convert would end the process.
    """
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE}.json",
        "config": CONFIG,
        **{name: _drawable(part) for name, part in chart.spec.items()},
    }


def _drawable(part: Any) -> Any:
    if isinstance(part, str):
        return _NO_XML.sub("", part)
    if isinstance(part, dict):
        return {name: _drawable(value) for name, value in part.items()}
    return [_drawable(value) for value in part] if isinstance(part, list) else part


def awake(chart: Chart) -> dict[str, Any]:
    """The chart's specification for a reader who points at it: what he points at stands out."""
    spec = spec_of(chart)
    layers = []
    for layer in spec["layer"]:
        encoding = layer.get("encoding", {})
        if "tooltip" in encoding:
            pointed = {"type": "point", "on": "pointerover", "clear": "pointerout"}
            bright = {"condition": {"param": "pointed", "value": 1}, "value": 0.35}
            layer = layer | {
                "params": [{"name": "pointed", "select": pointed}],
                "encoding": encoding | {"opacity": bright},
            }
        layers.append(layer)
    return spec | {"layer": layers, "description": f"{chart.title}. {chart.told}"}


def drawn(chart: Chart, name: str, locale: Mapping[str, Any], kind: str = "") -> str:
    """The SVG of a chart: markup that is safe to stand in the page.

    The first drawing starts vl-convert's engine (half a second); each further one takes some
    30 ms.

    Args:
        chart: what.
        name: of the drawing on its page: letters, digits and hyphens; its ids begin with it.
        locale: number formats, as d3-format has them.
        kind: a class of the page's own.
    """
    import vl_convert

    made = vl_convert.vegalite_to_svg(
        spec_of(chart), vl_version=VEGA_LITE, format_locale=dict(locale), allowed_base_urls=[]
    )
    root = ElementTree.fromstring(made)
    _clean(root, name)
    root.attrib.pop("id", None)
    inner = "".join(ElementTree.tostring(part, encoding="unicode") for part in root)
    box = escape(root.get("viewBox", "0 0 1 1"))
    width = escape(root.get("width", "1"))
    return (
        f'<svg id="{name}" class="{kind}" viewBox="{box}" width="{width}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(chart.title)}</title>'
        f'<desc id="{name}-d">{escape(chart.told)}</desc>{inner}</svg>'
    )


def _clean(element: ElementTree.Element, name: str) -> None:
    """Keep shapes, texts and their looks; what a mark says of itself becomes its title."""
    element.tag = element.tag.rpartition("}")[2]
    said = element.get("aria-label")
    marks_itself = element.get("aria-roledescription", "").endswith("mark") or said is None
    for word, value in list(element.attrib.items()):
        if word not in _ALLOWED:
            del element.attrib[word]
        elif word == "id":
            element.set(word, f"{name}-{value}")
        elif word == "clip-path":
            element.set(word, value.replace("url(#", f"url(#{name}-"))
    for part in list(element):
        if part.tag.rpartition("}")[2] not in _SHAPES or part.get("d") == _NO_SHAPE:
            element.remove(part)
        else:
            _clean(part, name)
            if part.tag == "g" and not len(part):
                element.remove(part)
    if said and not marks_itself:
        title = ElementTree.Element("title")
        title.text = said
        element.insert(0, title)
