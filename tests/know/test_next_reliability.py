import numpy as np
import pytest

from connu.know.next_reliability import judge_lists


def judged(items, chance, target, popular):
    figures = judge_lists(
        "product",
        np.array(items, np.int32),
        np.array(chance, float),
        np.array(target, np.int32),
        np.array(popular, np.int32),
    )
    return {f.measure: f for f in figures}


def test_hits_and_heights_of_both_lists():
    found = judged([[1, 2], [3, 4], [5, -1]], [[0.5, 0.2]] * 3, [1, 4, 9], [9, 1])
    assert found["hr1"].figure == pytest.approx(1 / 3)
    assert found["hr1"].base == pytest.approx(1 / 3)
    assert found["hr5"].figure == found["hr20"].figure == pytest.approx(2 / 3)
    assert found["mrr20"].figure == pytest.approx((1 + 0.5 + 0) / 3)
    assert found["mrr20"].base == pytest.approx((0.5 + 0 + 1) / 3)
    assert all(f.people == 3 for f in found.values())


def test_an_empty_place_is_no_hit():
    assert judged([[-1]], [[0.0]], [-2], [0])["hr20"].figure == 0


def test_calibration_and_coverage_are_of_the_first():
    items, target = [[1]] * 100, [1] * 60 + [0] * 40
    found = judged(items, [[0.6]] * 100, target, [0])
    assert found["ece"].figure == pytest.approx(0, abs=1e-9)
    assert np.isnan(found["ece"].base)
    sure = judged(items, [[0.9]] * 60 + [[0.1]] * 40, target, [0])
    assert sure["coverage95"].figure == pytest.approx(0.63)
    assert judged(items, [[0.5]] * 100, [0] * 100, [0])["coverage95"].figure == 0


def test_told_where_the_lists_stand_higher():
    target = np.arange(200) % 10
    good = judged(target[:, None], np.full((200, 1), 0.9), target, [0])
    assert all(f.stated for f in good.values())
    bad = judged((target[:, None] + 1) % 10, np.full((200, 1), 0.9), target, [0])
    assert not any(f.stated for f in bad.values())


def test_a_gain_that_chance_explains_is_not_told():
    """The lists put 12 of 20 first, the popular one 10: a coin does as well."""
    items = [[1, 0]] * 12 + [[0, 1]] * 8
    found = judged(items, [[0.5, 0.5]] * 20, [1] * 12 + [1] * 8, [0, 1])
    better = judged(items * 20, [[0.5, 0.5]] * 400, ([1] * 20) * 20, [0, 1])
    assert better["mrr20"].stated
    weak = judged([[1, 0]] * 11 + [[0, 1]] * 9, [[0.5, 0.5]] * 20, [1, 0] * 10, [0, 1])
    assert not weak["mrr20"].stated
    assert found["mrr20"].figure > found["mrr20"].base


def test_few_items_that_both_lists_hold_whole_are_told_by_their_height():
    target = np.tile([0, 1, 2], 60)
    lists = np.stack([target, (target + 1) % 3, (target + 2) % 3], axis=1)
    found = judged(lists, np.full((180, 3), 0.3), target, [0, 1, 2])
    assert found["hr5"].figure == found["hr5"].base == 1
    assert found["mrr20"].stated


def test_a_list_that_misses_one_of_few_items_is_judged_by_its_height():
    """Of four categories each list holds three, the popular one all: within five it finds more."""
    target = np.tile([0, 1, 2, 3], 100)
    lists = np.stack([target, (target + 1) % 4, (target + 2) % 4], axis=1)
    lists[:20] = (lists[:20] + 1) % 4
    found = judged(lists, np.full((400, 3), 0.3), target, [0, 1, 2, 3])
    assert found["hr5"].figure < found["hr5"].base == 1
    assert all(f.stated for f in found.values())


def test_a_long_list_that_finds_less_is_not_told_however_high_it_stands():
    target = np.arange(400) % 40
    lists = np.where((np.arange(400) % 2)[:, None] == 0, target[:, None], 99)
    lists[(target >= 10) & (target < 20)] = 99
    popular = np.arange(22)[2:]
    found = judged(lists, np.full((400, 1), 0.5), np.minimum(target, 21), popular)
    assert found["hr20"].figure < found["hr20"].base
    assert not found["mrr20"].stated


def test_clicks_at_random_are_seldom_told():
    chance, told = np.random.default_rng(0), 0
    for _ in range(200):
        target = chance.integers(0, 40, 150)
        lists = chance.permuted(np.tile(np.arange(40), (150, 1)), axis=1)[:, :20]
        told += judged(lists, np.full((150, 20), 0.02), target, np.arange(20))["mrr20"].stated
    assert told <= 10


def test_no_steps_are_not_judged_and_no_popular_list_is_no_error():
    empty = np.zeros((0, 20))
    assert judge_lists("product", empty.astype(int), empty, np.zeros(0, int), np.arange(3)) == []
    found = judged([[1]], [[0.5]], [1], [])
    assert found["hr1"].figure == 1
    assert found["hr1"].base == 0
