"""Holders of one value are paired, generic values aside."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from encoded import IDENTIFIERS_SCHEMA, words
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import table

from connu.identify.holders import MOST_HOLDERS, holder_pairs
from connu.identify.rarity import hash_words

_ROWS = st.lists(
    st.tuples(
        st.integers(0, 14), st.sampled_from(("phone", "account")), st.sampled_from(("a", "b", "c"))
    ),
    max_size=60,
)


def _pairs(rows: list[tuple[int, str, str]], generic: dict[str, list[str]] | None = None) -> dict:
    held = [{"rid": rid, "type": kind, "value": value} for rid, kind, value in rows]
    hashes = {}
    for kind, values in (generic or {}).items():
        texts = words(values)
        hashes[kind] = np.sort(hash_words(texts.data, texts.offsets))
    found = holder_pairs(table(held, IDENTIFIERS_SCHEMA), hashes)
    for pairs in found.values():
        assert pairs.dtype == np.int32 and pairs.shape[1] == 2
        assert (pairs[:, 0] < pairs[:, 1]).all()
        assert pairs.tolist() == sorted(pairs.tolist())
    return {kind: [tuple(pair) for pair in pairs.tolist()] for kind, pairs in found.items()}


@settings(deadline=None, max_examples=100)
@given(_ROWS, st.sets(st.sampled_from(("a", "b", "c"))))
def test_pairs_are_those_of_brute_force(rows: list, generic: set[str]):
    found = _pairs(rows, {"phone": sorted(generic)})
    assert set(found) == {kind for _, kind, _ in rows}
    for kind in found:
        expected = set()
        for value in {v for _, k, v in rows if k == kind} - (generic if kind == "phone" else set()):
            holders = sorted({rid for rid, k, v in rows if (k, v) == (kind, value)})
            if len(holders) <= MOST_HOLDERS:
                expected |= set(combinations(holders, 2))
            else:
                expected |= set(pairwise(holders))
        assert set(found[kind]) == expected
        assert len(found[kind]) == len(expected)


def test_a_value_of_very_many_holders_costs_no_square():
    rows = [(rid, "phone", "a") for rid in range(5000)]
    assert len(_pairs(rows)["phone"]) == 4999


def test_nobody_holds_anything():
    assert _pairs([]) == {}
    assert _pairs([(0, "phone", "a"), (1, "phone", "b")]) == {"phone": []}
    assert _pairs([(0, "phone", "a"), (0, "phone", "a")]) == {"phone": []}
