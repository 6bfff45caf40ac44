"""What customers correct counts: in the next build, after a rebuild, and after a merge."""

from __future__ import annotations

import json
from datetime import datetime

import made_brand
import pyarrow as pa
import pytest

from connu.app.brand import open as open_brand
from connu.app.corrections import follow_words, put_words
from connu.app.inputs import input_digest
from connu.engine.duckdb import DuckEngine
from connu.identify.corrected import correct_golden
from connu.journal.confirmations import CONFIRMATIONS
from connu.journal.journal import open_journal
from connu.kernel.settings import settings_from
from connu.ledger.expectations import EXPECTATIONS
from connu.ledger.facts import FACTS
from connu.ledger.intents import INTENTS
from connu.ledger.twins import TWINS

ONE = made_brand.PEOPLE[1]


def _facts(brand, who):
    customer = _customer(brand, who)
    return {
        fact["attribute"]: fact
        for fact in brand.table("facts").to_pylist()
        if fact["subject"] == customer
    }


def _golden(brand, who):
    customer = _customer(brand, who)
    rows = brand.table("customers").to_pylist()
    return next(row for row in rows if row["customer_id"] == customer)


def _customer(brand, record):
    source, _, number = record.partition(":")
    for row in brand.table("identities").to_pylist():
        if (row["source"], row["record_id"]) == (source, number):
            return row["customer_id"]
    raise AssertionError(record)


# ---------------------------------------------------------------------- a whole build
def test_a_correction_is_a_declared_fact_and_stands_in_the_golden_record(built):
    before = {row["customer_id"]: row for row in built.table("customers").to_pylist()}
    built.correct("crm:C001", "city", "Nantes")
    built.correct("crm:C001", "birth_year", "1999")
    built.correct("crm:C002", "birth_date", "1971-02-03")
    built.correct("crm:C003", "first_name", right=False)
    built.correct("crm:C004", "sex", "f")
    assert built.build().changed
    one = _facts(built, "crm:C001")
    city = one["city"]
    assert (city["value"], city["basis"], city["source"]) == ("Nantes", "declared", "journal")
    assert city["probability"] == 1.0 and city["observed_at"] is not None
    assert json.loads(city["evidence"]) == {
        "source": "journal", "table": "confirmations", "row": 1
    }  # fmt: skip
    assert "postcode" not in one and "address" not in one  # of the wrong town
    assert one["birth_year"]["value"] == "1999" and "birth_date" not in one
    golden = _golden(built, "crm:C001")
    assert (golden["city"], golden["birth_year"]) == ("Nantes", "1999")
    assert golden["postcode"] is golden["address"] is golden["birth_date"] is None
    two = _facts(built, "crm:C002")
    assert two["birth_date"]["value"] == "1971-02-03"
    assert (two["birth_year"]["value"], two["birth_year"]["basis"]) == ("1971", "derived")
    assert _golden(built, "crm:C002")["birth_year"] == "1971"
    assert "first_name" not in _facts(built, "crm:C003")
    assert _golden(built, "crm:C003")["first_name"] is None
    assert _golden(built, "crm:C004")["sex"] == "female"
    for row in built.table("customers").to_pylist():  # nobody else is touched
        if row["customer_id"] not in {_customer(built, f"crm:C00{n}") for n in range(1, 5)}:
            assert row == before[row["customer_id"]]


def test_it_survives_rebuilds_and_the_same_build_is_not_made_twice(built):
    built.correct("crm:C001", "city", "Nantes")
    with open_journal(built.folder) as journal:
        first = input_digest(built.settings, built.folder, journal)
    built.build()
    assert not built.build().changed
    built.build(force=True, retrain=True)
    assert _golden(built, "crm:C001")["city"] == "Nantes"
    built.correct("crm:C001", "knows_me", "3")  # no build follows from it
    assert not built.build().changed
    built.correct("crm:C001", "city", "Brest")
    with open_journal(built.folder) as journal:
        assert input_digest(built.settings, built.folder, journal) != first
    assert built.build().changed
    assert _golden(built, "crm:C001")["city"] == "Brest"


def test_it_moves_with_its_record_when_customers_merge_and_part(built):
    built.correct("crm:C001", "city", "Nantes")
    built.build()
    other = _golden(built, "crm:C004")["city"]
    built.join("crm:C001", "crm:C004")
    built.build()
    assert _customer(built, "crm:C001") == _customer(built, "crm:C004")
    assert _golden(built, "crm:C004")["city"] == "Nantes"
    built.split("crm:C001", "crm:C004")
    built.build()
    assert _golden(built, "crm:C001")["city"] == "Nantes"
    assert _golden(built, "crm:C004")["city"] == other


def test_taking_a_word_back_gives_the_sources_theirs_again(built):
    built.correct("crm:C001", "city", "Nantes")
    built.build()
    built.correct("crm:C001", "city", ONE.city)  # Nantes is told now: corrected once more
    built.build()
    assert _golden(built, "crm:C001")["city"] == ONE.city
    assert _facts(built, "crm:C001")["city"]["basis"] == "declared"


def test_a_record_that_is_newer_outdoes_his_word_but_not_with_what_he_called_wrong(built):
    built.correct("crm:C001", "city", "Nantes")
    rows = [person.crm() for person in made_brand.PEOPLE]
    at = made_brand.CRM.index("maj")
    rows[1][at] = "2030-01-01 10:00:00"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    assert _golden(built, "crm:C001")["city"] == "Nantes"  # the same wrong town, written again
    rows[1][made_brand.CRM.index("ville")] = "Brest"
    made_brand.write_rows(built.folder / "data/crm.csv", made_brand.CRM, rows)
    built.build()
    assert _golden(built, "crm:C001")["city"] == "Brest"


def test_who_is_forgotten_takes_his_corrections_along(built):
    built.correct("crm:C001", "city", "Quetzalcoatl")
    built.build()
    done = built.forget(_customer(built, "crm:C001"))
    assert done.journal_rows == 1 and done.remains == ()
    built.build(force=True)
    assert "Quetzalcoatl" not in str(built.table("facts").to_pylist())
    for path in (built.folder / ".connu").rglob("*"):
        assert not path.is_file() or b"Quetzalcoatl" not in path.read_bytes()


def test_a_brand_s_own_attribute_is_corrected_too(tmp_path):
    folder = made_brand.make_brand(tmp_path / "brand")
    with (folder / "connu.toml").open("a") as file:
        file.write("\n[attributes.shoe]\n")
    rows = [[*person.crm(), "41"] for person in made_brand.PEOPLE]
    made_brand.write_rows(folder / "data/crm.csv", (*made_brand.CRM, "shoe"), rows)
    brand = open_brand(folder)
    brand.build()
    brand.correct("crm:C001", "shoe", "43")
    brand.correct("crm:C002", "shoe", right=False)
    brand.build()
    assert _facts(brand, "crm:C001")["shoe"]["value"] == "43"
    assert "shoe" not in _facts(brand, "crm:C002")


# ---------------------------------------------------------------------- what other stages tell
@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    yield engine
    engine.close()


SETTINGS = settings_from(
    {
        "brand": {"name": "x"},
        "profiles": {"young_woman": {"sex": "female", "age_band": ["18-24"]}},
    }
)
LONG_AGO, NOW, LATER = datetime(2026, 1, 1), datetime(2026, 6, 1), datetime(2026, 9, 1)


def _told(attribute, value, basis, status=None, at=LONG_AGO, subject="ada"):
    evidence = json.dumps({} if status is None else {"status": status})
    return ["customer", subject, attribute, value, 0.9, basis, "x", evidence, at]


def _build(engine, words, facts):
    """Facts of stages, words of Ada's, and what is told after them."""
    identities = {"source": ["crm", "crm"], "record_id": ["1", "2"], "customer_id": ["ada", "bob"]}
    engine.put("identities", pa.table(identities))
    engine.put("people", pa.table({"source": ["crm"], "record_id": ["1"], "sex": ["f"]}))
    rows = [dict(zip(FACTS.names, fact, strict=True)) for fact in facts]
    rows += [row | {"subject": "bob"} for row in rows]
    engine.put("facts", pa.Table.from_pylist(rows, FACTS))
    twins = [
        {**{c: r[c] for c in ("subject_kind", "subject", "attribute", "value", "probability")},
         "stated": True}
        for r in rows if r["basis"] == "twins"
    ]  # fmt: skip
    engine.put("twins", pa.Table.from_pylist(twins, TWINS))
    interests = [
        {"subject_kind": "customer", "subject": r["subject"], "kind": "affinity", "level":
         "category", "target": r["value"], "probability": 0.9, "rank": 1}
        for r in rows if r["attribute"] == "affinity"
    ]  # fmt: skip
    engine.put("intents", pa.Table.from_pylist(interests, INTENTS))
    expected = [
        {"subject_kind": "customer", "subject": r["subject"], "theme": r["value"],
         "status": json.loads(r["evidence"])["status"], "time": r["observed_at"]}
        for r in rows if r["basis"] == "coded"
    ]  # fmt: skip
    engine.put("expectations", pa.Table.from_pylist(expected, EXPECTATIONS))
    said = [
        dict.fromkeys(CONFIRMATIONS.names)
        | {"id": n, "source": "crm", "record_id": "1", "attribute": a, "value": v, "answer": w,
           "correction": c, "at": NOW}
        for n, (a, v, w, c) in enumerate(words, 1)
    ]  # fmt: skip
    put_words(engine, pa.Table.from_pylist(said, CONFIRMATIONS))
    follow_words(engine, SETTINGS)
    return engine.collect(
        "SELECT attribute, value, basis FROM facts WHERE subject = 'ada' ORDER BY ALL"
    ).to_pylist()


def _count(engine, table, where="TRUE"):
    found = engine.collect(f"SELECT count(*) AS n FROM {table} WHERE subject = 'ada' AND {where}")
    return found["n"][0].as_py()


def test_what_twins_told_wrongly_is_no_longer_stated(engine):
    facts = [
        _told("sex", "female", "twins"),
        _told("age_band", "18-24", "twins"),
        _told("profile.young_woman", "yes", "twins"),
    ]
    left = _build(engine, [("sex", "female", "denied", None)], facts)
    assert [one["attribute"] for one in left] == ["age_band"]
    assert _count(engine, "twins", "stated") == 1 and _count(engine, "twins") == 3
    found = engine.collect("SELECT count(*) AS n FROM twins WHERE subject = 'bob' AND stated")
    assert found["n"][0].as_py() == 3
    found = engine.collect("SELECT count(*) AS n FROM facts WHERE subject = 'bob'")
    assert found["n"][0].as_py() == 3


def test_what_he_says_instead_of_twins_is_declared(engine):
    facts = [_told("age_band", "18-24", "twins"), _told("profile.young_woman", "yes", "twins")]
    left = _build(engine, [("age_band", "18-24", "corrected", "35-44")], facts)
    assert left == [{"attribute": "age_band", "value": "35-44", "basis": "declared"}]
    left = _build(engine, [("age_band", "18-24", "confirmed", None)], facts)
    assert {"attribute": "age_band", "value": "18-24", "basis": "declared"} in left
    assert [one["attribute"] for one in left] == ["age_band", "profile.young_woman"]


def test_interests_he_denies_go_and_others_stay(engine):
    facts = [_told("affinity", "Photo", "intents"), _told("affinity", "Audio", "intents")]
    words = [("affinity", "Photo", "corrected", "Jeux"), ("affinity", "Audio", "confirmed", None)]
    left = _build(engine, words, facts)
    assert [(one["value"], one["basis"]) for one in left] == [
        ("Audio", "intents"), ("Jeux", "declared")
    ]  # fmt: skip
    assert _count(engine, "intents", "target = 'Photo'") == 0
    assert _count(engine, "intents", "target = 'Audio'") == 1


def test_expectations_follow_but_for_what_he_said_later(engine):
    facts = [
        _told("expectation", "price", "coded", "unmet"),
        _told("expectation", "delivery", "coded", "unmet"),
        _told("expectation", "range", "coded", "unmet", LATER),
        _told("expectation", "quality", "coded", "met"),
    ]
    words = [
        ("expectation", "price: unmet", "denied", None),
        ("expectation", "delivery: unmet", "corrected", "delivery: met"),
        ("expectation", "range: unmet", "denied", None),
        ("expectation", "quality: met", "confirmed", None),
    ]
    left = _build(engine, words, facts)
    assert [(one["value"], one["basis"]) for one in left] == [
        ("delivery", "declared"), ("quality", "coded"), ("range", "coded")
    ]  # fmt: skip
    evidence = engine.collect(
        "SELECT evidence FROM facts WHERE subject = 'ada' AND basis = 'declared'"
    )["evidence"][0].as_py()
    assert json.loads(evidence)["status"] == "met"
    assert _count(engine, "expectations") == 2
    assert _count(engine, "expectations", "theme IN ('range', 'quality')") == 2


# ---------------------------------------------------------------------- the golden record alone
def _word(attribute, value, number=1, customer="ada"):
    return {
        "customer_id": customer,
        "attribute": attribute,
        "value": value,
        "id": number,
        "at": NOW,
    }


def _correct(engine, facts, corrections=(), denials=()):
    """The golden record of Ada after what she said: attribute → (value, basis)."""
    from connu.identify.corrected import WORDS

    names = ("sex", "birth_date", "birth_year", "address", "postcode", "city", "country")
    rows = [dict(zip(FACTS.names, fact, strict=True)) for fact in facts]
    engine.put("facts", pa.Table.from_pylist(rows, FACTS))
    golden = {row["attribute"]: row["value"] for row in rows}
    shape = pa.schema([("customer_id", pa.string()), *((n, pa.string()) for n in names)])
    engine.put("customers", pa.Table.from_pylist([{"customer_id": "ada"} | golden], shape))
    engine.put(
        "golden_places", pa.table({"customer_id": ["ada"], "rid": pa.array([0], pa.int32())})
    )
    engine.put("corrections", pa.Table.from_pylist(list(corrections), WORDS))
    engine.put("denials", pa.Table.from_pylist(list(denials), WORDS))
    correct_golden(engine, names)
    told = {
        fact["attribute"]: (fact["value"], fact["basis"])
        for fact in engine.collect("SELECT * FROM facts WHERE subject = 'ada'").to_pylist()
    }
    (row,) = engine.collect("SELECT * FROM customers").to_pylist()
    assert {n: row[n] for n in names if row[n]} == {n: value for n, (value, _) in told.items()}
    return told


BORN = [_told("birth_date", "1980-03-20", "declared"), _told("birth_year", "1980", "derived")]
HOME = [
    _told(name, value, "declared")
    for name, value in (
        ("address", "1 rue X"), ("postcode", "75011"), ("city", "Paris"), ("country", "FR")
    )
]  # fmt: skip


def test_a_birth_date_and_its_year_go_together(engine):
    told = _correct(engine, BORN, [_word("birth_date", "1981-01-01")])
    assert told == {"birth_date": ("1981-01-01", "declared"), "birth_year": ("1981", "derived")}
    told = _correct(engine, BORN, [_word("birth_date", "1980-03-21")])
    assert told == {"birth_date": ("1980-03-21", "declared"), "birth_year": ("1980", "derived")}
    told = _correct(engine, BORN, [_word("birth_year", "1981")])
    assert told == {"birth_year": ("1981", "declared")}
    told = _correct(engine, BORN, [], [_word("birth_year", "1980")])
    assert told == {}
    told = _correct(engine, BORN, [], [_word("birth_date", "1980-03-20")])
    assert told == {}
    words = [_word("birth_date", "1981-01-01", 1), _word("birth_year", "1982", 2)]
    assert _correct(engine, BORN, words) == {"birth_year": ("1982", "declared")}
    words = [_word("birth_year", "1980", 1)]
    told = _correct(engine, BORN, words, [_word("birth_date", "1980-03-20", 2)])
    assert told == {"birth_year": ("1980", "declared")}


def test_a_place_s_parts_go_with_what_is_wrong_of_it(engine):
    told = _correct(engine, HOME, [_word("city", "Lyon")])
    assert told == {"city": ("Lyon", "declared"), "country": ("FR", "declared")}
    assert engine.collect("SELECT * FROM golden_places").num_rows == 0
    told = _correct(engine, HOME, [_word("city", "Lyon"), _word("postcode", "69003", 2)])
    assert told["postcode"] == ("69003", "declared") and "address" not in told
    told = _correct(engine, HOME, [_word("address", "2 rue Y")])
    assert len(told) == 4 and told["address"] == ("2 rue Y", "declared")
    told = _correct(engine, HOME, [_word("city", "Paris")])
    assert len(told) == 4 and engine.collect("SELECT * FROM golden_places").num_rows == 1
    assert "city" not in _correct(engine, HOME, [], [_word("city", "Paris")])


def test_what_was_derived_becomes_declared_when_confirmed(engine):
    told = _correct(engine, [_told("sex", "female", "derived")], [_word("sex", "female")])
    assert told == {"sex": ("female", "declared")}
    assert _correct(engine, [], [_word("sex", "male")]) == {"sex": ("male", "declared")}


def test_nobody_s_word_touches_another(engine):
    told = _correct(engine, HOME, [_word("city", "Lyon", customer="bob")])
    assert told["city"] == ("Paris", "declared")


# ---------------------------------------------------------------------- which word counts
@pytest.mark.parametrize(
    ("words", "right", "wrong"),
    [
        ([("a", "corrected", "b")], {"b"}, {"a"}),
        ([("a", "corrected", "b"), ("b", "corrected", "c")], {"c"}, {"a", "b"}),
        ([("a", "corrected", "b"), ("b", "corrected", "a")], {"a"}, {"b"}),
        ([("a", "corrected", "b"), ("b", "denied", None)], set(), {"a", "b"}),
        ([("a", "denied", None), ("a", "confirmed", None)], {"a"}, set()),
        ([("a", "confirmed", None), ("b", "confirmed", None)], {"b"}, set()),
        ([(None, "corrected", "b")], {"b"}, set()),
    ],
)  # fmt: skip
def test_of_several_words_the_last_counts(engine, words, right, wrong):
    identities = {"source": ["crm", "web"], "record_id": ["1", "9"], "customer_id": ["ada", "ada"]}
    engine.put("identities", pa.table(identities))
    for records in (("crm", "1"), ("crm", "1")), (("crm", "1"), ("web", "9")):
        said = [
            dict.fromkeys(CONFIRMATIONS.names)
            | {"id": n, "source": records[n % 2][0], "record_id": records[n % 2][1],
               "attribute": "city", "value": v, "answer": w, "correction": c, "at": NOW}
            for n, (v, w, c) in enumerate(words, 1)
        ]  # fmt: skip
        assert put_words(engine, pa.Table.from_pylist(said, CONFIRMATIONS))
        found = {
            table: {row["value"] for row in engine.collect(f"SELECT * FROM {table}").to_pylist()}
            for table in ("corrections", "denials")
        }
        assert found == {"corrections": right, "denials": wrong}
