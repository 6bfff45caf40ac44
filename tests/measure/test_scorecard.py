"""The scorecard counts what it says it counts, and hides the few."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.measure import figures
from connu.measure.calibration import calibrate
from connu.measure.identities import evaluate_identities
from connu.measure.scorecard import NOT_CHECKED, hide_few, scorecard

TABLES = {
    "identities": "source record_id customer_id",
    "customers": "customer_id records:int32 sources:int32",
    "facts": "subject_kind subject attribute value probability:double basis",
    "links": "left_source left_record_id right_source right_record_id kind",
    "undecided": "left_source kind",
    "visitors": "anonymous_id customer_id shared_device:bool",
    "events": "source row:int64",
    "event_customers": "source row:int64 customer_id basis",
    "households": "household_id customer_id",
    "consents": "source record_id purpose granted:bool since:timestamp[us]",
    "quarantine": "source reason",
    "intents": "subject_kind subject kind level horizon_days:int32",
}


@pytest.fixture
def engine(tmp_path: Path):
    made = DuckEngine(tmp_path, memory_gb=0.5)
    yield made
    made.close()


def put(engine, **tables):
    for name, shape in TABLES.items():
        if tables.get(name, ()) is None:
            continue
        fields = [word.partition(":")[::2] for word in shape.split()]
        rows = tables.get(name, [])
        columns = {
            field: pa.array([row[i] if i < len(row) else None for row in rows], kind or "string")
            for i, (field, kind) in enumerate(fields)
        }
        engine.put(name, pa.table(columns))


def base(engine, **more):
    """Forty customers: thirty of one crm record, ten of one crm and one web record."""
    crm = [("crm", f"{n}", f"c{n:02d}") for n in range(40)]
    web = [("web", f"{n}", f"c{n:02d}") for n in range(10)]
    customers = [(f"c{n:02d}", 2 if n < 10 else 1, 2 if n < 10 else 1) for n in range(40)]
    links = [("crm", f"{n}", "web", f"{n}", "match" if n < 4 else "identifier") for n in range(10)]
    put(engine, **{"identities": crm + web, "customers": customers, "links": links, **more})


def metric(card, name):
    return next(m for m in card.metrics if m.name == name)


def cells(card, name):
    found = next(b for b in card.breakdowns if b.name == name)
    return {cell.label: cell.value for cell in found.cells}


def test_records_become_customers(engine):
    base(engine)
    card = scorecard(engine)
    values = {m.name: m.value for m in card.metrics}
    assert values["records"] == 50 and values["customers"] == 40
    assert values["records_per_customer"] == values["sources_per_customer"] == 1.25
    assert values["several_sources_share"] == 0.25
    assert cells(card, "records_by_source") == {"crm": 40, "web": 10}
    assert cells(card, "customers_by_sources") == {"1": 30, "2": 10}
    # Eight records by probability are too few to show, and hide the next smallest with them.
    assert cells(card, "records_by_link") == {"alone": 30, "identifier": None, "probability": None}
    assert cells(card, "links_by_kind") == {"identifier": 6, "match": 4}


def test_a_hand_outranks_an_identifier_outranks_a_probability(engine):
    kinds = ["match", "identifier", "hand"]
    links = [("crm", f"{n}", "web", f"{n}", kind) for n in range(10) for kind in kinds[: n % 3 + 1]]
    base(engine, links=links * 3)
    found = engine.collect(
        figures.filled(
            next(s.sql for s in figures.SPREADS if s.name == "records_by_link"), figures.whole
        )
    )
    rows = dict(zip(*(column.to_pylist() for column in found.columns), strict=True))
    assert rows == {"alone": 30, "probability": 8, "identifier": 6, "hand": 6}


def test_what_is_known_of_customers(engine):
    facts = [("customer", f"c{n:02d}", "sex", "female", 0.98, "declared") for n in range(15)]
    facts += [("customer", f"c{n:02d}", "sex", "male", 0.95, "derived") for n in range(15, 30)]
    facts += [("visitor", "k1", "sex", "male", 0.9, "twins")]
    facts += [("customer", "c00", a, "x", 0.98, "declared") for a in ("postcode", "city")]
    base(engine, facts=facts)
    card = scorecard(engine)
    assert cells(card, "known_by_sex") == {"declared": 15, "derived": 15, "unknown": 10}
    # One customer is known by his place: neither he nor, hence, the rest is shown.
    assert cells(card, "known_by_place") == {"declared": None, "unknown": None}


def test_events_and_visitors(engine):
    visitors = [(f"k{n}", "c00" if n < 12 else None, False) for n in range(30)]
    visitors += [(f"s{n}", None, True) for n in range(11)]
    events = [("web", n) for n in range(20)]
    ties = [("web", n, "c00", "account" if n else "cookie") for n in range(5)]
    base(engine, visitors=visitors, events=events, event_customers=ties)
    card = scorecard(engine)
    assert metric(card, "events_tied_share").value == 0.25
    assert metric(card, "visitors_known_share").value == pytest.approx(12 / 41)
    assert cells(card, "visitors_by_standing") == {
        "known customer": 12,
        "shared device": 11,
        "unknown visitor": 18,
    }
    assert cells(card, "events_by_tie") == {"account": 4, "cookie": 1}


def test_consents_by_customer_and_purpose(engine):
    said = [("crm", f"{n}", "marketing", n < 20) for n in range(40)]
    # Web takes ten grants back: a refusal without a time stands against a grant without one.
    said += [("web", f"{n}", "marketing", False) for n in range(10)]
    base(engine, consents=said)
    card = scorecard(engine)
    assert cells(card, "consents_by_purpose") == {"marketing granted": 10, "marketing refused": 30}


def test_rows_in_quarantine(engine):
    base(engine, quarantine=[("crm", "no id"), ("crm", "no id"), ("web", "unreadable")])
    card = scorecard(engine)
    assert metric(card, "quarantined").value == 3
    assert cells(card, "quarantined_by_reason") == {"crm: no id": 2, "web: unreadable": 1}


def test_every_figure_says_how_and_saying_is_doing(engine):
    base(engine)
    card = scorecard(engine)
    assert len(card.metrics) == len(figures.FIGURES)
    assert len(card.breakdowns) == len(figures.SPREADS)
    for figure in card.metrics:
        assert engine.collect(figure.how).column(0)[0].as_py() == figure.value
    for figure in card.breakdowns:
        assert engine.collect(figure.how).num_rows == len(figure.cells)


def test_only_who_may_be_read_is_counted(engine):
    base(engine)

    def read(table):
        if table in ("customers", "identities"):
            return f"SELECT * FROM {table} WHERE customer_id < 'c20'"
        return figures.whole(table)

    card = scorecard(engine, read=read, purpose="marketing")
    assert card.purpose == "marketing"
    assert metric(card, "customers").value == 20
    assert metric(card, "records").value == 30
    # How it is counted is told over the plain tables.
    assert metric(card, "customers").how == "SELECT count(*) FROM customers"


def test_a_build_without_some_tables(engine):
    base(engine, events=None, event_customers=None, visitors=None)
    names = {m.name for m in scorecard(engine).metrics}
    assert "customers" in names and not names & {"events", "events_tied_share"}


def test_nothing_to_divide_by(engine):
    put(engine)
    card = scorecard(engine)
    assert metric(card, "customers").value == 0
    assert metric(card, "several_sources_share").value is None
    assert metric(card, "events_tied_share").value is None


def test_rightness_is_told_or_said_to_be_unchecked(engine):
    base(engine)
    card = scorecard(engine)
    assert card.rightness is None and card.remark == NOT_CHECKED
    assert "connu evaluate identities" in card.remark
    identities = engine.collect("SELECT * FROM identities")
    truth = identities.rename_columns(["source", "record_id", "person"])
    nothing = pa.table(
        {
            name: pa.array([], pa.string())
            for name in "left_source left_record_id right_source right_record_id kind".split()
        }
        | {"match_probability": pa.array([], pa.float64())}
    )
    card = scorecard(
        engine,
        rightness=evaluate_identities(identities, truth),
        calibration=calibrate(nothing, nothing, truth),
    )
    assert card.rightness.pairwise.f1.value == 1
    assert card.remark != NOT_CHECKED
    told = json.loads(msgspec.json.encode(card.as_dict()))
    assert told["rightness"]["records"] == 50
    assert told["rightness"]["customer_sizes"] == {"1": 30, "2": 10}


def test_few_people_are_never_shown():
    def shown(*counts):
        return [c.value for c in hide_few([(str(i), n) for i, n in enumerate(counts)])]

    assert shown(100, 50, 10) == [100, 50, 10]
    assert shown(100, 50, 9) == [100, None, None]
    assert shown(100, 9, 3) == [100, None, None]
    assert shown(100, 0, 50) == [100, 0, 50]
    assert shown(5) == [None]
    assert shown() == []
