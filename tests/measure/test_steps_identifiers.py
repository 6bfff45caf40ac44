"""Identifiers asked for: what they would tie, from the records that carry them."""

from __future__ import annotations

import pytest

from connu.measure import figures
from connu.measure.next_steps import steps
from connu.measure.steps_identifiers import IDENTIFIERS
from connu.measure.steps_rule import Circumstances, Ground


def named(engine, name):
    found = steps(engine, most=None, most_of_a_kind=None)
    return next((step for step in found if step.name == name), None)


def candidates(engine):
    """The gain of every candidate, those that others keep out too."""
    sql = IDENTIFIERS.sql(Ground(Circumstances(), {}))
    rows = engine.collect(figures.filled(sql, figures.whole)).to_pylist()
    return {row["name"]: row["gain"] for row in rows}


def test_the_gain_is_that_of_those_who_carry_it(engine, put, shop):
    put(**shop.tables)
    step = named(engine, "ask.support.email")
    # 160 of the 200 records with an e-mail are tied, of the 100 without one none is.
    assert step.gain == pytest.approx(80, abs=0.5)
    assert step.people == pytest.approx(step.gain)
    assert 60 < step.low < 75 and 85 < step.high < 100
    assert "33" in step.sentence.en and "«support»" in step.sentence.en


def test_records_are_compared_with_those_that_carry_the_same_else(engine, put, brand):
    # With a phone number everybody is tied anyhow; of those without e-mail nearly all have one.
    for n in range(400):
        phone = {"phone": f"+3360000{n:04d}"} if n % 2 or n >= 200 else {}
        email = {"email": f"{n}@example.org"} if n < 200 else {}
        tied = bool(phone) or n % 4 == 0
        crm = [{"source": "crm", **email, **phone}] if tied else []
        brand.customer(f"c{n}", {"source": "support", **email, **phone}, *crm)
    for n in range(40):
        brand.customer(f"a{n}", {"source": "support"})
    put(**brand.tables)
    # Of those who carry neither, half would be tied, as of those without a phone number. In all,
    # 75 % of those with an e-mail are tied, 83 % of those without: from that nothing would follow.
    assert candidates(engine)["ask.support.email"] == pytest.approx(20, abs=3)


def test_an_identifier_that_no_other_source_holds_ties_nobody(engine, put, brand):
    for n in range(200):
        email = f"{n}@example.org" if n < 100 else None
        crm = [{"source": "crm"}] if n < 80 else []
        brand.customer(f"c{n}", {"source": "support", "email": email}, *crm)
    put(**brand.tables)
    assert named(engine, "ask.support.email") is None


def test_too_few_who_carry_it_show_nothing(engine, put, brand):
    for n in range(200):
        email = f"{n}@example.org" if n < 29 else None
        crm = [{"source": "crm", "email": email}] if n < 29 else []
        brand.customer(f"c{n}", {"source": "support", "email": email}, *crm)
    put(**brand.tables)
    assert named(engine, "ask.support.email") is None


def test_of_one_source_the_best_identifier_is_asked_for(engine, put, brand):
    for n in range(300):
        said = {"email": f"{n}@example.org", "phone": f"+336{n:08d}"} if n < 100 else {}
        tied = n < 90
        crm = [{"source": "crm", **said}] if tied else []
        brand.customer(f"c{n}", {"source": "support", **said}, *crm)
    for n in range(60):
        brand.customer(f"e{n}", {"source": "support", "email": f"e{n}@example.org"})
    put(**brand.tables)
    found = steps(engine, most=None, most_of_a_kind=None)
    assert [s.name for s in found if s.name.startswith("ask.support.")] == ["ask.support.phone"]
