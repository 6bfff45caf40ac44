"""`connu report`: the file it writes, and what it says of it."""

from __future__ import annotations

import pytest


def test_the_report_of_the_sample_is_written_in_its_country_s_language(run, sample, tmp_path):
    path = tmp_path / "report.html"
    ran = run("report", "-o", path, "--brand", sample, "--json")
    assert ran.code == 0 and ran.err == ""
    told = ran.json
    assert (told["file"], told["language"], told["purpose"]) == (str(path), "fr", "service")
    html = path.read_text(encoding="utf-8")
    assert told["bytes"] == path.stat().st_size <= 3_000_000
    assert html.startswith("<!doctype html>") and '<html lang="fr">' in html
    assert told["brand"] in html and 'id="identify"' in html and 'id="how"' in html


def test_another_language_may_be_asked_and_the_path_is_printed(run, sample, tmp_path):
    path = tmp_path / "page.html"
    ran = run("report", "-o", path, "-l", "en", "--purpose", "marketing", "--brand", sample)
    assert ran.code == 0
    assert str(path) in ran.out and path.as_uri() in ran.out
    html = path.read_text(encoding="utf-8")
    assert '<html lang="en">' in html and "<bdi>marketing</bdi>" in html
    assert "they did not grant this purpose" in html


@pytest.mark.parametrize("name", ["report.pdf", "nowhere/report.html"])
def test_a_place_where_no_page_can_be_is_told_at_once(run, tmp_path, name):
    # Before a brand is looked for: there is none here.
    ran = run("report", "-o", tmp_path / name, "--brand", tmp_path)
    assert ran.code == 2 and ran.out == ""
    assert "report" in ran.err and not list(tmp_path.iterdir())
