import numpy as np
from next_worlds import made_sessions, random_sessions

from connu.know.postings import Postings


def test_postings_say_where_every_item_stands_in_time():
    sessions = made_sessions([[2, 0, 2], [0], [1, 2]])
    postings = Postings.of(sessions, 4)
    assert postings.starts.tolist() == [0, 2, 3, 6, 6]
    assert postings.session.tolist() == [0, 1, 2, 0, 0, 2]
    assert postings.position.tolist() == [1, 0, 0, 0, 2, 1]


def test_postings_hold_every_event_once():
    sessions = random_sessions(3, count=200, items=20)
    postings = Postings.of(sessions, 20)
    item = np.repeat(np.arange(20), np.diff(postings.starts))
    assert (sessions.item[sessions.starts[postings.session] + postings.position] == item).all()
    pairs = set(zip(postings.session.tolist(), postings.position.tolist(), strict=True))
    assert len(pairs) == len(sessions.item)
    for i in range(20):
        assert (np.diff(postings.session[postings.starts[i] : postings.starts[i + 1]]) >= 0).all()


def test_no_sessions_have_no_postings():
    postings = Postings.of(made_sessions([]), 3)
    assert postings.starts.tolist() == [0, 0, 0, 0]
    assert len(postings.session) == len(postings.position) == 0
