"""Reliability per theme and of sets; the machine is held to what a second person reaches."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.masi import MASI
from connu.understand.reliability import SILENCES, reliability


def coders(errors, units=400, themes=4, share=0.25, seed=0):
    """Codes of the same texts by people who err so often."""
    rng = np.random.default_rng(seed)
    truth = rng.random((units, themes)) < share
    return np.stack([truth ^ (rng.random(truth.shape) < error) for error in errors]).astype(int)


NAMES = ["price", "delivery", "courtesy", "app"]


def test_sets_are_those_of_other_implementations():
    # nltk 3.10 (AnnotationTask with masi_distance) and krippendorff 0.9 (the same distance given to
    # it) both say 0.42342342.
    first = ["a", "ab", "b", "c", "abc", "a", "bd", "c"]
    second = ["a", "a", "b", "cd", "ab", "b", "b", "c"]
    codes = np.array([[[t in s for t in "abcd"] for s in row] for row in (first, second)])
    found = reliability(codes.repeat(3, axis=1), list("abcd"), times=20)
    assert found.sets.variant == MASI and found.sets.units == 24
    few = reliability(codes, list("abcd"), times=20)
    assert few.sets.silence == "too_few"
    # thrice the same units: the expected disagreement is that of 48 codes rather than of 16
    disagreed = (1 - 0.42342342) / 15
    assert found.sets.people.value == pytest.approx(1 - disagreed * 47 / 3, abs=1e-6)


def test_a_machine_that_errs_more_is_named_and_one_that_does_not_is_not():
    people = coders([0.02, 0.02], units=800)
    good = coders([0.0, 0.0, 0.02], units=800)[2]
    bad = good.copy()
    rng = np.random.default_rng(9)
    bad[:, 1] ^= rng.random(800) < 0.15
    found = reliability(people, NAMES, bad, times=300)
    assert found.less_reliable() == ["delivery"]
    verdicts = {one.theme: one.verdict for one in found.themes}
    assert verdicts["delivery"] == "less reliable" and verdicts["price"] == "as reliable"
    one = found.themes[1]
    assert one.difference.value == pytest.approx(one.machine.value - one.people.value)
    assert one.people.low < one.people.value < one.people.high
    assert reliability(people, NAMES, good, times=300).less_reliable() == []


def test_few_texts_leave_the_machine_in_doubt():
    people = coders([0.05, 0.05], units=60)
    machine = coders([0, 0, 0.08], units=60)[2]
    found = reliability(people, NAMES, machine, times=300)
    assert "in doubt" in {one.verdict for one in found.themes}


def test_what_cannot_be_told_says_why():
    people = coders([0.02, 0.02], units=100)
    people[:, :, 0] = 0
    people[:, :, 1] = 0
    people[:, :5, 1] = 1
    people[:, :, 2] = 1
    found = reliability(people, NAMES, people[0], times=50)
    assert [one.silence for one in found.themes] == ["too_few", "too_few", "one_value", None]
    assert all(one.people is None for one in found.themes[:3])
    assert {"too_few", "one_value", "one_coder"} == set(SILENCES)


def test_one_coder_measures_the_machine_but_no_person():
    people = coders([0.02], units=200)
    machine = coders([0, 0.05], units=200)[1]
    found = reliability(people, NAMES, machine, times=50)
    assert all(one.silence == "one_coder" and one.verdict is None for one in found.themes)
    assert all(one.machine.value > 0.5 for one in found.themes)
    assert found.sets.machine.value > 0.5 and found.coders == 1


def test_units_coded_once_are_left_out_where_others_are_coded_twice():
    people = coders([0.02, 0.02], units=200)
    alone = people[:, :150].copy()
    people[1, 150:] = -1
    machine = np.zeros((200, 4), int)
    found = reliability(people, NAMES, machine, times=50)
    assert found.sets.units == 150
    assert found == reliability(alone, NAMES, machine[:150], times=50)


def test_further_codes_than_has_and_has_not():
    rng = np.random.default_rng(1)
    status = rng.integers(0, 4, (1, 200, 1))
    codes = np.concatenate([status, np.where(rng.random((1, 200, 1)) < 0.1, 0, status)])
    found = reliability(codes, ["price"], times=50).themes[0]
    assert 0.8 < found.people.value < 0.95


def test_nothing_coded_is_silence():
    found = reliability(np.empty((0, 0, 4)), NAMES)
    assert [one.silence for one in found.themes] == ["one_coder"] * 4
    assert found.sets.silence == "one_coder"
    gaps = np.full((2, 5, 4), -1)
    assert reliability(gaps, NAMES, np.zeros((5, 4)), times=5).sets.silence == "one_coder"


def test_the_same_seed_says_the_same():
    people = coders([0.05, 0.05], units=100)
    assert reliability(people, NAMES, times=50) == reliability(people, NAMES, times=50)


@pytest.mark.slow
def test_four_hundred_texts_are_sure_to_five_points_and_intervals_hold():
    """Alpha of 20,000 texts is the truth; 400 drawn texts hold it as often as they say."""
    pool = coders([0.04, 0.04], units=20_000, themes=12, share=0.12)
    names = [f"theme {i}" for i in range(12)]
    truth = reliability(pool, names, times=2)
    rng = np.random.default_rng(0)
    held = width = 0.0
    sets = 0
    for _ in range(100):
        drawn = pool[:, rng.choice(20_000, 400, replace=False)]
        found = reliability(drawn, names, times=300)
        width += (found.sets.people.high - found.sets.people.low) / 2 / 100
        sets += found.sets.people.low <= truth.sets.people.value <= found.sets.people.high
        for one, true in zip(found.themes, truth.themes, strict=True):
            held += one.people.low <= true.people.value <= one.people.high
    assert width == pytest.approx(0.045, abs=0.015)
    assert 0.90 <= held / 1200 <= 0.98 and sets >= 88
