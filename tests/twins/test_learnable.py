"""Who refused is neither learnt from nor told about; who said nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.govern.consents import JOURNAL_CONSENTS
from connu.twins.known import make_known
from connu.twins.learnable import make_refused, make_subjects
from tests.twins.known_people import engine_at, put_facts, said, settings_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
EARLY, LATE = datetime(2026, 1, 1), datetime(2026, 6, 1)
CUSTOMERS = ("c1", "c2", "c3", "c4")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    owners = {"source": ["crm"] * 4, "record_id": ["1", "2", "3", "4"], "customer_id": CUSTOMERS}
    engine.put("identities", pa.table(owners))
    engine.put(
        "normal", pa.table({"rid": range(4), "source": ["crm"] * 4, "record_id": list("1234")})
    )
    keys = {"rid": [0, 1], "type": ["email"] * 2, "value": ["a@b.example", "c@d.example"]}
    engine.put("identifiers", pa.table(keys))
    engine.put(
        "visitors",
        pa.table(
            {
                "anonymous_id": ["lone", "other", "tied", "kiosk"],
                "customer_id": [None, None, "c1", None],
                "shared_device": [False, False, False, True],
            }
        ),
    )
    events = {"source": ["web"] * 4, "row": range(4), "customer_id": ["c1", "c1", "c2", "c4"]}
    engine.put("event_customers", pa.table(events))
    put_consents(engine, [])
    put_facts(engine, [row for c in CUSTOMERS[:3] for row in said(c, sex="female")])
    yield engine
    engine.close()


def put_consents(engine: DuckEngine, rows: list[tuple[str, str, bool, datetime | None]]) -> None:
    """Consents of records: (record, purpose, granted, since)."""
    names = ("record_id", "purpose", "granted", "since")
    schema = pa.schema(
        [
            (n, t)
            for n, t in zip(JOURNAL_CONSENTS.names, JOURNAL_CONSENTS.types, strict=True)
            if n not in ("type", "value")
        ]
    )
    told = [{"source": "crm"} | dict(zip(names, row, strict=True)) for row in rows]
    engine.put("consents", pa.Table.from_pylist(told, schema=schema))


def journal(**said: Any) -> pa.Table:
    """One consent of the journal."""
    return pa.Table.from_pylist([{"since": LATE, "granted": False} | said], schema=JOURNAL_CONSENTS)


def refused(engine: DuckEngine, kind: str = "customer") -> set[str]:
    sql = f"SELECT subject FROM twin_refused WHERE subject_kind = '{kind}'"
    return set(engine.collect(sql)["subject"].to_pylist())


def test_who_says_nothing_is_in(engine: DuckEngine):
    assert make_refused(engine, now=NOW) == {"customer": 0, "visitor": 0}
    assert make_known(engine, settings_of()) == {"sex": 3}
    assert make_subjects(engine) == {"customers": 3, "visitors": 2, "known": 2}
    told = engine.collect("SELECT * FROM twin_subjects").to_pylist()
    assert [tuple(row.values()) for row in told] == [
        ("customer", "c1", True),
        ("customer", "c2", True),
        ("customer", "c4", False),
        ("visitor", "lone", False),
        ("visitor", "other", False),
    ]


@pytest.mark.parametrize("purpose", ["service", "analytics", "personalisation"])
def test_who_refused_is_out_on_both_sides(engine: DuckEngine, purpose: str):
    put_consents(engine, [("1", purpose, False, EARLY), ("2", purpose, True, EARLY)])
    assert make_refused(engine, now=NOW) == {"customer": 1, "visitor": 0}
    assert make_known(engine, settings_of()) == {"sex": 2}
    assert make_subjects(engine) == {"customers": 2, "visitors": 2, "known": 1}


@pytest.mark.parametrize("purpose", ["marketing", "research"])
def test_other_refusals_are_not_about_this(engine: DuckEngine, purpose: str):
    put_consents(engine, [("1", purpose, False, EARLY)])
    assert make_refused(engine, now=NOW) == {"customer": 0, "visitor": 0}


def test_the_last_word_counts(engine: DuckEngine):
    put_consents(
        engine,
        [
            ("1", "analytics", False, EARLY),
            ("1", "analytics", True, LATE),
            ("2", "analytics", True, EARLY),
            ("2", "analytics", False, LATE),
            ("3", "analytics", False, EARLY),
            ("3", "analytics", True, datetime(2030, 1, 1)),
        ],
    )
    make_refused(engine, now=NOW)
    assert refused(engine) == {"c2", "c3"}  # a grant from the future outlives no refusal


def test_the_journal_is_heard_by_record_by_identifier_and_by_cookie(engine: DuckEngine):
    cases = [
        ({"source": "crm", "record_id": "3"}, {"c3"}, set()),
        ({"type": "email", "value": "c@d.example"}, {"c2"}, set()),
        ({"type": "anonymous_id", "value": "lone"}, set(), {"lone"}),
        ({"type": "anonymous_id", "value": "tied"}, {"c1"}, set()),
        ({"type": "email", "value": "nobody@x.example"}, set(), set()),
    ]
    for said_by, customers, visitors in cases:
        counts = make_refused(
            engine, now=NOW, journal_consents=journal(purpose="personalisation", **said_by)
        )
        assert (refused(engine), refused(engine, "visitor")) == (customers, visitors)
        assert counts == {"customer": len(customers), "visitor": len(visitors)}
        assert not engine.has("journal_consents") and not engine.has("twin_holders")


def test_a_visitor_who_refused_is_no_subject(engine: DuckEngine):
    said_by = journal(purpose="analytics", type="anonymous_id", value="lone")
    make_refused(engine, now=NOW, journal_consents=said_by)
    make_known(engine, settings_of())
    assert make_subjects(engine)["visitors"] == 1


def test_a_refusal_withdrawn_in_the_journal_is_none(engine: DuckEngine):
    put_consents(engine, [("1", "analytics", False, EARLY)])
    granted = journal(purpose="analytics", granted=True, source="crm", record_id="1")
    assert make_refused(engine, now=NOW, journal_consents=granted)["customer"] == 0


def test_without_consents_of_sources_the_journal_is_heard(engine: DuckEngine):
    engine.drop("consents")
    assert make_refused(engine, now=NOW) == {"customer": 0, "visitor": 0}
    assert engine.columns("twin_refused") == ["subject_kind", "subject"]
    said_by = journal(purpose="service", source="crm", record_id="4")
    assert make_refused(engine, now=NOW, journal_consents=said_by)["customer"] == 1
    assert not engine.has("consents")
