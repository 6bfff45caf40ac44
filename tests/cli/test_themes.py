"""`connu themes` as a person types it, and as a program reads it."""

from __future__ import annotations

import shutil

import pytest
import themed_brand
from themed_brand import DRIVER, LATE

from connu.understand.codebook import read_codebook


@pytest.fixture(scope="module")
def _made_once(tmp_path_factory):
    return themed_brand.make(tmp_path_factory.mktemp("themed") / "brand").folder


@pytest.fixture
def themed(tmp_path, _made_once, monkeypatch):
    folder = shutil.copytree(_made_once, tmp_path / "brand")
    monkeypatch.chdir(folder)
    return folder


def test_the_codebook_its_coverage_and_what_is_proposed(run, themed):
    ran = run("themes")
    assert ran.code == 0, ran.err
    for words in ("3 themes", "f1 0.80 [0.70–0.90]", "Coverage: of", "car park", "--accept"):
        assert words in ran.out, words
    told = run("themes", "--propose", "1", "--json").json
    assert len(told["induced"]["proposals"]) == 1 and told["coverage"]["covered_share"] < 1
    assert run("themes", "--propose", "0", "--json").json["induced"] is None


def test_markup_of_customers_only_shows_itself(run, themed):
    ran = run("themes", "--propose", "50")
    assert ran.code == 0 and "\x1b[2J" not in ran.out
    ran = run("themes", "--merge", "price", "delivery", "--into", "all")
    assert ran.code == 0, ran.err


def test_one_theme(run, themed):
    assert run("themes", "delivery").out == run("themes", "--show", "delivery").out
    for words in ("interaction", "La livraison.", f"{DRIVER + LATE} unmet", "2026-02", "seeds"):
        assert words in run("themes", "delivery").out, words
    assert run("themes", "delivery", "--json").json["line"]["unmet"] == DRIVER + LATE


def test_edits(run, themed):
    name = run("themes", "--json").json["induced"]["proposals"][0]["name"]
    ran = run("themes", "--accept", name, "--as", "car_park", "--dimension", "society")
    assert ran.code == 0 and "version 2" in ran.out and "connu build" in ran.out, ran.err
    assert read_codebook(themed).theme("car_park").dimension == "society"
    assert run("themes", "--rename", "price", "cost").code == 0
    assert run("themes", "--merge", "cost", "welcome", "--into", "rest").code == 0
    assert run("themes", "--split", "delivery", "--into", "driver", "late").code == 0
    done = run("themes", "--drop", "rest", "--json").json
    assert done["what"] == "dropped" and done["version"] == 6
    assert set(read_codebook(themed).names) == {"car_park", "driver", "late"}


@pytest.mark.parametrize(
    "words",
    [
        ("--drop", "delivry"),
        ("--merge", "price", "--into", "price"),
        ("--merge", "price", "delivery"),
        ("--rename", "price"),
        ("--rename", "price", "a", "b"),
        ("--split", "delivery"),
        ("--split", "delivery", "--into", "one"),
        ("--drop", "price", "--rename", "delivery", "x"),
        ("--drop", "price", "delivery"),
        ("--into", "x"),
        ("--as", "x"),
        ("--accept", "[/] nothing"),
        ("--accept", "x", "--dimension", "nowhere"),
        ("delivery", "price"),
        ("nothing",),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(run, themed, words):
    before = (themed / "codebook.toml").read_bytes()
    ran = run("themes", *words)
    assert ran.code == 2 and ran.err.startswith("connu:"), ran.err
    assert (themed / "codebook.toml").read_bytes() == before


def test_a_broken_codebook_names_line_and_remedy(run, themed):
    path = themed / "codebook.toml"
    path.write_text(path.read_text("utf-8") + '\n[themes.x]\ndimension = "brnd"\n', "utf-8")
    lines = path.read_text("utf-8").splitlines()
    ran = run("themes")
    assert ran.code == 2 and f"line {lines.index('[themes.x]') + 1}" in ran.err
    assert "docs/themes.md" in ran.err


def test_proposals_to_a_file(run, themed):
    ran = run("themes", "-o", "proposals.toml")
    assert ran.code == 0 and "proposals written" in ran.out
    shutil.move("proposals.toml", themed / "codebook.toml")
    assert run("themes", "--propose", "0").code == 0
