"""What is known: what customers said and nothing else, one row a customer and attribute."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from connu.engine.duckdb import DuckEngine
from connu.twins.known import REASONS, make_known
from tests.twins.known_people import (
    engine_at,
    fact,
    known_rows,
    put_events,
    put_facts,
    said,
    settings_of,
    unlearnt,
)

LAST_DAY = ["2026-06-30 12:00:00"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    put_events(engine, LAST_DAY)
    yield engine
    engine.close()


def test_what_a_customer_said_is_known(engine: DuckEngine):
    put_facts(
        engine,
        said(
            "c1",
            sex="female",
            birth_date="1990-05-01",
            occupation="Ingénieure",
            postcode="69 003",
            last_name="Martin",
        ),
    )
    counts = make_known(engine, settings_of())
    assert counts == {"age_band": 1, "occupation_class": 1, "place": 1, "sex": 1}
    told = {attribute: value for (_, attribute), (value, _) in known_rows(engine).items()}
    assert told == {
        "sex": "female",
        "age_band": "35-44",
        "occupation_class": "executive",
        "place": "Auvergne-Rhône-Alpes",
    }
    assert unlearnt(engine) == {}
    assert not engine.has("known_facts") and not engine.has("known_parts")


def test_a_civility_is_an_answer_and_a_first_name_none(engine: DuckEngine):
    guess = '{"source":"crm","record":"1","row":1,"first_name":"claire","women":90,"men":1}'
    put_facts(
        engine,
        [
            fact("declared", "sex", "male"),
            fact("civility", "sex", "female", basis="derived"),
            fact("guessed", "sex", "female", basis="derived", evidence=guess),
            fact("told", "sex", "female", basis="twins", source="twins"),
            fact("seen", "sex", "female", basis="observed"),
            fact("doubtful", "sex", "female", probability=0.4),
            fact("odd", "sex", "other"),
            fact("b7", "sex", "female", subject_kind="visitor"),
        ],
    )
    make_known(engine, settings_of())
    assert {customer for customer, _ in known_rows(engine)} == {"declared", "civility", "seen"}


def test_the_surest_statement_counts_where_there_are_several(engine: DuckEngine):
    put_facts(
        engine,
        [
            fact("c1", "sex", "male", probability=0.6),
            fact("c1", "sex", "female", probability=0.9, basis="observed"),
        ],
    )
    make_known(engine, settings_of())
    assert known_rows(engine) == {("c1", "sex"): ("female", 0.9)}


def test_a_built_in_can_be_turned_off(engine: DuckEngine):
    put_facts(engine, said("c1", sex="female", occupation="cadre"))
    off = {"sex": {"extrapolate": False}}
    assert make_known(engine, settings_of(attributes=off)) == {"occupation_class": 1}
    said_only = {"sex": {"precision": 0.95}}
    assert set(make_known(engine, settings_of(attributes=said_only))) == {"occupation_class", "sex"}


def test_an_attribute_of_the_brand_s_own_is_told_when_it_says_so(engine: DuckEngine):
    put_facts(engine, said("c1", habitat="ville", colour="red"))
    counts = make_known(
        engine, settings_of(attributes={"habitat": {"extrapolate": True}, "colour": {}})
    )
    assert counts == {"habitat": 1}


def test_a_column_named_as_a_built_in_says_it(engine: DuckEngine):
    put_facts(engine, said("c1", age_band="young") + said("c2", birth_date="1950-01-01"))
    make_known(engine, settings_of(attributes={"age_band": {}}))
    assert known_rows(engine) == {("c1", "age_band"): ("young", 0.98)}


@pytest.mark.parametrize("word", ["religion", "etat_de_sante", "ethnicity"])
def test_what_is_sensitive_is_refused_whatever_the_brand_declares(engine: DuckEngine, word: str):
    put_facts(engine, said("c1", **{word: "x1"}) + said("c2", **{word: "x2"}))
    for extra in ({}, {"sensitive": "marketing"}):
        attributes = {word: {"extrapolate": True} | extra}
        assert make_known(engine, settings_of(attributes=attributes)) == {}
        assert unlearnt(engine) == {word: "sensitive"}


def test_what_the_brand_declared_sensitive_is_refused(engine: DuckEngine):
    put_facts(engine, said("c1", score="high"))
    attributes = {"score": {"extrapolate": True, "sensitive": "marketing"}}
    assert make_known(engine, settings_of(attributes=attributes)) == {}
    assert unlearnt(engine) == {"score": "sensitive"}


def test_what_says_who_somebody_is_is_refused(engine: DuckEngine):
    put_facts(engine, said("c1", last_name="Martin", postcode="69003"))
    attributes = {name: {"extrapolate": True} for name in ("last_name", "postcode", "social.x")}
    assert make_known(engine, settings_of(attributes=attributes)) == {"place": 1}
    assert unlearnt(engine) == dict.fromkeys(attributes, "identity")


def test_a_reason_is_one_of_those_explained(engine: DuckEngine):
    put_facts(engine, said("c1", colour="n/a"))
    make_known(engine, settings_of(attributes={"colour": {"extrapolate": True}}))
    assert unlearnt(engine) == {"colour": "nobody"}
    assert set(unlearnt(engine).values()) <= set(REASONS)


def test_nobody_known_makes_an_empty_table(engine: DuckEngine):
    put_facts(engine, [])
    assert make_known(engine, settings_of()) == {}
    assert engine.columns("known") == ["customer_id", "attribute", "value", "probability"]
    assert engine.collect("SELECT * FROM known").num_rows == 0


def test_the_order_of_facts_changes_nothing(engine: DuckEngine):
    facts = [
        row
        for i in range(60)
        for row in said(
            f"c{i}",
            sex=("female", "male")[i % 2],
            birth_date=f"{1940 + i}-02-03",
            colour=("Red", "red", "RED", "blue")[i % 4],
        )
    ]
    settings = settings_of(attributes={"colour": {"extrapolate": True}})
    made = []
    for seed in (0, 1):
        random.Random(seed).shuffle(facts)
        put_facts(engine, facts)
        make_known(engine, settings)
        made.append(engine.collect("SELECT * FROM known"))
    assert made[0] == made[1]
    # One form of a value: the commonest, and of equally common ones the first.
    assert {value for (_, a), (value, _) in known_rows(engine).items() if a == "colour"} == {
        "RED",
        "blue",
    }


def test_who_refused_teaches_nothing(engine: DuckEngine):
    put_facts(engine, said("c1", sex="female") + said("c2", sex="male"))
    engine.put("twin_refused", pa.table({"subject_kind": ["customer"], "subject": ["c2"]}))
    assert make_known(engine, settings_of()) == {"sex": 1}
    assert set(known_rows(engine)) == {("c1", "sex")}


def test_ages_are_counted_on_the_last_day_of_behaviour(engine: DuckEngine):
    put_facts(engine, said("c1", birth_date="1991-06-30") + said("c2", birth_date="1991-07-01"))
    make_known(engine, settings_of())
    assert {c: v for (c, _), (v, _) in known_rows(engine).items()} == {"c1": "35-44", "c2": "25-34"}
    later = datetime(2036, 1, 1).date()
    make_known(engine, settings_of(), today=later)
    assert {v for v, _ in known_rows(engine).values()} == {"35-44"}
