"""Drawings are shapes and texts alone, valid Vega-Lite, in the page's own colours."""

from __future__ import annotations

import json
import re

import altair
import made_card
import pytest

from connu.report.charts import charts_of
from connu.report.drawing import Chart, awake, drawn, plain, spec_of
from connu.report.numbers import Numbers
from connu.report.rows import Piece, Row, rows_spec

LOCALE = Numbers("fr").locale
CHARTS = {
    f"{name}{kind and '-'}{kind}": chart
    for name, kinds in charts_of(made_card.rich_card(), "fr").items()
    for kind, chart in kinds.items()
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("made", [spec_of, awake])
def test_a_chart_is_valid_vega_lite_of_the_version_that_draws_it(name, made):
    spec = made(CHARTS[name])
    assert spec["$schema"].endswith("/v6.4.json") and altair.SCHEMA_VERSION.startswith("v6.4")
    altair.Chart.from_dict(spec, validate=True).to_dict(validate=True)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_the_page_s_colours_and_no_expression(name):
    text = json.dumps(awake(CHARTS[name]))
    assert not re.search(r'"#[0-9a-f]{3,8}"|"rgb|"expr"|labelExpr|"calculate"|"url"', text)
    used = set(re.findall(r"var\(--(\w+)\)", text))
    assert used <= set(
        "accent band ink met rule s0 s1 s2 s3 s4 s5 s6 soft track unmet wished".split()
    )


def hostile(value: str) -> Chart:
    pieces = [Piece(0, 1, "var(--s1)", value)]
    return Chart(value, value, rows_spec([Row(value, value, pieces)], 0, 1, 300))


@pytest.mark.parametrize("value", made_card.HOSTILE)
def test_nothing_but_shapes_and_texts_reaches_the_page(value):
    svg = drawn(hostile(value), "g1", LOCALE)
    tags = set(re.findall(r"<([\w:]+)", svg))
    assert tags <= {"svg", "g", "path", "rect", "text", "title", "desc"}, tags
    names = set(re.findall(r'(?<= )([\w:-]+)="', re.sub(r">[^<]*<", "><", svg)))
    assert not {
        name for name in names if name.startswith("on") or "href" in name or name == "style"
    }


def test_signs_that_xml_forbids_end_nothing():
    # vl-convert ends the whole process on a text that is no XML.
    text = "a\x00\x07\x1b\x7f\ufffe\uffff\ud800\udfffb"
    rows = [Row(text, text, [Piece(0, 1, "var(--s1)", text)])]
    svg = drawn(Chart("t", "d", rows_spec(rows, 0, 1, 300)), "g1", LOCALE)
    assert svg.count("a\x7fb") + svg.count("ab") >= 3


def test_a_foreign_element_or_attribute_is_dropped(monkeypatch):
    evil = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="9" viewBox="0 0 9 9" onload="x()"><script>x()</script><style>*{}</style>'
        '<a xlink:href="javascript:x()"><path d="M1,1"/></a><foreignObject><p/></foreignObject>'
        '<g onclick="x()" style="fill:url(http://x)"><image href="http://x"/>'
        '<path d="M0,0h1v1h0Z" aria-label="said" onfocus="x()" fill="var(--ink)"/></g></svg>'
    )
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda *_, **__: evil)
    svg = drawn(Chart("t", "d", {}), "g1", LOCALE)
    assert svg == (
        '<svg id="g1" class="" viewBox="0 0 9 9" width="9" role="img" aria-labelledby="g1-t g1-d">'
        '<title id="g1-t">t</title><desc id="g1-d">d</desc>'
        '<g><path d="M0,0h1v1h0Z" fill="var(--ink)"><title>said</title></path></g></svg>'
    )


def test_ids_of_two_drawings_differ_and_their_clips_follow(monkeypatch):
    clipped = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" viewBox="0 0 9 9"><defs>'
        '<clipPath id="clip0"><rect/></clipPath></defs><g clip-path="url(#clip0)">'
        '<path d="M1"/></g></svg>'
    )
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda *_, **__: clipped)
    for name in ("g1", "g2"):
        svg = drawn(Chart("t", "d", {}), name, LOCALE)
        assert f'<clipPath id="{name}-clip0">' in svg
        assert f'clip-path="url(#{name}-clip0)"' in svg


def test_marks_say_what_they_stand_for_and_axes_speak_the_language():
    (name,) = [one for one in CHARTS if one == "curve.twins.sex"]
    svg = drawn(CHARTS[name], "g1", LOCALE)
    assert len(re.findall(r"<title>Annoncé en moyenne \d", svg)) == 12
    assert "75\u202f%</text>" in svg and "probabilité annoncée" in svg


def test_plain_keeps_words_and_drops_signs_that_steer():
    assert plain("Été\u00a0à Besançon – œuf", 60) == "Été\u00a0à Besançon – œuf"
    assert plain("a\u200f\u202eb\x00\x1b\ud800c\nd") == "abc d"
    assert plain("x" * 100, 10) == "x" * 9 + "…"
