"""The scorecard counts what it says it counts, and hides the few."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.ledger.expectations import EXPECTATION_RELIABILITY
from connu.ledger.intents import INTENT_RELIABILITY
from connu.ledger.twins import TWIN_RELIABILITY
from connu.measure import figures
from connu.measure.claims import SECTIONS
from connu.measure.few import hide_few
from connu.measure.figures import as_read, purchase_condition
from connu.measure.intents_now import intents_now
from connu.measure.scorecard import FIGURES, SPREADS, counted

TABLES = {
    "identities": "source record_id customer_id",
    "customers": "customer_id records:int32 sources:int32",
    "facts": "subject_kind subject attribute value probability:double basis",
    "links": "left_source left_record_id right_source right_record_id kind",
    "undecided": "left_source kind",
    "staying": "subject_kind subject horizon_days:int32 value:double risk",
    "moments": "subject_kind subject moment",
    "verbatims": "source row:int64",
    "statements": "source row:int64 subject_kind subject",
    "expectations": "source row:int64 subject_kind subject theme dimension status addressee"
    " probability:double by",
    "twins": "subject_kind subject attribute value probability:double stated:bool",
    "visitors": "anonymous_id customer_id shared_device:bool",
    "events": "source row:int64 type value:double currency product category",
    "event_customers": "source row:int64 customer_id basis",
    "households": "household_id customer_id",
    "consents": "source record_id purpose granted:bool since:timestamp[us]",
    "quarantine": "source reason",
    "intents": "subject_kind subject kind level target horizon_days:int32 probability:double"
    " rank:int32",
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
    return next(m for m in card.claims if m.name == name)


def cells(card, name):
    found = next(b for b in card.breakdowns if b.name == name)
    return {cell.label: cell.value for cell in found.cells}


def test_records_become_customers(engine):
    base(engine)
    card = counted(engine)
    values = {m.name: m.value for m in card.claims}
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
        figures.filled(next(s.sql for s in SPREADS if s.name == "records_by_link"), figures.whole)
    )
    rows = dict(zip(*(column.to_pylist() for column in found.columns), strict=True))
    assert rows == {"alone": 30, "probability": 8, "identifier": 6, "hand": 6}


def test_what_is_known_of_customers(engine):
    facts = [("customer", f"c{n:02d}", "sex", "female", 0.98, "declared") for n in range(15)]
    facts += [("customer", f"c{n:02d}", "sex", "male", 0.95, "derived") for n in range(15, 30)]
    facts += [("visitor", "k1", "sex", "male", 0.9, "twins")]
    facts += [("customer", "c00", a, "x", 0.98, "declared") for a in ("postcode", "city")]
    base(engine, facts=facts)
    card = counted(engine)
    assert cells(card, "known_by_sex") == {"declared": 15, "derived": 15, "unknown": 10}
    # One customer is known by his place: neither he nor, hence, the rest is shown.
    assert cells(card, "known_by_place") == {"declared": None, "unknown": None}


def test_events_and_visitors(engine):
    visitors = [(f"k{n}", "c00" if n < 12 else None, False) for n in range(30)]
    visitors += [(f"s{n}", None, True) for n in range(11)]
    events = [("web", n) for n in range(20)]
    ties = [("web", n, "c00", "account" if n else "cookie") for n in range(5)]
    base(engine, visitors=visitors, events=events, event_customers=ties)
    card = counted(engine)
    assert metric(card, "events_tied_share").value == 0.25
    assert metric(card, "visitors_known_share").value == pytest.approx(12 / 41)
    assert cells(card, "visitors_by_standing") == {
        "known customer": 12,
        "shared device": 11,
        "unknown visitor": 18,
    }
    assert cells(card, "events_by_tie") == {"account": 4, "cookie": 1}


def test_activity_that_may_not_be_read_is_in_neither_part_of_a_share(engine):
    events = [("web", n) for n in range(20)]
    ties = [("web", n, "c00", "cookie") for n in range(15)]
    base(engine, events=events, event_customers=ties)

    def read(table):
        # An event may carry the number of somebody else, too, who may not be read.
        return f"SELECT * FROM {table}" + (' WHERE "row" < 10' if table == "events" else "")

    assert metric(counted(engine, read=read), "events_tied_share").value == 1.0
    assert metric(counted(engine), "events_tied_share").value == 0.75


def test_consents_by_customer_and_purpose(engine):
    said = [("crm", f"{n}", "marketing", n < 20) for n in range(40)]
    # Web takes ten grants back: a refusal without a time stands against a grant without one.
    said += [("web", f"{n}", "marketing", False) for n in range(10)]
    base(engine, consents=said)
    card = counted(engine)
    assert cells(card, "consents_by_purpose") == {"marketing granted": 10, "marketing refused": 30}
    said = next(b for b in card.breakdowns if b.name == "consents_by_purpose").words
    assert said["marketing granted"].fr == "marketing accordé"


def test_rows_in_quarantine(engine):
    base(engine, quarantine=[("crm", "no id"), ("crm", "no id"), ("web", "unreadable")])
    card = counted(engine)
    assert metric(card, "quarantined").value == 3
    assert cells(card, "quarantined_by_reason") == {"crm: no id": 2, "web: unreadable": 1}


def test_every_figure_says_how_and_saying_is_doing(engine):
    base(engine)
    card = counted(engine)
    assert len(card.claims) == len(FIGURES)
    assert len(card.breakdowns) == len(SPREADS)
    for claim in card.claims:
        assert engine.collect(claim.how)["value"][0].as_py() == claim.value
    for breakdown in card.breakdowns:
        assert engine.collect(breakdown.how).num_rows == len(breakdown.cells)


def test_every_figure_has_a_name_of_its_own_a_section_and_both_languages():
    names = [one.name for one in (*FIGURES, *SPREADS)]
    assert len(set(names)) == len(names)
    for one in (*FIGURES, *SPREADS):
        assert one.section in SECTIONS
        assert one.label.en and one.label.fr and one.label.en != one.label.fr


def test_only_who_may_be_read_is_counted(engine):
    base(engine)

    def read(table):
        if table in ("customers", "identities"):
            return f"SELECT * FROM {table} WHERE customer_id < 'c20'"
        return figures.whole(table)

    card = counted(engine, read=read)
    assert metric(card, "customers").value == 20
    assert metric(card, "records").value == 30
    # How it is counted is told over the plain tables, and can be run over what may be read.
    how = metric(card, "customers").how
    assert how == "SELECT count(*) AS value FROM customers"
    assert engine.collect(as_read(how, TABLES, read))["value"][0].as_py() == 20


def test_a_build_without_some_tables(engine):
    base(engine, events=None, event_customers=None, visitors=None)
    names = {m.name for m in counted(engine).claims}
    assert "customers" in names and not names & {"events", "events_tied_share"}


def test_nothing_to_divide_by(engine):
    put(engine)
    card = counted(engine)
    assert metric(card, "customers").value == 0
    assert metric(card, "several_sources_share").value is None
    assert metric(card, "events_tied_share").value is None
    assert card.checks == []


def test_the_value_tied_to_customers_is_of_purchases_in_one_currency(engine):
    events = [("web", n, "sold", 10.0, "EUR") for n in range(4)]
    events += [("web", 4, "sold", 1000.0, "USD"), ("web", 5, "seen", 1000.0, "EUR")]
    events += [("web", 6, "sold", 20.0, None), ("web", 7, "sold", -500.0, "EUR")]
    base(engine, events=events, event_customers=[("web", 0, "c00"), ("web", 6, "c00")])
    condition = purchase_condition(["sold"], "EUR")
    card = counted(engine, purchase=condition)
    assert metric(card, "value_tied_share").value == pytest.approx(30 / 60)
    assert metric(counted(engine), "value_tied_share").value is None


def test_what_a_brand_writes_is_no_query(engine):
    types = ["{customers}", "a'b", "x); DROP"]
    base(engine, events=[("web", n, word, 1.0, "{events}") for n, word in enumerate(types)])
    card = counted(engine, purchase=purchase_condition(types, "{events}"))
    assert metric(card, "value_tied_share").value == 0


def test_shares_of_few_people_are_hidden(engine):
    nine = [("customer", f"c{n:02d}", "affinity", "category", "x", None, 0.9, 1) for n in range(9)]
    base(engine, intents=nine)
    claim = metric(counted(engine), "affinity_customers_share")
    assert claim.hidden and claim.value is None
    ten = [*nine, ("customer", "c09", "affinity", "category", "x", None, 0.9, 1)]
    base(engine, intents=ten)
    claim = metric(counted(engine), "affinity_customers_share")
    assert claim.value == 0.25 and not claim.hidden


def test_what_few_will_bring_is_hidden(engine):
    base(engine, staying=[("customer", f"c{n:02d}", 365, 10.0) for n in range(9)])
    assert metric(counted(engine), "worth").hidden
    base(engine, staying=[("customer", f"c{n:02d}", 365, 10.0) for n in range(10)])
    assert metric(counted(engine), "worth").value == 100


def test_a_brand_of_one_customer_gives_no_share_of_him(engine):
    put(engine, customers=[("c1", 3, 2)], identities=[("crm", "1", "c1")])
    card = counted(engine)
    assert metric(card, "customers").value == 1
    assert metric(card, "sources_per_customer").hidden
    assert cells(card, "records_by_source") == {"crm": None}


def reliability(engine, name, schema, rows):
    engine.put(name, pa.Table.from_pylist(rows, schema=schema))


def test_a_mean_that_would_give_hidden_parts_away_is_hidden_too(engine):
    """Of 33 + x + y customers with 33 + 2x + 3y sources anybody could have x and y."""
    counts = [1] * 33 + [2] * 4 + [3] * 5
    base(engine, customers=[(f"c{n:02d}", many, many) for n, many in enumerate(counts)])
    card = counted(engine)
    assert cells(card, "customers_by_sources") == {"1": 33, "2": None, "3": None}
    mean = metric(card, "sources_per_customer")
    assert mean.hidden and mean.value is None
    assert not metric(card, "records_per_customer").hidden


def test_checks_are_read_from_what_was_measured_each_with_its_query(engine):
    base(engine, twins=[("visitor", f"k{n}", "sex", "female", 0.9, n < 12) for n in range(20)])
    told = {"attribute": "sex", "people": 200, "coverage": 1.0}
    reliability(
        engine,
        "twin_reliability",
        TWIN_RELIABILITY,
        [
            told | {"measure": "auc", "figure": 0.7, "low": 0.6, "high": 0.8},
            told | {"measure": "accuracy", "figure": 0.65, "low": 0.6, "high": 0.7},
            told | {"measure": "accuracy", "figure": 0.9, "low": 0.8, "high": 0.95}
            | {"coverage": 0.2, "people": 40},
            told | {"measure": "reliability", "told": 0.55, "figure": 0.5, "low": 0.4, "high": 0.6},
            told | {"measure": "auc", "value": "male", "figure": 0.1, "low": 0.0, "high": 0.2},
        ],
    )  # fmt: skip
    check = next(c for c in counted(engine, at="2026-11-28").checks if c.name == "twins.sex")
    assert (check.checked, check.told, check.people, check.at) == (True, 12, 200, "2026-11-28")
    assert {c.name: c.value for c in check.claims} == {
        "twins.sex.accuracy": 0.65,
        "twins.sex.auc": 0.7,
    }
    for claim in check.claims:
        row = engine.collect(claim.how).to_pylist()
        assert row == [
            {"value": claim.value, "low": claim.low, "high": claim.high, "people": claim.people}
        ]
    assert [b.right.value for b in check.curve] == [0.5]
    assert engine.collect(check.curve_how)["figure"].to_pylist() == [0.5]


@pytest.mark.parametrize(
    ("attribute", "english", "french"),
    [
        ("age_band", "age band, told by twins", "tranche d'âge, selon les jumeaux"),
        ("profile.young_executive", "profile «young executive», told by twins", None),
        ("shoe {size}", "shoe {size}, told by twins", "shoe {size}, selon les jumeaux"),
    ],
)
def test_a_check_names_its_attribute_in_words(engine, attribute, english, french):
    base(engine, twins=[("visitor", "k1", attribute, "a", 0.9, True)])
    reliability(engine, "twin_reliability", TWIN_RELIABILITY, [])
    check = next(c for c in counted(engine).checks if c.name == f"twins.{attribute}")
    assert check.label.en == english
    assert french is None or check.label.fr == french


def test_what_was_not_measured_says_so_and_how_to_get_truth(engine):
    base(engine, twins=[("visitor", "k1", "sex", "female", 0.6, False)])
    reliability(engine, "twin_reliability", TWIN_RELIABILITY, [])
    check = counted(engine, at="2026-11-28").checks[0]
    assert not check.checked and check.at is None and check.claims == []
    assert "400" in check.remark.en and "400" in check.remark.fr
    assert check.command == "connu export audits -a sex -o ask.csv"


def test_intents_are_checked_by_kind_and_horizon(engine):
    intents = [
        ("customer", f"c{n:02d}", "buy", "any", "", 7, 0.1, 1) for n in range(12)
    ] + [("visitor", "k1", "next", "category", "x", None, 0.1, 1)]  # fmt: skip
    base(engine, intents=intents)
    row = {"kind": "buy", "level": "any", "horizon_days": 7, "people": 500, "stated": True}
    reliability(
        engine,
        "intent_reliability",
        INTENT_RELIABILITY,
        [
            row | {"measure": "roc_auc", "figure": 0.8, "base": 0.5},
            row | {"measure": "roc_auc", "figure": 0.1, "target": "Photo"},
            row | {"measure": "reliability", "figure": 0.1, "told": 0.1, "people": 90_000},
            row | {"kind": "stay", "horizon_days": 91, "measure": "again_ece", "figure": 0.1}
            | {"stated": False},
        ],
    )  # fmt: skip
    checks = {c.name: c for c in counted(engine).checks}
    assert checks["intents.buy.any.7"].label.fr == "achète quelque chose sous 7 jours"
    assert checks["intents.buy.any.7"].told == 12 and checks["intents.buy.any.7"].published
    claim = checks["intents.buy.any.7"].claims[0]
    assert (claim.value, claim.base) == (0.8, 0.5)
    assert checks["intents.buy.any.7"].people == 500  # the curve counts statements
    assert engine.collect(claim.how).to_pylist()[0]["value"] == 0.8
    assert (
        not checks["intents.next.category"].checked and checks["intents.next.category"].told is None
    )
    assert checks["intents.stay.any.91"].published is False


def test_codes_are_not_checked_until_somebody_coded_by_hand(engine):
    said = [("s", n, "customer", f"c{n:02d}", "price", "product", "met", "brand", 0.7, "machine")
            for n in range(20)]  # fmt: skip
    base(engine, expectations=said)
    reliability(engine, "expectation_reliability", EXPECTATION_RELIABILITY, [])
    check = counted(engine).checks[-1]
    assert (check.name, check.checked, check.told) == ("expectations", False, 20)
    row = {"measure": "micro_f1", "figure": 0.7, "low": 0.6, "high": 0.8, "verbatims": 90}
    reliability(engine, "expectation_reliability", EXPECTATION_RELIABILITY, [row])
    check = counted(engine, at="2026-11-28").checks[-1]
    assert check.claims[0].value == 0.7 and check.people == 90


def test_intents_now_by_category_with_their_expected_value(engine):
    intents = [("customer", f"c{n:02d}", "buy", "category", "Photo", 30, 0.5, 1) for n in range(12)]
    intents += [("visitor", f"k{n}", "buy", "category", "Photo", 30, 0.1, 1) for n in range(3)]
    intents += [("visitor", f"k{n}", "buy", "category", "Rare", 30, 0.1, 1) for n in range(3)]
    intents += [("customer", "c00", "buy", "category", "Photo/Boîtiers", 30, 0.4, 1)]
    intents += [("customer", "c00", "buy", "category", "Photo", 7, 0.2, 1)]
    events = [("web", n, "sold", 100.0, None, None, "Photo/Boîtiers") for n in range(3)]
    base(engine, intents=intents, events=events)
    found = intents_now(engine, figures.whole, purchase_condition(["sold"], None))
    assert [one.category for one in found] == ["Photo"]
    photo = found[0]
    assert (photo.horizon_days, photo.customers, photo.visitors) == (30, 12, None)
    assert photo.purchases == pytest.approx(6.3) and photo.value == pytest.approx(630)
    row = engine.collect(photo.how).to_pylist()[0]
    assert row["value"] == pytest.approx(630)


def test_few_people_are_never_shown():
    def shown(*counts):
        return [c.value for c in hide_few([(str(i), n) for i, n in enumerate(counts)])]

    assert shown(100, 50, 10) == [100, 50, 10]
    assert shown(100, 50, 9) == [100, None, None]
    assert shown(100, 9, 3) == [100, None, None]
    assert shown(100, 0, 50) == [100, 0, 50]
    assert shown(5) == [None]
    assert shown() == []
