"""What every calibrator must do, the choice among them, and the calibration error."""

from __future__ import annotations

import json

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.twins.beta import BetaCalibrator
from connu.twins.calibration import (
    Calibrator,
    calibrator_from_dict,
    choose_calibrator,
    expected_calibration_error,
)
from connu.twins.temperature import TemperatureCalibrator
from connu.twins.venn_abers import VennAbersCalibrator

_KINDS = [TemperatureCalibrator, BetaCalibrator, VennAbersCalibrator]
_each = pytest.mark.parametrize("kind", _KINDS)


def _many(seed: int, n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores twice too sure and leaning to the last class; classes of unequal shares."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(size=(n, classes)) * 1.5 - 0.2 * np.arange(classes)
    y = (logits + chance.gumbel(size=(n, classes))).argmax(1)
    return 2 * logits + 0.3 * np.arange(classes), y


def _votes(seed: int, n: int, neighbours: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Two classes, 22 % of the second; neighbours who agree too much, as log shares."""
    chance = np.random.default_rng(seed)
    odds = chance.normal(-1.75, 1.6, n)
    y = (chance.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    share = chance.binomial(neighbours, 1 / (1 + np.exp(-1.8 * odds))) / neighbours
    with np.errstate(divide="ignore"):
        return np.log(np.column_stack([1 - share, share])), y


def _error(told: np.ndarray, y: np.ndarray) -> float:
    return expected_calibration_error(told.max(1), told.argmax(1) == y)


def _log_loss(told: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(told[np.arange(len(y)), y]).mean())


def _cross(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    told = np.empty(scores.shape)
    for fold in range(5):
        held = np.arange(len(y)) % 5 == fold
        told[held] = choose_calibrator(scores[~held], y[~held]).transform(scores[held])
    return told


@_each
@pytest.mark.parametrize("classes", [2, 3, 20])
def test_probabilities_sum_to_one_and_beat_the_scores(kind: type, classes: int):
    scores, y = _many(1, 3000, classes)
    fresh, truth = _many(2, 6000, classes)
    made = kind().fit(scores, y)
    assert isinstance(made, Calibrator)
    told = made.transform(fresh)
    assert told.shape == fresh.shape
    assert (told > 0).all() and (told < 1).all()
    assert told.sum(1) == pytest.approx(np.ones(6000))
    raw = np.exp(fresh - fresh.max(1, keepdims=True))
    raw /= raw.sum(1, keepdims=True)
    assert _error(told, truth) < min(0.04, _error(raw, truth) / 2)
    assert _log_loss(told, truth) < _log_loss(raw, truth)


@_each
@pytest.mark.parametrize("classes", [2, 4])
def test_a_higher_score_for_a_class_never_lowers_it(kind: type, classes: int):
    made = kind().fit(*_many(3, 400, classes))
    scores = np.tile(np.linspace(-1, 0.5, classes), (500, 1))
    scores[:, 1] = np.linspace(-40, 40, 500)
    told = made.transform(scores)[:, 1]
    assert (np.diff(told) >= -1e-12).all()
    assert told[-1] - told[0] > 0.5


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_order_of_rows_changes_no_bit(kind: type, classes: int):
    scores, y = _many(4, 700, classes)
    turn = np.random.default_rng(0).permutation(700)
    one, other = kind().fit(scores, y), kind().fit(scores[turn], y[turn])
    assert one.to_dict() == other.to_dict()


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_batch_equals_one_by_one_and_nothing_given_is_changed(kind: type, classes: int):
    scores, y = _many(5, 300, classes)
    before, codes = scores.copy(), y.copy()
    made = kind().fit(scores, y)
    told = made.transform(scores)
    one_by_one = np.vstack([made.transform(scores[i : i + 1]) for i in range(50)])
    assert told[:50] == pytest.approx(one_by_one, abs=1e-12)
    assert (scores == before).all() and (y == codes).all()
    assert made.transform(scores[:0]).shape == (0, classes)


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_a_saved_calibrator_says_the_same(kind: type, classes: int):
    scores, y = _many(6, 500, classes)
    made = kind().fit(scores, y)
    shape = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    again = calibrator_from_dict(shape)
    assert type(again) is kind
    assert (again.transform(scores) == made.transform(scores)).all()
    assert again.to_dict() == made.to_dict()


@_each
@pytest.mark.parametrize("classes", [2, 3, 20])
def test_three_people_who_shout_leave_the_answer_near_chance(kind: type, classes: int):
    scores = np.zeros((3, classes))
    scores[0, 0], scores[1, 0], scores[2, 1] = 9.0, 5.0, 9.0
    told = kind().fit(scores, np.array([0, 0, 1])).transform(scores)
    assert np.isfinite(told).all()
    assert told.sum(1) == pytest.approx(np.ones(3))
    assert told.max() < 0.95


@_each
@pytest.mark.parametrize("classes", [2, 5])
def test_nobody_leaves_every_class_possible(kind: type, classes: int):
    made = kind().fit(np.zeros((0, classes)), np.zeros(0, np.int64))
    told = made.transform(np.zeros((2, classes)))
    assert told == pytest.approx(np.full((2, classes), 1 / classes))


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_an_absent_class_stays_possible_and_unlikely(kind: type, classes: int):
    scores, _ = _many(7, 500, classes)
    told = kind().fit(scores, np.zeros(500, np.int64)).transform(scores)
    assert told[:, 0].mean() > 0.97
    assert (told > 0).all()


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_infinite_and_huge_scores_are_clipped(kind: type, classes: int):
    scores, y = _many(8, 600, classes)
    scores[:20, 0], scores[20:40, 1], scores[40:50] = np.inf, -np.inf, 1e300
    scores[50:60] = -np.inf
    made = kind().fit(scores, y)
    asked = np.vstack(
        [scores[:60], np.eye(classes) * 1e308, np.where(np.eye(classes), -np.inf, 0.0)]
    )
    told = made.transform(asked)
    assert np.isfinite(told).all()
    assert told.sum(1) == pytest.approx(np.ones(len(asked)))


@_each
@pytest.mark.parametrize("classes", [2, 3])
def test_constant_scores_give_the_shares(kind: type, classes: int):
    y = np.arange(900) % 9 % classes
    share = np.bincount(y, minlength=classes) / 900
    told = kind().fit(np.zeros((900, classes)), y).transform(np.zeros((1, classes)))
    assert told[0] == pytest.approx(share, abs=0.01)


@_each
def test_scores_that_say_the_contrary_are_not_believed_either_way(kind: type):
    scores, y = _many(9, 2000, 2)
    told = kind().fit(-scores, y).transform(-scores)
    assert told[:, 1] == pytest.approx(np.full(2000, y.mean()), abs=0.02)


@_each
@pytest.mark.parametrize(
    ("scores", "y"),
    [
        (np.zeros(3), np.zeros(3, np.int64)),
        (np.zeros((3, 2)), np.zeros(2, np.int64)),
        (np.zeros((3, 2)), np.array([0, 1, 2])),
        (np.zeros((3, 2)), np.array([0, 1, -1])),
        (np.zeros((3, 2)), np.array([0.0, 0.5, 1.0])),
        (np.array([[0.0, np.nan]]), np.array([0])),
    ],
)
def test_what_does_not_go_together_is_refused(kind: type, scores: np.ndarray, y: np.ndarray):
    with pytest.raises(UsageError):
        kind().fit(scores, y)


@pytest.mark.parametrize(("people", "draws", "most"), [(6000, 3, 0.012), (15_000, 1, 0.010)])
def test_the_error_reached_on_votes_that_shout(people: int, draws: int, most: float):
    raw, reached = [], []
    for seed in range(draws):
        scores, y = _votes(seed, people)
        raw.append(_error(np.exp(scores), y))
        reached.append(_error(_cross(scores, y), y))
    assert np.mean(raw) > 0.06
    assert np.mean(reached) <= most


def test_the_simplest_is_taken_where_it_does_as_well():
    taken = {type(choose_calibrator(*_many(seed, 3000, 2))) for seed in range(3)}
    assert taken == {TemperatureCalibrator}


def test_a_shape_no_curve_has_is_left_to_venn_abers():
    chance = np.random.default_rng(11)
    odds = chance.normal(0, 2, 8000)
    y = (chance.random(8000) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    # The scores of three groups do not compare: a staircase of odds.
    bent = np.where(odds < -1, odds * 4, np.where(odds < 1, odds / 4, odds * 4))
    made = choose_calibrator(np.column_stack([np.zeros(8000), bent]), y)
    assert isinstance(made, VennAbersCalibrator)


def test_few_people_get_the_simplest():
    scores, y = _votes(12, 99)
    assert isinstance(choose_calibrator(scores, y), TemperatureCalibrator)
    assert isinstance(choose_calibrator(scores[:3], y[:3]), TemperatureCalibrator)


def test_the_choice_is_the_same_whatever_the_order_of_rows():
    scores, y = _votes(13, 2500)
    turn = np.random.default_rng(0).permutation(2500)
    one, other = choose_calibrator(scores, y, 4), choose_calibrator(scores[turn], y[turn], 4)
    assert one.to_dict() == other.to_dict()


def test_a_file_of_unknown_kind_is_refused():
    with pytest.raises(UsageError, match="unknown kind"):
        calibrator_from_dict({"kind": "magic"})


def test_the_error_is_what_a_hand_counts():
    # (0, .5]: said .5 and .3, right once: gap |.8 − 1|; (.5, 1]: said .9 and .7, right twice.
    said, right = np.array([0.5, 0.9, 0.3, 0.7]), np.array([True, True, False, True])
    assert expected_calibration_error(said, right, bins=2) == pytest.approx((0.2 + 0.4) / 4)
    assert expected_calibration_error(np.zeros(0), np.zeros(0)) == 0.0
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([0, 1])) == 0.0


def test_perfect_calibration_shows_the_error_of_chance():
    chance = np.random.default_rng(14)
    shown = []
    for _ in range(20):
        said = 0.5 + 0.5 * chance.beta(2.2, 1.8, 15_000)
        shown.append(expected_calibration_error(said, chance.random(15_000) < said))
    assert 0.005 < np.mean(shown) < 0.009


@pytest.mark.parametrize("bins", [0, -1])
def test_an_error_without_bins_is_refused(bins: int):
    with pytest.raises(UsageError, match="bins"):
        expected_calibration_error(np.zeros(2), np.zeros(2), bins)
    with pytest.raises(UsageError, match="each probability"):
        expected_calibration_error(np.zeros(2), np.zeros(3))
