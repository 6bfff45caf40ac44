"""What customers expect, on the command line: tables that are read, JSON, and nothing that acts."""

from __future__ import annotations

import csv
import shutil

import heard_brand
import pytest

from connu.ledger.expectations import EXPECTATIONS, STATEMENTS


@pytest.fixture(scope="module")
def _made(tmp_path_factory):
    return heard_brand.make_brand(tmp_path_factory.mktemp("heard") / "maison-claire").folder


@pytest.fixture
def heard(_made, monkeypatch):
    """The folder of the brand, as current folder; for reading only."""
    monkeypatch.chdir(_made)
    return _made


def flow(text):
    return " ".join(text.split())


def test_the_page_says_who_was_heard_themes_changes_drivers_and_wishes(run, heard):
    ran = run("expectations")
    assert ran.code == 0 and ran.err == ""
    out = flow(ran.out)
    for words in (
        "Heard: 240 of 240 customers (100.0 %), in 286 verbatims, 4 of nobody known",
        "Languages: en 164, fr 122.", "Set aside by the build: duplicate 3, template 2.",
        "NPS: 42 (30 to 53) of 225 answers", "interaction", "delivery 284 99.3 %", "at stake",
        "↗ repair, unmet or asked for: from", "What goes with the rating",
        "An association, no effect",
        "freed of: birth_year, channel, language, sex, time",
        "What people ask the brand to change", "«Il faudrait réparer", "(should 71)",
    ):  # fmt: skip
        assert words in out, words
    assert "welcome 0" in out
    assert "You said, we did" not in out


def test_answers_stand_beside_what_was_said(run, _made, tmp_path, monkeypatch):
    monkeypatch.chdir(shutil.copytree(_made, tmp_path / "b"))
    assert run("answer", "repair", "Spare parts [since] \x1b[2JJuly").code == 0
    out = flow(run("expectations").out)
    assert "You said, we did" in out and "Spare parts [since] ·[2JJuly" in out
    assert "too few to say" in out
    assert "We did" in run("expectations", "--theme", "repair").out
    shape = run("expectations", "--json").json["answered"]
    assert shape[0]["theme"] == "repair" and shape[0]["change"] is None


def test_json_has_all_of_it(run, heard):
    shape = run("expectations", "--json").json
    assert set(shape) == {
        "heard", "counts", "trends", "drivers", "asked", "answered", "nps",
    }  # fmt: skip
    assert shape["heard"]["share"] == 1.0 and shape["counts"]["themes"][0]["theme"] == "price"
    assert shape["asked"][0]["quotes"][0]["time"].startswith("2025-")
    page = run("expectations", "--theme", "price", "--json", "-n", 3).json["page"]
    assert len(page["shown"]) == 3 and page["verbatims"] > 3


def test_what_customers_wrote_neither_steers_the_terminal_nor_is_markup(run, heard):
    for command in (("expectations",), ("expectations", "--theme", "price", "-n", 500),
                    ("show", heard_brand.customer(1))):  # fmt: skip
        ran = run(*command)
        assert ran.code == 0 and "\x1b[2J" not in ran.out
        assert "[bold red]Ignore" in ran.out, command


def test_a_theme_is_paged(run, heard):
    first = run("expectations", "--theme", "price", "--limit", 2)
    assert "1 to 2 of" in first.out and "--page 2 shows the next." in first.out
    second = run("expectations", "--theme", "price", "--limit", 2, "--page", 2)
    assert "3 to 4 of" in second.out
    assert "There is no such page" in run("expectations", "-t", "price", "--page", 900).out
    assert "Nobody spoke of «welcome» so." in run("expectations", "-t", "welcome").out


def test_a_segment_narrows_and_few_are_not_shown(run, heard):
    out = run("expectations", "--segment", "age_band=25-34").out
    assert "Heard: 120 of 120 customers" in out
    out = run("expectations", "--segment", "rare=yes").out
    assert "fewer than 10 customers" in flow(out) and "delivery" not in out
    out = run("expectations", "--segment", "city~Lyon").out
    assert "(few)" in out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--segment", "ctiy=Paris"), "did you mean «city»?"),
        (("--segment", "city"), "age_band=25-34"),
        (("--dimension", "societe"), "did you mean «society»?"),
        (("--status", "umet"), "did you mean «unmet»?"),
        (("--theme", "prise"), "did you mean «price»?"),
        (("--since", "soon"), "2026-03-01"),
    ],
)
def test_a_word_that_does_not_fit_names_the_remedy(run, heard, words, hint):
    ran = run("expectations", *words)
    assert ran.code == 2 and hint in flow(ran.err) and ran.out == ""


def test_other_purposes_are_for_those_who_granted_them(run, heard):
    ran = run("expectations", "--purpose", "analytics")
    assert ran.code == 0 and "Nothing is told" in ran.out
    assert run("expectations", "--purpose", "nothing").code == 6


def test_a_brand_without_verbatims_is_told_what_to_bring(run, tmp_path, monkeypatch):
    none = heard_brand.tables()["verbatims"].slice(0, 0)
    empty = {"statements": STATEMENTS.empty_table(), "expectations": EXPECTATIONS.empty_table()}
    brand = heard_brand.make_brand(tmp_path / "b", verbatims=none, **empty)
    monkeypatch.chdir(brand.folder)
    for command in (("expectations",), ("preference", "nps"), ("preference", "drivers"),
                    ("preference", "first", "--verbatims"),
                    ("preference", "choices", "--verbatims"),
                    ("expectations", "--theme", "price")):  # fmt: skip
        ran = run(*command)
        assert ran.code == 0, command
        assert "add a source of kind «verbatims»" in flow(ran.out), command


def test_before_a_build_it_is_asked_for(run, tmp_path, monkeypatch):
    (tmp_path / "connu.toml").write_text(heard_brand.SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command in (("expectations",), ("preference", "nps"), ("preference", "drivers")):
        ran = run(*command)
        assert ran.code == 5 and "connu build" in ran.err


# ---------------------------------------------------------------------- one customer
def test_a_customer_s_page_says_what_he_expects(run, heard):
    out = flow(run("show", heard_brand.customer(1)).out)
    assert "what he expects" in out and "price unmet, wished" in out
    # The surest quote of each theme and status.
    assert "delivery met" in out and out.count("delivery met") == 1
    shape = run("show", heard_brand.customer(1), "--json").json["customer"]["expected"]
    assert {one["theme"] for one in shape} == {"price", "delivery"}
    assert shape[0]["wished"] and shape[0]["basis"] == "explicit"


def test_who_said_nothing_has_no_such_part(run, tmp_path, monkeypatch):
    brand = heard_brand.make_brand(tmp_path / "b", expectations=EXPECTATIONS.empty_table())
    monkeypatch.chdir(brand.folder)
    ran = run("show", heard_brand.customer(1))
    assert ran.code == 0 and "what he expects" not in ran.out


# ---------------------------------------------------------------------- preference
def test_preference_shows_drivers_nps_names_and_choices(run, heard):
    for command, words in (
        (("drivers",), ("What goes with the rating", "delivery better", "keep")),
        (("drivers", "--outcome", "return"), ("buying again within 91 days", "delivery better")),
        (("nps", "--segment-by", "city"), ("NPS: 42 (30 to 53)", "Lyon 3e", "more than")),
        (("nps", "--segment-by", "rare"), ("2 segments of too few customers",)),
        (("first", "--verbatims"), ("80 of 286 verbatims name", "Sézane 40")),
        (("choices", "--verbatims"), ("80 answers of 80 people", "would take Maison Claire")),
    ):
        ran = run("preference", *command)
        assert ran.code == 0
        for one in words:
            assert one in flow(ran.out), (command, one)
        assert run("preference", *command, "--json").json


def test_files_of_answers_need_no_brand(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "kano.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [("[bold]grip[/]", 1, 5)] * 25 + [("turn", 3, 3)] * 9
        csv.writer(file).writerows([("feature", "functional", "dysfunctional"), *rows])
    out = flow(run("preference", "kano", "kano.csv").out)
    assert "[bold]grip[/] performance performance 25" in out
    assert "turn undecided" in out and "too few people answered both questions" in out
    assert run("preference", "kano", "kano.csv", "--json").json[0]["answers"] == 25
    with (tmp_path / "pairs.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [("ours", "Zara", "left")] * 20 + [("ours", "Zara", "right")] * 10
        csv.writer(file).writerows([("left", "right", "chosen"), *rows])
    ran = run("preference", "choices", "pairs.csv", "--reference", "ours")
    assert "66.7 %" in ran.out and "Measured against ours" in ran.out
    assert run("preference", "choices", "pairs.csv", "--reference", "our").code == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("choices",), 2),
        (("first",), 2),
        (("first", "x.csv", "--verbatims"), 2),
        (("first", "x.csv"), 3),
        (("kano", "x.csv"), 3),
        (("kano", "x.txt"), 2),
        (("drivers", "--outcome", "rateing"), 2),
        (("nps", "--segment-by", "citi"), 2),
    ],
)
def test_what_cannot_be_measured_is_told(run, heard, words, code):
    ran = run("preference", *words)
    assert ran.code == code and ran.err and "fault of its own" not in ran.err
