"""Profiles: the same answers as the reader's, one customer at a time."""

from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_build import PEOPLE, publish

from connu.govern.consents import JOURNAL_CONSENTS
from connu.kernel.errors import BuildError
from connu.ledger.profile import Profiles
from connu.ledger.reading import Reader

T1, T2 = datetime(2026, 1, 1), datetime(2026, 2, 1)
CUSTOMERS = sorted({p[2] for p in PEOPLE})


def test_a_profile_holds_what_the_build_knows(whole_build):
    with Profiles(whole_build) as profiles:
        ada = profiles.read("c-ada")
        assert profiles.find("ada.l@example.org") == ["c-ada"]
        assert profiles.find("+33600000002") == ["c-bea", "c-bob"]
        assert profiles.read("c-nobody") is None
        assert profiles.read("") is None
    assert ada.golden == {"customer_id": "c-ada", "first_name": "Ada", "faith": "x"}
    assert [(f["attribute"], f["value"]) for f in ada.facts] == [
        ("faith", "x"),
        ("first_name", "Ada"),
    ]
    assert ada.records == [("crm", "1"), ("web", "7")]
    assert ("email", "ada@example.org") in ada.identifiers
    assert [link["right_record_id"] for link in ada.links] == ["7"]


def test_who_may_not_be_read_has_no_profile(make_build):
    build = make_build([("web", "7", "service", False, T1), ("crm", "3", "marketing", True, T1)])
    with Profiles(build) as profiles:
        assert profiles.read("c-ada") is None
        assert profiles.find("ada@example.org") == []
        assert profiles.read("c-bob") is not None
    with Profiles(build, "marketing") as profiles:
        assert [c for c in CUSTOMERS if profiles.may_read(c)] == ["c-bob"]


def test_a_sensitive_attribute_is_read_for_its_own_purpose_only(whole_build):
    with Profiles(whole_build, sensitive={"faith": "celebrations"}) as profiles:
        ada = profiles.read("c-ada")
    assert "faith" not in ada.golden
    assert "faith" not in [fact["attribute"] for fact in ada.facts]


def test_a_build_without_its_index_says_so(make_build):
    build = make_build()
    (build.path / "serving.sqlite").unlink()
    with pytest.raises(BuildError):
        Profiles(build)


@pytest.fixture(scope="module")
def said_build(tmp_path_factory):
    said = [("crm", "1", p, True, T1) for p in ("service", "marketing")]
    said += [("crm", "2", p, False, T1) for p in ("service", "marketing")]
    return publish(tmp_path_factory.mktemp("brand"), said)


_holders = st.sampled_from(
    [
        ("crm", "1"),
        ("crm", "2"),
        ("web", "7"),
        ("web", "9"),
        ("email", "ada.l@example.org"),
        ("phone", "+33600000002"),
        ("anonymous_id", "ck-ada"),
    ]
)
_times = st.sampled_from([None, T1, T2, datetime(2999, 1, 1)])


@settings(max_examples=20, deadline=None)
@given(
    said=st.lists(st.tuples(_holders, st.booleans(), _times), max_size=5),
    purpose=st.sampled_from(["service", "marketing"]),
)
def test_one_at_a_time_agrees_with_all_at_once(said_build, engine, said, purpose):
    rows = {name: [] for name in JOURNAL_CONSENTS.names}
    for (first, second), granted, since in said:
        record = first in ("crm", "web")
        cells = (first, second, None, None) if record else (None, None, first, second)
        for name, cell in zip(rows, (*cells, purpose, granted, since), strict=True):
            rows[name].append(cell)
    journal = pa.table(rows, schema=JOURNAL_CONSENTS)
    reader = Reader(said_build, engine, purpose, journal)
    readable = set(reader.table("customers")["customer_id"].to_pylist())
    with Profiles(said_build, purpose, journal) as profiles:
        assert {c for c in CUSTOMERS if profiles.may_read(c)} == readable
