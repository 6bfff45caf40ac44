"""Draws follow their weights, streams their names."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from connu.sample.chance import Chance, Lottery, draw, spread, within, zipf


def test_streams_depend_on_name_and_seed_alone() -> None:
    first = Chance(1).stream("a").random(3)
    assert np.array_equal(first, Chance(1).stream("a").random(3))
    assert not np.array_equal(first, Chance(1).stream("b").random(3))
    assert not np.array_equal(first, Chance(2).stream("a").random(3))


def test_draws_follow_their_weights() -> None:
    codes = draw(np.random.default_rng(1), [1, 0, 3], 20_000)
    shares = np.bincount(codes, minlength=3) / 20_000
    assert np.allclose(shares, [0.25, 0, 0.75], atol=0.02)
    assert abs(zipf(50).sum() - 1) < 1e-9


def test_a_lottery_draws_each_group_from_its_own_row() -> None:
    weights = np.array([[1.0, 0, 0], [0, 1, 1], [0, 0, 5]])
    groups = np.repeat([0, 1, 2], 5_000)
    codes = Lottery(weights).draw(np.random.default_rng(1), groups)
    table = np.array([np.bincount(codes[groups == g], minlength=3) / 5_000 for g in range(3)])
    assert np.allclose(table, [[1, 0, 0], [0, 0.5, 0.5], [0, 0, 1]], atol=0.03)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_within_counts_each_code_apart(codes: list[int]) -> None:
    seen: dict[int, int] = {}
    expected = []
    for code in codes:
        expected.append(seen.get(code, 0))
        seen[code] = seen.get(code, 0) + 1
    assert within(np.array(codes, dtype=np.int64)).tolist() == expected


@given(st.lists(st.integers(0, 5), max_size=30))
def test_spread_counts_from_zero_in_each(counts: list[int]) -> None:
    expected = [i for count in counts for i in range(count)]
    assert spread(np.array(counts, dtype=np.int64)).tolist() == expected
