"""What a customer says counts at once, for him and for nobody else."""

from __future__ import annotations

import made_brand
import pytest

from connu.kernel.errors import NotFoundError, PurposeError, UsageError

ONE, TWO = made_brand.PEOPLE[1], made_brand.PEOPLE[2]


def readable(brand, purpose: str) -> int:
    return brand.table("customers", purpose).num_rows


def test_a_withdrawal_counts_at_once(built):
    before = readable(built, "marketing")
    kept = built.consent(ONE.email, "marketing", granted=False)
    assert len(kept.customers) == 1
    assert readable(built, "marketing") == before - 1
    with pytest.raises(NotFoundError):
        built.show(ONE.email, purpose="marketing")
    assert built.show(ONE.email).customer is not None


def test_a_grant_counts_at_once(built):
    before = readable(built, "marketing")
    built.consent("crm:C000", "marketing", granted=True)
    assert readable(built, "marketing") == before + 1


def test_who_refused_everything_can_still_speak(built):
    built.consent("crm:C001", "service", granted=False)
    with pytest.raises(NotFoundError):
        built.show("crm:C001")
    built.consent("crm:C001", "service", granted=True)
    assert built.show("crm:C001").customer is not None


def test_a_withdrawal_survives_the_next_build(built):
    built.consent(ONE.email, "marketing", granted=False)
    before = readable(built, "marketing")
    built.build(force=True)
    assert readable(built, "marketing") == before


def test_an_address_nobody_has_yet_is_kept_for_whoever_comes_with_it(built):
    assert built.consent("new@example.org", "marketing", granted=False).customers == []
    before = readable(built, "marketing")
    rows = [person.crm() for person in made_brand.PEOPLE]
    rows[1][3] = "New@example.org"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    assert readable(built, "marketing") == before - 1


def test_nobody_grants_for_another(built):
    rows = [person.crm() for person in made_brand.PEOPLE]
    rows[1][4] = rows[5][4] = "0145678901"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    before = readable(built, "marketing")
    with pytest.raises(UsageError, match="customers answer"):
        built.consent("0145678901", "marketing", granted=True)
    assert len(built.consent("0145678901", "marketing", granted=False).customers) == 2
    assert readable(built, "marketing") <= before


def test_a_visitor_nobody_knows_speaks_by_his_cookie(built):
    kept = built.consent("anonymous_id:k0061", "service", granted=False)
    assert (kept.customers, kept.visitor) == ([], "k0061")
    with pytest.raises(NotFoundError):
        built.show("k0061")
    assert "k0061" not in built.table("visitors")["anonymous_id"].to_pylist()
    assert built.consent("k0061", "service", granted=True).visitor == "k0061"
    assert built.show("k0061").visitor is not None


def test_unknown_purposes_and_people_are_refused(built):
    with pytest.raises(PurposeError):
        built.consent(TWO.email, "markting", granted=False)
    with pytest.raises(NotFoundError):
        built.consent("nobody-at-all", "marketing", granted=False)
