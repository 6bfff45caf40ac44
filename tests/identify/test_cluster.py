"""Average-link clustering, against the textbook's cubic one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify import cluster
from connu.identify.cluster import ABSENT_BITS, MOST_BITS, average_link

Pairs = dict[tuple[int, int], float]


def _clustered(
    n: int,
    pairs: Pairs,
    *,
    group: list[int] | None = None,
    apart: list[tuple[int, int]] = (),
    unique: list[int] | None = None,
    threshold: float = 0.0,
) -> list[int]:
    ends = sorted(pairs)
    out = average_link(
        np.array([a for a, _ in ends], np.int32),
        np.array([b for _, b in ends], np.int32),
        np.array([pairs[end] for end in ends], np.float64),
        np.array(group if group is not None else range(n), np.int32),
        np.array(apart, np.int32).reshape(-1, 2),
        np.array(unique if unique is not None else [-1] * n, np.int16),
        threshold=threshold,
    )
    assert out.dtype == np.int32 and len(out) == n
    return out.tolist()


def _textbook(n, pairs, group, apart, unique, threshold) -> set[frozenset[int]]:
    """Merge the two groups of the largest mean evidence until none is above the threshold."""
    groups = [{i for i in range(n) if group[i] == g} for g in dict.fromkeys(group)]

    def mean(a: set[int], b: set[int]) -> float:
        total = 0.0
        for i, j in product(a, b):
            pair = (min(i, j), max(i, j))
            forbidden = pair in apart or (unique[i] >= 0 and unique[i] == unique[j])
            if forbidden:
                return -np.inf
            total += max(min(pairs.get(pair, ABSENT_BITS), MOST_BITS), ABSENT_BITS)
        return total / (len(a) * len(b))

    while len(groups) > 1:
        best, a, b = max(
            (mean(a, b), x, y) for (x, a), (y, b) in combinations(enumerate(groups), 2)
        )
        if best <= threshold:
            break
        groups[a] |= groups.pop(b)
    return {frozenset(g) for g in groups}


def _sets(labels: list[int]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(np.array(labels) == c).tolist()) for c in set(labels)}


def _in_order(labels: list[int]) -> bool:
    """Numbered from 0 in order of their first record."""
    return list(dict.fromkeys(labels)) == list(range(len(set(labels))))


@st.composite
def _cases(draw: st.DrawFn) -> dict:
    n = draw(st.integers(1, 11))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))  # real bits: no ties
    every = list(combinations(range(n), 2))
    kept = [pair for pair in every if chance.random() < draw(st.sampled_from((0.3, 0.6, 1.0)))]
    bits = chance.normal(draw(st.sampled_from((-1.0, 2.0))), 6, len(kept))
    # More than one beyond the cap would be a tie, which either of two clusterings may break.
    beyond = np.flatnonzero(bits >= MOST_BITS)[1:]
    bits[beyond] -= MOST_BITS
    group = list(range(n))
    for a, b in draw(st.lists(st.sampled_from(every), max_size=2)) if every else []:
        group = [group[a] if g == group[b] else g for g in group]
    apart = draw(st.lists(st.sampled_from(every), max_size=2, unique=True)) if every else []
    unique = draw(
        st.one_of(st.just([-1] * n), st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    )
    return {
        "n": n,
        "pairs": dict(zip(kept, bits.tolist(), strict=True)),
        "group": group,
        # What was grouped by hand is one, whatever the sources say.
        "apart": [(a, b) for a, b in apart if group[a] != group[b]],
        "unique": unique,
        "threshold": draw(st.sampled_from((0.0, 2.0, -1.0, 9.0))),
    }


@settings(deadline=None, max_examples=150)
@given(_cases())
def test_clusters_are_those_of_the_textbook(case: dict):
    labels = _clustered(**case)
    assert _sets(labels) == _textbook(**case)
    assert _in_order(labels)
    for a, b in case["apart"]:
        assert labels[a] != labels[b]


@settings(deadline=None, max_examples=100)
@given(_cases())
def test_too_large_components_are_cut_and_met_again(case: dict):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_MOST_GROUPS", 3)
        labels = _clustered(**case)
    assert _in_order(labels)
    for a, b in case["apart"]:
        assert labels[a] != labels[b]
    for i, j in combinations(range(case["n"]), 2):
        if case["group"][i] == case["group"][j]:
            assert labels[i] == labels[j]
        elif labels[i] == labels[j]:
            assert case["unique"][i] < 0 or case["unique"][i] != case["unique"][j]
    # Every cluster that was merged holds together by more than the threshold.
    groups = case["group"]
    for members in _sets(labels):
        pieces = {groups[i] for i in members}
        if len(pieces) == 2:
            one, other = ([i for i in members if groups[i] == g] for g in pieces)
            inner = [case["pairs"].get((min(p), max(p)), ABSENT_BITS) for p in product(one, other)]
            mean = np.clip(inner, ABSENT_BITS, MOST_BITS).mean()
            assert mean > case["threshold"]


def test_a_large_clear_component_survives_the_cut():
    """Blocks meet again in later passes: many records of one person are one."""
    n = 12
    pairs = dict.fromkeys(combinations(range(n), 2), 14.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "_MOST_GROUPS", 3)
        assert _clustered(n, pairs) == [0] * n


def test_one_wrong_pair_does_not_join_two_people():
    one = dict.fromkeys(combinations(range(4), 2), 11.0)
    other = dict.fromkeys(combinations(range(4, 8), 2), 11.0)
    assert _clustered(8, one | other | {(0, 4): 9.0}) == [0] * 4 + [1] * 4


def test_evidence_counts_at_most_so_much():
    pairs = {(0, 1): 1000.0, (0, 2): 3.0, (1, 2): -20.0}
    # 2 against {0, 1}: the mean of 3 and ABSENT_BITS, however sure 0 and 1 are.
    assert _clustered(3, pairs) == [0, 0, 1]
    assert _clustered(3, pairs | {(0, 2): 1000.0}) == [0, 0, 0]


def test_the_threshold_is_not_reached_by_equality():
    assert _clustered(2, {(0, 1): 1.0}, threshold=1.0) == [0, 1]
    assert _clustered(2, {(0, 1): 1.0 + 1e-9}, threshold=1.0) == [0, 0]


def test_joined_stays_joined_even_from_one_unique_source():
    assert _clustered(3, {(1, 2): 9.0}, group=[0, 0, 2], unique=[1, 1, 1]) == [0, 0, 1]


def test_nothing_and_one_record():
    assert _clustered(0, {}) == []
    assert _clustered(1, {}) == [0]
    assert _clustered(3, {}) == [0, 1, 2]
