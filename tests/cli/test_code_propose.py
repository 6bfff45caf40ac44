"""What a chat model may propose on the command line: told before, confirmed, a person decides."""

from __future__ import annotations

import io
import json
import shutil
import sys
import tomllib

import coded_brand
import pytest
from fake_endpoint import fake_endpoint, said

from connu.app.brand import open as open_brand
from connu.journal.journal import open_journal

pytest.importorskip("openai", reason="the extra endpoint is not installed")


def coding(path, body, before):
    told = json.loads(body["messages"][1]["content"])
    if "verbatims" in told:
        quotes = [{"id": one["id"], "quote": one["text"][:5]} for one in told["verbatims"]]
        theme = {
            "name": "silence", "dimension": "brand", "definition_fr": "Rien.",
            "definition_en": "Nothing.", "quotes": quotes,
        }  # fmt: skip
        return 200, {}, said(json.dumps({"themes": [theme]}))
    made = []
    if "retard" in told["verbatim"]:
        made = [
            {"quote": "en retard", "theme": "delivery", "polarity": "negative", "status": "unmet",
             "form": "complaint", "addressee": "brand", "relation": "inside"},
            {"quote": "[bold]très[/] en retard", "theme": "price", "polarity": "negative",
             "status": "unmet", "form": "none", "addressee": "brand", "relation": "inside"},
        ]  # fmt: skip
    return 200, {}, said(json.dumps({"statements": made}))


@pytest.fixture(scope="module")
def _built_once(tmp_path_factory):
    return coded_brand.make_built(tmp_path_factory.mktemp("asked") / "brand").folder


@pytest.fixture
def folder(tmp_path, _built_once, monkeypatch):
    made = shutil.copytree(_built_once, tmp_path / "brand")
    monkeypatch.chdir(made)
    monkeypatch.setenv("LOGNAME", "claire")
    return made


def switch_on(folder, url):
    with (folder / "connu.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[understand]\nendpoint_url = "{url}"\nchat_model = "fake"\n')


def typed(monkeypatch, *lines):
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_it_is_off_and_says_what_to_set(run, folder):
    ran = run("code", "--propose", "3", "--yes")
    assert ran.code == 2 and "endpoint_url" in ran.err and "[understand]" in ran.err


def test_the_cost_is_told_and_no_is_no(run, folder, monkeypatch):
    with fake_endpoint(coding) as fake:
        switch_on(folder, fake.url)
        typed(monkeypatch, "n")
        ran = run("code", "--propose", "3")
        assert ran.code == 130
        assert fake.asked == []
        for words in (
            "3 masked texts",
            "«service»",
            "3 requests",
            "tokens",
            fake.url,
            "Send them?",
        ):
            assert words in ran.err, words


def test_a_person_takes_what_is_proposed(run, folder, monkeypatch):
    with fake_endpoint(coding) as fake:
        switch_on(folder, fake.url)
        ran = run("code", "--propose", "3", "--yes")
        assert ran.code == 0, ran.err
        assert "Of 3 verbatims 1 have proposals, 1 statements" in ran.out
        assert "Refused of the answers" in ran.out
        ran = run("code", "--propose", "3", "--json")  # nothing to send: nothing is asked
        assert ran.code == 0 and ran.json["proposed"] == 1 and ran.json["cost"]["texts"] == 0
        assert "nothing to send" in ran.err and len(fake.asked) == 3
    brand = open_brand(folder)
    with open_journal(folder, brand.settings) as journal:
        assert journal.codes().num_rows == 0
    typed(monkeypatch, "c", "", "c", "", "s", "c", "q")
    ran = run("code")
    assert ran.code == 0, ran.err
    assert "chat 1 delivery − unmet – c takes it" in ran.out
    assert "Enter keeps: 1 delivery − unmet" in ran.out and "chat no theme" in ran.out
    assert "No chat model proposes anything here." in ran.out
    with open_journal(folder, brand.settings) as journal:
        codes = journal.codes().to_pylist()
    assert [row["coder"] for row in codes] == ["claire", "claire"]
    first = json.loads(codes[0]["codes"])
    assert first["themes"] == ["delivery"] and first["statements"][0]["form"] == "complaint"
    text = coded_brand.VERBATIMS[0][2]
    place = first["statements"][0]
    assert text[place["start"] : place["end"]] == "en retard"


def test_what_failed_is_an_error(run, folder):
    def broken(path, body, before):
        return 401, {}, {"error": {"message": "no"}}

    with fake_endpoint(broken) as fake:
        switch_on(folder, fake.url)
        ran = run("code", "--propose", "5", "--yes")
    assert ran.code != 0 and "5 have no answer" in ran.out and "key" in ran.out


def test_options_that_do_not_go_together(run, folder):
    assert run("code", "--propose", "3", "--second").code == 2
    assert run("code", "--yes").code == 2
    assert run("themes", "--yes").code == 2
    assert run("themes", "--ask-chat", "5", "--drop", "price").code == 2


def test_themes_are_proposed_and_written_without_customers_words(run, folder, tmp_path):
    with fake_endpoint(coding) as fake:
        switch_on(folder, fake.url)
        file = tmp_path / "proposals.toml"
        ran = run("themes", "--ask-chat", "50", "--yes", "-o", file)
        assert ran.code == 0, ran.err
        sent = json.loads(fake.asked[0]["messages"][1]["content"])["verbatims"]
    # those of which the build tells no expectation, and no personal data
    assert len(sent) == 4 and not any("en retard" in one["text"] for one in sent)
    assert "silence (brand)" in ran.out and "Nothing." in ran.out and "A person decides" in ran.out
    assert "\x1b" not in ran.out
    made = tomllib.loads(file.read_text("utf-8"))
    assert made["themes"]["silence"]["definition"] == {"fr": "Rien.", "en": "Nothing."}
    assert not any(one["text"][:5] in file.read_text("utf-8") for one in sent)
