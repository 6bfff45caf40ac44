"""The golden record from whole made-up brands: what is shown, how surely, and on which row."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path

import pytest
from made_tables import engine_at, put_identities, put_links, put_records

from connu.identify.golden import golden_record
from connu.identify.survivorship import DECLARED_ERROR
from connu.kernel.settings import settings_from

BRAND = {"brand": {"name": "Maison Claire"}}


def person(source, record, *, n=None, at=None, **raw):
    """A record whose normalised side follows the raw one, but for what `n` says."""
    plain = {"first_name": "given", "last_name": "family", "full_name": "names"}
    normal = {
        plain.get(k, k): v.lower().replace("é", "e").replace("É", "e")
        for k, v in raw.items()
        if k in (*plain, "address", "postcode", "city", "email", "phone", "occupation")
    }
    normal |= n or {}
    kinds = ("email", "phone", "account", "loyalty_card")
    ids = [(k, v) for k, v in raw.items() if k in kinds or k.startswith("social.")]
    made = {"source": source, "record_id": record, "n": normal, "ids": ids, **raw}
    if at:
        made["recorded_at"] = datetime.fromisoformat(at)
    return made


class Told:
    """Customers and facts of a build."""

    def __init__(self, engine):
        rows = engine.collect("SELECT * FROM customers").to_pylist()
        self.customers = {row["customer_id"]: row for row in rows}
        assert len(self.customers) == len(rows)
        self.rows = engine.collect("SELECT * FROM facts").to_pylist()
        self.facts = {(row["subject"], row["attribute"]): row for row in self.rows}
        assert len(self.facts) == len(self.rows)


@pytest.fixture
def build(tmp_path: Path):
    engine = engine_at(tmp_path)

    def made(records, owners, *, links=None, **settings) -> Told:
        put_records(engine, records)
        put_identities(engine, owners)
        if links is not None:
            put_links(engine, links)
        golden_record(engine, settings_from(BRAND | settings))
        return Told(engine)

    made.engine = engine
    yield made
    engine.close()


def alone(*records):
    return {(r["source"], r["record_id"]): "c1" for r in records}


def test_the_best_written_form_is_shown(build):
    records = [
        person("crm", "1", first_name="ÉRIC", last_name="DUPONT", at="2024-05-01"),
        person("web", "1", first_name="Éric", last_name="dupont", at="2020-05-01"),
        person("web", "2", first_name="Eric", last_name="Dupont", at="2021-05-01"),
    ]
    told = build(records, alone(*records))
    assert told.customers["c1"]["first_name"] == "Éric"
    assert told.customers["c1"]["last_name"] == "Dupont"
    fact = told.facts["c1", "first_name"]
    # The evidence is the row that wrote it so.
    assert json.loads(fact["evidence"]) == {"source": "web", "record": "1", "row": 2}
    assert (fact["source"], fact["basis"], fact["subject_kind"]) == ("web", "declared", "customer")
    assert fact["observed_at"] == datetime(2020, 5, 1)


def test_a_single_record_is_told_as_it_is_written(build):
    record = person("crm", "1", first_name="ERIC", city="PARIS", email="Eric@Example.org")
    told = build([record], alone(record))
    customer = told.customers["c1"]
    assert (customer["first_name"], customer["city"]) == ("ERIC", "PARIS")
    assert customer["email"] == "eric@example.org"
    assert (customer["records"], customer["sources"]) == (1, 1)
    assert told.facts["c1", "city"]["probability"] == pytest.approx(1 - DECLARED_ERROR)
    assert customer["last_name"] is None and ("c1", "last_name") not in told.facts


def test_the_rules_of_the_settings(build):
    records = [
        person("crm", "1", last_name="Old", occupation="baker", at="2019-01-01"),
        person("shop", "1", last_name="New", occupation="nurse", at="2024-01-01"),
        person("shop", "2", last_name="Old", occupation="nurse", at="2018-01-01"),
    ]
    owners = alone(*records)
    source = {"kind": "people", "path": "x.csv", "fields": {"id": "id"}}
    sources = {"crm": source | {"trust": 2}, "shop": source}
    last = {"last_name": {"survivorship": "frequent"}}
    assert build(records, owners).customers["c1"]["last_name"] == "New"
    told = build(records, owners, attributes=last, sources=sources)
    assert told.customers["c1"]["last_name"] == "Old"
    assert told.customers["c1"]["occupation"] == "nurse"
    told = build(records, owners, identify={"survivorship": "trusted"}, sources=sources)
    assert told.customers["c1"]["occupation"] == "baker"


def test_an_address_and_its_town_come_from_one_record(build):
    records = [
        person("crm", "1", address="1 rue Verte", postcode="69001", city="Lyon", at="2019-01-01"),
        person("web", "1", postcode="69001", n={"country": "FR"}, at="2024-01-01"),
        person("web", "2", address="2 High Street", city="Leeds", at="2022-01-01"),
        person("web", "3", city="Lyon", at="2025-01-01"),
    ]
    told = build(records, alone(*records))
    customer = told.customers["c1"]
    # The last known area is Lyon's 69001: its fullest record is shown, none is mixed.
    assert (customer["address"], customer["postcode"], customer["city"]) == (
        "1 rue Verte", "69001", "Lyon",
    )  # fmt: skip
    attributes = ("address", "postcode", "city")
    rows = {json.loads(told.facts["c1", a]["evidence"])["record"] for a in attributes}
    assert rows == {"1"} and told.facts["c1", "city"]["source"] == "crm"
    # Only where the place's record says nothing of the country is it taken from the others.
    assert customer["country"] == "FR"
    places = build.engine.collect("SELECT * FROM golden_places").to_pylist()
    assert places == [{"customer_id": "c1", "rid": 0}]


def test_who_moved_is_not_given_his_old_street(build):
    records = [
        person("crm", "1", address="1 rue Verte", postcode="75001", city="Paris", at="2019-01-01"),
        person("web", "1", postcode="69001", at="2024-01-01"),
    ]
    customer = build(records, alone(*records)).customers["c1"]
    assert (customer["address"], customer["postcode"], customer["city"]) == (None, "69001", None)


def test_a_birth_year_follows_the_birth_date(build):
    records = [
        person("crm", "1", n={"birth_date": "19800512"}, at="2019-01-01"),
        person("web", "1", n={"birth_date": "1981"}, at="2024-01-01"),
    ]
    told = build(records, alone(*records))
    assert told.customers["c1"]["birth_date"] == "1980-05-12"
    assert told.customers["c1"]["birth_year"] == "1980"
    assert told.facts["c1", "birth_year"]["basis"] == "derived"
    assert told.facts["c1", "birth_date"]["basis"] == "declared"
    told = build(records[1:], alone(*records[1:]))
    assert told.customers["c1"]["birth_date"] is None
    assert told.customers["c1"]["birth_year"] == "1981"
    assert told.facts["c1", "birth_year"]["basis"] == "declared"


def test_an_initial_gives_way_to_a_name(build):
    records = [
        person("crm", "1", first_name="J.", at="2024-01-01"),
        person("web", "1", first_name="Jeanne", at="2019-01-01"),
    ]
    told = build(records, alone(*records))
    assert told.customers["c1"]["first_name"] == "Jeanne"
    assert told.facts["c1", "first_name"]["probability"] == pytest.approx(1 - DECLARED_ERROR)


def test_a_doubtful_link_weighs_less(build):
    records = [
        person("crm", "1", last_name="Ash", at="2020-01-01"),
        person("crm", "2", last_name="Ash", at="2020-01-01"),
        person("web", "1", last_name="Oak", at="2020-01-01"),
    ]
    keys = list(alone(*records))
    sure = build(records, alone(*records), links=[(keys[0], keys[1], "identifier", 1.0)])
    doubt = build(
        records,
        alone(*records),
        links=[(keys[0], keys[1], "identifier", 1.0), (keys[1], keys[2], "match", 0.6)],
    )
    before, after = sure.facts["c1", "last_name"], doubt.facts["c1", "last_name"]
    assert before["value"] == after["value"] == "Ash"
    assert after["probability"] > before["probability"]


def test_what_often_differs_is_less_sure(build):
    """Towns differ between half of the customers' records, first names never do."""
    records, owners = [], {}
    for n in range(300):
        town = "Lyon" if n % 2 else "Nice"
        for source, city in (("crm", "Lyon"), ("web", town)):
            records.append(person(source, f"{n:03d}", first_name="Ada", city=city))
            owners[source, f"{n:03d}"] = f"c{n:03d}"
    records.append(person("crm", "alone", first_name="Bob", city="Paris"))
    owners["crm", "alone"] = "alone"
    told = build(records, owners)
    # 150 of 300 pairs differ, and 200 pairs are taken for granted at DECLARED_ERROR.
    error = (150 / 2 + 200 * DECLARED_ERROR) / (300 + 200)
    assert told.facts["alone", "city"]["probability"] == pytest.approx(1 - error, abs=1e-4)
    assert told.facts["alone", "first_name"]["probability"] > 1 - DECLARED_ERROR


def test_a_mailbox_of_many_customers_is_nobodys(build):
    records = [
        person("crm", f"{n:02d}", email="noemail@example.org", phone=f"+3361234560{n:02d}")
        for n in range(12)
    ]
    owners = {(r["source"], r["record_id"]): f"c{n:02d}" for n, r in enumerate(records)}
    told = build(records, owners)
    assert {c["email"] for c in told.customers.values()} == {None}
    assert told.customers["c03"]["phone"] == "+336123456003"
    # Held by many records of one customer, it is his.
    told = build(records, dict.fromkeys(owners, "c1"))
    assert told.customers["c1"]["email"] == "noemail@example.org"


def test_identifiers_and_handles_are_columns(build):
    record = person("crm", "1", **{"account": "A1", "loyalty_card": "L1", "social.x": "@ada"})
    record["national_id"] = "1800575001001"
    record["ids"].append(("national_id", "1800575001001"))
    told = build([record], alone(record))
    customer = told.customers["c1"]
    assert (customer["account"], customer["loyalty_card"], customer["social.x"]) == (
        "A1", "L1", "@ada",
    )  # fmt: skip
    assert "national_id" not in customer
    assert all("1800575001001" not in str(row) for row in told.rows)


def test_named_attributes_become_facts_and_sensitive_ones_never(build):
    kept = {"age_band": " 30-39 ", "religion": "none of yours", "colour": "blue"}
    record = person("crm", "1") | {"attributes": json.dumps(kept)}
    told = build(
        [record],
        alone(record),
        attributes={"age_band": {}, "religion": {"sensitive": "research"}, "colour": {}},
    )
    assert told.facts["c1", "age_band"]["value"] == "30-39"
    assert told.facts["c1", "colour"]["value"] == "blue"
    assert {row["attribute"] for row in told.rows} == {"age_band", "colour"}
    assert "age_band" not in told.customers["c1"]
    assert not build([record], alone(record)).rows


# ------------------------------------------------------------------------------- sex
def crowd(**counts):
    """Customers who declared a sex, with their first names: {"marie": (9, 0)} (women, men)."""
    records = []
    for name, (women, men) in counts.items():
        for n in range(women + men):
            sex = "female" if n < women else "male"
            records.append(
                person("base", f"{name}{n:03d}", first_name=name.title(), sex=sex, n={"sex": sex})
            )
    return records


def test_a_sex_is_declared_then_by_civility_then_by_the_name(build):
    base = crowd(marie=(30, 0), paul=(0, 30), claude=(15, 15))
    asked = [
        person("crm", "1", first_name="Marie", sex="M", n={"sex": "male"}, at="2019-01-01"),
        person(
            "crm", "2", first_name="Marie", civility="Mme", n={"sex": "female"}, at="2024-01-01"
        ),
        person("crm", "3", first_name="Paul", civility="Mme", n={"sex": "female"}),
        person("crm", "4", first_name="Marie"),
        person("crm", "5", first_name="Paul"),
        person("crm", "6", first_name="Claude"),
        person("crm", "7", first_name="Zoe"),
    ]
    owners = {(r["source"], r["record_id"]): f"b{n}" for n, r in enumerate(base)}
    owners |= {("crm", "1"): "declared", ("crm", "2"): "declared", ("crm", "3"): "civil"}
    owners |= {("crm", n): f"asked{n}" for n in "4567"}
    told = build(base + asked, owners)
    sex = {c: told.customers[c]["sex"] for c in told.customers if not c.startswith("b")}
    assert sex == {
        "declared": "male", "civil": "female",
        "asked4": "female", "asked5": "male", "asked6": None, "asked7": None,
    }  # fmt: skip
    assert told.facts["declared", "sex"]["basis"] == "declared"
    assert told.facts["civil", "sex"]["basis"] == "derived"
    guess = told.facts["asked5", "sex"]
    assert guess["basis"] == "derived" and 0.9 <= guess["probability"] < 1
    evidence = json.loads(guess["evidence"])
    # Paul of «civil» counts too: he declared himself by civility.
    assert (evidence["first_name"], evidence["women"], evidence["men"]) == ("paul", 1, 30)
    assert ("asked6", "sex") not in told.facts


def test_a_higher_precision_says_less(build):
    base = crowd(**{f"name{chr(97 + n)}": (3, 0) for n in range(9)}, paul=(0, 30))
    asked = person("crm", "1", first_name="Namea")
    owners = {(r["source"], r["record_id"]): f"b{n}" for n, r in enumerate(base)}
    owners[("crm", "1")] = "asked"
    said = build([*base, asked], owners, attributes={"sex": {"precision": 0.8}})
    silent = build([*base, asked], owners, attributes={"sex": {"precision": 0.999}})
    assert said.customers["asked"]["sex"] == "female"
    assert silent.customers["asked"]["sex"] is None


# ------------------------------------------------------------------------ properties
def made_brand(seed: int):
    rng = random.Random(seed)
    names, towns = ["Ada", "ADA", "Bob", "Élise", "elise", "J."], ["Paris", "LYON", "Nice"]
    records, owners = [], {}
    for n in range(120):
        raw = {"first_name": rng.choice(names), "city": rng.choice(towns)}
        if rng.random() < 0.5:
            raw["address"] = f"{rng.randint(1, 3)} rue Verte"
        if rng.random() < 0.4:
            raw["sex"] = rng.choice("FM")
        source = rng.choice(["crm", "web", "shop"])
        sex = {"F": "female", "M": "male"}.get(raw.get("sex"))
        at = rng.choice([None, "2020-01-01", "2021-01-01", "2022-01-01"])
        record = person(source, f"r{n}", n={"sex": sex}, at=at, **raw)
        record["row"] = n + 1
        records.append(record)
        owners[(source, f"r{n}")] = f"c{rng.randint(0, 40):02d}"
    return records, owners


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(build, seed):
    records, owners = made_brand(seed)
    first = build(records, owners)
    rng = random.Random(seed + 100)
    keys = list(owners)
    rng.shuffle(records)
    rng.shuffle(keys)
    again = build(records, {key: owners[key] for key in keys})
    assert first.customers == again.customers
    assert first.facts == again.facts


def test_customers_cut_anywhere_are_the_same(build, monkeypatch):
    """Batches end in the middle of customers; some customers are longer than a batch."""
    records, owners = made_brand(7)
    owners = {key: owner if owner > "c10" else "c10" for key, owner in owners.items()}
    whole = build(records, owners)
    batches = build.engine.batches
    monkeypatch.setattr(
        build.engine,
        "batches",
        lambda sql: (b.slice(i, 3) for b in batches(sql) for i in range(0, b.num_rows, 3)),
    )
    cut = build(records, owners)
    assert cut.customers == whole.customers
    assert cut.facts == whole.facts


def test_every_fact_walks_back_to_its_row(build):
    records, owners = made_brand(11)
    told = build(records, owners)
    rows = {r["row"]: r for r in records}
    assert told.rows
    for fact in told.rows:
        evidence = json.loads(fact["evidence"])
        record = rows[evidence["row"]]
        assert (record["source"], record["record_id"]) == (evidence["source"], evidence["record"])
        assert owners[record["source"], record["record_id"]] == fact["subject"]
        assert 0 < fact["probability"] < 1
        if fact["attribute"] in ("first_name", "city", "address"):
            assert record[fact["attribute"]] == fact["value"]
        shown = told.customers[fact["subject"]][fact["attribute"]]
        assert shown == fact["value"]


def test_a_brand_without_records(build):
    told = build([], {})
    assert told.customers == {} and told.rows == []
