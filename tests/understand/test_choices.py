"""Answers to pairs and screens become rows; what says nothing usable is counted, not guessed."""

from __future__ import annotations

import numpy as np

from connu.understand.choices import Choices


def test_pairs_with_winners_ties_and_answers_that_are_none():
    found = Choices.of_pairs(
        [0, 0, 1, 2, 0, 1], [1, 2, 2, 2, -1, 0], [1, -1, 0, 1, 1, np.nan], people=list("aabbcc")
    )
    rows = [
        (found.shown[r].tolist(), int(found.best[r]), found.weight[r]) for r in range(len(found))
    ]
    assert rows == [([0, 1], 0, 1.0), ([1, 2], 0, 0.5), ([0, 2], 1, 1.0), ([1, 2], 1, 0.5)]
    assert (found.ties, found.left_out) == (1, 3)
    assert found.unit[0] == found.unit[2] != found.unit[1] == found.unit[3]
    assert (found.worst == -1).all()


def test_screens_know_where_best_and_worst_stand():
    shown = [[3, 1, 0], [0, 1, -1], [2, 2, 1], [4, -1, -1], [0, 1, 2], [0, 1, 2], [0, 1, 2]]
    best = [1, 0, 2, 4, 5, 1, -1]
    worst = [3, -1, 1, -1, -1, 1, -1]
    found = Choices.of_sets(shown, best, worst)
    assert found.shown.tolist() == [[3, 1, 0], [0, 1, -1]]
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 0], [0, -1])
    assert found.left_out == 5
    assert len(Choices.of_sets(shown, None, worst)) == 2
    # padding may stand anywhere, more than once
    assert len(Choices.of_sets([[-1, 3, -1, 2, -1]], [2])) == 1


def test_nothing_asked_is_no_error():
    none = np.empty(0, np.int64)
    assert len(Choices.of_pairs(none, none, none)) == 0
    assert len(Choices.of_sets(np.empty((0, 4)), none)) == 0
