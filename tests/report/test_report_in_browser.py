"""The report in a browser: nothing is asked, nothing complained of, nothing runs, at any width."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
#: Pixels below which nobody reads on a phone.
SMALLEST = 11


@pytest.fixture
def path_of(tmp_path, page_of):
    """Write the page of a made card to a file."""

    def writing(card: str, language: str = "en"):
        path = tmp_path / f"{card}.{language}.html"
        path.write_text(page_of(card, language), encoding="utf-8")
        return path

    return writing


LOOKS = [
    *((card, width, dark) for card in ("rich", "empty") for width in (1280, 360)
      for dark in (False, True)),
    # Colours do not depend on what is told: each width once, each colour once.
    *((card, width, width == 360) for card in ("hostile", "one") for width in (1280, 360)),
]  # fmt: skip


@pytest.mark.parametrize(("card", "width", "dark"), LOOKS)
def test_nothing_is_complained_of(looked_at, path_of, card, width, dark):
    seen = looked_at(
        path_of(card, "fr"),
        width=width,
        dark=dark,
        language="fr-FR",
        act=lambda page: page.evaluate(UNFOLD),
    )
    assert seen.complaints == []
    assert seen.violations == []
    assert seen.smallest[0] >= SMALLEST, seen.smallest


@pytest.mark.parametrize("card", ["rich", "hostile"])
def test_it_reads_without_javascript(looked_at, path_of, card):
    told = {}

    def act(page):
        told["button"] = page.is_visible("#interactive")
        told["drawn"] = page.locator(".chart svg[role=img]:visible").count()
        told["hurt"] = page.evaluate("window.hurt")

    seen = looked_at(path_of(card), width=360, javascript=False, act=act)
    assert seen.complaints == []
    assert told["drawn"] > 10 and not told["button"] and told["hurt"] is None
    assert ("What to do next" in seen.text and "+3,400 records" in seen.text) or card == "hostile"


def test_on_paper_it_is_light_and_what_is_folded_lies_open(looked_at, path_of):
    told = {}

    def act(page):
        told["ground"] = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        told["ink"] = page.evaluate("getComputedStyle(document.body).color")
        told["curve"] = page.locator("details table").first.bounding_box()
        told["queries"] = page.is_visible("#how")
        told["pdf"] = page.pdf(format="A4")

    seen = looked_at(path_of("rich"), width=794, dark=True, media="print", act=act)
    assert seen.complaints == []
    assert (told["ground"], told["ink"]) == ("rgb(255, 255, 255)", "rgb(29, 31, 36)")
    assert told["curve"]["height"] > 100 and not told["queries"]
    assert told["pdf"].startswith(b"%PDF") and 5 < told["pdf"].count(b"/Type /Page\n") < 25


def interactive(page):
    """Wake the charts."""
    page.click("#interactive")
    page.wait_for_function("document.getElementById('interactive').textContent.includes('are')")


@pytest.mark.parametrize("card", ["rich", "hostile"])
def test_charts_become_interactive_on_request_and_still_nothing_is_asked(looked_at, path_of, card):
    told = {}

    def act(page):
        before = page.locator(".chart svg:visible").count()
        interactive(page)
        told["charts"] = (before, page.locator(".chart svg.marks:visible").count())
        told["still"] = page.locator(".chart svg[role=img]").count()
        page.locator("#trend svg.marks .mark-symbol path").first.hover()
        tooltip = page.locator("#vg-tooltip-element")
        tooltip.wait_for(state="visible")
        told["tooltip"] = tooltip.inner_text()
        page.mouse.move(0, 0)
        told["hurt"] = page.evaluate("window.hurt")

    seen = looked_at(path_of(card), width=1280, act=act)
    assert seen.complaints == []
    before, after = told["charts"]
    assert before == after > 10 and told["still"] == 0
    assert told["tooltip"].startswith("1 July 2026: ") and told["hurt"] is None


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_interactive_charts_fit_a_narrow_screen(looked_at, path_of, dark):
    seen = looked_at(path_of("rich"), width=360, dark=dark, act=interactive)
    assert seen.complaints == []


def test_no_value_runs_wherever_one_points_or_clicks(looked_at, path_of):
    told = {}

    def act(page):
        page.evaluate(UNFOLD)
        page.evaluate(
            "document.querySelectorAll('main *').forEach(one => {"
            " for (const type of ['mouseover', 'focus', 'load', 'error'])"
            " one.dispatchEvent(new Event(type)) })"
        )
        told["hurt"] = page.evaluate("window.hurt")

    seen = looked_at(path_of("hostile"), act=act)
    assert told["hurt"] is None and seen.dialogs == []
    assert "<script>window.hurt=1" in seen.text


def test_a_keyboard_reaches_everything_and_sees_where_it_is(looked_at, path_of):
    told = []

    def act(page):
        for _ in range(3):
            page.keyboard.press("Tab")
            told.append(
                page.evaluate(
                    "[document.activeElement.className || document.activeElement.id,"
                    " getComputedStyle(document.activeElement).outlineStyle]"
                )
            )

    looked_at(path_of("rich"), act=act)
    assert [name for name, _ in told[:2]] == ["skip", "interactive"]
    assert {outline for _, outline in told} == {"solid"}
