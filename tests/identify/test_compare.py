"""Comparing a with b is comparing b with a, in every field."""

from __future__ import annotations

import numpy as np
import pytest
from encoded import encoded, every_pair
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.compare import UNKNOWN, Comparison, Field, fields_of
from connu.identify.rarity import Rarity

_TOKEN = st.one_of(
    st.sampled_from(
        "jean jeanne j jo johan johann bill william liz elizabeth martin marten".split()
    ),
    st.text("abcdehijlmn", min_size=1, max_size=9),
)
_NAME = st.lists(_TOKEN, min_size=1, max_size=4).map(" ".join)
_WORD = st.one_of(st.sampled_from("lilas lila lilias rue 12 12b 3 3bis paix".split()), _TOKEN)
_DATE = st.one_of(
    st.sampled_from(("1962", "19620101", "19620304", "19620403", "19620305", "19630304", "1990")),
    st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8)),
)
_POSTCODE = st.one_of(
    st.sampled_from(("75001", "75002", "7", "75", "69001", "SW1A1AA", "SW1A2AA", "E1", "EC1A1BB")),
    st.from_regex(r"[0-9A-Z]{1,8}", fullmatch=True),
)
_LOCAL = st.one_of(
    st.sampled_from(("jean.martin", "jmartin62", "jmartin", "j")), st.text("ab1", min_size=1)
)
_EMAIL = st.tuples(_LOCAL, st.sampled_from(("example.org", "example.com"))).map("@".join)
_KEY = st.text("ab1", min_size=1, max_size=8)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "given": _NAME, "family": _NAME, "names": _NAME, "birth_date": _DATE,
            "postcode": _POSTCODE, "city": _NAME, "address": st.lists(_WORD).map(" ".join),
            "email": _EMAIL, "phone": _KEY, "sex": st.sampled_from(("female", "male")),
            "occupation": st.sampled_from(("nurse", "night nurse", "clerk", "clark")),
            "ids": st.lists(st.tuples(st.sampled_from(("account", "social.x")), _KEY), max_size=2),
        },
    ),
    min_size=2,
    max_size=8,
)  # fmt: skip
_QUICK = settings(deadline=None, max_examples=50)


@_QUICK
@given(_ROWS)
def test_comparison_has_no_direction(rows: list[dict]):
    records = encoded(rows)
    chosen = {f.name: f for f in fields_of(records)}
    for extra in (Field.of("city", "word"), Field.of("postcode", "postcode")):
        chosen.setdefault(extra.name, extra)
    comparison = Comparison(records, list(chosen.values()), Rarity.of(records))
    left, right = every_pair(records.size)
    one, other = comparison.levels(left, right), comparison.levels(right, left)
    for name, field in chosen.items():
        assert one[name].tolist() == other[name].tolist(), name
        assert one[name].min() >= UNKNOWN and one[name].max() < field.levels


@_QUICK
@given(_ROWS)
def test_a_record_is_equal_to_itself(rows: list[dict]):
    records = encoded([*rows, *rows])
    fields = fields_of(records)
    levels = Comparison(records, fields, Rarity.of(records)).levels(
        np.arange(len(rows), dtype=np.int32), np.arange(len(rows), 2 * len(rows), dtype=np.int32)
    )
    for field in fields:
        if not field.exact:
            continue
        held = records.column(field.name).codes[: len(rows)] >= 0
        assert np.isin(levels[field.name][held], field.exact).all(), field.name
        assert (levels[field.name][~held] == UNKNOWN).all(), field.name


def test_what_nobody_holds_is_not_compared():
    names = [f.name for f in fields_of(encoded([{"given": "ada"}, {"given": "bea"}]))]
    assert names == ["name"]
    both = [{"given": "ada", "city": "lyon", "postcode": "69003", "ids": [("account", "1")]}]
    assert [f.name for f in fields_of(encoded(both))] == ["name", "city", "postcode", "account"]
    street = [{**both[0], "address": "12 rue lilas"}]
    assert [f.name for f in fields_of(encoded(street))] == ["name", "address", "account"]


def test_the_fields_of_a_brand_stand_in_a_fixed_order():
    row = {"given": "ada", "email": "a@example.org", "phone": "+331", "birth_date": "1980"}
    ids = [("social.x", "@a"), ("account", "1")]
    one = fields_of(encoded([{**row, "ids": ids}]))
    other = fields_of(encoded([{"ids": ids[::-1]}, row]))
    assert one == other
    assert [f.name for f in one] == ["name", "birth_date", "email", "phone", "account", "social.x"]


@pytest.mark.parametrize("kind", ["phone", "account", "email"])
def test_a_value_held_second_counts_as_equal(kind: str):
    one = {"email": "ada@example.org", "phone": "+3361", "ids": [("account", "1")]}
    other = {"email": "countess@example.org", "phone": "+3399", "ids": [("account", "9")]}
    for name, block in (({}, 0), ({"given": "ada"}, 1), ({"given": "ada", "family": "king"}, 2)):
        records = encoded([name | one, name | other])
        fields = fields_of(records)
        rarity = Rarity.of(records)
        pair = np.array([0], np.int32), np.array([1], np.int32)
        held = {kind: np.array([[0, 1]], np.int32)}
        apart = Comparison(records, fields, rarity).levels(*pair)
        equal = Comparison(records, fields, rarity, held).levels(*pair)
        field = next(f for f in fields if f.name == kind)
        first = block * (field.levels // field.blocks) if field.blocks > 1 else 0
        assert apart[kind][0] not in field.exact
        assert equal[kind][0] == first + field.exact[0]
        assert all(apart[f.name] == equal[f.name] for f in fields if f.name != kind)
