"""Segments: read as typed, matched on the golden record and on facts, never on what is hidden."""

from __future__ import annotations

import heard_brand
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.app.brand import open as open_brand
from connu.app.reading import opened_build
from connu.app.segment import Condition, attributes_of, conditions_of, members_sql
from connu.kernel.errors import PurposeError, UsageError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return heard_brand.make_brand(tmp_path_factory.mktemp("segment") / "maison-claire").folder


def members(folder, text, purpose="service"):
    brand = open_brand(folder)
    with opened_build(folder, brand.settings, purpose) as reading:
        rows = reading.rows(members_sql(reading, brand.settings, text))
    return {row["customer_id"] for row in rows}


def people(test):
    return {heard_brand.customer(n) for n in range(heard_brand.CUSTOMERS) if test(n)}


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("city=Paris", lambda n: n % 4),
        ("city~lyon", lambda n: n % 4 == 0),
        ("age_band=25-34,35-49", lambda n: True),
        ("age_band=25-34 and city=paris", lambda n: n % 2),
        ("city ~ lyon AND age_band = 25-34", lambda n: False),
        # Where the golden record is silent, twins speak.
        ("sex=female", lambda n: n % 2),
        ("sex=male", lambda n: n % 2 == 0),
        ("rare=yes", lambda n: n < 6),
        ("city=O'Hara", lambda n: False),
    ],
)
def test_members_are_those_of_the_golden_record_and_of_facts(folder, text, test):
    assert members(folder, text) == people(test)


def test_who_did_not_grant_the_purpose_is_in_no_segment(folder):
    assert members(folder, "age_band=25-34", "analytics") == set()


@pytest.mark.parametrize(
    "text", ["", "sex", "=female", "sex=", "sex=female,", "sex=female and", "sex female", "and"]
)
def test_what_cannot_be_read_is_refused_with_an_example(text):
    with pytest.raises(UsageError) as refused:
        conditions_of(text)
    assert "age_band=25-34" in str(refused.value.hint)


def test_an_attribute_nobody_has_names_the_nearest(folder):
    with pytest.raises(UsageError, match="age_bands") as refused:
        members(folder, "age_bands=25-34")
    assert refused.value.hint == "did you mean «age_band»?"


def test_attributes_are_those_that_may_be_read(folder, tmp_path):
    brand = open_brand(folder)
    with opened_build(folder, brand.settings, "service") as reading:
        assert attributes_of(reading) == [
            "age_band", "birth_year", "city", "first_name", "rare", "sex",
        ]  # fmt: skip


def test_a_sensitive_attribute_is_read_for_its_own_purpose_only(tmp_path):
    brand = heard_brand.make_brand(tmp_path / "b")
    with (brand.folder / "connu.toml").open("a", encoding="utf-8") as file:
        file.write('\n[attributes.rare]\nsensitive = "care"\n')
    with pytest.raises(PurposeError) as refused:
        members(brand.folder, "rare=yes")
    assert "care" in str(refused.value.hint)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        found = conditions_of(text)
    except UsageError:
        return
    assert found and all(one.attribute and all(one.values) for one in found)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1), st.booleans())
def test_values_are_literals_whatever_they_hold(values, contains):
    test = Condition("x", contains, tuple(values)).test("x")
    assert test.count("'") % 2 == 0
