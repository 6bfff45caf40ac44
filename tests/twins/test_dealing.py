"""Who is drawn and held out depends on who he is, never on where he stands in a table."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from connu.twins.dealing import deal, drawn_people, own_keys, seed_of


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_folds_are_even_class_by_class(folds):
    codes = np.random.default_rng(0).choice(4, 203, p=[0.7, 0.2, 0.07, 0.03])
    fold = deal(codes, folds, 0)
    assert set(fold) == set(range(folds))
    assert np.ptp(np.bincount(fold)) <= 1
    for code in range(4):
        assert np.ptp(np.bincount(fold[codes == code], minlength=folds)) <= 1
    assert np.array_equal(fold, deal(codes, folds, 0))
    assert not np.array_equal(fold, deal(codes, folds, 1))


def test_a_class_of_two_is_in_two_folds():
    fold = deal(np.array([0, 1, 0, 0, 1, 0]), 2, 0)
    assert set(fold[[1, 4]]) == {0, 1}


@pytest.mark.parametrize("keyed", [False, True])
def test_keys_are_their_owner_s_in_every_order(keyed):
    chance = np.random.default_rng(0)
    counts = sparse.csr_matrix(chance.integers(0, 2, (200, 4)).astype(np.float32))
    codes, short = chance.integers(0, 2, 200), counts.copy()
    short.data[chance.random(short.nnz) < 0.5] = 0
    short.eliminate_zeros()
    keys = chance.integers(0, 50, 200).astype(np.uint64) if keyed else None
    own = own_keys(counts, codes, short, keys)
    assert len(np.unique(own)) == 200
    order = chance.permutation(200)
    again = own_keys(
        counts[order], codes[order], short[order], None if keys is None else keys[order]
    )
    # Who is left equal is equal in all that counts: the table sorted by key is the same.
    first, then = np.argsort(own), np.argsort(again)
    assert np.array_equal(own[first], again[then])
    assert np.array_equal(codes[first], codes[order][then])
    assert (counts[first] != counts[order][then]).nnz == 0
    assert (short[first] != short[order][then]).nnz == 0


def test_equals_are_not_sorted_by_their_values():
    counts = sparse.csr_matrix(np.ones((400, 1), np.float32))
    codes = np.repeat([0, 1], 200)
    own = own_keys(counts, codes, None, None)
    first_half = codes[np.argsort(own)][:200]
    assert 60 < first_half.sum() < 140


def test_keys_given_are_kept_where_each_is_one_person_s():
    keys = np.array([9, 3, 7], np.uint64)
    counts = sparse.csr_matrix(np.ones((3, 1), np.float32))
    assert np.array_equal(own_keys(counts, np.zeros(3, int), None, keys), keys)


def test_the_lowest_draws_are_taken_and_of_each_class_some():
    draw = np.random.default_rng(0).random(1_000)
    codes = np.zeros(1_000, int)
    codes[[5, 50, 500]] = 1
    rows = drawn_people(draw, codes, 100, 2)
    assert len(rows) == 100 and (np.diff(rows) > 0).all()
    assert (codes[rows] == 1).sum() >= 2
    common = rows[codes[rows] == 0]
    assert np.array_equal(np.sort(draw[codes == 0])[: len(common)], np.sort(draw[common]))
    everyone = drawn_people(draw, np.arange(1_000) // 2, 10, 2)
    assert len(everyone) == 1_000  # no class may lack


def test_a_seed_is_the_number_given_or_drawn_as_given():
    assert seed_of(7) == 7 and seed_of(np.int32(7)) == 7
    one, other = (seed_of(np.random.RandomState(3)) for _ in range(2))
    assert one == other >= 0
    assert 0 <= seed_of(None) < 2**31
