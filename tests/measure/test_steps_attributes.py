"""Attributes asked for, and what twins could tell at less precision."""

from __future__ import annotations

import pytest

from connu.measure.next_steps import steps
from connu.measure.steps_rule import Circumstances


def found(engine, **circumstances):
    known = Circumstances(**circumstances)
    return {s.name: s for s in steps(engine, circumstances=known, most=None, most_of_a_kind=None)}


def test_the_gain_is_what_asking_brings_where_it_is_asked(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["ask.support.occupation"]
    # 120 of crm's 160 say it; of support's 300 customers 180 are not known by it.
    assert step.gain == step.people == pytest.approx(0.75 * 180)
    assert step.low < step.gain < step.high
    # Forty of the hundred customers seen on the site have not said it… but they are all bakers.
    assert "visit the site" not in step.sentence.en


def test_customers_who_visit_would_teach(engine, put, shop):
    shop.tables["visitors"] = []
    for n in range(100):
        shop.visitor(f"k{n}", f"c{n + 200}")
    put(**shop.tables)
    assert "75 of them visit the site" in found(engine)["ask.support.occupation"].sentence.en


def test_who_did_not_answer_here_answers_as_one_who_would_not_have(engine, put, brand):
    for n in range(200):
        brand.customer(
            f"c{n}",
            {"source": "crm", "occupation": "baker" if n < 160 else None},
            occupation="baker" if n < 160 else None,
        )
        said = "baker" if n < 100 else None
        brand.customer(f"w{n}", {"source": "web", "occupation": said}, occupation=said)
    put(**brand.tables)
    # Half answer here, four in five there: of the 100 who did not, three in five would.
    assert found(engine)["ask.web.occupation"].gain == pytest.approx(60)


def test_what_is_sensitive_is_never_asked(engine, put, shop):
    put(**shop.tables)
    assert "promise.sex" in found(engine)
    told = found(engine, sensitive=("occupation", "sex"))
    assert not {"ask.support.occupation", "promise.sex"} & set(told)


def test_at_less_precision_more_could_be_told(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["promise.sex"]
    # 76 of the 80 surest were right: 88 % at least; they are two in five, of 300 visitors.
    assert step.gain == pytest.approx(0.4 * 300)
    assert "At 85\u00a0% instead of 90\u00a0%" in step.sentence.en
    assert "(precision in [attributes.sex] of connu.toml)" in step.sentence.en
    assert "À 85\u00a0% au lieu de 90\u00a0%" in step.sentence.fr
    assert step.command == "connu build"


def test_what_is_promised_already_is_not_proposed(engine, put, shop):
    put(**shop.tables)
    assert "promise.sex" not in found(engine, precision={"sex": 0.7})
    assert "promise.sex" in found(engine, precision={"age_band": 0.7})


def test_what_is_told_now_is_no_gain(engine, put, shop):
    shop.add(
        "twin_reliability", attribute="sex", measure="stated", coverage=0.25, people=50, figure=0.9
    )
    put(**shop.tables)
    assert found(engine)["promise.sex"].gain == pytest.approx((0.4 - 0.25) * 300)


def test_values_that_are_not_told_apart_are_not_proposed(engine, put, shop):
    for row in shop.tables["twin_reliability"]:
        if row["measure"] == "auc":
            row["low"] = 0.48
    put(**shop.tables)
    assert "promise.sex" not in found(engine)


def test_profiles_are_not_proposed(engine, put, shop):
    for row in shop.tables["twin_reliability"]:
        row["attribute"] = "profile.urban_executive"
    put(**shop.tables)
    assert not any(name.startswith("promise.") for name in found(engine))
