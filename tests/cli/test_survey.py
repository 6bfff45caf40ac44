"""`connu survey` and `connu correct` on the sample brand, as somebody types them."""

from __future__ import annotations

import csv
import doctest
import re
import shutil
from pathlib import Path

import pytest

from connu.measure.intervals import wilson


@pytest.fixture
def brand(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "maison")


def _answered(path, known="7", other="oui"):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["answer"] = known if row["attribute"] == "knows_me" else other
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_a_survey_from_the_draw_to_the_figures(run, brand, tmp_path):
    ask = tmp_path / "ask.csv"
    first = run("survey", "--brand", brand)
    assert first.code == 0 and "connu survey draw -o ask.csv" in first.out
    drawn = run("survey", "draw", "-o", ask, "-n", 40, "--language", "en", "--brand", brand)
    assert drawn.code == 0 and "40 of" in drawn.out
    rows = _answered(ask)
    assert any(row["question"].startswith("Are you a ") for row in rows)
    done = run("survey", "import", ask, "--brand", brand)
    assert f"{len(rows)} answers are new" in done.out
    told = run("survey", "--brand", brand)
    assert told.code == 0
    for words in ("Asked at random", "all statements", "by basis", "by attribute", "of 10"):
        assert words in told.out
    plain = run("survey", "--brand", brand, "--json").json
    assert plain["sides"][0]["knows_me"]["share"]["value"] == 1.0
    assert run("survey", "import", ask, "--brand", brand, "--json").json["written"] == 0


def test_a_wrong_answer_is_told_with_its_place_and_the_remedy(run, brand, tmp_path):
    ask = tmp_path / "ask.csv"
    assert run("survey", "draw", "-o", ask, "-n", 12, "--brand", brand, "--json").code == 0
    _answered(ask, known="eleven")
    ran = run("survey", "import", ask, "--brand", brand)
    assert ran.code == 3 and ran.out == ""
    assert "column answer" in ran.err and "0 to 10" in ran.err and "nothing was kept" in ran.err
    assert "eleven" not in ran.err


def test_one_customer_is_corrected(run, brand):
    shown = run("show", "--brand", brand, "--json", _somebody(run, brand)).json["customer"]
    who = shown["customer_id"]
    kept = run("correct", who, "city", "Nantes", "--by", "anne", "--brand", brand)
    assert kept.code == 0 and "connu build" in kept.out
    assert "said before" in run("correct", who, "city", "Nantes", "--brand", brand).out
    assert (
        run("correct", who, "knows_me", "3", "--brand", brand, "--json").json["answer"] == "rated"
    )
    wrong = run("correct", who, "citty", "Nantes", "--brand", brand)
    assert wrong.code == 2 and "did you mean «city»" in wrong.err
    assert "unasked" in run("survey", "--brand", brand, "--json").out


def _somebody(run, brand):
    run("export", "identities", "-o", brand / "who.csv", "--brand", brand)
    with (brand / "who.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["customer_id"]


@pytest.mark.parametrize("command", [["survey", "draw"], ["survey", "import"], ["correct"]])
def test_help_has_an_example(run, command):
    ran = run(*command, "--help")
    assert ran.code == 0 and f"connu {' '.join(command)}" in ran.out


def test_the_page_says_what_the_formulas_give():
    page = Path(__file__).parents[2] / "docs" / "survey.md"
    assert doctest.testfile(str(page), module_relative=False).failed == 0
    rows = re.findall(r"^\| ([\d,]+) \| ±([\d.]+) \| ±([\d.]+) \|$", page.read_text("utf-8"), re.M)
    assert len(rows) == 4
    for number, large, small in rows:
        n = int(number.replace(",", ""))
        for told, trials in ((large, n), (small, n / (1 - n / 2_000))):
            share = wilson(0.5, trials)
            assert told == f"{100 * (share.high - share.low) / 2:.1f}"
