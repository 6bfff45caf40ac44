"""Buyers, writers and products: what events and texts lack, and what it is worth."""

from __future__ import annotations

import pytest

from connu.measure import figures
from connu.measure.next_steps import steps
from connu.measure.steps_rule import Circumstances


def found(engine, purchase="type IN ('purchase')"):
    known = Circumstances(purchase=purchase)
    return {s.name: s for s in steps(engine, circumstances=known, most=None, most_of_a_kind=None)}


def test_purchases_of_nobody_would_be_customers_as_often_as_others(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["ask.web.buyers"]
    # A hundred purchases carry no e-mail; of a hundred that carry one, 75 are a customer's.
    assert step.gain == step.people == pytest.approx(75)
    assert 60 < step.low < 70 and 80 < step.high < 90
    assert "50\u00a0%" in step.sentence.en and "75\u00a0%" in step.sentence.en


def test_a_purchase_tied_by_its_cookie_is_no_gain(engine, put, shop):
    for n in range(1, 61, 2):
        shop.add("event_customers", source="web", row=n, customer_id=f"c{n:03d}", basis="cookie")
    put(**shop.tables)
    assert found(engine)["ask.web.buyers"].gain == pytest.approx(75 - 30)


def test_without_a_cookie_buyers_are_as_many_as_customers_have_purchases(engine, put, shop):
    for row in shop.tables["events"]:
        row["anonymous_id"] = None
    for row in shop.tables["event_customers"]:
        row["customer_id"] = f"c{int(row['customer_id'][1:]) // 6:03d}"
    put(**shop.tables)
    step = found(engine)["ask.web.buyers"]
    assert step.gain == pytest.approx(75)
    assert step.people == pytest.approx(25)


def test_buyers_whom_no_record_holds_may_be_read_as_people(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["bring.web.email"]
    assert step.gain == step.people == 25
    assert step.low is None


def test_a_brand_that_sells_nothing_is_told_nothing_of_buyers(engine, put, shop):
    put(**shop.tables)
    assert not {"ask.web.buyers", "bring.web.email"} & set(found(engine, purchase="false"))
    odd = figures.purchase_condition(["achat {confirmé}", "l'achat"], "EUR")
    assert not {"ask.web.buyers", "bring.web.email"} & set(found(engine, purchase=odd))


def test_purchases_are_what_the_brand_calls_so(engine, put, shop):
    for row in shop.tables["events"]:
        row["type"] = "achat {confirmé}"
    put(**shop.tables)
    step = found(engine, figures.purchase_condition(["achat {confirmé}"], None))["ask.web.buyers"]
    assert "'achat {confirmé}'" in step.how
    assert engine.collect(step.how)["gain"][0].as_py() == step.gain


def test_texts_without_a_writer_would_be_customers_as_often_as_others(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["ask.reviews.writers"]
    assert step.gain == step.people == pytest.approx(60)
    assert step.low < 60 == step.high
    assert step.unit == "verbatims"


def test_texts_of_a_source_without_identifiers_show_nothing(engine, put, shop):
    for row in shop.tables["verbatims"]:
        row["email"] = None
    put(**shop.tables)
    assert "ask.reviews.writers" not in found(engine)


def test_products_that_the_catalogue_lacks_hide_what_people_look_at(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["bring.products.web"]
    # Twenty of forty products are in the catalogue; each event is somebody else's.
    assert step.gain == step.people == 100
    assert "(20 of them)" in step.sentence.en


def test_an_event_that_names_its_category_needs_no_catalogue(engine, put, shop):
    for row in shop.tables["events"]:
        row["category"] = "Photo"
    put(**shop.tables)
    assert "bring.products.web" not in found(engine)


def test_without_a_catalogue_all_products_are_lacking(engine, put, shop):
    put(**shop.tables)
    engine.drop("products")
    assert found(engine)["bring.products.web"].gain == 200
