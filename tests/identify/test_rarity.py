"""Rarity counts what brute force counts, and holds no text."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from encoded import encoded, words
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.rarity import FAMILY, GIVEN, NAME, PLACE, Rarity

_GIVEN = st.sampled_from(("ada", "bea", "cleo", "ada bea", "martin"))
_FAMILY = st.sampled_from(("martin", "curie", "de staal"))
_ROW = st.fixed_dictionaries(
    {},
    optional={
        "given": _GIVEN,
        "family": _FAMILY,
        "names": st.sampled_from(("ada martin", "bea curie", "zed")),
        "address": st.sampled_from(("12 rue lilas", "3 rue paix")),
        "city": st.sampled_from(("lyon", "metz")),
        "birth_date": st.sampled_from(("19800101", "1980", "19811231")),
        "ids": st.sampled_from(([("account", "a1")], [("account", "a2")])),
    },
)
_ROWS = st.lists(_ROW, min_size=1, max_size=25)
_QUICK = settings(deadline=None, max_examples=60)


def _bag(row: dict, *columns: str) -> set[str]:
    return {word for column in columns for word in row.get(column, "").split()}


@_QUICK
@given(_ROWS)
def test_counts_are_those_of_brute_force(rows: list[dict]):
    rarity = Rarity.of(encoded(rows))
    groups = {
        NAME: ("given", "family", "names"),
        GIVEN: ("given",),
        FAMILY: ("family",),
        PLACE: ("address", "city", "postcode"),
    }
    held = {group: [_bag(row, *columns) for row in rows] for group, columns in groups.items()}
    held["birth_date"] = [{row["birth_date"]} if "birth_date" in row else set() for row in rows]
    held["account"] = [{value for _, value in row.get("ids", ())} for row in rows]
    for group, bags in held.items():
        count = Counter(value for bag in bags for value in bag)
        if not count:
            continue
        asked = [*sorted(count), "never seen"]
        assert rarity.count(group, words(asked)).tolist() == [max(count[v], 1) for v in asked]
        total = sum(count.values())
        chance = sum((c / total) ** 2 for c in count.values())
        assert rarity.collision[group] == pytest.approx(chance)
        bits = rarity.bits(group, words(asked))
        assert bits == pytest.approx(
            [-np.log2(max(count[v], 1) / len(rows)) for v in asked], abs=1e-5
        )
        surplus = rarity.surplus(group, words(asked))
        expected = [np.log2(chance / (max(count[v], 1) / total)) for v in asked]
        assert surplus == pytest.approx(expected)


def test_the_rarer_the_more_bits():
    rows = [{"given": "common"}] * 8 + [{"given": "rare"}] * 2 + [{"given": "single"}]
    rarity = Rarity.of(encoded(rows))
    held = words(["common", "rare", "single"])
    assert all(a < b for a, b in pairwise(rarity.bits(NAME, held).tolist()))
    surplus = rarity.surplus(NAME, held)
    assert surplus[0] < 0 < surplus[2]


def test_a_group_nobody_holds_says_nothing():
    rarity = Rarity.of(encoded([{"given": "ada"}]))
    assert rarity.count("no such group", words(["ada"])).tolist() == [1]
    assert rarity.count(NAME, words([])).tolist() == []


def _roles(rows: list[dict], record: int) -> dict[str, int]:
    """Role of each token of one record: 1 given, 2 family."""
    records = encoded(rows)
    roles = Rarity.of(records).roles(records)
    held = slice(*records.names.start[record : record + 2])
    read = records.names.values.to_pylist()
    return {read[c]: int(r) for c, r in zip(records.names.codes[held], roles[held], strict=True)}


def test_roles_of_a_full_name_are_those_of_usage():
    known = [{"given": "paul", "family": "martin"}] * 3 + [{"given": "martin", "family": "paul"}]
    assert _roles([*known, {"names": "martin paul"}], 4) == {"paul": 1, "martin": 2}
    # What a record declares stands, however unusual.
    assert _roles([*known, {"names": "martin paul"}], 3) == {"martin": 1, "paul": 2}


def test_a_name_never_seen_goes_by_its_place():
    assert _roles([{"names": "xeno yatta zorn"}], 0) == {"xeno": 1, "yatta": 2, "zorn": 2}
    assert _roles([{"names": "xeno"}], 0) == {"xeno": 0}
