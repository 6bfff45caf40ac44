"""Intents against purchases: cases counted by hand, scikit-learn beside, ties, weights, nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from connu.kernel.errors import UsageError
from connu.measure.intents import intent_score
from connu.measure.intervals import wilson
from connu.measure.lift import lift_at
from connu.measure.precision_recall import average_precision
from connu.measure.reliability import equal_mass_error


def crowd(n: int, seed: int = 0, levels: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, few of them high, and purchases drawn from them."""
    chance = np.random.default_rng(seed)
    p = chance.beta(0.4, 4, n)
    if levels:
        p = np.round(p * levels) / levels
    return p, chance.random(n) < p


def test_a_case_counted_by_hand():
    p = np.array([0.9, 0.8, 0.3, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1])
    bought = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], bool)
    score = intent_score(p, bought)
    assert (score.rows, score.bought, score.base_rate) == (10, 2, 0.2)
    # Of 16 pairs .9 wins 8, .3 loses to .8, ties .3 and wins 6.
    assert score.auc.value == pytest.approx((8 + 6.5) / 16)
    # .9 alone is right; down to .3 two of four are.
    assert score.pr_auc.value == pytest.approx((1 + 0.5) / 2)
    assert score.lift10.bought == wilson(1.0, 1)
    assert (score.lift10.value, score.lift10.found) == pytest.approx((5.0, 0.5))
    assert score.brier == pytest.approx((0.01 + 0.64 + 0.49 + 0.09 + 0.04 + 0.05) / 10)
    assert score.overconfidence == pytest.approx(0.3 - 0.2)
    # Bins of 1/15: .1 (five), .2 (.2 and no more), .3 .3, .8, .9.
    gaps = [0.5, 0.2, 0.4, 0.8, 0.1]
    assert score.ece == pytest.approx(sum(gaps) / 10)
    assert [b.people for b in score.reliability] == [5, 1, 2, 1, 1]
    # Surest first: .9 and the five of .1 are right; .8 wrong makes 8 of 9 at best.
    assert (score.coverage95.people, score.buyers95.people) == (6, 1)
    assert score.base is None and score.gain is None


@pytest.mark.parametrize("levels", [None, 12], ids=["all apart", "many alike"])
def test_beside_scikit_learn(levels):
    p, bought = crowd(4000, levels=levels)
    score = intent_score(p, bought)
    assert score.auc.value == pytest.approx(roc_auc_score(bought, p))
    assert score.pr_auc.value == pytest.approx(average_precision_score(bought, p))
    assert score.brier == pytest.approx(brier_score_loss(bought, p))
    certain = (p == 0) | (p == 1)
    inner = intent_score(p[~certain], bought[~certain])
    assert inner.log_loss == pytest.approx(log_loss(bought[~certain], p[~certain]) / np.log(2))
    assert score.auc.low < score.auc.value < score.auc.high


@pytest.mark.parametrize("levels", [None, 12], ids=["all apart", "many alike"])
def test_rows_may_come_in_any_order_and_a_weight_is_so_many_rows(levels):
    p, bought = crowd(600, seed=2, levels=levels)
    views = np.round(p * 5 + np.random.default_rng(4).random(600))
    many = np.random.default_rng(3).integers(1, 4, 600)
    base = np.full(600, 0.1)
    spread = [np.repeat(column, many) for column in (p, bought, base, views)]
    order = np.random.default_rng(1).permutation(len(spread[0]))
    one = intent_score(p, bought, base=base, last_viewed=views, weight=many)
    two = intent_score(
        spread[0][order],
        spread[1][order],
        base=spread[2][order],
        last_viewed=spread[3][order],
    )
    assert one.rows == two.rows == many.sum()
    assert _numbers(one.as_dict()) == pytest.approx(_numbers(two.as_dict()), abs=1e-9)


def test_a_base_rate_tells_nobody_from_another():
    p, bought = crowd(2000, seed=5)
    rate = bought.mean()
    score = intent_score(p, bought, base=np.full(2000, rate), last_viewed=np.zeros(2000))
    assert score.base.auc.value == score.last_viewed.auc.value == 0.5
    assert score.base.lift10.value == pytest.approx(1.0)
    assert score.base.pr_auc.value == pytest.approx(rate)
    assert score.base.brier == pytest.approx(rate * (1 - rate))
    assert score.gain == pytest.approx(score.auc.value - 0.5)
    assert score.log_loss < score.base.log_loss and score.brier < score.base.brier
    assert score.last_viewed.brier is None and score.last_viewed.log_loss is None


def test_rows_of_one_subject_hang_together():
    p, bought = crowd(300, seed=7)
    alone = intent_score(p, bought)
    copied = intent_score(np.repeat(p, 10), np.repeat(bought, 10))
    together = intent_score(
        np.repeat(p, 10), np.repeat(bought, 10), subjects=np.repeat(np.arange(300), 10)
    )
    assert together.auc.value == pytest.approx(alone.auc.value)
    assert copied.auc.high - copied.auc.low < 0.5 * (alone.auc.high - alone.auc.low)
    assert together.auc.low == pytest.approx(alone.auc.low, abs=1e-9)
    assert together.auc.high == pytest.approx(alone.auc.high, abs=1e-9)


def test_what_is_no_share_has_bounds_that_heed_subjects():
    rng = np.random.default_rng(12)
    p = rng.random(300)
    y = rng.random(300) < p
    score = intent_score(p, y)
    assert set(score.bounds) == {"ece", "overconfidence", "brier", "log_loss"}
    for name, bounds in score.bounds.items():
        assert bounds.low <= getattr(score, name) <= bounds.high, name
    twice = intent_score(np.tile(p, 2), np.tile(y, 2), subjects=np.tile(np.arange(300), 2))
    loss = twice.bounds["log_loss"]
    assert loss.low == pytest.approx(score.bounds["log_loss"].low)
    assert intent_score(np.tile(p, 2), np.tile(y, 2)).bounds["log_loss"].low > loss.low


def test_nobody_bought_and_everybody():
    p = np.array([0.2, 0.1, 0.1])
    nobody = intent_score(p, np.zeros(3, bool), base=p)
    assert (nobody.auc, nobody.pr_auc, nobody.lift10, nobody.gain) == (None, None, None, None)
    assert nobody.ece == pytest.approx(0.4 / 3) and nobody.coverage95.share.value == 1.0
    assert nobody.buyers95.people == 0
    everybody = intent_score(p, np.ones(3, bool))
    assert everybody.auc is None and everybody.pr_auc.value == 1.0
    assert everybody.lift10.value == 1.0


def test_the_interval_of_the_lift_holds_the_truth():
    """The tenth bought 40 %, all 10 %: a lift of four, drawn again and again."""
    inside = 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        best = np.arange(1000) < 100
        bought = chance.random(1000) < np.where(best, 0.4, 0.06667)
        lift = lift_at(0.1, best.astype(float), bought)
        inside += lift.low <= 4 <= lift.high
    assert inside >= 180


def test_a_lift_is_never_told_beyond_what_it_can_be():
    p = np.arange(200) / 200
    bought = p >= 0.95  # ten, all of them among the highest tenth
    lift = lift_at(0.1, p, bought)
    assert (lift.value, lift.high) == pytest.approx((10.0, 10.0)) and 6 < lift.low < 10
    often = lift_at(0.1, p, p >= 0.5)
    assert often.low < often.value == pytest.approx(2.0) == often.high


def drawn(chance: np.random.Generator, of_class: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of few who bought and many who did not: one in seven bought without any sign."""
    told = np.where(chance.random(of_class) < 1 / 7, 0.0, 2.2) + chance.normal(0, 0.8, of_class)
    return np.append(told, chance.normal(0, 1, 600)), np.arange(of_class + 600) < of_class


@pytest.mark.parametrize(("of_class", "least"), [(12, 0.89), (60, 0.92)])
def test_intervals_of_few_buyers_hold_the_truth(of_class, least):
    scores, _ = drawn(np.random.default_rng(1), 100_000)
    others = np.random.default_rng(2).normal(0, 1, 100_000)
    true = {"auc": float(np.mean(np.searchsorted(np.sort(others), scores[:100_000]) / 100_000))}
    chance = np.random.default_rng(3)
    found = [intent_figures(*drawn(chance, of_class)) for _ in range(300)]
    true["pr_auc"] = float(np.mean([one["pr_auc"].value for one in found]))
    for name, value in true.items():
        held = np.mean([one[name].low <= value <= one[name].high for one in found])
        assert least <= held <= 0.99, f"{name}: {held}"


def intent_figures(scores: np.ndarray, bought: np.ndarray) -> dict[str, Any]:
    """The figures of an order."""
    p = 1 / (1 + np.exp(-scores))
    score = intent_score(p, bought)
    return {"auc": score.auc, "pr_auc": score.pr_auc, "lift10": score.lift10}


def test_a_row_told_twice_of_one_subject_makes_nothing_surer():
    p, bought = crowd(500, seed=4)
    once = intent_score(p, bought, subjects=np.arange(500))
    twice = intent_score(np.tile(p, 2), np.tile(bought, 2), subjects=np.tile(np.arange(500), 2))
    for name in ("auc", "pr_auc", "lift10"):
        one, two = getattr(once, name), getattr(twice, name)
        assert (two.low, two.high) == pytest.approx((one.low, one.high), abs=1e-9), name
    alone = intent_score(p, bought)
    assert (alone.pr_auc.low, alone.auc.high) == pytest.approx((once.pr_auc.low, once.auc.high))
    by_weight = intent_score(p, bought, weight=np.ones(500))
    assert (by_weight.lift10.low, by_weight.pr_auc) == (alone.lift10.low, alone.pr_auc)


def test_a_cut_through_people_told_alike_takes_their_mean():
    p = np.array([0.9] * 5 + [0.4] * 20 + [0.0] * 75)
    bought = np.zeros(100, bool)
    bought[[0, 1, 5, 6, 7, 8]] = True
    # Five with two buyers, and five of the twenty, of whom a fifth bought: 2 + 1 of 10.
    lift = lift_at(0.1, p, bought)
    assert lift.bought.value == pytest.approx(0.3) and lift.value == pytest.approx(5.0)
    assert lift.found == pytest.approx(0.5)
    assert lift_at(0.1, p, np.zeros(100, bool)) is None


def test_small_probabilities_are_looked_at_closely():
    """Half are told .01 too little, half .01 too much: bins of equal width see nothing."""
    p = np.repeat([0.01, 0.03], 5000)
    bought = np.zeros(10_000, bool)
    bought[:100] = bought[5000:5100] = True
    score = intent_score(p, bought)
    assert score.ece == pytest.approx(0.0, abs=1e-12)
    assert score.ece_mass == pytest.approx(0.01)
    assert equal_mass_error(np.zeros(0), np.zeros(0)) == 0.0


def test_average_precision_of_nobody():
    assert average_precision(np.array([0.1, 0.2]), np.array([False, False])) is None
    assert average_precision(np.array([0.1]), np.array([True])) == wilson(1.0, 1)


def test_refusals():
    p, bought = np.array([0.2, 0.4]), np.array([True, False])
    with pytest.raises(UsageError, match="nobody"):
        intent_score(p[:0], bought[:0])
    with pytest.raises(UsageError, match="do not meet"):
        intent_score(p, bought[:1])
    with pytest.raises(UsageError, match="do not meet"):
        intent_score(p, bought, base=p[:1])
    with pytest.raises(UsageError, match="no probability"):
        intent_score(p * 4, bought)
    with pytest.raises(UsageError, match="no probability"):
        intent_score(np.array([np.nan, 0.1]), bought)
    with pytest.raises(UsageError, match="no probability"):
        intent_score(p, bought, base=p - 1)
    with pytest.raises(UsageError, match="nobody"):
        intent_score(p, bought, weight=np.array([0, 1]))


def _numbers(told: object) -> list[float]:
    if isinstance(told, dict):
        return [n for key in sorted(told) for n in _numbers(told[key])]
    if isinstance(told, list):
        return [n for one in told for n in _numbers(one)]
    return [float(told)] if isinstance(told, int | float) else []
