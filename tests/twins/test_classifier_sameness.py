"""One people, one answer: in any form, order and batch, here and in another process."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from connu.twins.classifier import TwinsClassifier
from tests.twins.made_people import CODES, NEW, PEOPLE, SEX, SOME, SOME_SEX, same, shoppers


@pytest.fixture(scope="module")
def few() -> TwinsClassifier:
    """Learnt from too few people for trees."""
    return TwinsClassifier().fit(PEOPLE, SEX)


@pytest.fixture(scope="module")
def some() -> TwinsClassifier:
    """Learnt from very few."""
    return TwinsClassifier().fit(SOME, SOME_SEX)


@pytest.fixture(scope="module")
def many() -> TwinsClassifier:
    """Learnt from enough people for trees, three classes."""
    return TwinsClassifier().fit(*shoppers(1_000, classes=3))


# ---------------------------------------------------------------- the same whatever the form
@pytest.mark.parametrize(
    "form",
    [
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_matrix,
        sparse.csr_array,
        sparse.csc_array,
        lambda rows: rows.toarray(),
        lambda rows: np.asfortranarray(rows.toarray()),
        lambda rows: rows.toarray().astype(np.int64),
        lambda rows: rows.astype(np.int32),
        lambda rows: rows.astype(np.float64),
        lambda rows: rows.toarray().astype(np.uint8),
        lambda rows: rows.toarray().tolist(),
    ],
    ids="csr csc coo csr_array csc_array dense fortran int64 int32 float64 uint8 list".split(),
)
def test_every_form_of_a_matrix_says_the_same(some, form):
    assert same(TwinsClassifier().fit(form(SOME), SOME_SEX), some)
    assert np.array_equal(some.predict_proba(form(NEW)), some.predict_proba(NEW))


def test_unsorted_and_doubled_and_zero_entries_say_the_same(few):
    whole = PEOPLE.tocoo()
    half = np.tile(whole.data / 2, 2)
    rows, columns = np.tile(whole.row, 2), np.tile(whole.col, 2)
    order = np.random.default_rng(0).permutation(len(half))
    untidy = sparse.csr_matrix(PEOPLE.shape, dtype=np.float32)
    at = order[np.argsort(rows[order], kind="stable")]
    untidy.indptr = np.searchsorted(rows[at], np.arange(301)).astype(np.int32)
    untidy.indices, untidy.data = columns[at].astype(np.int32), half[at].astype(np.float32)
    untidy.has_sorted_indices = untidy.has_canonical_format = False
    before = untidy.data.copy(), untidy.indices.copy()
    assert same(TwinsClassifier().fit(untidy, SEX), few)
    assert np.array_equal(untidy.data, before[0]) and np.array_equal(untidy.indices, before[1])


def test_ratings_say_the_same_in_every_form():
    chance = np.random.default_rng(0)
    stars = chance.integers(3, 6, (80, 30)) * (chance.random((80, 30)) < 0.3)
    stars[:, :5] = np.where(stars[:, :5] > 0, 5 - 4 * CODES[:80, None], 0)
    model = TwinsClassifier().fit(stars, CODES[:80])
    assert {block.kind for block in model._plan.blocks} == {"items", "ratings"}
    for form in (sparse.csr_matrix, sparse.csc_array, np.asfortranarray):
        assert same(TwinsClassifier().fit(form(stars), CODES[:80]), model, form(stars))


def test_dense_measures_say_the_same_when_sparse():
    chance = np.random.default_rng(0)
    measures = chance.normal(size=(200, 4)) + np.outer(CODES[:200], [1.0, 0, 0, 0])
    dense = TwinsClassifier().fit(measures, CODES[:200])
    assert same(TwinsClassifier().fit(sparse.csr_matrix(measures), CODES[:200]), dense, measures)


def test_a_measure_far_from_zero_tells_as_much_as_near():
    chance = np.random.default_rng(0)
    codes = np.tile(CODES, 2)
    near = chance.normal(size=(600, 3)) + np.outer(codes, [2.0, 0, 0])
    for far in (0.0, 100.0, -3_000.0):
        model = TwinsClassifier().fit(near[:90] + far, codes[:90])
        assert (model.predict(near[90:] + far) == codes[90:]).mean() > 0.78


# ---------------------------------------------------------------- the same whatever the order
@pytest.mark.parametrize("keyed", [False, True], ids=["by content", "by key"])
def test_the_order_of_people_changes_nothing(few, keyed):
    order = np.random.default_rng(1).permutation(300)
    keys = np.arange(300, dtype=np.uint64) * 7 if keyed else None
    first = TwinsClassifier().fit(PEOPLE, SEX, keys=keys)
    again = TwinsClassifier().fit(
        PEOPLE[order], SEX[order], keys=None if keys is None else keys[order]
    )
    assert same(again, first)
    assert keyed or same(first, few)
    # People just alike may stand for one another; keys tell even those apart.
    one, other = first.kneighbors(NEW)[1], order[again.kneighbors(NEW)[1]]
    assert (PEOPLE[one.ravel()] != PEOPLE[other.ravel()]).nnz == 0
    assert np.array_equal(SEX[one], SEX[other])
    assert not keyed or np.array_equal(one, other)


def test_the_order_of_people_just_alike_changes_nothing():
    """Equal behaviour, other answers: nothing but the answer tells who is who."""
    rows = np.repeat(np.eye(6, dtype=np.float32), 15, axis=0)
    codes = (np.random.default_rng(0).random(90) < np.repeat(np.linspace(0.1, 0.9, 6), 15)) * 1
    model = TwinsClassifier(random_state=1).fit(rows, codes)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(90)
        again = TwinsClassifier(random_state=1).fit(rows[order], codes[order])
        assert same(again, model, np.eye(6))


def test_people_just_alike_are_not_twins_in_the_order_of_their_values():
    """Of many equally near the first are taken: were they sorted, all would be of one class."""
    rows = np.repeat(np.eye(2, dtype=np.float32), 200, axis=0)
    codes = np.tile([0, 1], 200)
    alike = TwinsClassifier().fit(rows, codes).tell(np.eye(2)).alike
    assert (np.abs(alike - 0.5) < 0.3).all()


def test_the_order_of_strangers_and_of_cut_histories_changes_nothing():
    strangers, _ = shoppers(300, seed=3)
    # More than are drawn: who is drawn must not depend on where he stands.
    cut = PEOPLE.copy()
    cut.data = np.minimum(cut.data, 1.0)
    cut = cut[:80]
    model = TwinsClassifier(max_people=60).fit(SOME, SOME_SEX, unlabelled=strangers, thinned=cut)
    order, other = np.random.default_rng(2).permutation(80), np.random.default_rng(4)
    again = TwinsClassifier(max_people=60).fit(
        SOME[order],
        SOME_SEX[order],
        unlabelled=strangers[other.permutation(300)],
        thinned=cut[order],
    )
    assert same(again, model)


def test_the_order_of_people_changes_nothing_where_lengths_are_drawn():
    doubled = sparse.vstack([SOME, SOME], format="csr")
    codes = np.tile(CODES[:80], 2)
    model = TwinsClassifier(lengths=[2, 3, 5]).fit(doubled, codes)
    order = np.random.default_rng(2).permutation(160)
    again = TwinsClassifier(lengths=[5, 3, 2]).fit(doubled[order], codes[order])
    assert same(again, model)


def test_all_at_once_is_one_by_one_to_the_bit(few, many):
    for model, asked in ((few, NEW), (many, shoppers(200, classes=3, seed=1)[0])):
        whole = model.tell(asked)
        for row in range(0, 200, 3):
            alone = model.tell(asked[row])
            for part in vars(whole):
                assert np.array_equal(getattr(whole, part)[row], getattr(alone, part)[0]), part


def test_parts_told_one_after_another_are_the_whole(few, monkeypatch):
    whole = few.tell(NEW)
    monkeypatch.setattr("connu.twins.classifier._AT_ONCE", 64)
    parts = few.tell(NEW)
    for part in vars(whole):
        assert np.array_equal(getattr(whole, part), getattr(parts, part))


SCRIPT = """
import hashlib
from connu.twins import TwinsClassifier
from tests.twins.made_people import shoppers
model = TwinsClassifier().fit(*shoppers(1_200, classes=3))
told = model.predict_proba(shoppers(300, classes=3, seed=1)[0])
print(hashlib.sha256(told.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_two_processes_learn_the_same_to_the_bit():
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            check=True,
            cwd=__file__.rsplit("/tests/", 1)[0],
            env={"PATH": "", "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(said) == 1 and said != {b""}
