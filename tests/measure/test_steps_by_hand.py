"""What hands may do: decide pairs in doubt, code what the machine is unsure of."""

from __future__ import annotations

import math

import pytest

from connu.measure.next_steps import steps
from connu.measure.steps_pairs import CALIBRATION_ERROR
from connu.measure.steps_rule import Circumstances
from connu.measure.words import Words


def found(engine):
    return {step.name: step for step in steps(engine, most=None, most_of_a_kind=None)}


def test_pairs_in_doubt_are_worth_their_probabilities(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["decide.pairs"]
    assert step.gain == pytest.approx(30)
    # Sixty pairs join forty pairs of customers; twenty of these have two pairs, right together.
    assert step.people == pytest.approx(20)
    chance = 1.96 * math.sqrt(20 * 0.25 + 20 * 4 * 0.25)
    half = math.hypot(chance, CALIBRATION_ERROR * 60)
    assert (step.low, step.high) == pytest.approx((30 - half, 30 + half), abs=0.01)
    assert step.command == "connu export undecided -o undecided.csv"


def test_pairs_of_one_customer_are_decided_already(engine, put, shop):
    for row in shop.tables["undecided"]:
        row["right_record_id"] = row["left_record_id"]
    put(**shop.tables)
    assert "decide.pairs" not in found(engine)


def test_codes_are_wrong_as_often_as_they_say(engine, put, shop):
    put(**shop.tables)
    step = found(engine)["code.delivery"]
    assert step.gain == step.people == pytest.approx(20)
    half = 1.96 * math.sqrt(80 * 0.75 * 0.25)
    assert (step.low, step.high) == pytest.approx((20 - half, 20 + half), abs=0.01)
    assert "16 codes by hand" in step.sentence.en


def test_a_theme_is_called_as_readers_know_it(engine, put, shop):
    put(**shop.tables)
    known = Circumstances(themes={"delivery": Words("parcels", "livraison")})
    told = {step.name: step for step in steps(engine, circumstances=known, most=None)}
    sentence = told["code.delivery"].sentence
    assert "«parcels»" in sentence.en and "livraison" in sentence.fr
    assert "«delivery»" in found(engine)["code.delivery"].sentence.en


def test_codes_made_by_hand_count(engine, put, shop):
    for n in range(6):
        shop.add("expectations", verbatim_id=f"h{n}", theme="delivery", probability=1.0, by="hand")
    put(**shop.tables)
    assert "10 codes by hand" in found(engine)["code.delivery"].sentence.en


@pytest.mark.parametrize(("f1", "labels"), [(0.6, 60), (0.9, None)])
def test_a_theme_below_what_two_people_agree_on_needs_labels(engine, put, shop, f1, labels):
    for n in range(16):
        shop.add("expectations", verbatim_id=f"h{n}", theme="delivery", probability=1.0, by="hand")
    shop.add(
        "expectation_reliability", theme="delivery", measure="f1", figure=f1, low=f1 - 0.1,
        high=f1 + 0.1, verbatims=40, labels=20,
    )  # fmt: skip
    put(**shop.tables)
    step = found(engine).get("code.delivery")
    if labels is None:
        assert step is None
    else:
        # Four times the labels halve an interval.
        assert f"{labels} more codes by hand" in step.sentence.en
