"""Thresholds keep the precision they promise, and promise as much as can be promised."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binom, norm

from connu.kernel.errors import UsageError
from connu.twins.precision import Thresholds, risk_thresholds

_Bend = Callable[[np.ndarray], np.ndarray]


def _people(
    seed: int, n: int, rare: float = 0.28, apart: float = 1.57, bend: _Bend | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Two classes whose scores are normal, `apart` from one another; bent log odds."""
    chance = np.random.default_rng(seed)
    y = (chance.random(n) < rare).astype(np.int64)
    odds = np.log(rare / (1 - rare)) + apart * (chance.normal(size=n) + apart * y - apart / 2)
    one = 1 / (1 + np.exp(-(bend(odds) if bend else odds)))
    return np.column_stack([1 - one, one]), y


def _true_error(threshold: float, code: int, rare: float, apart: float, bend: _Bend) -> float:
    """Error of stating `code` from a threshold on, by the normal law, the bend being monotone."""
    if not np.isfinite(threshold):
        return 0.0
    grid = np.linspace(-15, 15, 6_001)
    one = 1 / (1 + np.exp(-bend(grid)))
    inside = grid[one >= threshold] if code else grid[(1 - one) >= threshold]
    if not len(inside):
        return 0.0
    edge = inside.min() if code else inside.max()
    middle = np.log(rare / (1 - rare))
    z = ((edge - middle) / apart + apart / 2 - apart * np.arange(2)) * (1 if code else -1)
    mass = np.array([1 - rare, rare]) * (norm.sf(z) if code else norm.cdf(-z))
    return float(mass[1 - code] / mass.sum())


_BENDS: dict[str, _Bend] = {
    "calibrated": lambda odds: odds,
    "three times too sure": lambda odds: 3 * odds + 1,
    "far too modest": lambda odds: 0.25 * odds - 0.1,
}


@pytest.mark.parametrize("rare", [0.28, 0.05])
@pytest.mark.parametrize("name", _BENDS)
def test_the_true_error_breaks_the_promise_in_one_draw_of_twenty_at_most(name: str, rare: float):
    apart, bend = (1.57, _BENDS[name]) if rare > 0.1 else (2.6, _BENDS[name])
    broken = np.zeros(2)
    for seed in range(200):
        told = risk_thresholds(*_people(seed, 1000, rare, apart, bend), 0.9, ahead=np.inf)
        for code in (0, 1):
            broken[code] += _true_error(told.per_class[code], code, rare, apart, bend) > 0.1
    # 10 of 200 are expected at most; 17 would be passed by chance once in a hundred tests.
    assert (broken <= binom.ppf(0.99, 200, 0.05)).all()


@pytest.mark.parametrize("rare", [0.28, 0.05])
@pytest.mark.parametrize("name", _BENDS)
def test_the_other_half_finds_the_promise_broken_in_one_split_of_twenty_at_most(
    name: str, rare: float
):
    apart = 1.57 if rare > 0.1 else 2.6
    broken = np.zeros(4)
    spoke = np.zeros(4)
    for seed in range(200):
        p, y = _people(1000 + seed // 5, 3000, rare, apart, _BENDS[name])
        deal = np.random.default_rng(seed).permutation(3000)
        one, other = deal[:1500], deal[1500:]
        told = risk_thresholds(p[one], y[one], 0.9)
        by_class, overall = told.state(p[other]), told.state(p[other], each_class=False)
        wrong = y[other]
        for place, said in enumerate((by_class >= 0, by_class == 0, by_class == 1, overall >= 0)):
            codes = overall if place == 3 else by_class
            spoke[place] += said.any()
            broken[place] += said.any() and (codes != wrong)[said].mean() > 0.1
    assert spoke[1] == 200 and spoke[3] == 200
    assert (broken <= 10).all()


def test_coverage_is_near_the_oracles_where_people_are_easy_or_hard():
    # Sixty people in a hundred leave telling traces (2 to 10 % errors), the others hardly any.
    chance = np.random.default_rng(5)
    coverage = []
    for _ in range(40):
        easy = chance.random(3000) < 0.6
        sure = np.where(easy, chance.uniform(0.9, 0.98, 3000), chance.uniform(0.5, 0.6, 3000))
        y = (chance.random(3000) > sure).astype(np.int64)
        p = np.column_stack([sure, 1 - sure])
        coverage.append(risk_thresholds(p, y, 0.9, ahead=np.inf).overall.coverage)
    # The oracle: 60 % of the people with 6 % errors, and of the others (45 %) as many as bring
    # the whole to 10 %: .6 · .04 / .35 = 6.9 % of the people.
    assert np.mean(coverage) >= 0.95 * 0.669
    assert min(coverage) >= 0.59


def test_coverage_is_what_one_exact_test_at_the_best_place_would_reach():
    # Nobody can pass the exact test more often than not beyond the size at which the oracle's
    # error is the error that passes it: walking there must cost next to nothing.
    big, truth = _people(99, 400_000)
    order = np.argsort(-big.max(1), kind="stable")
    error = np.cumsum((big.argmax(1) != truth)[order]) / np.arange(1, 400_001)
    size = np.arange(60, 3001)
    passing = binom.ppf(0.05, size, 0.1) - 1
    passes = error[(size / 3000 * 400_000).astype(int) - 1] <= passing / size
    best = size[passes].max() / 3000
    reached = [
        risk_thresholds(*_people(seed, 3000), 0.9, ahead=np.inf).overall.coverage
        for seed in range(60)
    ]
    assert 0.6 < best < 0.72
    assert np.mean(reached) >= 0.95 * best


def test_three_people_promise_nothing():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.99, 0.01]])
    told = risk_thresholds(p, np.array([0, 1, 0]), 0.9)
    assert told.per_class.tolist() == [np.inf, np.inf]
    assert told.overall.threshold == np.inf
    assert told.people.tolist() == [0, 0]
    assert told.upper.tolist() == [1.0, 1.0] and np.isnan(told.accuracy).all()
    assert told.state(p).tolist() == [-1, -1, -1]
    assert told.state(p, each_class=False).tolist() == [-1, -1, -1]


def test_nobody_promises_nothing():
    told = risk_thresholds(np.zeros((0, 3)), np.zeros(0, np.int64), 0.9)
    assert told.per_class.tolist() == [np.inf] * 3
    assert told.state(np.zeros((0, 3))).tolist() == []


@pytest.mark.parametrize(("ahead", "fewest"), [(np.inf, 29), (1.0, 37)])
def test_the_fewest_people_without_an_error(ahead: float, fewest: int):
    def told(n: int) -> float:
        p = np.column_stack([np.linspace(0.91, 0.99, n), np.linspace(0.09, 0.01, n)])
        y = np.zeros(n, np.int64)
        return risk_thresholds(p, y, 0.9, ahead=ahead).per_class[0]

    assert told(fewest - 1) == np.inf
    assert told(fewest) == pytest.approx(0.91)


def test_people_of_one_probability_are_in_or_out_together():
    # 100 right and sure; then 100 of one probability, half of them wrong: all of these stay out,
    # whatever the order of rows.
    sure = np.concatenate([np.full(100, 0.95), np.full(100, 0.7)])
    p = np.column_stack([sure, 1 - sure])
    y = np.concatenate([np.zeros(150, np.int64), np.ones(50, np.int64)])
    for seed in range(5):
        turn = np.random.default_rng(seed).permutation(200)
        told = risk_thresholds(p[turn], y[turn], 0.9)
        assert told.per_class[0] == 0.95
        assert told.people.tolist() == [100, 0]
    assert told.state(np.array([[0.95, 0.05], [0.949, 0.051]])).tolist() == [0, -1]


def test_an_early_error_does_not_end_every_walk():
    # The three surest of 2,000 people are wrong, the others are right.
    sure = np.linspace(0.999, 0.93, 2000)
    p = np.column_stack([sure, 1 - sure])
    y = np.zeros(2000, np.int64)
    y[:3] = 1
    told = risk_thresholds(p, y, 0.9)
    assert told.coverage[0] == 1.0
    assert told.accuracy[0] == pytest.approx(1 - 3 / 2000)


def test_a_rare_class_is_not_sacrificed_to_the_common_one():
    # 4 % are said to be of class 1, and one in four of those is not.
    chance = np.random.default_rng(3)
    rare = chance.random(10_000) < 0.04
    sure = np.where(rare, 0.95, chance.uniform(0.93, 0.99, 10_000))
    p = np.where(
        rare[:, None], np.column_stack([1 - sure, sure]), np.column_stack([sure, 1 - sure])
    )
    wrong = chance.random(10_000) < np.where(rare, 0.25, 0.03)
    told = risk_thresholds(p, np.where(wrong, 1 - rare, rare).astype(np.int64), 0.9)
    assert told.per_class[1] == np.inf and told.coverage[0] > 0.9
    assert told.overall.coverage == 1.0
    assert set(told.state(p).tolist()) == {-1, 0}
    assert set(told.state(p, each_class=False).tolist()) == {0, 1}


def test_order_of_rows_changes_no_promise():
    p, y = _people(8, 1500)
    weight = np.random.default_rng(1).uniform(0.1, 3, 1500)
    turn = np.random.default_rng(0).permutation(1500)
    one = risk_thresholds(p, y, 0.9, weight=weight)
    other = risk_thresholds(p[turn], y[turn], 0.9, weight=weight[turn])
    assert one.as_dict() == other.as_dict()


def test_batch_equals_one_by_one():
    p, y = _people(9, 2000)
    told = risk_thresholds(p, y, 0.9)
    one_by_one = [told.state(p[i : i + 1])[0] for i in range(200)]
    assert told.state(p[:200]).tolist() == one_by_one
    assert {-1, 0} <= set(one_by_one)


def test_a_dearer_promise_covers_less():
    p, y = _people(10, 4000)
    coverage = [risk_thresholds(p, y, at).overall.coverage for at in (0.8, 0.85, 0.9, 0.95)]
    assert coverage == sorted(coverage, reverse=True) and len(set(coverage)) == 4
    surer = [risk_thresholds(p, y, 0.9, c).overall.coverage for c in (0.5, 0.9, 0.999)]
    assert surer == sorted(surer, reverse=True) and len(set(surer)) == 3
    longer = [risk_thresholds(p, y, 0.9, ahead=a).overall.coverage for a in (np.inf, 1.0, 0.2)]
    assert longer == sorted(longer, reverse=True) and len(set(longer)) == 3


def test_the_bound_told_is_clopper_and_pearsons():
    p, y = _people(11, 3000)
    told = risk_thresholds(p, y, 0.9)
    people, accuracy = told.overall.people, told.overall.accuracy
    errors = round(people * (1 - accuracy))
    assert binom.cdf(errors, people, told.overall.upper) == pytest.approx(0.05)
    assert told.overall.upper <= 0.1
    assert told.overall.coverage == people / 3000


def test_equal_weights_are_no_weights():
    p, y = _people(12, 2000)
    plain = risk_thresholds(p, y, 0.9)
    heavy = risk_thresholds(p, y, 0.9, weight=np.full(2000, 4.0))
    for name in ("per_class", "coverage", "accuracy", "upper", "people"):
        assert getattr(heavy, name) == pytest.approx(getattr(plain, name), nan_ok=True)


def test_unequal_weights_count_fewer_people_and_weigh_their_errors():
    # 100 errorless people are enough; as 5 who weigh all and 95 who weigh nothing they are not.
    p = np.full((100, 2), [0.95, 0.05])
    y = np.zeros(100, np.int64)
    weight = np.where(np.arange(100) < 5, 1.0, 1e-6)
    assert risk_thresholds(p, y, 0.9).per_class[0] == 0.95
    assert risk_thresholds(p, y, 0.9, weight=weight).per_class[0] == np.inf
    # 8 % errors among 2,000; where the wrong stand for five visitors each, they are 30 %.
    p, y = np.full((2000, 2), [0.95, 0.05]), (np.arange(2000) % 25 < 2).astype(np.int64)
    assert risk_thresholds(p, y, 0.9).accuracy[0] == pytest.approx(0.92)
    assert risk_thresholds(p, y, 0.9, weight=1.0 + 4 * y).per_class[0] == np.inf


def test_many_classes():
    chance = np.random.default_rng(13)
    logits = 8 * chance.normal(size=(12_000, 20))
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    y = (p.cumsum(1) > chance.random(12_000)[:, None]).argmax(1)
    told = risk_thresholds(p, y, 0.9)
    assert np.isfinite(told.per_class).all()
    said = told.state(p)
    assert [int((said == c).sum()) for c in range(20)] == told.people.tolist()
    assert (told.accuracy > 0.9).all()


def test_a_saved_promise_says_the_same():
    p, y = _people(14, 1000, rare=0.05)
    told = risk_thresholds(p, y, 0.9, ahead=np.inf)
    assert np.isinf(told.per_class[1]) and np.isfinite(told.per_class[0])
    shape = json.loads(json.dumps(told.as_dict(), allow_nan=False))
    again = Thresholds.from_dict(shape)
    assert again.as_dict() == told.as_dict()
    assert again.per_class.tolist() == told.per_class.tolist()
    assert again.overall == told.overall
    assert again.state(p).tolist() == told.state(p).tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"precision": 1.0}, "between 0 and 1"),
        ({"confidence": 0.0}, "between 0 and 1"),
        ({"ahead": 0.0}, "ahead"),
        ({"y": np.zeros(2, np.int64)}, "one row a person"),
        ({"weight": np.zeros(3)}, "above 0"),
        ({"probability": np.zeros(3)}, "one column a class"),
    ],
)
def test_what_makes_no_promise_is_refused(change: dict[str, object], words: str):
    given = {"probability": np.full((3, 2), 0.5), "y": np.zeros(3, np.int64), "precision": 0.9}
    with pytest.raises(UsageError, match=words):
        risk_thresholds(**(given | change))  # type: ignore[arg-type]


def test_probability_of_other_classes_is_refused():
    told = risk_thresholds(*_people(15, 200), 0.9)
    with pytest.raises(UsageError, match="one column a class"):
        told.state(np.full((2, 3), 1 / 3))
