"""Consents, voices, truth and rows: what customers were not asked, and what did not come in."""

from __future__ import annotations

import math

import pytest

from connu.measure.next_steps import steps
from connu.measure.steps_rule import Circumstances
from connu.measure.steps_truth import answers_needed


def found(engine, **circumstances):
    known = Circumstances(**circumstances)
    return {s.name: s for s in steps(engine, circumstances=known, most=None, most_of_a_kind=None)}


def test_who_was_not_asked_would_grant_as_the_others_did(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["ask.consent.marketing"]
    # Of 300 customers 120 said something, 80 of them yes.
    assert step.gain == step.people == pytest.approx(180 * 2 / 3)
    assert "The 40 who refused are not to be asked again" in step.sentence.en


def test_the_last_word_counts_and_a_refusal_at_the_same_time_wins(engine, put, shop):
    shop.tables["consents"] = [
        {"source": "support", "record_id": f"c{n:03d}.0", "purpose": "marketing", "granted": word}
        for n in range(200, 260)
        for word in ((True, False) if n < 230 else (True,))
    ]
    put(**shop.tables)
    assert found(engine)["ask.consent.marketing"].gain == pytest.approx(240 / 2)


def test_service_needs_no_asking(engine, put, shop):
    for row in shop.tables["consents"]:
        row["purpose"] = "service"
    put(**shop.tables)
    assert not any(name.startswith("ask.consent") for name in found(engine))


def test_the_silent_would_speak_as_often_as_the_others(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["ask.customers.opinion"]
    # Sixty of 200 who left an e-mail were heard; 140 others left one.
    assert step.gain == pytest.approx(140 * 0.3)
    assert "240 customers" in step.sentence.en


def test_what_was_never_checked_is_told_with_the_answers_it_takes(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["check.identities"]
    assert (step.gain, step.people) == pytest.approx((120, 12))
    first = 1.96**2 * 0.09 / 0.05**2
    needed = math.ceil(first / (1 + (first - 1) / 120))
    assert f"{needed} links drawn at random" in step.sentence.en
    sex = found(engine)["check.customers.sex"]
    assert (sex.gain, sex.people) == pytest.approx((120, 18))


def test_what_was_checked_is_not_asked_again(engine, put, shop):
    put(**shop.tables)
    told = found(engine, checked=("identities", "customers.sex"))
    assert not any(name.startswith("check.") for name in told)


def test_visitors_are_asked_by_an_audit(engine, put, shop):
    for row in shop.tables["facts"]:
        row.update(subject_kind="visitor", basis="twins")
    put(**shop.tables)
    command = found(engine)["check.visitors.sex"].command
    assert command == "connu export audits --attribute sex -o audits.csv"
    assert "check.visitors.sex" not in found(engine, checked=("visitors.sex",))


@pytest.mark.parametrize(
    ("wrong", "statements", "answers"),
    [(5000, 10_000, 370), (500_000, 1_000_000, 384), (0, 1000, 30), (0, 12, 12), (12, 12, 12)],
)
def test_answers_for_five_points(engine, wrong, statements, answers):
    sql = f"SELECT {answers_needed(f'{wrong}.0', f'{statements}.0')} AS n"
    assert engine.collect(sql)["n"][0].as_py() == answers


def test_rows_that_can_be_mended_are_counted(engine, put, shop):
    put(**shop.tables)
    told = found(engine)
    assert told["mend.crm.id"].gain == told["mend.crm.id"].people == 25
    assert [name for name in told if name.startswith("mend.")] == ["mend.crm.id"]


def test_events_are_fewer_people_than_rows(engine, put, shop):
    for row in shop.tables["quarantine"]:
        row.update(kind="events", reason="the time is missing or unreadable")
    shop.tables["visitors"] = [{**v, "events": 4} for v in shop.tables["visitors"]]
    put(**shop.tables)
    step = found(engine)["mend.crm.time"]
    assert (step.gain, step.people) == (40, 10)
