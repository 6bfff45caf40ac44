"""Events find their customer by what they say, their session or their cookie, and by no guess."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from made_tables import engine_at, put_events, put_identities, put_records

from connu.identify.visitors import tie_visitors
from connu.kernel.settings import settings_from

NOON = datetime(2025, 3, 1, 12)


@pytest.fixture
def tie(tmp_path: Path):
    engine = engine_at(tmp_path)

    def tied(owners, events, **identify):
        """`owners`: customer → identifiers of his one record, as (type, value)."""
        records = [
            {"source": "crm", "record_id": customer, "ids": ids} for customer, ids in owners.items()
        ]
        put_records(engine, records)
        put_identities(engine, {("crm", customer): customer for customer in owners})
        put_events(engine, events)
        raw = {"brand": {"name": "Maison Claire"}, "identify": identify}
        counts = tie_visitors(engine, settings_from(raw))
        ties = engine.collect("SELECT * FROM event_customers").to_pylist()
        visitors = engine.collect("SELECT * FROM visitors").to_pylist()
        by_row = {t["row"]: (t["customer_id"], t["basis"]) for t in ties}
        assert len(by_row) == len(ties) == counts["tied"]
        return by_row, {v["anonymous_id"]: v for v in visitors}, counts

    yield tied
    engine.close()


ADA = {"ada": [("account", "a1"), ("email", "ada@example.org"), ("phone", "+331")]}
BOB = {"bob": [("account", "b1"), ("phone", "+331")]}


def test_what_an_event_says_of_itself(tie):
    ties, _, counts = tie(
        ADA | BOB,
        [
            {"account": "a1"},
            {"email": "ada@example.org"},
            {"account": "b1", "email": "ada@example.org"},
            {"phone": "+331"},
            {"account": "nobodys"},
            {},
        ],
    )
    # The account decides before the e-mail; a phone of two customers says nobody.
    assert ties == {1: ("ada", "account"), 2: ("ada", "email"), 3: ("bob", "account")}
    assert (counts["events"], counts["tied"], counts["by_identifier"]) == (6, 3, 3)


def test_a_cookie_that_met_an_account_ties_all_its_events(tie):
    events = [
        {"anonymous_id": "k1", "time": NOON - timedelta(days=9)},
        {"anonymous_id": "k1", "account": "a1", "time": NOON},
        {"anonymous_id": "k2", "time": NOON},
    ]
    ties, visitors, counts = tie(ADA, events)
    assert ties == {1: ("ada", "cookie"), 2: ("ada", "account")}
    assert visitors["k1"] == {
        "anonymous_id": "k1", "customer_id": "ada", "basis": "cookie", "shared_device": False,
        "events": 2, "first_time": NOON - timedelta(days=9), "last_time": NOON,
    }  # fmt: skip
    assert (visitors["k2"]["customer_id"], visitors["k2"]["basis"]) == (None, None)
    assert (counts["visitors"], counts["known_visitors"], counts["shared_devices"]) == (1, 1, 0)


def test_a_cookie_that_a_record_names(tie):
    owners = {"ada": [("anonymous_id", "k1")]}
    ties, visitors, _ = tie(owners, [{"anonymous_id": "k1"}])
    assert ties == {1: ("ada", "cookie")}
    assert visitors["k1"]["basis"] == "record"


def test_a_shared_device_is_no_person(tie):
    events = [
        {"anonymous_id": "k", "session": "s1", "account": "a1"},
        {"anonymous_id": "k", "session": "s1"},
        {"anonymous_id": "k", "session": "s2", "account": "b1"},
        {"anonymous_id": "k", "session": "s3"},
        {"anonymous_id": "k"},
    ]
    ties, visitors, counts = tie(ADA | BOB, events)
    assert ties == {1: ("ada", "account"), 2: ("ada", "session"), 3: ("bob", "account")}
    assert visitors["k"]["shared_device"] and visitors["k"]["customer_id"] is None
    assert (counts["shared_devices"], counts["visitors"]) == (1, 0)


def test_an_account_of_nobody_is_somebody_else(tie):
    events = [
        {"anonymous_id": "k", "account": "a1"},
        {"anonymous_id": "k", "account": "unknown"},
        {"anonymous_id": "k"},
    ]
    ties, visitors, _ = tie(ADA, events)
    assert ties == {1: ("ada", "account")}
    assert visitors["k"]["shared_device"]


def test_two_accounts_of_one_customer_are_one_person(tie):
    owners = {"ada": [("account", "a1"), ("account", "a2")]}
    events = [
        {"anonymous_id": "k", "account": "a1"},
        {"anonymous_id": "k", "account": "a2"},
        {"anonymous_id": "k"},
    ]
    ties, visitors, _ = tie(owners, events)
    assert ties[3] == ("ada", "cookie")
    assert not visitors["k"]["shared_device"]


def test_a_looser_limit_shares_nothing_more(tie):
    """With a limit of two, two people are no shared device, and still nobody's own."""
    events = [
        {"anonymous_id": "k", "account": "a1"},
        {"anonymous_id": "k", "account": "b1"},
        {"anonymous_id": "k"},
    ]
    ties, visitors, _ = tie(ADA | BOB, events, shared_device_accounts=2)
    assert 3 not in ties
    assert not visitors["k"]["shared_device"] and visitors["k"]["customer_id"] is None


def test_a_session_of_two_people_is_nobodys(tie):
    events = [
        {"session": "s", "account": "a1"},
        {"session": "s", "account": "b1"},
        {"session": "s"},
    ]
    ties, _, _ = tie(ADA | BOB, events)
    assert set(ties) == {1, 2}


def test_sessions_are_their_sources_and_their_cookies(tie):
    events = [
        {"session": "1", "anonymous_id": "k1", "account": "a1"},
        {"session": "1", "anonymous_id": "k2"},
        {"session": "1", "source": "app"},
        {"session": "1"},
    ]
    ties, _, _ = tie(ADA, events)
    assert set(ties) == {1}


def test_no_events_at_all(tie):
    ties, visitors, counts = tie(ADA, [])
    assert ties == {} and visitors == {}
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("seed", range(3))
def test_ties_follow_their_definition_in_any_order(tie, seed):
    rng = random.Random(seed)
    customers = {f"c{n}": [("account", f"a{n}")] for n in range(6)}
    events = [
        {
            "row": n,
            "anonymous_id": rng.choice([None, *(f"k{i}" for i in range(8))]),
            "session": rng.choice([None, "1", "2"]),
            "account": rng.choice([None, None, None, *(f"a{i}" for i in range(7))]),
        }
        for n in range(60)
    ]
    accounts = {f"a{n}": f"c{n}" for n in range(6)}
    on = {}
    for e in events:
        if e["anonymous_id"] and e["account"]:
            on.setdefault(e["anonymous_id"], set()).add(accounts.get(e["account"], e["account"]))
    expected = {}
    for e in events:
        own = accounts.get(e["account"])
        same = {
            accounts.get(f["account"])
            for f in events
            if e["session"]
            and (f["session"], f["anonymous_id"]) == (e["session"], e["anonymous_id"])
        } - {None}
        device = on.get(e["anonymous_id"], set())
        if own:
            expected[e["row"]] = (own, "account")
        elif len(same) == 1:
            expected[e["row"]] = (same.pop(), "session")
        elif len(device) == 1 and next(iter(device)) in customers:
            expected[e["row"]] = (next(iter(device)), "cookie")
    first = tie(customers, events)
    assert first[0] == expected
    rng.shuffle(events)
    assert tie(customers, events) == first
