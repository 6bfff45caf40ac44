"""Pairs as numbers, and sets of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.pair_keys import among, pair_keys, pair_sides, sorted_once

_KEYS = st.lists(st.integers(0, 60), max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**31 - 2), st.integers(0, 2**31 - 2)), max_size=20))
def test_pairs_come_back_left_before_right(pairs: list[tuple[int, int]]):
    n = 2**31 - 1
    one, other = (np.array([pair[k] for pair in pairs], np.int32) for k in (0, 1))
    left, right = pair_sides(pair_keys(one, other, n), n)
    assert left.dtype == right.dtype == np.int32
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [
        (min(pair), max(pair)) for pair in pairs
    ]
    assert pair_keys(one, other, n).tolist() == pair_keys(other, one, n).tolist()


@given(_KEYS)
def test_each_key_stands_once(keys: list[int]):
    assert sorted_once(np.array(keys, np.int64)).tolist() == sorted(set(keys))


@given(_KEYS, _KEYS)
def test_membership_is_that_of_sets(keys: list[int], known: list[int]):
    found = among(np.array(keys, np.int64), np.array(sorted(set(known)), np.int64))
    assert found.tolist() == [key in set(known) for key in keys]


def test_no_records():
    left, right = pair_sides(np.zeros(0, np.int64), 0)
    assert len(left) == len(right) == 0
