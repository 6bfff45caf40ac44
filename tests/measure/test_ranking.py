"""Lists against what came next: places counted by hand, what is unknown, sessions that hang
together."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.measure.intervals import mean_share, wilson
from connu.measure.ranking import next_score, place_score, places_of


def test_a_case_counted_by_hand():
    ranked = np.array([[3, 1, 2], [3, 1, 2], [3, 1, 2], [3, -1, -1], [-1, -1, -1]])
    target = np.array([3, 2, 7, -1, 0])
    assert places_of(target, ranked).tolist() == [1, 3, 0, 0, 0]
    score = next_score(target, ranked, lengths=(1, 2, 3))
    assert (score.steps, score.sessions, score.unknown) == (5, 5, 1)
    assert [one.hit_rate.value for one in score.lists] == pytest.approx([1 / 5, 1 / 5, 2 / 5])
    assert [one.mrr.value for one in score.lists] == pytest.approx([1 / 5, 1 / 5, (1 + 1 / 3) / 5])
    assert [one.hit_rate.value for one in score.known] == pytest.approx([1 / 4, 1 / 4, 2 / 4])
    assert score.at(3, known=True).mrr.value == pytest.approx((1 + 1 / 3) / 4)
    assert score.acc50 is None and score.coverage95 is None
    with pytest.raises(KeyError):
        score.at(20)


def test_an_unknown_target_is_not_in_the_padding():
    assert places_of(np.array([-1, -1]), np.array([[-1, 5], [5, -1]])).tolist() == [0, 0]
    assert places_of(np.array([4]), np.zeros((1, 0), np.int32)).tolist() == [0]


def test_a_hit_rate_of_steps_by_themselves_has_wilsons_interval():
    places = np.array([1, 1, 2, 0, 0, 0, 0, 0, 0, 30])
    score = place_score(places)
    assert score.at(1).hit_rate == wilson(0.2, 10)
    assert score.at(20).hit_rate.value == pytest.approx(0.3)
    assert score.at(20).mrr.value == pytest.approx(0.25)
    # A reciprocal rank varies less than a hit: its interval is narrower than one hit's.
    mrr, hit = score.at(20).mrr, wilson(0.25, 10)
    assert mrr.high - mrr.low < hit.high - hit.low


def test_steps_of_one_session_are_no_steps_by_themselves():
    chance = np.random.default_rng(0)
    luck = chance.random(50) < 0.5
    places = np.repeat(luck.astype(int), 20)
    sessions = np.repeat(np.arange(50) * 7 + 3, 20)
    alone, together = place_score(places), place_score(places, sessions=sessions)
    assert together.sessions == 50
    assert together.at(1).hit_rate.value == alone.at(1).hit_rate.value
    wide = together.at(1).hit_rate
    # Each session goes one way: fifty trials, whatever the number of steps.
    plain = wilson(luck.mean(), 50)
    assert (wide.low, wide.high) == pytest.approx((plain.low, plain.high))


def test_the_surest_half_and_what_may_be_promised():
    places = np.array([1] * 40 + [0] * 40)
    confidence = np.linspace(1, 0, 80)
    score = place_score(places, confidence=confidence)
    assert score.acc50.value == 1.0
    assert score.coverage95.people == 42
    again = place_score(places[::-1], confidence=confidence[::-1])
    assert again.acc50 == score.acc50 and again.coverage95 == score.coverage95
    # Equally sure of all: the surest half is right as often as all.
    assert place_score(places, confidence=np.ones(80)).acc50.value == 0.5


def test_no_step_and_nothing_known():
    score = place_score(np.zeros(0, int), confidence=np.zeros(0))
    assert (score.steps, score.at(1).hit_rate.low, score.at(1).hit_rate.high) == (0, 0.0, 1.0)
    score = place_score(np.zeros(3, int), unknown=np.ones(3, bool), sessions=np.array([5, 5, 6]))
    assert (score.unknown, score.sessions) == (3, 2)
    assert score.at(20, known=True).hit_rate.high == 1.0


def test_lists_must_meet_their_steps():
    with pytest.raises(UsageError, match="do not meet"):
        next_score(np.array([1, 2]), np.array([[1]]))
    with pytest.raises(UsageError, match="do not meet"):
        next_score(np.array([1]), np.array([1]))


def test_a_mean_of_nothing_is_unknown():
    share = mean_share(np.zeros(0))
    assert (share.low, share.high) == (0.0, 1.0)
