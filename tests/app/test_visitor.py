"""A visitor's page: what he did, what twins tell, why they are silent; never anybody else."""

from __future__ import annotations

import json

import pytest
import told_brand

from connu.app.visitor import because
from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError


@pytest.fixture
def told(built):
    told_brand.tell(built)
    return built


@pytest.mark.parametrize("text", ["k0061", " k0061 ", "anonymous_id:k0061"])
def test_a_cookie_nobody_knows_names_a_visitor(told, text):
    found = told.show(text)
    assert found.customer is None and found.hits == []
    assert found.visitor.anonymous_id == told_brand.WOMAN


def test_a_customer_s_cookie_still_names_the_customer(told):
    found = told.show("k0000")
    assert found.customer is not None and found.visitor is None


def test_what_he_did_is_counted(told):
    page = told.show("k0061").visitor
    assert page.events == 3
    assert page.first_time < page.last_time
    assert page.done == [{"type": "view", "events": 3}]
    assert page.categories == [{"category": "Photo/Objectifs", "events": 3}]


def test_what_is_told_has_its_evidence_as_counts_and_nobody_in_it(told):
    page = told.show("k0061").visitor
    (fact,) = page.told
    assert (fact["attribute"], fact["value"], fact["probability"]) == ("sex", "female", 0.93)
    assert (fact["twins"], fact["alike"], fact["nearness"]) == (50, 41, 0.83)
    assert fact["because"].startswith("41 of the 50 known visitors")
    assert [row["stated"] for row in page.probabilities] == [True, False]
    assert "c-somebody-else" not in json.dumps(page.as_dict(), default=str)


def test_silences_come_with_their_reason_in_words(told):
    page = told.show("k0062").visitor
    assert page.told == []
    assert [row["because"] for row in page.silences] == [
        because("no_behaviour"),
        because("not_sure"),
    ]
    assert [row["probability"] for row in page.probabilities] == [0.6, 0.4]
    empty = told.show("k0063").visitor
    assert (empty.told, empty.probabilities, empty.silences) == ([], [], [])


def test_who_refused_is_not_found_and_who_did_not_grant_neither(told):
    with pytest.raises(NotFoundError):
        told.show("k0061", purpose="marketing")
    with open_journal(told.folder, told.settings) as journal:
        journal.consent("service", False, "x", identifiers=[("anonymous_id", "k0061")])
    with pytest.raises(NotFoundError):
        told.show("k0061")


def test_a_build_of_an_earlier_connu_shows_what_he_did(built):
    told_brand.untell(built)
    page = built.show("k0061").visitor
    assert page.events == 3
    assert (page.told, page.probabilities, page.silences) == ([], [], [])


def test_a_customer_s_page_has_what_twins_tell_of_him(built):
    customer_id = built.show("crm:C001").customer.customer_id
    told_brand.tell(built, customer_id)
    facts = {fact["attribute"]: fact for fact in built.show("crm:C001").customer.facts}
    assert facts["sex"]["basis"] == "twins"
    assert facts["last_name"]["basis"] == "declared"
