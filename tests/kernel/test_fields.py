"""The words of a mapping are those of the design."""

from __future__ import annotations

import pytest

from connu.kernel.fields import (
    FAMILIES,
    FIELDS,
    IDENTIFIERS,
    KINDS,
    REQUIRED,
    is_field,
    is_identifier,
)

DESIGN = {
    "people": """id first_name middle_name last_name full_name civility sex birth_date birth_year
        email phone address postcode city country occupation account loyalty_card national_id
        support_case anonymous_id recorded_at""",
    "events": "id time type session product category value currency page",
    "verbatims": "id text time channel rating nps knows_me",
    "products": "id name category price brand",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_design_is_known(kind: str):
    expected = set(DESIGN[kind].split())
    if kind in ("events", "verbatims"):
        expected |= set(IDENTIFIERS)
    assert set(FIELDS[kind]) == expected
    assert set(REQUIRED[kind]) <= expected
    assert set(FIELDS) == set(REQUIRED) == set(FAMILIES) == set(KINDS)


def test_families_are_open_and_need_a_name():
    assert is_field("people", "social.mastodon")
    assert is_field("events", "consent.marketing")
    assert not is_field("people", "social.")
    assert not is_field("products", "social.mastodon")


def test_identifiers_are_typed_keys():
    assert all(is_identifier(word) for word in (*IDENTIFIERS, "social.mastodon"))
    assert not is_identifier("city")
