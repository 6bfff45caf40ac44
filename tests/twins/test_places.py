"""Places: the region of a French postcode, the country elsewhere; areas in the brand's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connu.engine.duckdb import DuckEngine
from connu.twins.places import REGIONS, areas_sql, places_sql
from tests.twins.known_people import engine_at, fact, put_facts, settings_of


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    yield engine
    engine.close()


def told(engine: DuckEngine, facts: list[dict], sql: str) -> dict[str, str]:
    put_facts(engine, facts)
    engine.view("statements", "SELECT subject AS customer_id, * FROM facts")
    rows = engine.collect(sql).to_pylist()
    values = {row["customer_id"]: row["value"] for row in rows}
    assert len(values) == len(rows)
    return values


def test_a_french_postcode_tells_the_region(engine: DuckEngine):
    written = {
        "75011": "Île-de-France",
        "75 011": "Île-de-France",
        "F-69003": "Auvergne-Rhône-Alpes",
        "1000": "Auvergne-Rhône-Alpes",
        "20090": "Corse",
        "97400": "La Réunion",
        "59800 CEDEX 2": "Hauts-de-France",
        "99999": None,
        "abc": None,
        "750": None,
    }
    facts = [fact(code, "postcode", code) for code in written]
    expected = {code: region for code, region in written.items() if region}
    assert told(engine, facts, places_sql("statements", settings_of())) == expected


def test_every_department_of_france_has_one_region():
    codes = [code for departments in REGIONS.values() for code in departments]
    assert len(codes) == len(set(codes))
    # The two of Corsica share the prefix 20.
    assert {code for code in codes if len(code) == 2} == {f"{n:02d}" for n in range(1, 96)}
    assert {code for code in codes if len(code) == 3} == {"971", "972", "973", "974", "976"}


def test_elsewhere_the_country_is_told(engine: DuckEngine):
    facts = [
        fact("belgian", "country", "BE"),
        fact("belgian", "postcode", "1000"),
        fact("french", "country", "FR"),
        fact("islander", "country", "RE"),
        fact("islander", "postcode", "97410"),
        fact("british", "postcode", "SW1A 2AA"),
        fact("swiss", "postcode", "8001", source="zurich"),
    ]
    zurich = {"kind": "people", "path": "z.csv", "country": "CH", "fields": {"id": "n"}}
    settings = settings_of(sources={"zurich": zurich})
    # A French customer without a postcode has no region.
    assert told(engine, facts, places_sql("statements", settings)) == {
        "belgian": "BE",
        "islander": "La Réunion",
        "british": "GB",
        "swiss": "CH",
    }


def test_a_brand_of_another_country(engine: DuckEngine):
    settings = settings_of(brand={"name": "B", "country": "DE"})
    facts = [fact("c1", "postcode", "10115"), fact("c2", "country", "FR")]
    facts.append(fact("c2", "postcode", "10115"))
    assert told(engine, facts, places_sql("statements", settings)) == {
        "c1": "DE",
        "c2": "Grand Est",
    }


def test_areas_are_read_in_the_brand_s_words(engine: DuckEngine):
    words = {
        "Ville": "urban",
        "centre-ville": "urban",
        "Périurbain": "suburban",
        "péri-urbain": "suburban",
        "Banlieue parisienne": "suburban",
        "campagne": "rural",
        "Rural area": "rural",
        "URBAN": "urban",
        "suburban": "suburban",
        "villégiature": None,
        "?": None,
    }
    facts = [fact(word, "habitat", word) for word in words]
    expected = {word: area for word, area in words.items() if area}
    assert told(engine, facts, areas_sql("statements", "habitat")) == expected
