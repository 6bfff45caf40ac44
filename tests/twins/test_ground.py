"""What the columns of a matrix are: told, or seen from the numbers, alike for every storage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins.ground import make_ground, planned
from connu.twins.vocabulary import Block

COUNTS = np.array([[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 3, 0]], np.float32)
PATHS = ["shoes/boots", "shoes/clogs", "bags", None]


def kinds(X, **given) -> list[str]:
    """The kinds of the blocks of a matrix nobody says anything about, sparse and dense."""
    dense = planned(X, None, given.get("parents"), given.get("paths"))
    stored = planned(sparse.csr_matrix(X), None, given.get("parents"), given.get("paths"))
    assert [b.kind for b in dense.blocks] == [b.kind for b in stored.blocks]
    return [block.kind for block in dense.blocks]


def test_columns_are_what_their_numbers_look_like():
    assert kinds(COUNTS) == ["items"]
    assert kinds(-COUNTS) == ["ratings"]
    assert kinds(np.ones((3, 2), np.float32)) == ["measures"]
    assert kinds(-np.ones((3, 2), np.float32)) == ["measures"]
    assert kinds(np.zeros((3, 2), np.float32)) == ["items"]
    # Who has a category was looked at, however often.
    assert kinds(np.ones((3, 2), np.float32), parents=np.array([1, -1])) == ["items"]


@pytest.mark.parametrize("paths", [None, PATHS], ids=["without paths", "with paths"])
def test_ratings_are_whether_and_how_far_from_their_column_s_mean(paths):
    stars = np.array([[5, 0, 0, 4], [3, 4, 0, 0], [0, 4, 1, 0]], np.float32)
    plan = planned(stars, None, None, paths)
    assert plan.blocks[0].kind == "items" and plan.blocks[-1].kind == "ratings"
    for given in (stars, sparse.csc_matrix(stars)):
        whole = plan.columns(given).toarray()
        assert np.array_equal(whole[:, :4], stars > 0)
        mean = [4, 4, 1, 4]
        assert np.array_equal(whole[:, -4:], np.where(stars > 0, stars - mean, 0))
    cut = plan.cut(stars, np.array([1]), np.arange(3, dtype=np.uint64), 0).toarray()
    assert (cut[:, :4].sum(axis=1) == 1).all()
    assert ((cut[:, -4:] == whole[:, -4:]) | (cut[:, :4] == 0)).all()


def test_counts_are_no_ratings():
    for counts in (
        [[1, 1, 0, 0], [2, 0, 0, 0], [0, 3, 0, 1]],  # most once
        [[5, 0, 0, 0], [5, 0, 0, 0], [0, 5, 0, 1]],  # two heights only
        [[2.3, 0, 0, 0], [4, 0, 0, 0], [0, 4, 0, 1]],  # no halves
    ):
        plan = planned(np.array(counts, np.float32), None, None, None)
        assert plan.means is None and len(plan.blocks) == 1


def test_stored_zeros_and_cells_in_parts_change_no_kind():
    stars = np.array([[5, 0, 0, 4], [3, 4, 0, 0], [0, 4, 1, 0]], np.float32)
    whole = sparse.csr_matrix(stars)
    parts = sparse.csr_matrix(
        (np.repeat(whole.data / 2, 2), np.repeat(whole.indices, 2), whole.indptr * 2), shape=(3, 4)
    )
    zeros = sparse.csr_matrix(
        (stars.ravel(), np.tile(np.arange(4), 3), np.arange(0, 13, 4)), shape=(3, 4)
    )
    plan = planned(stars, None, None, None)
    for given in (parts, zeros):
        again = planned(given, None, None, None)
        assert np.array_equal(again.means, plan.means)
        assert (again.columns(given) != plan.columns(stars)).nnz == 0


def test_levels_of_paths_are_columns_behind_the_given():
    plan = planned(COUNTS, None, None, PATHS)
    whole = plan.columns(COUNTS).toarray()
    assert np.array_equal(whole[:, :4], COUNTS)
    # bags, shoes; shoes/boots, shoes/clogs
    assert whole[:, 4:].tolist() == [[0, 2, 2, 0], [0, 1, 0, 1], [3, 0, 0, 0]]
    assert plan.parents.tolist() == [6, 7, 4, -1, -1, -1, 5, 5]
    assert [(b.name, b.kind, b.columns.tolist()) for b in plan.blocks] == [
        ("all", "items", [0, 1, 2, 3]),
        ("level 1", "levels", [4, 5]),
        ("level 2", "levels", [6, 7]),
    ]
    assert plan.named.all()


@pytest.mark.parametrize("paths", [[None] * 4, ["", " / ", None, ""]])
def test_paths_that_say_nothing_add_nothing(paths):
    plan = planned(COUNTS, None, None, paths)
    assert np.array_equal(plan.columns(COUNTS).toarray(), COUNTS)
    assert (plan.parents == -1).all() and len(plan.blocks) == 1


def test_like_named_levels_of_other_categories_are_told_apart():
    plan = planned(COUNTS, None, None, ["women/shoes", "men/shoes", "women", "men/shoes"])
    assert plan.columns(np.ones((1, 4))).toarray()[0, 4:].tolist() == [2, 2, 2, 1]


def test_the_matrix_is_tidied_and_the_given_one_left_alone():
    plan = planned(COUNTS, None, None, None)
    untidy = sparse.csr_matrix(
        (np.array([1.0, 0.0, 2.0, 3.0]), np.array([3, 1, 0, 3]), np.array([0, 4])), shape=(1, 4)
    )
    rows = plan.columns(untidy)
    assert rows.indices.tolist() == [0, 3] and rows.data.tolist() == [2.0, 4.0]
    assert rows.dtype == np.float32
    assert untidy.data.tolist() == [1, 0, 2, 3] and untidy.indices.tolist() == [3, 1, 0, 3]


def test_measures_are_dense_and_are_not_named():
    blocks = [
        Block("product", "items", np.array([0, 1], np.int32)),
        Block("stars", "ratings", np.array([3], np.int32)),
        Block("pace", "measures", np.array([2], np.int32)),
    ]
    plan = planned(COUNTS, blocks, None, None)
    assert plan.measures(plan.columns(COUNTS)).tolist() == [[0], [0], [3]]
    assert plan.named.tolist() == [True, True, False, False]
    assert planned(COUNTS, blocks[:1], None, None).measures(plan.columns(COUNTS)).shape == (3, 0)


@pytest.mark.parametrize(
    "given, says",
    [
        ({"blocks": [Block("a", "items", np.array([4], np.int32))]}, "beyond the 4"),
        ({"blocks": [Block("a", "items", np.array([-1], np.int32))]}, "beyond the 4"),
        ({"blocks": [Block("a", "items", np.array([1, 1], np.int32))]}, "twice"),
        ({"parents": np.array([1])}, "each of the 4"),
        ({"parents": np.array([4, -1, -1, -1])}, "each of the 4"),
        ({"parents": np.array([1, 2, 0, -1])}, "circle"),
        ({"parents": np.array([0, -1, -1, -1])}, "circle"),
        ({"paths": ["a"]}, "1 paths for 4"),
        ({"paths": PATHS, "parents": np.full(4, -1)}, "not both"),
    ],
)
def test_what_does_not_fit_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        planned(COUNTS, given.get("blocks"), given.get("parents"), given.get("paths"))


def test_cutting_leaves_at_most_a_visit_s_events_and_their_categories():
    chance = np.random.default_rng(0)
    counts = (chance.geometric(0.4, (50, 4)) - 1).astype(np.float32)
    counts *= chance.random((50, 4)) < 0.6
    plan = planned(counts, None, None, PATHS)
    keys = np.arange(50, dtype=np.uint64)
    cut = plan.cut(counts, np.array([3]), keys, 0).toarray()
    own = np.minimum(counts.sum(axis=1), 3)
    assert (cut[:, :4] <= counts).all() and np.array_equal(cut[:, :4].sum(axis=1), own)
    assert np.array_equal(cut, plan.columns(cut[:, :4]).toarray())
    again = plan.cut(counts[::-1], np.array([3]), keys[::-1], 0).toarray()
    assert np.array_equal(again[::-1], cut)


def test_columns_tied_by_parents_are_cut_as_one():
    products = np.random.default_rng(0).poisson(3.0, (40, 4))
    inside = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    counts = np.hstack([products, products @ inside]).astype(np.float32)
    blocks = [
        Block("product", "items", np.arange(4, dtype=np.int32)),
        Block("category", "levels", np.array([4, 5], np.int32)),
    ]
    plan = planned(counts, blocks, np.array([4, 4, 5, 5, -1, -1]), None)
    cut = plan.cut(counts, np.array([2]), np.arange(40, dtype=np.uint64), 0).toarray()
    assert np.array_equal(cut[:, 4:], cut[:, :4] @ inside)
    assert np.array_equal(cut[:, :4].sum(axis=1), np.minimum(products.sum(axis=1), 2))


def test_members_share_blocks_parents_and_what_products_are_near():
    counts = sparse.csr_matrix(np.tile(np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), (5, 1)))
    plan = planned(counts, None, None, None)
    ground = make_ground(plan, plan.columns(counts))
    assert ground.counted and ground.blocks is plan.blocks and ground.parents is plan.parents
    assert np.array_equal(
        ground.spread.toarray(), [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    )
    lonely = planned(np.eye(4), None, None, None)
    assert make_ground(lonely, lonely.columns(np.eye(4))).spread is None
    measured = planned(np.ones((4, 2)), None, None, None)
    ground = make_ground(measured, measured.columns(np.ones((4, 2))))
    assert ground.spread is None and not ground.counted
