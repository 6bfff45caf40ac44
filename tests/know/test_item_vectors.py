import numpy as np
from next_worlds import made_sessions

from connu.know.item_vectors import item_vectors, nearest_items


def two_shelves(seed=0):
    """Sessions over items 0–5 or over 6–11, never over both; 12 is never seen."""
    chance = np.random.default_rng(seed)
    return made_sessions([(chance.permutation(6)[:4] + 6 * (n % 2)).tolist() for n in range(120)])


def test_items_that_the_same_sessions_hold_lie_near_each_other():
    vectors = item_vectors(two_shelves(), 13, size=4)
    alike = vectors @ vectors.T
    assert alike[:6, :6].mean() > alike[:6, 6:12].mean() + 0.5
    near = nearest_items(vectors, 5)
    assert all(set(near[i]) == set(range(6)) - {i} for i in range(6))


def test_vectors_have_length_one_and_an_item_alone_none():
    vectors = item_vectors(two_shelves(), 13, size=4)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors[:12], axis=1), 1, atol=1e-5)
    assert not vectors[12].any()
    assert (nearest_items(vectors, 5)[12] == -1).all()


def test_the_same_sessions_give_the_same_vectors():
    one, other = (item_vectors(two_shelves(), 13, size=4, seed=1) for _ in range(2))
    assert np.array_equal(one, other)


def test_where_nothing_stands_together_there_are_no_vectors():
    for sessions, items in (
        (made_sessions([]), 3),
        (made_sessions([[0], [1]]), 2),
        (made_sessions([[0, 0, 0]]), 1),
        (made_sessions([[0, 0]]), 4),
    ):
        vectors = item_vectors(sessions, items)
        assert vectors.shape == (items, 1)
        assert not vectors.any()
        assert (nearest_items(vectors, 3) == -1).all()


def test_sessions_all_alike_are_no_error():
    vectors = item_vectors(made_sessions([[0, 1]] * 50), 2)
    assert np.isfinite(vectors).all()
    near = nearest_items(vectors, 4)
    assert near.shape == (2, 4)
    assert set(near.ravel().tolist()) <= {-1, 0, 1}


def test_nearest_items_never_hold_the_item_itself_even_among_equals():
    vectors = np.tile(np.array([[1, 0]], np.float32), (5, 1))
    near = nearest_items(vectors, 3)
    assert all(i not in near[i] and len(set(near[i])) == 3 for i in range(5))


def test_fewer_items_than_asked_for_leave_the_rest_empty():
    near = nearest_items(np.eye(3, dtype=np.float32), 4)
    assert near.shape == (3, 4)
    assert (near[:, 2:] == -1).all()
    assert (near[:, :2] >= 0).all()
