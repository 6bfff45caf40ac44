"""Generic identifiers are told from a customer's own, a household's from a shop's."""

from __future__ import annotations

import random

import numpy as np
import pytest
from encoded import encoded, words

from connu.identify.encoding import Codes
from connu.identify.junk import FEWEST_HOLDERS, MOST_NAMELESS, forget_generic, shared_devices
from connu.identify.rarity import hash_words

_GIVEN = "ada bea cleo dora elsa fay gina hope iris jane kate lena".split()
_FAMILY = "arden brook curie dumas eliot frank grant haydn ibsen james keats lumet".split()


def _strangers(size: int, **held) -> list[dict]:
    """People of all different names, holding the same values."""
    names = random.Random(1).sample([(g, f) for g in _GIVEN for f in _FAMILY], size)
    return [{"given": given, "family": family, **held} for given, family in names]


def _forgotten(rows: list[dict], devices: int = 1) -> dict[str, set[str]]:
    """Values read as absent, by identifier type."""
    before, after = encoded(rows), encoded(rows)
    forget_generic(after, devices=devices)
    out = {}
    for name in ("email", "phone", *after.keys):
        values = before.column(name).values.to_pylist()
        held = {values[code] for code in before.column(name).codes if code >= 0}
        kept = {values[code] for code in after.column(name).codes if code >= 0}
        out[name] = held - kept
    return out


def test_a_mailbox_of_thirty_different_people_is_nobodys():
    rows = _strangers(30, email="noemail@example.com") + _strangers(5, email=None)
    assert _forgotten(rows)["email"] == {"noemail@example.com"}


@pytest.mark.parametrize("records", [FEWEST_HOLDERS, 30, 200])
def test_a_customers_own_mailbox_is_his_however_often_he_wrote(records: int):
    chance = random.Random(records)
    forms = ("marie", "m", "maria", "marie claude")
    rows = [
        {"given": chance.choice(forms), "family": "lavoisier", "email": "marie@example.org"}
        for _ in range(records)
    ]
    assert _forgotten([*rows, *_strangers(30)])["email"] == set()


def test_a_household_shares_its_landline():
    family = [{"given": g, "family": "curie", "phone": "+33140000001"} for g in _GIVEN[:6]]
    flat = [
        {"given": g, "family": f, "phone": "+33140000002"}
        for g, f in zip("abcd", "wxyz", strict=True)
    ]
    assert _forgotten([*family, *flat])["phone"] == set()


def test_a_shops_own_phone_is_nobodys():
    rows = _strangers(40, phone="+33199000000")
    assert _forgotten(rows)["phone"] == {"+33199000000"}


def test_few_holders_decide_nothing():
    rows = _strangers(FEWEST_HOLDERS - 1, email="contact@example.org")
    assert _forgotten(rows)["email"] == set()


def test_a_value_of_very_many_nameless_records_is_nobodys():
    rows = [{"phone": "+33600000000"}] * (MOST_NAMELESS + 1) + [{"phone": "+33600000001"}] * 50
    assert _forgotten(rows)["phone"] == {"+33600000000"}


def test_a_key_that_everybody_holds_is_nobodys():
    rows = [{**row, "ids": [("account", "guest"), ("social.x", f"@{i}")]}
            for i, row in enumerate(_strangers(12))]  # fmt: skip
    found = _forgotten(rows)
    assert found["account"] == {"guest"} and found["social.x"] == set()


def test_a_cookie_of_two_accounts_is_a_shared_device():
    rows = [
        {"ids": [("anonymous_id", "c1"), ("account", "a1")]},
        {"ids": [("anonymous_id", "c1"), ("account", "a2")]},
        {"ids": [("anonymous_id", "c2"), ("account", "a1")]},
        {"ids": [("anonymous_id", "c2"), ("account", "a1")]},
        {"ids": [("anonymous_id", "c3")]},
        {"ids": [("anonymous_id", "c3")]},
    ]
    assert _forgotten(rows)["anonymous_id"] == {"c1"}
    assert _forgotten(rows, devices=2)["anonymous_id"] == set()


def test_devices_with_more_accounts_than_allowed():
    device = Codes(np.array([0, 0, 0, 1, 1, -1], np.int32), None, np.array([3, 2], np.int32))
    account = Codes(np.array([0, 1, 1, 2, -1, 3], np.int32), None, np.array([1, 2, 1, 1], np.int32))
    assert shared_devices(device, account, 1).tolist() == [True, False]
    assert shared_devices(device, account, 2).tolist() == [False, False]


def test_what_was_generic_once_stays_so_and_only_news_touches_records():
    rows = _strangers(30, email="noemail@example.com")
    found, touched = forget_generic(encoded(rows), devices=1)
    assert touched.all()
    held = words(["noemail@example.com"])
    assert found["email"].tolist() == hash_words(held.data, held.offsets).tolist()
    # Two holders alone would decide nothing: the value is known.
    few = encoded([*_strangers(2, email="noemail@example.com"), {"email": "own@example.org"}])
    again, touched = forget_generic(few, devices=1, known=found)
    assert few.column("email").codes.tolist()[:2] == [-1, -1]
    assert few.column("email").codes[2] >= 0
    assert not touched.any()
    assert again["email"].tolist() == found["email"].tolist()


def test_finding_generic_values_ignores_the_order_of_records():
    rows = _strangers(20, email="noemail@example.com") + _strangers(20, phone="+33199000000")
    rows += [{"given": "ada", "family": "curie", "email": "ada@example.org"}] * 20
    shuffled = random.Random(7).sample(rows, len(rows))
    one, _ = forget_generic(encoded(rows), devices=1)
    other, _ = forget_generic(encoded(shuffled), devices=1)
    assert {k: v.tolist() for k, v in one.items()} == {k: v.tolist() for k, v in other.items()}
