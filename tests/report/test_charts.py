"""Charts draw what the card says, and nothing that is hidden."""

from __future__ import annotations

import made_card
import pytest

from connu.measure.card import IntentNow, Scorecard
from connu.measure.claims import Breakdown
from connu.measure.few import Cell
from connu.measure.words import Words
from connu.report.charts import MOST, charts_of


def card(**more) -> Scorecard:
    return Scorecard("b", "1", "2026-01-01T00:00:00Z", "service", **more)


def breakdown(name: str, **cells: int | None) -> Breakdown:
    made = [Cell(label, n, n is None) for label, n in cells.items()]
    return Breakdown(name, "identify", Words(name, name), made, "SELECT 1")


def pieces(chart) -> list[dict]:
    return chart.spec["layer"][0]["data"]["values"]


def test_parts_of_a_whole_fill_it_in_proportion_and_order():
    (chart,) = charts_of(card(breakdowns=[breakdown("links_by_kind", a=1, b=2, c=1)]), "en")[
        "parts.links_by_kind"
    ].values()
    told = [(one["start"], one["end"], one["said"]) for one in pieces(chart)]
    assert told == [
        (0, 0.25, "a: 1 (25.0\u202f%)"),
        (0.25, 0.75, "b: 2 (50.0\u202f%)"),
        (0.75, 1, "c: 1 (25.0\u202f%)"),
    ]


def test_what_is_hidden_or_nought_is_not_drawn():
    made = charts_of(card(breakdowns=[breakdown("links_by_kind", b=20, c=0)]), "en")
    (chart,) = made["parts.links_by_kind"].values()
    assert [one["said"] for one in pieces(chart)] == ["b: 20 (100\u202f%)"]
    # A part beside a hidden one is no 100 %: which share it is nobody can say.
    for b in (None, 20):
        assert charts_of(card(breakdowns=[breakdown("links_by_kind", a=None, b=b)]), "en") == {}
    rows = [breakdown("known_by_a", derived=None, declared=5), breakdown("known_by_b", derived=5)]
    wide = charts_of(card(breakdowns=rows), "en")["alike.identify"]["wide"]
    assert [one["said"] for one in pieces(wide)] == ["derived: 5 (100\u202f%)"]


def test_an_attribute_s_parts_have_one_colour_in_all_rows_and_what_is_unknown_comes_last():
    rows = [breakdown("known_by_a", unknown=5, declared=5), breakdown("known_by_b", derived=5)]
    wide = charts_of(card(breakdowns=rows), "en")["alike.identify"]["wide"]
    told = {one["said"].split(":")[0]: (one["colour"], one["start"]) for one in pieces(wide)}
    assert told == {
        "declared": ("var(--s1)", 0),
        "unknown": ("var(--s0)", 0.5),
        "derived": ("var(--s2)", 0),
    }


def test_themes_go_both_ways_from_the_middle():
    themes = [
        made_card.theme("a", "product", 30, 10, 5),
        made_card.theme("b", "brand", None, 20, 0),
    ]
    chart = charts_of(card(themes=themes), "en")["themes"]["narrow"]
    told = [(one["start"], one["end"], one["colour"]) for one in pieces(chart)]
    assert told == [
        (-10, 0, "var(--unmet)"),
        (-15, -10, "var(--wished)"),
        (0, 30, "var(--met)"),
        (-20, 0, "var(--unmet)"),
    ]
    values = [one["value"] for one in chart.spec["layer"][1]["data"]["values"]]
    # Of b the share would tell how few are met.
    assert values == ["met 75\u202f%", ""]


@pytest.mark.parametrize("priced", [True, False])
def test_intents_are_ranked_by_value_or_by_buyers_where_nothing_has_a_price(priced):
    intents = [
        IntentNow("a/b/c", 30, 20, 20, 9.0, 1.0 if priced else None),
        IntentNow("d", 30, 20, 20, 3.0, 50.0 if priced else None),
    ]
    chart = charts_of(card(intents=intents, currency="EUR"), "en")["intents"]["wide"]
    first = chart.spec["layer"][1]["data"]["values"][0]
    assert (first["label"], first["value"]) == (
        ("d, within 30 days", "€50") if priced else ("b › c, within 30 days", "9.0")
    )


def test_only_so_many_rows_are_drawn():
    intents = [IntentNow(f"c{place}", 30, 20, 20, place + 1.0, None) for place in range(40)]
    assert len(pieces(charts_of(card(intents=intents), "en")["intents"]["wide"])) == MOST


def test_a_curve_has_no_point_for_a_hidden_bin():
    curve = made_card.curve()
    check = made_card.check("twins.sex", "twins", "sex", "sexe", 30, 40, curve=curve)
    (chart,) = charts_of(card(checks=[check]), "en")["curve.twins.sex"].values()
    points = chart.spec["layer"][1]["data"]["values"]
    assert [one["people"] for one in points] == [b.people for b in curve if b.people is not None]
    assert len(points) == len(curve) - 1
    hidden = made_card.check("twins.sex", "twins", "sex", "sexe", 30, 40, curve=curve[:1])
    assert charts_of(card(checks=[hidden]), "en") == {}


def test_a_silent_check_is_pale_and_one_alone_needs_no_comparison():
    checks = [
        made_card.check("a", "twins", "a", "a", 30, 40, curve=[]),
        made_card.check("b", "twins", "b", "b", 30, 40, curve=[], published=False),
    ]
    chart = charts_of(card(checks=checks), "en")["checks"]["wide"]
    colours = [one["colour"] for one in chart.spec["data"]["values"]]
    assert colours == ["var(--accent)", "var(--wished)"]
    assert charts_of(card(checks=checks[:1]), "en") == {}


def test_a_trend_goes_from_the_oldest_build_to_the_newest():
    trend = [point for point in reversed(made_card.TREND) if point.name == "customers"]
    (chart,) = charts_of(card(trend=trend), "fr")["trend.customers"].values()
    points = chart.spec["data"]["values"]
    assert [one["value"] for one in points] == [29_100, 30_400, 31_222, 32_980, 33_591]
    assert points[0]["said"] == "1er juillet 2026: 29\u202f100"
