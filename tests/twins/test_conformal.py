"""Sets of classes that cannot be excluded: they keep their level for each class."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.twins.conformal import mondrian_sets, second_reading


def _people(seed: int, n: int, rare: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    y = (chance.random(n) < rare).astype(np.int64)
    one = 1 / (1 + np.exp(-(chance.normal(size=n) + 2.0 * y - 2.2)))
    return np.column_stack([1 - one, one]), y


def test_each_class_keeps_its_level_not_only_both_together():
    covered = []
    for seed in range(60):
        p, y = _people(seed, 2000)
        sets = mondrian_sets(p[:1000], y[:1000], p[1000:], 0.9)
        held = y[1000:]
        hit = sets[np.arange(1000), held]
        covered.append([hit[held == c].mean() for c in (0, 1)])
    assert np.mean(covered, axis=0) == pytest.approx([0.9, 0.9], abs=0.012)


def test_a_class_is_excluded_where_its_own_people_are_surer():
    p = np.column_stack([np.linspace(0.99, 0.9, 10), np.linspace(0.01, 0.1, 10)])
    y = np.zeros(10, np.int64)
    sets = mondrian_sets(p, y, np.array([[0.95, 0.05], [0.2, 0.8]]), 0.9)
    # Nobody of class 1 is known: it is never excluded.
    assert sets.tolist() == [[True, True], [False, True]]


def test_too_few_people_exclude_nobody():
    p = np.full((8, 2), [0.99, 0.01])
    assert mondrian_sets(p, np.zeros(8, np.int64), np.array([[0.0, 1.0]]), 0.9).all()
    nobody = mondrian_sets(np.zeros((0, 3)), np.zeros(0, np.int64), np.eye(3), 0.9)
    assert nobody.shape == (3, 3) and nobody.all()


def test_people_of_one_probability_are_never_excluded():
    p = np.full((100, 2), 0.5)
    assert mondrian_sets(p, np.arange(100) % 2, p[:5], 0.9).all()


def test_a_higher_level_excludes_less():
    p, y = _people(1, 1000)
    sizes = [mondrian_sets(p, y, p, level).sum() for level in (0.5, 0.8, 0.95, 0.999)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 4


def test_the_second_reading_counts_what_a_hand_counts():
    p, y = _people(2, 4000)
    stated = np.where(p.max(1) > 0.8, p.argmax(1), -1)
    reading = second_reading(p, y, stated, 0.9)
    assert reading.people.tolist() == np.bincount(y).tolist()
    assert reading.stated.tolist() == [(stated == 0).sum(), (stated == 1).sum()]
    assert reading.covered == pytest.approx([0.9, 0.9], abs=0.04)
    # A statement both readings agree on is right more often than a statement.
    right = [(y == c)[stated == c].mean() for c in (0, 1)]
    assert (reading.right_confirmed >= right).all()
    assert (reading.confirmed + reading.contradicted <= 1).all()
    assert (reading.confirmed > 0.3).all()


def test_order_of_rows_changes_no_reading():
    p, y = _people(3, 501)
    stated = p.argmax(1)
    turn = np.random.default_rng(0).permutation(501)
    one, other = second_reading(p, y, stated), second_reading(p[turn], y[turn], stated[turn])
    for name in ("people", "covered", "stated", "confirmed", "contradicted", "right_confirmed"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_silence_and_an_absent_class_leave_nothing_to_share():
    p, y = np.full((3, 3), 1 / 3), np.array([0, 0, 1])
    reading = second_reading(p, y, np.full(3, -1))
    assert reading.stated.tolist() == [0, 0, 0]
    assert np.isnan(reading.confirmed).all() and np.isnan(reading.covered[2])
    assert reading.covered[:2].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_level_out_of_range_is_refused(level: float):
    with pytest.raises(UsageError, match="between 0 and 1"):
        mondrian_sets(np.eye(2), np.arange(2), np.eye(2), level)


def test_shapes_that_do_not_go_together_are_refused():
    with pytest.raises(UsageError, match="same classes"):
        mondrian_sets(np.eye(2), np.arange(2), np.eye(3), 0.9)
    with pytest.raises(UsageError, match="each person"):
        second_reading(np.eye(2), np.arange(2), np.zeros(3), 0.9)
