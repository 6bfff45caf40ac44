"""Staying against what came: learnt before the cut, judged after it, silent where it must be."""

from __future__ import annotations

import numpy as np
import pytest

from connu.app.staying_evaluation import judge_staying
from connu.know.purchases import Purchases, histories_from
from connu.know.trails import DAY


def shop(customers: int = 400, days: int = 300, seed: int = 0) -> Purchases:
    """Customers of different paces, some of whom leave; each pays what he usually pays."""
    chance = np.random.default_rng(seed)
    who, when, paid = [], [], []
    for customer in range(customers):
        pace, usual = chance.gamma(1.5, 0.02), chance.gamma(4, 10)
        day = chance.uniform(0, 120)
        while day < days:
            who.append(customer)
            when.append(day)
            paid.append(usual * chance.uniform(0.7, 1.3))
            if chance.random() < 0.1:
                break
            day += chance.exponential(1 / pace)
    time = (np.array(when) * DAY).astype(np.int64)
    return histories_from(np.array(who), time, np.array(paid), now_us=days * DAY)


def test_judged_on_the_days_after_the_cut():
    bought = shop()
    score = judge_staying(bought, 200, 91)
    known = bought.before(200)
    count, paid = bought.within(200, 291, known.customers)
    assert (score.days, score.customers) == (91, len(known))
    assert score.purchases.total == count.sum() > 100
    assert score.value.total == pytest.approx(paid.sum())
    assert score.again.bought == (count > 0).sum()
    # A baseline stands beside each figure, and both are nearer than expecting nothing.
    for judged, came in ((score.purchases, count), (score.value, paid)):
        assert judged.baseline is not None and judged.mae_gain is not None
        assert judged.errors.rmse < np.sqrt((came**2).mean())
        assert judged.baseline.rmse < np.sqrt((came**2).mean())
        assert 0.5 < judged.inside.value <= 1
    assert score.again.auc.value > 0.6 and score.again.base is not None


def test_what_comes_after_is_not_learnt_from():
    """A future in which everybody stops, or none of which was bought, changes no expectation."""
    bought = shop()
    later = bought.before(200)
    silent = Purchases(
        later.customers, later.starts, later.day, later.value, later.lines, bought.now
    )
    one, two = judge_staying(bought, 200, 91), judge_staying(silent, 200, 91)
    assert two.purchases.total == 0 < one.purchases.total
    assert two.purchases.errors.total == one.purchases.errors.total
    assert two.purchases.baseline.total == one.purchases.baseline.total


def test_reasons_where_nothing_is_told():
    bought = shop(20)
    assert judge_staying(bought, 0, 91) == "no_purchases"
    assert judge_staying(bought, 200, 91) == "too_few"


def test_no_value_is_judged_where_nobody_says_what_was_paid():
    bought = shop()
    unpriced = Purchases(
        bought.customers,
        bought.starts,
        bought.day,
        np.full(len(bought.value), np.nan),
        bought.lines,
        bought.now,
    )
    score = judge_staying(unpriced, 200, 91)
    assert score.value is None and score.purchases.baseline is not None
