from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from next_worlds import asked, learnt, made_sessions, random_sessions

from connu.know import next_items
from connu.know.next_items import POPULAR, Index, NextItems, known_before, popular_items
from connu.know.running import steps_of
from connu.know.trails import DAY

NO_GROUP = np.full(12, -1, np.int32)


def questions():
    trails, model = learnt()
    runs = [[i, (3 * i + 1) % 30] for i in range(30)] + [[4], [0, 0, 0]]
    return model.products, asked(runs, len(model.products.index.sessions), at=trails.now)


def test_lists_are_likeliest_first_and_hold_every_item_once():
    products, running = questions()
    items, chance = products.rank(running, 20)
    assert items.shape == chance.shape == (32, 20)
    assert (np.diff(chance, axis=1) <= 0).all()
    for one in items:
        assert len(set(one[one >= 0].tolist())) == (one >= 0).sum()


def test_probabilities_of_one_session_add_up_to_one_at_most():
    products, running = questions()
    items, chance = products.rank(running, products.candidates)
    assert (chance >= 0).all()
    assert (chance.sum(axis=1) <= 1).all()
    assert (chance[items < 0] == 0).all()
    assert (items < 0).any()  # there are but thirty products


def test_a_shorter_list_is_the_beginning_of_a_longer_one():
    products, running = questions()
    longer, shorter = products.rank(running, 20), products.rank(running, 5)
    assert np.array_equal(longer[0][:, :5], shorter[0])
    assert np.array_equal(longer[1][:, :5], shorter[1])


def test_nobodys_list_depends_on_who_else_asks(monkeypatch):
    products, running = questions()
    whole = products.rank(running, 10)
    single = [products.rank(running.part(i, i + 1), 10) for i in range(len(running))]
    monkeypatch.setattr(next_items, "_AT_ONCE", 3)
    parts = products.rank(running, 10)
    for k in (0, 1):
        assert np.array_equal(whole[k], np.concatenate([one[k] for one in single]))
        assert np.array_equal(whole[k], parts[k])
    assert products.rank(running.part(0, 0), 10)[0].shape == (0, 10)


def test_further_columns_are_asked_for_the_right_sessions(monkeypatch):
    products, running = questions()
    monkeypatch.setattr(next_items, "_AT_ONCE", 2)
    heard = []

    def more(first, candidates):
        heard.extend(range(first, first + len(candidates)))
        return np.zeros((*candidates.shape, 0), np.float32)

    products.rank(running, 5, more)
    assert heard == list(range(len(running)))


def test_what_was_kept_tells_the_same_from_mapped_arrays(tmp_path):
    products, running = questions()
    products.save(tmp_path / "next")
    opened = NextItems.open(tmp_path / "next")
    for one, other in zip(products.rank(running, 20), opened.rank(running, 20), strict=True):
        assert np.array_equal(one, other)
    with ThreadPoolExecutor(4) as pool:
        for items, _ in pool.map(lambda _: opened.rank(running, 20), range(8)):
            assert np.array_equal(items, products.rank(running, 20)[0])


def test_an_index_of_nothing_is_kept_too(tmp_path):
    index = Index.of(made_sessions([]), NO_GROUP)
    index.save(tmp_path / "index")
    opened = Index.open(tmp_path / "index")
    candidates, _ = opened.describe(asked([[3]], 0), 4)
    assert candidates.tolist() == [[3, -1, -1, -1]]


def test_popular_are_those_of_the_latest_tenth_ties_by_number():
    sessions = made_sessions([[9, 9]] * 18 + [[2, 1], [1, 2]])
    assert popular_items(sessions, 12).tolist() == [1, 2]
    assert len(popular_items(made_sessions([]), 12)) == 0
    assert popular_items(made_sessions([[3]]), 12).tolist() == [3]
    assert len(popular_items(made_sessions([list(range(50))] * 20), 50)) == POPULAR


def test_more_sessions_are_described_by_what_the_earlier_ones_held():
    first = random_sessions(0, count=40)
    index = Index.of(first, NO_GROUP)
    more = index.again(random_sessions(1, count=80))
    assert len(more.sessions) == 80
    for name in ("vectors", "near", "popular", "group"):
        assert getattr(more, name) is getattr(index, name)


def test_sessions_of_one_event_are_not_indexed():
    sessions = made_sessions([[0, 1], [2], [3, 4], [5]])
    indexed, before = known_before(sessions)
    assert indexed.item.tolist() == [0, 1, 3, 4]
    assert before.tolist() == [0, 1, 1, 2, 2]
    nothing, none = known_before(made_sessions([[1], [2]]))
    assert len(nothing) == 0
    assert none.tolist() == [0, 0, 0]


def test_an_index_finds_what_stood_together():
    sessions = made_sessions([[0, 1], [2, 3]] * 30)
    index = Index.of(sessions, NO_GROUP)
    candidates, _ = index.describe(asked([[0], [2]], 60, at=61 * DAY), 2)
    assert sorted(candidates[0].tolist()) == [0, 1]
    assert sorted(candidates[1].tolist()) == [2, 3]
    steps = steps_of(sessions, np.arange(60), np.full(60, -1))
    found, _ = index.describe(steps, 12)
    assert (found == steps.target[:, None]).any(axis=1).mean() == pytest.approx(1)
