"""Of many customers a sample speaks: its intervals hold what counting all of them gives."""

from __future__ import annotations

import hashlib

import pytest

from connu.measure.next_steps import steps

NAMES = ("ask.support.email", "ask.support.occupation", "ask.consent.marketing")


def hashed(n):
    return "c" + hashlib.sha256(str(n).encode()).hexdigest()[:16]


@pytest.fixture
def crowd(brand):
    """4,800 customers, as connu names them: as many in sixteen as the shop has."""
    for n in range(4800):
        who, email = hashed(n), f"{n}@example.org" if n % 3 < 2 else None
        support = {"source": "support", "email": email}
        occupation = "baker" if n % 5 < 2 and n % 3 == 0 else None
        crm = {"source": "crm", "email": email, "occupation": occupation}
        both = (crm, support) if n % 15 < 8 and n % 3 < 2 else (support,)
        brand.customer(who, *both, email=email, occupation=occupation if len(both) > 1 else None)
        if n % 7 < 3:
            brand.add("consents", source="support", record_id=f"{who}.{len(both) - 1}",
                      purpose="marketing", granted=n % 2 == 0)  # fmt: skip
    return brand


def found(engine, **more):
    return {step.name: step for step in steps(engine, most=None, most_of_a_kind=None, **more)}


def test_a_sample_holds_what_counting_all_gives(engine, put, crowd):
    put(**crowd.tables)
    whole, part = found(engine), found(engine, whole_up_to=300)
    for name in NAMES:
        assert "LIKE" not in whole[name].how
        assert "LIKE '%0'" in part[name].how
        assert part[name].low < whole[name].gain < part[name].high, name
        assert part[name].gain == pytest.approx(whole[name].gain, rel=0.3), name
        # A sixteenth says less than all.
        width = whole[name].high - whole[name].low
        assert part[name].high - part[name].low > 2 * width, name


def test_how_gives_the_gain_of_the_sample_again(engine, put, crowd):
    put(**crowd.tables)
    for step in found(engine, whole_up_to=300).values():
        (row,) = engine.collect(step.how).to_pylist()
        assert row["gain"] == pytest.approx(step.gain), step.name


def test_up_to_so_many_all_are_counted(engine, put, crowd):
    put(**crowd.tables)
    assert found(engine, whole_up_to=4800) == found(engine)
