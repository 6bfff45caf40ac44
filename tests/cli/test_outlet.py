"""Where an evaluation goes: JSON, Markdown, files; how wrong asking and a wrong truth are told."""

from __future__ import annotations

import json
from pathlib import Path

import cross_fitted
import pytest


@pytest.fixture
def truth(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample brand as current folder, and the truth about its records."""
    monkeypatch.chdir(sample)
    return Path("truth/identities.csv")


def test_markdown_is_printed(run, truth):
    ran = run("evaluate", "identities", truth, "--markdown")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("# Who is the same person\n")
    for word in (
        "Truth: identities.csv", "Read for: service", "| pairwise | precision |", "B-cubed",
        "every record a customer of its own", "match probabilities", "Brier score", "log loss",
        "## Do the probabilities mean what they say?", "## Remarks",
    ):  # fmt: skip
        assert word in ran.out, word
    assert "truth/" not in ran.out


def test_a_file_is_written_beside_the_screen(run, truth, tmp_path):
    page, shape = tmp_path / "found.md", tmp_path / "found.JSON"
    ran = run("evaluate", "identities", truth, "-o", page)
    assert ran.code == 0 and "pairwise" in ran.out and f"written to {page}" in ran.out
    assert page.read_text("utf-8").startswith("# Who is the same person\n")
    # What is printed for programs has nothing else in it.
    ran = run("evaluate", "identities", truth, "-o", shape, "--json")
    whole = json.loads(shape.read_text("utf-8"))
    assert whole.keys() == ran.json.keys()
    assert whole["evaluation"]["figures"] == ran.json["evaluation"]["figures"]
    ran = run("evaluate", "identities", truth, "-o", page, "--markdown")
    assert "written to" not in ran.out


def test_match_probabilities_are_judged(run, truth):
    ran = run("evaluate", "identities", truth)
    for word in ("Match probabilities", "calibration error (ECE)", "told between", "█"):
        assert word in ran.out, word
    shape = run("evaluate", "identities", truth, "--json").json
    bounds = shape["calibration"]["bounds"]["expected_error"]
    assert 0 <= bounds["low"] <= shape["calibration"]["expected_error"] <= bounds["high"] <= 1
    groups = {one["group"] for one in shape["evaluation"]["figures"]}
    assert groups == {"pairwise", "B-cubed", "match probabilities"}


def test_across_sources(run, truth):
    shape = run("evaluate", "identities", truth, "--across", "--json").json["evaluation"]
    assert shape["of"] == "pairs of records of different sources"
    assert {one["base"] for one in shape["figures"] if one["group"] == "B-cubed"} == {None}


def test_a_truth_of_few_is_on_the_screen_and_not_in_the_document(run, truth, tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("\n".join(truth.read_text("utf-8").splitlines()[:6]) + "\n", "utf-8")
    assert "5 records scored" in run("evaluate", "identities", few).out
    ran = run("evaluate", "identities", few, "--markdown")
    assert "Nothing that could be shown" in ran.out and "pairwise" not in ran.out


def test_twins_are_told_so_too(run, sample, monkeypatch, tmp_path):
    monkeypatch.chdir(sample)
    monkeypatch.setattr(cross_fitted.PLACE, cross_fitted.fitting([]))
    page = tmp_path / "sex.md"
    ran = run("evaluate", "twins", "-a", "sex", "-o", page, "--chart", tmp_path / "sex.svg")
    assert ran.code == 0 and "curves are drawn" in ran.out and "sex.md" in ran.out
    text = page.read_text("utf-8")
    for word in (
        "# What statistical twins tell: sex", "held out: known customers", "folds of connu",
        "AUC of «male»", "50.0 %, chance", "the commonest value", "overconfidence",
        "Promised precision 80 %: kept", "«female»", "found of those who have it",
    ):  # fmt: skip
        assert word in text, word


@pytest.mark.parametrize(
    "asked",
    [("--json", "--markdown"), ("-o", "found.txt"), ("-o", "nowhere/found.md"), ("-o", "data.md")],
)
def test_wrong_asking_is_refused_before_anything(run, truth, monkeypatch, tmp_path, asked):
    (tmp_path / "data.md").mkdir()
    monkeypatch.chdir(tmp_path)
    ran = run("evaluate", "identities", "none.csv", "--brand", tmp_path, *asked)
    assert ran.code == 2 and ran.out == ""
    assert "no file with the truth" not in ran.err


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("source,record,person", ("wrong.csv", "record_id", "its columns are")),
        ("source,record_id,who", ("wrong.csv", "name a column entity, person")),
        ("system,record_id,person", ("wrong.csv", "source", "connu export identities")),
    ],
)
def test_a_wrong_truth_names_file_column_and_remedy(run, truth, tmp_path, header, words):
    path = tmp_path / "wrong.csv"
    path.write_text(f"{header}\ncrm,1,Anne-Secret\n", "utf-8")
    ran = run("evaluate", "identities", path)
    assert ran.code == 2 and ran.out == ""
    for word in words:
        assert word in ran.err, word
    assert "Secret" not in ran.err


def test_match_probabilities_need_the_source(run, truth, tmp_path):
    """Ids alone may say which record is meant; pairs are of sources."""
    rows = [line.split(",") for line in truth.read_text("utf-8").splitlines()]
    assert rows[0] == ["source", "record_id", "person"]
    path = tmp_path / "bare.csv"
    path.write_text("".join(f"{record},{person}\n" for _, record, person in rows), "utf-8")
    ran = run("evaluate", "identities", path)
    assert ran.code == 0, ran.err
    assert "Match probabilities were not checked: the truth has no column source" in ran.out
    shape = run("evaluate", "identities", path, "--json").json
    assert shape["calibration"] is None and len(shape["evaluation"]["figures"]) == 6
    assert shape["evaluation"]["remarks"][-1].startswith("Match probabilities were not checked")
