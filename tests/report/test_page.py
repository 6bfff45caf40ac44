"""The page holds what the card says, loads nothing, and lets no value be more than a value."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shlex

import made_card
import pytest
from read_page import read

from connu.kernel.errors import BuildError, UsageError
from connu.measure.card import Scorecard
from connu.measure.claims import Breakdown
from connu.measure.few import Cell
from connu.measure.words import Words
from connu.report.page import report_html, write_report

CARDS = ("rich", "hostile", "one", "empty")
LANGUAGES = ("en", "fr")
SECTIONS = (
    "look identify know understand rightly seen steps trend missing how".split()
)  # as they are read
#: Attributes by which a browser fetches something.
FETCHING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest"}


@pytest.fixture(params=[(card, language) for card in CARDS for language in LANGUAGES],
                ids=lambda given: "-".join(given))  # fmt: skip
def made(request, page_of):
    """Every page: its HTML, and what a browser reads in it."""
    html = page_of(*request.param)
    return html, read(html)


def test_a_page_is_well_formed_and_says_its_language(made, request):
    html, page = made
    assert page.unbalanced == []
    assert html.startswith("<!doctype html>\n")
    assert page.all("html")[0].attributes["lang"] in LANGUAGES
    assert page.count("h1") == page.count("main") == page.count("title") - _titles(page) == 1
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))


def _titles(page):
    """Titles within drawings: all but the document's."""
    return page.count("title") - 1


def test_a_page_loads_nothing(made):
    _, page = made
    for one in page.elements:
        assert not FETCHING & set(one.attributes), one
        for name in ("href", "xlink:href"):
            value = one.attributes.get(name, "#")
            assert value.startswith("#") or (one.tag == "link" and value.startswith("data:")), one
        assert not re.search(r"url\((?!#)", " ".join(one.attributes.values())), one
    assert [one.attributes.get("rel") for one in page.all("link")] == ["icon"]
    style = page.all("style")[0].text
    assert "@import" not in style and "url(" not in style and "@font-face" not in style


def test_nothing_runs_but_the_page_s_own_script(made):
    _, page = made
    handlers = [n for one in page.elements for n in one.attributes if n.startswith("on")]
    assert handlers == []
    running = [one for one in page.all("script") if "type" not in one.attributes]
    assert len(running) == 1
    asleep = {one.attributes["id"]: one.attributes["type"] for one in page.all("script")
              if "type" in one.attributes}  # fmt: skip
    assert asleep in ({}, {"charts": "application/json", "vega": "text/plain"})
    assert page.count("style") == 1 and not page.all("iframe") and not page.all("img")
    assert [one.attributes for one in page.elements if "style" in one.attributes] == []


def test_the_policy_names_the_page_s_scripts_by_digest_and_forbids_all_else(made):
    _, page = made
    policy = page.all("meta")[1].attributes
    assert policy["http-equiv"] == "Content-Security-Policy"
    told = dict(part.strip().split(" ", 1) for part in policy["content"].split(";"))
    assert told["default-src"] == told["base-uri"] == told["form-action"] == "'none'"
    assert told["img-src"] == "data:"
    assert "unsafe" not in policy["content"]
    (script,) = [one.text for one in page.all("script") if "type" not in one.attributes]
    texts = [script]
    if page.count("script") > 1:
        texts.append(gzip.decompress(base64.b64decode(page.by_id("vega").text)).decode())
    assert told["script-src"].split() == [_digest(text) for text in texts]
    assert told["style-src"] == _digest(page.all("style")[0].text)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_fits_into_a_mail(made):
    html, _ = made
    assert len(html.encode()) <= 3_000_000


def test_what_programs_call_things_is_never_shown_as_a_template(made):
    html, _ = made
    assert "{{" not in re.sub(
        r"\{\{7\*7\}\}", "", re.sub(r"<script.*?</script>", "", html, flags=re.S)
    )
    assert ">None<" not in html and "undefined" not in html


def test_hostile_values_are_shown_as_they_are(page_of):
    page = read(page_of("hostile", "en"))
    for value in made_card.HOSTILE:
        shown = value.replace("\x07", "")
        assert shown in page.text.replace("\x07", ""), value
    assert "49" not in page.by_id("missing").text


def test_hostile_values_end_no_script_and_stay_data(page_of):
    page = read(page_of("hostile", "en"))
    raw = page.by_id("charts").text
    assert not re.search("[<>&\u2028\u2029]", raw)
    said = json.dumps(json.loads(raw)["specs"], ensure_ascii=False)
    assert "window.hurt=1" in said
    for spec in json.loads(raw)["specs"].values():
        assert "url" not in _keys(spec) and "href" not in _keys(spec) and "expr" not in _keys(spec)


def _keys(value):
    if isinstance(value, dict):
        return set(value).union(*(_keys(part) for part in value.values()))
    return set().union(*(_keys(part) for part in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rich_card_has_every_section_in_order_and_the_contents_lead_to_each(page_of, language):
    page = read(page_of("rich", language))
    named = [one.attributes.get("id") for one in page.all("section")]
    assert named == list(SECTIONS)
    leads = [one.attributes["href"] for one in page.all("a")]
    assert [f"#{name}" for name in SECTIONS] == leads[1 : 1 + len(SECTIONS)]
    ids = {one.attributes.get("id") for one in page.elements}
    assert {lead[1:] for lead in leads} <= ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_card_says_is_on_the_page_in_its_language(page_of, language):
    card, page = made_card.rich_card(), read(page_of("rich", language))
    words = [one.label for one in (*card.claims, *card.checks, *card.breakdowns, *card.missing)]
    words += [step.sentence for step in card.steps] + [one.bring for one in card.missing]
    words += [check.remark for check in card.checks if check.remark] + card.remarks
    other = "fr" if language == "en" else "en"
    alike = {one.name for one in card.breakdowns if one.name.startswith("known_by_")}
    shown = page.text.casefold()
    for one in words:
        assert one.said(language).casefold() in shown
    for one in (*card.claims, *card.missing):
        assert one.label.said(other) == one.label.said(language) or (
            f">{one.label.said(other)}<" not in page_of("rich", language)
        )
    for theme in card.themes:
        assert theme.called(language) in shown
        assert all(quote["quote"] in page.text for quote in theme.quotes)
    assert alike and all(intent.category in page.text for intent in card.intents)
    assert all(check.command in page.text for check in card.checks if check.command)


def test_a_theme_is_called_as_its_readers_speak(page_of):
    french, english = page_of("rich", "fr"), page_of("rich", "en")
    assert "<bdi>Livraison</bdi>" in french and "<bdi>Delivery</bdi>" not in french
    assert "<bdi>Delivery</bdi>" in english and "<bdi>Livraison</bdi>" not in english
    # One that has no label is called by its name, in words.
    assert "<bdi>Customer care</bdi>" in french and "customer_care" in french


def test_figures_stand_beside_their_intervals_as_the_language_writes_them(page_of):
    english, french = (read(page_of("rich", language)).text for language in LANGUAGES)
    assert "83.0\u202f%" in english and "(79.1–86.3\u202f%)" in english
    assert "83,0\u202f%" in french and "(79,1–86,3\u202f%)" in french
    assert "€1,284,530" in english and "1\u202f284\u202f530\u202f€" in french
    assert "28 November 2026, 22:06 UTC" in english and "28 novembre 2026 à 22:06" in french


def test_a_check_says_on_whom_when_and_what_is_kept_silent(page_of):
    page = read(page_of("rich", "en"))
    articles = {one.text.split("\n")[1]: one.text for one in page.all("article")}
    sex = articles["Sex of visitors"]
    assert "customers held out" in sex and "on 412 people" in sex and "28 November 2026" in sex
    assert "told of 4,120 now" in sex and "silent" not in sex
    assert "kept silent" in articles["Age band of visitors"]
    assert "Not checked" in articles["Who is who"]
    assert "connu evaluate identities TRUTH.csv" in articles["Who is who"]


def test_one_look_says_what_was_not_checked(page_of):
    looks = [one.text for one in read(page_of("rich", "en")).all("article")[:3]]
    assert ["Not checked" in text for text in looks] == [True, False, False]
    assert "52\u202f%" in looks[0] and "21\u202f%" in looks[1] and "9\u202f%" in looks[2]
    assert "Checked on 940 people" in looks[2] and "78.0\u202f% (75.2–80.5\u202f%)" in looks[2]


def test_every_figure_has_its_query_and_the_command_that_prints_it(page_of):
    card, page = made_card.rich_card(), read(page_of("rich", "en"))
    commands = {
        one.text for one in page.all("code") if one.text.startswith("connu scorecard --how")
    }
    named = {name for name, sql in card.hows().items() if sql}
    assert {shlex.split(command)[3] for command in commands} == named
    queries = " ".join(one.text for one in page.all("pre"))
    assert all(" ".join(sql.split()) in " ".join(queries.split()) for sql in card.hows().values())


@pytest.mark.parametrize("language, word", [("en", "few*"), ("fr", "peu*")])
def test_what_is_of_too_few_people_is_said_so_and_explained(page_of, language, word):
    page = read(page_of("rich", language))
    hidden = [one for one in page.all("a") if one.attributes.get("class") == "few"]
    assert len(hidden) >= 5 and {one.text for one in hidden} == {word}
    assert "10" in page.by_id("few").text
    rows = [one.text for one in page.all("tr") if "désabonnés" in one.text]
    assert len(rows) == 1 and word in rows[0]


def test_a_share_that_would_give_a_hidden_part_away_is_hidden_too(page_of):
    (row,) = [
        one.text for one in read(page_of("rich", "en")).all("tr") if "Personal data" in one.text
    ]
    assert row.count("few*") == 3 and "22" in row


def test_of_a_whole_with_a_hidden_part_no_share_is_told():
    cells = [Cell("crm", 90), Cell("shop", None, True), Cell("web", None, True)]
    words = Words("records by source", "fiches par source")
    of_sex = [Cell("declared", 70), Cell("derived", None, True), Cell("unknown", None, True)]
    made = [
        Breakdown("records_by_source", "identify", words, cells, "SELECT 1"),
        Breakdown("known_by_sex", "identify", Words("by sex", "par sexe"), of_sex, "SELECT 1"),
    ]
    card = Scorecard("x", "b", "2026-11-28T00:00:00+00:00", "service", breakdowns=made)
    page = read(report_html(card, language="en"))
    told = page.by_id("identify").text
    assert "90" in told and "70" in told and "%" not in told and page.count("svg") == 0


def test_one_customer_is_not_told(page_of):
    html = page_of("one", "en")
    page = read(html)
    numbers = [one.text for one in page.all("td") if re.search(r"\d", one.text)]
    assert numbers == []
    assert "few*" in page.by_id("identify").text and page.count("svg") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brand_without_anything_is_told_what_to_bring(page_of, language):
    card, page = made_card.empty_card(), read(page_of("empty", language))
    assert [one.attributes["id"] for one in page.all("section")] == ["look", "missing"]
    for one in card.missing:
        assert one.bring.said(language) in page.text
    assert len(page.text) > 300 and page.count("article") == 0


def test_one_build_has_no_trend(page_of):
    card = made_card.rich_card(
        trend=[point for point in made_card.TREND if point.at.startswith("2026-11")],
        checks=[], themes=[], intents=[], breakdowns=[],
    )  # fmt: skip
    page = read(report_html(card, language="en"))
    assert "trend" not in {one.attributes.get("id") for one in page.elements}
    assert page.count("svg") == sum(
        one.unit == "share" and one.value is not None and one.section != "rightly"
        for one in card.claims
    ) + 1  # fmt: skip


def test_every_table_has_a_caption_and_says_what_its_cells_are_of(page_of):
    page = read(page_of("rich", "en"))
    assert page.count("caption") == page.count("table") > 20
    assert all(one.attributes.get("scope") in ("row", "col") for one in page.all("th"))


def test_every_drawing_says_what_it_shows(page_of):
    page = read(page_of("rich", "fr"))
    drawings = [one for one in page.all("svg") if one.attributes.get("role") == "img"]
    ids = {one.attributes.get("id"): one.text for one in page.elements}
    assert len(drawings) > 15
    for one in drawings:
        title, told = one.attributes["aria-labelledby"].split()
        assert ids[title] and ids[told]
    others = [one for one in page.all("svg") if one not in drawings]
    assert all(one.attributes.get("aria-hidden") == "true" for one in others)


def test_the_same_card_gives_the_same_bytes(page_of):
    again = report_html(made_card.rich_card(), language="fr")
    assert again == page_of("rich", "fr")


def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    size = write_report(made_card.empty_card(), path, "en")
    assert path.stat().st_size == size and path.read_text("utf-8").startswith("<!doctype html>")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connu.report.page.write_atomically", full)
    with pytest.raises(BuildError, match="No space left"):
        write_report(made_card.empty_card(), path, "en")


@pytest.mark.parametrize("name", ["report.pdf", "nowhere/report.html", "folder.html"])
def test_a_place_where_no_page_can_be_is_told_before_anything_is_computed(tmp_path, name):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError):
        write_report(made_card.empty_card(), tmp_path / name, "en")
