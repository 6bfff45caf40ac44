import numpy as np
from know_trails import made_trails
from next_worlds import made_sessions, random_sessions

from connu.know.running import Running, sequels_of, steps_of
from connu.know.session_twins import LONGEST
from connu.know.sessions import sessions_of
from connu.know.trails import DAY


def seen(running, row):
    return running.item[running.starts[row] : running.starts[row + 1]].tolist()


def no_sequels(sessions):
    return np.full(len(sessions), -1, np.int64)


def test_every_step_is_all_before_it_and_what_came_then():
    sessions = made_sessions([[3, 1, 2], [0], [1, 1]])
    steps = steps_of(sessions, np.arange(3), no_sequels(sessions))
    assert [seen(steps, i) for i in range(3)] == [[3], [3, 1], [1]]
    assert steps.target.tolist() == [1, 2, 1]
    assert steps.last.tolist() == [3, 1, 1]
    assert steps.own.tolist() == [0, 0, 2]
    assert not steps.ended.any()


def test_a_step_knows_only_sessions_that_ended_before_the_event_on_screen():
    ends = [100, 200, 200, 300]
    sessions = made_sessions([[0, 1], [1, 2], [2, 0], [0, 1, 2]], ends=ends, gap=100)
    steps = steps_of(sessions, np.arange(4), no_sequels(sessions))
    on_screen = steps.time[steps.starts[1:] - 1]
    assert on_screen.tolist() == [0, 100, 100, 100, 200]
    # The one that ended at the very moment is not known, its own never.
    assert steps.limit.tolist() == [0, 0, 0, 0, 1]
    for seed in range(5):
        many = random_sessions(seed)
        steps = steps_of(many, np.arange(len(many)), no_sequels(many))
        on_screen = steps.time[steps.starts[1:] - 1]
        assert (steps.limit <= steps.own).all()
        for limit, moment in zip(steps.limit, on_screen, strict=True):
            assert (many.ends[:limit] < moment).all()
            assert (many.ends[limit:] >= moment).all()


def test_a_sequel_is_a_step_to_what_it_begins_with():
    trails = made_trails([[(0, "a"), (0.001, "b"), (3, "c"), (40, "a")]])
    sessions = sessions_of(trails, trails.product)
    sequels = sequels_of(sessions)
    assert sequels.tolist() == [1, -1, -1]  # the third visit came after more than a month
    steps = steps_of(sessions, np.arange(3), sequels)
    assert [seen(steps, i) for i in range(len(steps))] == [[0], [0, 1]]
    assert steps.target.tolist() == [1, 2]
    assert steps.ended.tolist() == [False, True]


def test_sequels_belong_to_the_same_subject_and_follow_in_time():
    trails = made_trails([[(0, "a"), (2, "b")], [(1, "a"), (4, "b")], [(3, "a")]])
    sessions = sessions_of(trails, trails.product)
    for one, other in enumerate(sequels_of(sessions).tolist()):
        if other >= 0:
            assert sessions.owner[one] == sessions.owner[other]
            assert sessions.ends[one] <= sessions.time[sessions.starts[other]]
    assert (sequels_of(sessions) >= 0).sum() == 2


def test_overlapping_visits_are_no_sequels():
    sessions = made_sessions([[0, 1], [2, 3]], ends=[10 * DAY, 10 * DAY + 1], gap=DAY)
    sessions = type(sessions)(**{**vars(sessions), "owner": np.zeros(2, np.int32)})
    assert sequels_of(sessions).tolist() == [-1, -1]


def test_no_sessions_have_no_steps():
    empty = made_sessions([])
    assert len(sequels_of(empty)) == 0
    assert len(steps_of(empty, np.arange(0), sequels_of(empty))) == 0


def test_only_the_latest_events_of_a_long_session_are_kept():
    long = np.arange(LONGEST + 7, dtype=np.int32)
    ends = np.array([len(long)])
    running = Running.of(np.zeros(1, np.int64), ends, long, long.astype(np.int64), limit=3)
    assert seen(running, 0) == long[-LONGEST:].tolist()
    assert running.limit.tolist() == [3]
    assert running.own.tolist() == [-1]


def test_parts_and_chosen_rows_are_the_same_sessions():
    sessions = random_sessions(1)
    steps = steps_of(sessions, np.arange(len(sessions)), no_sequels(sessions))
    part, taken = steps.part(4, 9), steps.take(np.arange(4, 9))
    mask = np.zeros(len(steps), np.bool_)
    mask[4:9] = True
    for other in (taken, steps.take(mask)):
        for name in ("starts", "item", "time", "limit", "own", "ended", "target"):
            assert np.array_equal(getattr(part, name), getattr(other, name)), name
    assert [seen(part, i) for i in range(5)] == [seen(steps, i) for i in range(4, 9)]
    assert len(steps.part(3, 3)) == 0
