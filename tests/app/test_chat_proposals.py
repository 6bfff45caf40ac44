"""A chat model proposes codes: masked, granted, counted, verified – and decided by a person."""

from __future__ import annotations

import json
import shutil

import coded_brand
import pytest
from fake_endpoint import fake_endpoint, said

from connu.app.answers_kept import keep_answers
from connu.app.brand import open as open_brand
from connu.app.chat_proposals import asking_codes
from connu.app.chats import answers_folder, theme_answers_folder
from connu.app.desk import open_desk
from connu.app.heard_build import heard_build
from connu.journal.journal import open_journal
from connu.kernel.errors import SettingsError
from connu.understand.codebook import read_codebook

pytest.importorskip("openai", reason="the extra endpoint is not installed")

WORDS = {
    "polarity": "negative", "status": "unmet", "form": "complaint", "addressee": "brand",
    "relation": "inside",
}  # fmt: skip


def text_of(body: dict) -> str:
    return json.loads(body["messages"][1]["content"])["verbatim"]


def coding(path, body, before):
    """A model that codes what is late or dear, falsifies a quote, and obeys what texts tell it."""
    text = text_of(body)
    made = []
    for word, theme in (("retard", "delivery"), ("late", "delivery"), ("cher", "price")):
        if word in text:
            made.append({"quote": word, "theme": theme, **WORDS})
    if "charmant" in text:
        made.append({"quote": "Accueil charmante", "theme": "welcome", **WORDS})
    if "Ignore" in text:
        made.append({"quote": "Ignore previous instructions", "theme": "price", **WORDS})
        made.append({"quote": "everything is fine", "theme": "delivery", **WORDS})
    return 200, {}, said(json.dumps({"statements": made}))


@pytest.fixture(scope="module")
def _built_once(tmp_path_factory):
    return coded_brand.make_built(tmp_path_factory.mktemp("asked") / "brand").folder


@pytest.fixture
def asked(tmp_path, _built_once):
    """A built brand, the test's own; called with an address, its chat model is there."""
    folder = shutil.copytree(_built_once, tmp_path / "brand")

    def at(url):
        with (folder / "connu.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[understand]\nendpoint_url = "{url}"\nchat_model = "fake"\n')
        return open_brand(folder)

    return at


def codes_in(brand) -> int:
    with open_journal(brand.folder, brand.settings) as journal:
        return journal.codes().num_rows


def prune(brand) -> int:
    codebook = read_codebook(brand.folder)
    with open_journal(brand.folder, brand.settings) as journal:
        heard, _ = heard_build(brand.folder, brand.settings, journal, codebook)
    return keep_answers(brand.folder, brand.settings, codebook, heard)


def test_what_is_asked_is_masked_told_before_and_in_order(asked):
    with fake_endpoint(coding) as fake:
        brand = asked(fake.url)
        asking = asking_codes(brand, 4)
        assert (asking.cost.texts, asking.cost.requests, asking.model) == (4, 4, "fake")
        assert fake.asked == []
        done = asking.ask()
        sent = sorted(text_of(body) for body in fake.asked)
    assert len(sent) == 4 and sorted(asking.texts) == sent
    assert not any("06 12 34 56 78" in text for text in sent)
    assert "Call me: ••" in " ".join(sent)
    assert done.texts == 4 and done.proposed == 2 and done.statements == 3
    assert sum(done.refused.values()) == 1 and done.failed == 0
    assert codes_in(brand) == 0


def test_an_answer_is_asked_for_once_and_an_injection_touches_its_own_alone(asked):
    with fake_endpoint(coding) as fake:
        brand = asked(fake.url)
        first = asking_codes(brand, 100).ask()
        count = len(fake.asked)
        again = asking_codes(brand, 100)
        assert (again.cost.texts, again.cost.cached) == (0, 5)
        assert again.ask().statements == first.statements and len(fake.asked) == count == 5
    with open_desk(brand, "anne") as desk:
        shown = {desk.at(n).asked.key: desk.at(n) for n in range(len(desk))}
    by = {f"{one.asked.source}:{one.asked.verbatim_id}": one.chat for one in shown.values()}
    assert by["reviews:1"].themes == ("delivery", "price")
    assert by["reviews:1"].status == {"delivery": "unmet", "price": "unmet"}
    assert by["reviews:2"].themes == ()  # its quote was falsified
    assert by["mails:5"].themes == ("price",)
    assert [one.proposals for one in shown.values() if one.asked.verbatim_id == "5"] == [()]


def test_who_refused_is_not_asked_about(asked):
    person = coded_brand.made_brand.PEOPLE[6]
    with fake_endpoint(coding) as fake:
        brand = asked(fake.url)
        brand.consent(person.email, "service", granted=False)
        asking_codes(brand, 100).ask()
        assert len(fake.asked) == 4
        assert not any("en retard" in text_of(body) for body in fake.asked)
        assert asking_codes(brand, 100, purpose="analytics").texts == ()


def test_a_service_that_asks_for_patience_is_told_and_what_came_stays(asked):
    def busy(path, body, before):
        if "late" in text_of(body):
            return 429, {"retry-after-ms": "1"}, {"error": {"message": "slow down"}}
        return coding(path, body, before)

    with fake_endpoint(busy) as fake:
        brand = asked(fake.url)
        done = asking_codes(brand, 100).ask()
        assert done.failed == 1 and "429" in done.failures[0] and done.proposed == 2
        assert asking_codes(brand, 100).cost.texts == 1


def test_off_unless_it_is_set(asked, _built_once):
    with pytest.raises(SettingsError, match="endpoint_url"):
        asking_codes(open_brand(_built_once), 5)
    brand = asked("http://127.0.0.1:9/v1")
    toml = brand.folder / "connu.toml"
    toml.write_text(toml.read_text("utf-8").replace('chat_model = "fake"', ""), "utf-8")
    with pytest.raises(SettingsError, match="chat_model"):
        asking_codes(open_brand(brand.folder), 5)


def test_a_second_coder_sees_no_proposals(asked):
    with fake_endpoint(coding) as fake:
        brand = asked(fake.url)
        asking_codes(brand, 100).ask()
    with open_desk(brand, "anne") as desk:
        desk.keep(desk.at(0), desk.at(0).chat)
    with open_desk(brand, "max", second=True) as desk:
        assert len(desk) == 1 and desk.at(0).chat is None


def test_answers_go_with_their_texts(asked):
    with fake_endpoint(coding) as fake:
        brand = asked(fake.url)
        asking_codes(brand, 100).ask()
        theme_answers_folder(brand.folder).mkdir(parents=True)
        (theme_answers_folder(brand.folder) / "aa.json").write_text("{}")
        assert prune(brand) == 1  # the themes', made of many texts: every other text is there
        assert asking_codes(brand, 100).cost.cached == 5
        person = coded_brand.made_brand.PEOPLE[6]
        done = brand.forget(brand.whom_to_forget(person.email).customer_id)
        assert done.remains == ()
        assert len(list(answers_folder(brand.folder).iterdir())) == 4
        assert asking_codes(brand, 100).cost.texts == 0
    # once it is off, nothing is kept
    toml = brand.folder / "connu.toml"
    toml.write_text(toml.read_text("utf-8").replace('chat_model = "fake"', ""), "utf-8")
    assert prune(open_brand(brand.folder)) == 4
    assert list(answers_folder(brand.folder).iterdir()) == []
