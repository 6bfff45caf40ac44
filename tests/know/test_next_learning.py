import numpy as np
import pytest
from next_worlds import asked, made_sessions, random_sessions, trails_of, world

from connu.know import next_learning
from connu.know.next_learning import (
    Heard,
    in_groups,
    lately,
    learn_categories,
    learn_products,
    lesson_of,
)
from connu.know.running import Running
from connu.know.sessions import sessions_of
from connu.know.trails import DAY


def seen(running, row):
    return running.item[running.starts[row] : running.starts[row + 1]].tolist()


@pytest.fixture(scope="module")
def lesson():
    trails = world(1, subjects=60)
    return lesson_of(sessions_of(trails, trails.product))


def test_the_latest_quarter_of_the_sessions_teaches(lesson):
    trails = world(1, subjects=60)
    sessions = sessions_of(trails, trails.product)
    before_all = sessions.ends[int(len(sessions) * 0.75)]
    on_screen = lesson.steps.time[lesson.steps.starts[1:] - 1]
    began = lesson.steps.time[lesson.steps.starts[:-1]]
    assert (on_screen >= before_all - 10 * 60_000_000).all()
    assert len(lesson) > 300
    assert (began <= on_screen).all()
    assert lesson.first == int(len(sessions) * 0.75)


def test_no_step_knows_what_had_not_ended(lesson):
    ends = lesson.sessions.ends
    on_screen = lesson.steps.time[lesson.steps.starts[1:] - 1]
    for limit, moment in zip(lesson.steps.limit, on_screen, strict=True):
        assert limit == 0 or ends[limit - 1] < moment
    assert (lesson.steps.own == -1).all()


def test_teaching_weighing_and_judging_follow_each_other_in_time(lesson):
    share = np.bincount(lesson.quarter, minlength=4) / len(lesson)
    assert share == pytest.approx([0.5, 0.3, 0.1, 0.1], abs=0.03)
    assert (np.diff(lesson.quarter) >= 0).all()


def test_no_session_teaches_and_judges():
    sessions = made_sessions([[0, 1, 2, 3, 4, 5, 6]] * 40)
    lesson = lesson_of(sessions)
    began = lesson.steps.time[lesson.steps.starts[:-1]]
    for moment in np.unique(began):
        assert len(np.unique(lesson.quarter[began == moment])) == 1


def test_sequels_are_steps(lesson):
    assert lesson.sequels == lesson.steps.ended.sum() > 0
    over = np.flatnonzero(lesson.steps.ended)
    # What the world does between visits.
    assert (lesson.steps.target[over] == lesson.steps.last[over]).all()


def test_of_too_many_steps_whole_sessions_are_drawn(monkeypatch):
    monkeypatch.setattr(next_learning, "_STEPS", 50)
    sessions = random_sessions(3, count=400)
    lesson = lesson_of(sessions, seed=1)
    assert 50 <= len(lesson) <= 55
    own = lesson.steps.time[lesson.steps.starts[:-1]]
    lengths = dict(zip(sessions.time[sessions.starts[:-1]], sessions.lengths, strict=True))
    for moment, steps in zip(*np.unique(own, return_counts=True), strict=True):
        assert steps == lengths[moment] - 1
    same, other = lesson_of(sessions, seed=1), lesson_of(sessions, seed=2)
    assert np.array_equal(lesson.steps.item, same.steps.item)
    assert not np.array_equal(lesson.steps.time, other.steps.time)


def test_of_too_many_sessions_the_latest_count(monkeypatch):
    monkeypatch.setattr(next_learning, "_INDEXED", 10)
    sessions = random_sessions(3, count=40)
    lesson = lesson_of(sessions)
    assert np.array_equal(lesson.sessions.ends, sessions.ends[-10:])


def test_nothing_teaches_nothing():
    for sessions in (made_sessions([]), made_sessions([[1]]), made_sessions([[1], [2], [3]])):
        assert len(lesson_of(sessions)) == 0


def test_running_sessions_over_the_groups_of_their_items():
    group = np.array([5, -1, 6, 5], np.int32)
    running = asked([[0, 1, 2], [1, 1], [3]], 7)
    among, rows = in_groups(running, group)
    assert rows.tolist() == [0, 2]
    assert [seen(among, i) for i in range(2)] == [[5, 6], [5]]
    assert among.limit.tolist() == [7, 7]
    assert among.target.tolist() == [-1, -1]
    nothing, rows = in_groups(asked([[1]], 7), group)
    assert len(nothing) == len(rows) == 0


def test_the_groups_of_earlier_visits_belong_to_the_same_subjects():
    group = np.array([5, -1, 6], np.int32)
    plain = asked([[0], [1], [2]], 3)
    past = np.array([2, 1, 0, 1, 1, 2], np.int32)
    running = Running.of(
        plain.starts[:-1], plain.starts[1:], plain.item, plain.time, limit=3,
        past=(np.array([0, 0, 3]), np.array([3, 0, 6]), past), target=np.array([2, 0, 1], np.int32),
    )  # fmt: skip
    among, rows = in_groups(running, group)
    own = [among.past[a:b].tolist() for a, b in zip(among.past_from, among.past_to, strict=True)]
    assert rows.tolist() == [0, 2]
    assert own == [[6, 5], [6]]
    assert among.target.tolist() == [6, -1]


def test_categories_hear_the_sum_and_the_best_of_their_products():
    group = np.array([5, 6, 5], np.int32)
    items, chance = np.array([[0, 1, 2, -1]] * 2), np.array([[0.4, 0.3, 0.2, 0.0]] * 2)
    heard = Heard.of(items, chance, group)
    said = heard(0, np.array([[5, 6, 7, -1], [7, 5, -1, -1]]))
    assert np.allclose(said[0, :3], [[0.6, 0.4], [0.3, 0.3], [0, 0]])
    assert np.allclose(said[1, 1], [0.6, 0.4])
    assert np.allclose(heard(1, np.array([[6]]))[0, 0], [0.3, 0.3])
    other = Heard.of(np.array([[1], [0]]), np.array([[0.9], [0.8]]), group).take(np.array([1]))
    assert np.allclose(other(0, np.array([[5, 6]]))[0], [[0.8, 0.8], [0, 0]])


def test_an_index_of_categories_keeps_its_causal_order():
    """A visit that ended with a product of no category ended, of its categories, before others."""
    group = np.array([0, 1, -1], np.int32)
    sessions = made_sessions([[0, 1, 2, 2, 2], [1, 0]], ends=[10 * DAY, 10 * DAY + 1], gap=1)
    named, before = next_learning._grouped(sessions, group)
    assert named.item.tolist() == [0, 1, 1, 0]
    assert before.tolist() == [0, 1, 2]


def test_where_few_steps_stay_within_categories_none_are_told():
    trails = world(2, subjects=40)
    lesson = lesson_of(sessions_of(trails, trails.product))
    group = np.full(30, -1, np.int32)
    group[3] = 0
    parent = np.array([-1], np.int32)
    assert learn_categories(lesson, None, group, parent) is None


@pytest.mark.slow
def test_what_judges_was_not_learnt_from():
    """Later outcomes changed: the forests that judge and what they know stay the same."""
    trails = world(3, subjects=40)
    sessions = sessions_of(trails, trails.product)
    lesson = lesson_of(sessions)
    group = np.full(30, -1, np.int32)
    judging = lesson.quarter == 3
    changed = lesson.steps.target.copy()
    changed[judging] = 29 - changed[judging]
    other = type(lesson)(**{**vars(lesson), "steps": _with_target(lesson.steps, changed)})
    one, two = learn_products(lesson, group), learn_products(other, group)
    assert one.then.ranker.to_json() == two.then.ranker.to_json()
    assert np.array_equal(one.lists[0], two.lists[0])
    assert one.now.ranker.to_json() != two.now.ranker.to_json()


def _with_target(running, target):
    return type(running)(**{**vars(running), "target": target})


def test_subjects_without_trails_teach_nothing():
    trails = trails_of([[], [(0, [1, 2])], []])
    lesson = lesson_of(sessions_of(trails, trails.product))
    assert len(lesson) <= 1


def test_of_a_large_base_the_latest_sessions_are_read(monkeypatch):
    trails = world(1, subjects=60)
    assert lately(trails) is trails
    monkeypatch.setattr(next_learning, "_INDEXED", 40)
    part = lately(trails)
    assert len(part) == len(trails)
    begun = trails.time[np.diff(trails.session, prepend=np.int32(-1)) > 0]
    assert part.time.min() == np.sort(begun)[-40]
    assert len(np.unique(part.session)) >= 40
