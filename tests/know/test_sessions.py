import numpy as np
import pytest
from know_trails import made_trails
from next_worlds import made_sessions

from connu.know.sessions import sessions_of
from connu.know.trails import DAY

MINUTE = 1 / 1_440


def test_sessions_stand_in_the_order_in_which_they_ended():
    trails = made_trails(
        [
            [(0, "a"), (0.001, "b"), (5, "c")],
            [(2, "b"), (2.001, "a")],
        ]
    )
    sessions = sessions_of(trails, trails.product)
    assert sessions.item.tolist() == [0, 1, 1, 0, 2]
    assert sessions.starts.tolist() == [0, 2, 4, 5]
    assert sessions.owner.tolist() == [0, 1, 0]
    assert sessions.lengths.tolist() == [2, 2, 1]
    assert (np.diff(sessions.ends) > 0).all()


def test_the_past_is_what_the_same_subject_did_in_earlier_sessions():
    trails = made_trails([[(0, "a"), (1, "b"), (2, "c")], [(0.5, "b"), (1.5, "a")]])
    sessions = sessions_of(trails, trails.product)
    past = {
        (int(sessions.owner[i]), int(sessions.item[sessions.starts[i]])): sessions.past[
            sessions.past_from[i] : sessions.past_to[i]
        ].tolist()
        for i in range(len(sessions))
    }
    assert past == {(0, 0): [], (0, 1): [0], (0, 2): [0, 1], (1, 1): [], (1, 0): [1]}


def test_events_without_an_item_and_removals_are_left_out():
    trails = made_trails([[(0, "a"), (0.001, "b", "remove"), (0.002, "c")], [(1, "b", "remove")]])
    item = trails.product.copy()
    item[0] = -1
    sessions = sessions_of(trails, item)
    assert sessions.item.tolist() == [2]
    assert sessions.owner.tolist() == [0]


def test_no_events_are_no_sessions():
    for trails in (made_trails([[]]), made_trails([[(0, "a", "remove")]])):
        sessions = sessions_of(trails, trails.product)
        assert len(sessions) == 0
        assert sessions.starts.tolist() == [0]
        assert len(sessions.ends) == len(sessions.lengths) == len(sessions.past_from) == 0


def test_sessions_that_end_together_keep_the_order_of_the_subjects():
    trails = made_trails([[(1, "b")], [(1, "a")], [(0, "c")]])
    sessions = sessions_of(trails, trails.product)
    assert sessions.owner.tolist() == [2, 0, 1]


@pytest.mark.parametrize("mask", [True, False])
def test_taken_sessions_keep_items_times_and_past(mask):
    trails = made_trails([[(0, "a"), (0.001, "b"), (1, "c"), (2, "a"), (2.001, "c")]])
    sessions = sessions_of(trails, trails.product)
    rows = np.array([True, False, True]) if mask else np.array([0, 2])
    taken = sessions.take(rows)
    assert taken.item.tolist() == [0, 1, 0, 2]
    assert taken.ends.tolist() == [sessions.ends[0], sessions.ends[2]]
    assert taken.past[taken.past_from[1] : taken.past_to[1]].tolist() == [0, 1, 2]
    assert len(sessions.take(rows[:0])) == 0


def test_renamed_sessions_hold_the_same_events_of_other_items():
    sessions = made_sessions([[0, 1], [2, 0]])
    renamed = sessions.renamed(np.array([5, 6, 7]))
    assert renamed.item.tolist() == [5, 6, 7, 5]
    assert renamed.ends.tolist() == [DAY, 2 * DAY]
