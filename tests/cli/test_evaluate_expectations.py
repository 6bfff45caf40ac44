"""connu evaluate expectations: what it prints, draws and hands over, and how it refuses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

CODEBOOK = """\
[themes.delivery]
dimension = "interaction"
definition.en = "Delivery of parcels."
examples.en = ["the parcel was late"]
seeds.en = ["parcel", "delivery"]

[themes.price]
dimension = "product"
definition.en = "The price."
examples.en = ["too expensive"]
seeds.en = ["price*", "expensive"]
"""
TEXTS = (
    ("the parcel was late and that is awful", "delivery", "negative"),
    ("the price is great", "price", "positive"),
    ("much too expensive for what it is", "price", "negative"),
    ("a fast delivery, great", "delivery", "positive"),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A brand without sources, as current folder, with a truth that brings its texts."""
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "connu.toml").write_text('[brand]\nname = "Desk"\ncountry = "FR"\n', "utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    lines = [
        {
            "id": f"{turn}-{place}", "text": f"{text} {turn}", "themes": [theme],
            "polarity": {theme: polarity}, "split": "test" if turn > 3 else "train",
            "statements": [
                {"start": 0, "end": len(text), "theme": theme, "polarity": polarity,
                 "status": "met" if polarity == "positive" else "unmet"}
            ],
        }
        for turn in range(6)
        for place, (text, theme, polarity) in enumerate(TEXTS)
    ]  # fmt: skip
    (folder / "truth.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_figures_are_printed_and_drawn(run, desk):
    ran = run("evaluate", "expectations", "truth.jsonl", "--chart", "figures.svg")
    assert ran.code == 0, ran.err
    for word in (
        "24 verbatims of the truth", "judged on «test»", "With no label", "With all labels",
        "(16 coded verbatims): 8 judged", "themes, macro F1", "theme and polarity", "polarity",
        "status, right", "expectation F1", "delivery", "95 % interval", "Calibration error",
        "The figures are drawn in figures.svg",
    ):  # fmt: skip
        assert word in ran.out, word
    root = ElementTree.parse(desk / "figures.svg").getroot()
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "F1 by theme" in texts and "Told, and how often it was right" in texts


def test_few_and_json(run, desk):
    asked = ("evaluate", "expectations", "truth.jsonl", "--few", "2", "--seeds", "2")
    ran = run(*asked)
    assert ran.code == 0, ran.err
    assert "mean of 2" in ran.out and "Below, the first draw" in ran.out
    shape = run(*asked, "--json").json
    assert shape["judged"][0]["labels"] == "few"
    draws = shape["judged"][0]["draws"]
    assert draws["macro_f1"]["draws"] == 2 and draws.keys() >= {"expectation_f1"}
    score = shape["judged"][0]["score"]
    assert {"value", "low", "high"} == score["themes"]["macro"].keys()
    assert score["expectations"]["expectation"]["f1"]["value"] > 0.5


def test_a_wrong_line_is_told(run, desk):
    path = desk / "truth.jsonl"
    path.write_text(path.read_text("utf-8") + '{"id": "9", "themes": ["prise"]}\n', "utf-8")
    ran = run("evaluate", "expectations", "truth.jsonl")
    assert ran.code != 0 and ran.out == ""
    for word in ("truth.jsonl, line 25", "no theme «prise»", "did you mean", "price"):
        assert word in ran.err, word


def test_a_chart_that_cannot_be_drawn_is_refused_before_anything(run, desk):
    ran = run("evaluate", "expectations", "nowhere.jsonl", "--chart", "figures.pdf")
    assert ran.code != 0 and ".svg" in ran.err


@pytest.mark.parametrize("option", ["--few", "--seeds"])
def test_numbers_are_at_least_one(run, desk, option):
    assert run("evaluate", "expectations", "truth.jsonl", option, "0").code != 0


def test_without_texts_and_without_a_build_the_remedy_is_named(run, desk):
    (desk / "truth.jsonl").write_text('{"id": "1", "themes": []}\n', encoding="utf-8")
    ran = run("evaluate", "expectations", "truth.jsonl")
    assert ran.code != 0 and "connu build" in ran.err
