"""BG/NBD and gamma-gamma written anew: they find what people were made with, as connu's do."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.value_baseline import (
    HALF,
    METHODS,
    BgNbd,
    Errors,
    GammaGamma,
    History,
    Purchases,
)
from connu.know import bg_nbd


def made_buyers(people: int, days: int, seed: int = 0) -> Purchases:
    """People as BG/NBD and gamma-gamma believe them to be (r .8, alpha 30, a .8, b 3)."""
    rng = np.random.default_rng(seed)
    pace = rng.gamma(0.8, 1 / 30.0, people)
    leaving = rng.beta(0.8, 3.0, people)
    rate = rng.gamma(4.0, 1 / 16.0, people)
    who, day, value = [], [], []
    start = rng.integers(0, 90, people).astype(float)
    active, at = np.ones(people, np.bool_), start.copy()
    while active.any():
        here = np.flatnonzero(active)
        who.append(here)
        day.append(at[here])
        value.append(rng.gamma(6.0, 1 / rate[here]))
        first = at[here] == start[here]
        stays = first | (rng.random(len(here)) >= leaving[here])
        at[here] += rng.exponential(1 / np.maximum(pace[here], 1e-6))
        active[here] = stays & (at[here] < days)
    return Purchases.of(
        np.concatenate(who), np.concatenate(day).astype(np.int64), np.concatenate(value)
    )


def test_purchases_of_a_day_are_one():
    bought = Purchases.of(np.array([7, 7, 3]), np.array([5, 5, 9]), np.array([1.0, 2.0, 4.0]))
    assert bought.customer.tolist() == [3, 7]
    assert bought.day.tolist() == [9, 5]
    assert bought.value.tolist() == [4.0, 3.0]


def test_histories_end_before_their_day_and_what_follows_is_counted():
    who = np.array([0, 0, 0, 1, 2])
    bought = Purchases.of(who, np.array([0, 4, 10, 3, 10]), np.array([9.0, 2.0, 5.0, 1.0, 1.0]))
    history = bought.before(10)
    assert history.customer.tolist() == [0, 1]
    assert history.repeats.tolist() == [1, 0]
    assert history.last.tolist() == [4, 0]
    assert history.tenure.tolist() == [10, 7]
    assert history.worth[0] == 2.0 and np.isnan(history.worth[1])
    counted, value = bought.within(history.customer, 10, 20)
    assert counted.tolist() == [1, 0]
    assert value.tolist() == [5.0, 0.0]


def test_both_models_find_what_people_were_made_with():
    history = made_buyers(8_000, 500).before(500)
    found = BgNbd.fit(history)
    assert found.r == pytest.approx(0.8, rel=0.1)
    assert found.alpha == pytest.approx(30, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.8 / 3.8, rel=0.1)
    worth = GammaGamma.fit(history)
    assert worth.p * worth.v / (worth.q - 1) == pytest.approx(6 * 16 / 3, rel=0.05)


def test_expectations_sum_to_what_happens_and_beat_going_on_as_before():
    bought = made_buyers(8_000, 800, seed=1)
    history = bought.before(400)
    purchases, value = bought.within(history.customer, 400, 800)
    errors = {}
    for name, tell in METHODS.items():
        told = tell(history, 400)
        errors[name] = Errors.of(told[0], purchases), Errors.of(told[1], value)
    ours, plain = errors["BG/NBD, gamma-gamma"], errors["pace so far"]
    assert abs(ours[0].total) < 0.05 and abs(ours[1].total) < 0.08
    assert ours[0].rmse < plain[0].rmse and ours[1].rmse < plain[1].rmse


def test_connus_own_finds_the_same():
    history = made_buyers(4_000, 300).before(300)
    x, last, tenure = (
        column.astype(np.float64) for column in (history.repeats, history.last, history.tenure)
    )
    ours, other = BgNbd.fit(history), bg_nbd.BgNbd.fit(x, last, tenure)
    assert (other.r, other.alpha) == pytest.approx((ours.r, ours.alpha), rel=0.02)
    same = bg_nbd.BgNbd(ours.r, ours.alpha, ours.a, ours.b)
    assert same.active(x, last, tenure) == pytest.approx(ours.active(history), abs=1e-9)
    assert same.expected(x, last, tenure, 91.0) == pytest.approx(ours.expect(history, 91), abs=1e-6)


def test_expected_purchases_grow_with_time_and_those_who_are_late_are_gone():
    model = BgNbd(0.25, 33.0, 0.75, 2.2)
    many = np.array([5, 5, 0])
    last, tenure = np.array([250, 60, 0]), np.array([260, 260, 260])
    history = History(np.arange(3), many, last, tenure, np.array([9.0, 9.0, np.nan]), 260)
    active = model.active(history)
    assert active[0] > 0.8 and active[1] < 0.1 and active[2] == 1
    short, long = model.expect(history, 30), model.expect(history, 300)
    assert (short > 0).all() and (short < long).all()
    assert model.expect(history, 1e-6) == pytest.approx(np.zeros(3), abs=1e-6)


def test_errors_by_hand():
    errors = Errors.of(np.array([1.0, 3.0]), np.array([0.0, 5.0]))
    assert errors.mae == 1.5
    assert errors.rmse == pytest.approx(np.sqrt(2.5))
    assert errors.total == pytest.approx(-0.2)


def test_the_published_numbers_of_cdnow_are_near():
    try:
        bought = Purchases.read()
    except FileNotFoundError:
        pytest.skip("the data folder does not hold value/cdnow.parquet")
    history = bought.before(HALF)
    model = BgNbd.fit(history)
    # The paper's, of a tenth of these customers: .243, 4.414 weeks, .793, 2.426.
    assert model.r == pytest.approx(0.243, rel=0.1)
    assert model.alpha / 7 == pytest.approx(4.414, rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(0.793 / 3.219, rel=0.1)
