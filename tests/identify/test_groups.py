"""Groups by hand and by identifier, against the rules written out slowly."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connu.identify.groups import group

Pair = tuple[int, int]


def _grouped(
    n: int,
    *,
    joins: list[Pair] = (),
    splits: list[Pair] = (),
    links: list[Pair] = (),
    codes: list[list[int]] | None = None,
    limits: list[int] = (),
    unique: list[int] | None = None,
) -> tuple[list[int], list[bool]]:
    def pairs(of: list[Pair]) -> np.ndarray:
        return np.array([sorted(pair) for pair in of], np.int32).reshape(-1, 2)

    held = np.array(codes if codes else [[]] * n, np.int32).reshape(n, len(limits))
    root, taken = group(
        n, pairs(joins), pairs(splits), pairs(links), held, np.array(limits, np.int32),
        np.array(unique if unique else [-1] * n, np.int16),
    )  # fmt: skip
    return root.tolist(), taken.tolist()


def _slowly(n, joins, splits, links, codes, limits, unique) -> tuple[list[set[int]], list[bool]]:
    """The same rules on plain sets."""
    groups = [{i} for i in range(n)]

    def unite(pairs: list[Pair], careful: bool) -> list[bool]:
        taken = []
        for x, y in pairs:
            a = next(g for g in groups if x in g)
            b = next(g for g in groups if y in g)
            if a is b:
                taken.append(True)
                continue
            both = a | b
            allowed = not any(s in both and t in both for s, t in splits if (s in a) != (t in a))
            if careful:
                of_a = {unique[i] for i in a if unique[i] >= 0}
                of_b = {unique[i] for i in b if unique[i] >= 0}
                allowed &= not of_a & of_b
                for t, limit in enumerate(limits):
                    values = {codes[i][t] for i in both if codes[i][t] >= 0}
                    allowed &= len(values) <= limit
            taken.append(allowed)
            if allowed:
                groups.remove(a)
                groups.remove(b)
                groups.append(both)
        return taken

    unite(joins, careful=False)
    return groups, unite(links, careful=True)


@st.composite
def _cases(draw: st.DrawFn) -> tuple:
    n = draw(st.integers(1, 12))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    some = st.lists(pair, max_size=3) if n > 1 else st.just([])
    many = st.lists(pair, max_size=20) if n > 1 else st.just([])
    types = draw(st.integers(0, 2))
    code = st.lists(st.integers(-1, 4), min_size=types, max_size=types)
    codes = draw(st.lists(code, min_size=n, max_size=n))
    limits = draw(st.lists(st.integers(1, 3), min_size=types, max_size=types))
    unique = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    return n, draw(some), draw(some), draw(many), codes, limits, unique


@settings(deadline=None, max_examples=150)
@given(_cases())
@example((3, [], [(0, 2)], [(0, 1), (1, 2)], [[], [], []], [], [-1, -1, -1]))
def test_groups_are_those_of_the_rules(case: tuple):
    n, joins, splits, links, codes, limits, unique = case
    root, taken = _grouped(
        n, joins=joins, splits=splits, links=links, codes=codes, limits=limits, unique=unique
    )
    groups, expected = _slowly(*case)
    assert taken == expected
    assert {frozenset(i for i in range(n) if root[i] == r) for r in set(root)} == {
        frozenset(g) for g in groups
    }
    assert all(root[r] == r and r <= i for i, r in enumerate(root))  # the first record names it


def test_joined_by_hand_whatever_the_limits_and_sources():
    root, _ = _grouped(3, joins=[(0, 2)], codes=[[1], [2], [3]], limits=[1], unique=[0, 1, 0])
    assert root == [0, 1, 0]


def test_split_by_hand_through_any_chain():
    root, taken = _grouped(4, splits=[(0, 3)], links=[(0, 1), (2, 3), (1, 2)])
    assert taken == [True, True, False]
    assert root == [0, 0, 2, 2]


def test_a_limit_is_of_values_not_of_records():
    codes = [[0]] * 6 + [[1]]
    root, taken = _grouped(7, links=[(i, i + 1) for i in range(6)], codes=codes, limits=[1])
    assert taken == [True] * 5 + [False]
    assert root == [0] * 6 + [6]


def test_a_link_refused_leaves_later_ones_their_chance():
    root, taken = _grouped(3, links=[(0, 1), (1, 2), (0, 2)], codes=[[0], [0], [1]], limits=[1])
    assert taken == [True, False, False]
    root, taken = _grouped(3, links=[(0, 2), (0, 1)], codes=[[0], [0], [1]], limits=[2])
    assert taken == [True, True] and root == [0, 0, 0]


def test_two_records_of_a_unique_source_stay_two():
    root, taken = _grouped(3, links=[(0, 1), (1, 2)], unique=[5, -1, 5])
    assert taken == [True, False] and root == [0, 0, 2]
