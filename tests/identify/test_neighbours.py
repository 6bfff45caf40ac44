"""Friends of friends are the pairs two steps apart, and no others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.neighbours import MOST_NEIGHBOURS, friends_of_friends


def _found(n: int, pairs: dict[tuple[int, int], float], compared=(), fresh=None) -> set:
    ends = sorted(pairs)
    keys = friends_of_friends(
        n,
        np.array([a for a, _ in ends], np.int32),
        np.array([b for _, b in ends], np.int32),
        np.array([pairs[end] for end in ends]),
        np.array(sorted(a * n + b for a, b in compared), np.int64),
        None if fresh is None else np.isin(np.arange(n), list(fresh)),
    )
    assert (np.diff(keys) > 0).all()
    return {divmod(int(key), n) for key in keys}


@st.composite
def _graphs(draw: st.DrawFn) -> tuple:
    n = draw(st.integers(3, 12))
    every = list(combinations(range(n), 2))
    near = draw(st.lists(st.sampled_from(every), max_size=20, unique=True))
    compared = set(near) | set(draw(st.lists(st.sampled_from(every), max_size=10)))
    fresh = draw(st.one_of(st.none(), st.sets(st.integers(0, n - 1))))
    return n, near, compared, fresh


@settings(deadline=None, max_examples=200)
@given(_graphs())
def test_pairs_are_those_of_brute_force(graph: tuple):
    n, near, compared, fresh = graph
    expected = set()
    for i in range(n):
        friends = sorted({a + b - i for a, b in near if i in (a, b)})
        for x, y in combinations(friends, 2):
            if fresh is None or fresh & {i, x, y}:
                expected.add((x, y))
    pairs = {pair: float(k % 3) for k, pair in enumerate(near)}
    assert _found(n, pairs, compared, fresh) == expected - compared


def test_the_likeliest_neighbours_come_first():
    n = MOST_NEIGHBOURS + 3
    pairs = {(0, k): float(k) for k in range(1, n)}
    found = _found(n, pairs)
    kept = range(n - MOST_NEIGHBOURS, n)
    assert found == set(combinations(kept, 2))


def test_equal_likelihood_takes_the_first_records():
    n = MOST_NEIGHBOURS + 3
    assert _found(n, {(0, k): 1.0 for k in range(1, n)}) == set(
        combinations(range(1, MOST_NEIGHBOURS + 1), 2)
    )


def test_no_pair_no_friend():
    assert _found(5, {}) == set()
    assert _found(2, {(0, 1): 3.0}) == set()
