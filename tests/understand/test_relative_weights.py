"""Drivers of an outcome: freed of the controls, with intervals that hold, silent where due."""

from __future__ import annotations

import time

import msgspec
import numpy as np
import pytest

from connu.understand.cross_products import CrossProducts, partialled
from connu.understand.relative_weights import SILENCES, relative_weights
from connu.understand.resamples import resamples


def survey(n=800, d=4, seed=0):
    """Status of themes (-1, 0, 1) that go together, and a rating that the first two drive."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1))
    themes = np.clip(np.round(0.8 * mood + 0.8 * rng.normal(size=(n, d))), -1, 1)
    rating = themes[:, 0] + 0.5 * themes[:, 1] + rng.normal(size=n)
    return themes, rating, [f"theme {j}" for j in range(d)]


def by_name(found):
    return {driver.name: driver for driver in found.drivers}


def test_weights_sum_to_r2_and_shares_to_1():
    found = relative_weights(*survey(), times=200)
    assert sum(d.weight.value for d in found.drivers) == pytest.approx(found.r2.value)
    assert sum(d.share.value for d in found.drivers) == pytest.approx(1)
    assert found.silence is None and found.rows == found.units == 800
    assert [d.name for d in found.drivers[:2]] == ["theme 0", "theme 1"]
    for driver in found.drivers:
        assert driver.weight.low <= driver.weight.value <= driver.weight.high
        assert driver.share.low <= driver.share.value <= driver.share.high


def test_controls_are_taken_out_of_both_sides():
    """Who the customers are drives theme and rating: what is left is what residuals say."""
    themes, rating, names = survey()
    rng = np.random.default_rng(1)
    who = np.column_stack([rng.integers(0, 2, 800), rng.normal(size=800)])
    themes[:, 2] = np.where(who[:, 0] == 1, 1, themes[:, 2])
    rating = rating + 3 * who[:, 0] - who[:, 1]
    found = by_name(relative_weights(themes, rating, names, controls=who, times=50))
    ones = np.column_stack([np.ones(800), who])
    left = [v - ones @ np.linalg.lstsq(ones, v, rcond=None)[0] for v in (themes, rating)]
    alone = by_name(relative_weights(left[0], left[1], names, times=50))
    plain = by_name(relative_weights(themes, rating, names, times=50))
    for name in names:
        assert found[name].weight.value == pytest.approx(alone[name].weight.value)
        assert found[name].correlation.value == pytest.approx(alone[name].correlation.value)
    assert plain["theme 2"].weight.value > 5 * found["theme 2"].weight.value
    told = relative_weights(themes, rating, names, controls=who, times=50)
    spread = (ones @ np.linalg.lstsq(ones, rating, rcond=None)[0]).var() / rating.var()
    assert told.controls_r2 == pytest.approx(spread)


def test_the_sign_is_the_correlation_s_where_regression_s_is_wrong():
    rng = np.random.default_rng(5)
    n = 3000
    service = rng.normal(size=n)
    courtesy = service + 0.3 * rng.normal(size=n)
    rating = service - 0.2 * courtesy + rng.normal(size=n)
    found = by_name(
        relative_weights(
            np.column_stack([service, courtesy]), rating, ["service", "courtesy"], times=200
        )
    )
    assert found["courtesy"].beta < 0 < found["courtesy"].correlation.low
    assert found["courtesy"].sign == 1 and found["service"].sign == 1


def test_the_same_seed_says_the_same_and_another_nearly():
    once, twice = (relative_weights(*survey(), times=300, seed=4) for _ in range(2))
    assert once == twice
    other = relative_weights(*survey(), times=300, seed=5)
    assert other != once
    assert other.drivers[0].weight.low == pytest.approx(once.drivers[0].weight.low, rel=0.1)


def test_the_resamples_are_those_of_rows():
    """Sums by unit give what drawing rows and computing anew gives."""
    themes, rating, _ = survey(200)
    columns = np.column_stack([np.ones(200), themes, rating])
    sums = CrossProducts.of(columns, np.arange(200), seed=0)
    counts = next(resamples(200, 3, seed=9))
    for count, products in zip(counts, sums.matrices(counts), strict=True):
        rows = np.repeat(columns, count.astype(int), axis=0)
        assert products == pytest.approx(rows.T @ rows)
        assert partialled(products, 1) / 200 == pytest.approx(
            np.cov(rows[:, 1:], rowvar=False, ddof=0)
        )


def test_rows_of_one_customer_are_not_independent():
    themes, rating, names = survey(300)
    often = [np.repeat(v, 10, axis=0) for v in (themes, rating)]
    wide = relative_weights(*often, names, customers=np.repeat(np.arange(300), 10), times=300)
    narrow = relative_weights(*often, names, times=300)
    once = relative_weights(themes, rating, names, times=300)
    assert wide.units == 300 and wide.rows == 3000

    def width(found):
        return found.r2.high - found.r2.low

    assert width(wide) == pytest.approx(width(once), rel=0.15)
    assert width(narrow) < 0.5 * width(wide)


def test_more_customers_than_are_resampled_keep_their_interval():
    themes, rating, names = survey(9000)
    few = relative_weights(themes, rating, names, times=400)
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(200):
        rows = rng.integers(0, 9000, 9000)
        found = np.corrcoef(np.column_stack([themes, rating])[rows], rowvar=False)
        drawn.append(found[:4, 4] @ np.linalg.solve(found[:4, :4], found[:4, 4]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert few.r2.high - few.r2.low == pytest.approx(high - low, rel=0.2)


def test_what_cannot_be_told_is_silent_and_says_why():
    themes, rating, names = survey(800)
    rng = np.random.default_rng(2)
    who = rng.integers(0, 2, 800)
    seldom = np.zeros(800)
    seldom[:7] = 1
    more = np.column_stack([themes, np.ones(800), seldom, who, themes[:, 3], rng.normal(size=800)])
    named = [*names, "constant", "seldom", "who", "theme 3 again", "noise"]
    found = by_name(relative_weights(more, rating, named, controls=who, times=300))
    assert {name: d.silence for name, d in found.items()} == {
        "theme 0": None,
        "theme 1": None,
        "theme 2": found["theme 2"].silence,
        "theme 3": "collinear",
        "theme 3 again": "collinear",
        "constant": "constant",
        "seldom": "seldom",
        "who": "controlled",
        "noise": "chance",
    }
    assert found["constant"].weight.value < 1e-12 and found["who"].weight.value < 1e-12
    again = found["theme 3 again"].weight.value
    assert found["theme 3"].weight.value == pytest.approx(again) and again > 0.01


@pytest.mark.parametrize(
    ("rows", "rating", "drivers", "reason"),
    [
        (800, None, 0, "no_drivers"),
        (30, None, 8, "too_few"),
        (0, None, 4, "too_few"),
        (800, 3.0, 4, "one_outcome"),
    ],
)
def test_nothing_to_learn_from_is_silence(rows, rating, drivers, reason):
    themes, outcome, _ = survey(800, 8)
    if rating is not None:
        outcome = np.full(800, rating)
    found = relative_weights(themes[:rows, :drivers], outcome[:rows], ["x"] * drivers, times=10)
    assert found.silence == reason and found.silence in SILENCES and found.drivers == []


def test_an_outcome_that_controls_tell_wholly_leaves_nothing():
    themes, _, names = survey(800)
    who = np.arange(800) % 5.0
    assert relative_weights(themes, 2 * who, names, controls=who, times=10).silence == "controlled"


def test_controls_that_say_the_same_twice_change_nothing():
    themes, rating, names = survey(400)
    who = (np.arange(400) % 2).astype(float)
    once = relative_weights(themes, rating, names, controls=who, times=50)
    twice = relative_weights(
        themes, rating, names, controls=np.column_stack([who, 1 - who, who]), times=50
    )
    for a, b in zip(once.drivers, twice.drivers, strict=True):
        assert a.weight.value == pytest.approx(b.weight.value)


def test_rows_with_something_unknown_are_left_out_and_counted():
    themes, rating, names = survey(800)
    gaps, holes = themes.copy(), rating.copy()
    gaps[::50, 1], holes[1::50] = np.nan, np.inf
    known = np.isfinite(gaps).all(axis=1) & np.isfinite(holes)
    found = relative_weights(gaps, holes, names, times=50)
    assert (found.rows, found.left_out) == (768, 32)
    alone = relative_weights(themes[known], rating[known], names, times=50)
    assert found == msgspec.structs.replace(alone, left_out=32)


def test_inputs_stay_as_they_are():
    themes, rating, names = survey(200)
    before = themes.copy(), rating.copy()
    relative_weights(themes, rating, names, controls=themes[:, :1] ** 2, times=10)
    assert (themes == before[0]).all() and (rating == before[1]).all()


def test_twenty_drivers_of_five_thousand_rows_within_seconds():
    themes, rating, names = survey(5000, 20)
    relative_weights(*survey(100, 2), times=10)
    begun = time.perf_counter()
    relative_weights(themes, rating, names, controls=themes[:, :3] ** 2, times=1000)
    assert time.perf_counter() - begun < 10


@pytest.mark.slow
def test_chance_is_seldom_told_and_intervals_hold_the_truth():
    rng = np.random.default_rng(8)
    big, rated, names = survey(400_000, seed=1)
    found = np.corrcoef(np.column_stack([big, rated]), rowvar=False)
    truth = relative_weights(big, rated, names, times=2)
    true = {d.name: d.weight.value for d in truth.drivers}
    assert found[0, 4] > 0
    held = told = 0
    for run in range(150):
        themes, rating, _ = survey(600, seed=100 + run)
        noise = np.clip(np.round(rng.normal(size=(600, 3))), -1, 1)
        named = [*names, *(f"noise {j}" for j in range(3))]
        one = by_name(relative_weights(np.hstack([themes, noise]), rating, named, times=300))
        held += sum(one[n].weight.low <= true[n] <= one[n].weight.high for n in names[:2])
        told += sum(one[f"noise {j}"].silence is None for j in range(3))
    assert 0.9 <= held / 300 <= 0.99
    assert told / 450 < 0.05
