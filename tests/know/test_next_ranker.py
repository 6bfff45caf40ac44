import numpy as np
import pytest

from connu.know import ranking_forest
from connu.know.next_ranker import Ranker


def steps(seed, count=600, width=8, columns=3):
    """The candidate of the highest first column comes next 6 times in 10, else none of them."""
    chance = np.random.default_rng(seed)
    table = chance.random((count, width, columns)).astype(np.float32)
    candidates = np.tile(np.arange(width, dtype=np.int32), (count, 1))
    comes = chance.random(count) < 0.6
    target = np.where(comes, table[:, :, 0].argmax(axis=1), 99).astype(np.int32)
    return candidates, table, target


@pytest.fixture(scope="module")
def ranker():
    candidates, table, target = steps(0)
    return Ranker.learn(candidates, table, target, np.arange(600) >= 400)


def test_what_marks_the_next_one_is_found_and_said_as_surely_as_it_is(ranker):
    candidates, table, target = steps(1, 1_000)
    told = ranker.probability(candidates, table)
    best = told.argmax(axis=1)
    assert (best == table[:, :, 0].argmax(axis=1)).mean() > 0.85
    assert told.max(axis=1).mean() == pytest.approx((best == target).mean(), abs=0.06)


def test_probabilities_of_a_session_leave_room_for_what_is_no_candidate(ranker):
    candidates, table, _ = steps(2)
    whole = ranker.probability(candidates, table).sum(axis=1)
    assert (whole < 1).all()
    assert whole.mean() == pytest.approx(0.6, abs=0.06)


def test_empty_places_have_no_probability(ranker):
    candidates, table, _ = steps(3, 20)
    candidates[:, 5:] = -1
    told = ranker.probability(candidates, table)
    assert (told[:, 5:] == 0).all()
    assert (told[:, :5] > 0).all()
    nothing = ranker.probability(np.full((2, 4), -1), np.zeros((2, 4, 3), np.float32))
    assert (nothing == 0).all()


def test_few_and_many_candidates_are_told_the_same(ranker, monkeypatch):
    candidates, table, _ = steps(4, 300)
    many = ranker.probability(candidates, table)
    few = [ranker.probability(candidates[i : i + 1], table[i : i + 1]) for i in range(300)]
    assert np.array_equal(many, np.concatenate(few))
    monkeypatch.setattr(ranking_forest, "_FEW", 10**9)
    assert np.array_equal(many, ranker.probability(candidates, table))


def test_the_same_steps_and_seed_teach_the_same(ranker):
    again = Ranker.learn(*steps(0), np.arange(600) >= 400)
    assert again.to_json() == ranker.to_json()


def test_what_was_kept_tells_the_same(ranker):
    candidates, table, _ = steps(5, 50)
    kept = Ranker.from_json(ranker.to_json())
    told = ranker.probability(candidates, table)
    assert np.array_equal(kept.probability(candidates, table), told)


def test_learnt_again_from_all_steps_it_is_weighed_as_before(ranker):
    candidates, table, target = steps(6)
    again = ranker.again(candidates, table, target)
    assert np.array_equal(again.weights, ranker.weights)
    assert again.order.text != ranker.order.text


def test_where_no_candidate_ever_came_nothing_is_likely():
    candidates, table, target = steps(7, 400)
    never = Ranker.learn(candidates, table, np.full_like(target, 99), np.arange(400) >= 200)
    told = never.probability(candidates, table)
    assert (told < 0.01).all()
    assert np.array_equal(Ranker.from_json(never.to_json()).probability(candidates, table), told)


def test_without_steps_to_weigh_the_forests_count_alike():
    candidates, table, target = steps(8, 300)
    unweighed = Ranker.learn(candidates, table, target, np.zeros(300, np.bool_))
    assert unweighed.weights.tolist() == [[0.5, 0.5, 0, 0]] * 2
