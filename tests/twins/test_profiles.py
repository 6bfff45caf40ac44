"""Profiles: one statement of several attributes, known only where every part is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import SettingsError
from connu.kernel.settings import Settings
from connu.twins.known import REASONS, make_known
from connu.twins.profiles import DEFAULT, DEFAULT_KNOWN, setting_of
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

YOUNG_WOMAN = {"sex": "female", "age_band": ["18-24", "25-34"], "precision": 0.8}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    put_events(engine, ["2026-06-30 12:00:00"])
    yield engine
    engine.close()


def profiled(**profiles: dict) -> Settings:
    return settings_of(profiles=profiles)


def labels(engine: DuckEngine, attribute: str) -> dict[str, str]:
    rows = known_rows(engine)
    return {customer: value for (customer, name), (value, _) in rows.items() if name == attribute}


def test_yes_where_all_parts_hold_and_silence_where_one_is_unknown(engine: DuckEngine):
    put_facts(
        engine,
        [
            *said("yes", sex="female", birth_date="2000-01-01"),
            *said("older", sex="female", birth_date="1980-01-01"),
            *said("man", sex="male", birth_date="2000-01-01"),
            *said("man of no age", sex="male"),
            *said("of no sex", birth_date="1980-01-01"),
        ],
    )
    counts = make_known(engine, profiled(young_woman=YOUNG_WOMAN))
    told = labels(engine, "profile.young_woman")
    assert told == {"yes": "yes", "older": "no", "man": "no"}
    assert counts["profile.young_woman"] == 3


def test_a_profile_is_as_frequent_among_the_labelled_as_among_people(engine: DuckEngine):
    """A known part that contradicts must not label: «yes» would look rarer than it is."""
    rng = random.Random(3)
    facts, truth = [], []
    for i in range(4_000):
        sex, year = rng.choice(["female", "male"]), rng.randrange(1950, 2006)
        truth.append(sex == "female" and year >= 1992)
        facts += said(f"c{i}", sex=sex) if rng.random() < 0.4 else []
        facts += said(f"c{i}", birth_date=f"{year}-01-01") if rng.random() < 0.4 else []
    put_facts(engine, facts)
    make_known(engine, profiled(young_woman=YOUNG_WOMAN))
    told = labels(engine, "profile.young_woman")
    assert 500 < len(told) < 800
    share = Counter(told.values())["yes"] / len(told)
    assert share == pytest.approx(sum(truth) / len(truth), abs=0.04)


def test_a_label_is_as_sure_as_its_least_sure_part(engine: DuckEngine):
    put_facts(
        engine,
        [
            fact("c1", "sex", "female", probability=0.7),
            fact("c1", "birth_date", "2000-01-01", probability=0.9),
        ],
    )
    make_known(engine, profiled(young_woman=YOUNG_WOMAN))
    assert known_rows(engine)["c1", "profile.young_woman"] == ("yes", 0.7)


def test_four_parts_with_an_attribute_of_the_brand_s_own(engine: DuckEngine):
    whole = {"sex": "female", "birth_year": "2000", "occupation": "cadre", "habitat": "ville"}
    put_facts(
        engine,
        said("c1", **whole)
        + said("c2", **whole | {"habitat": "campagne"})
        + said("c3", sex="male"),
    )
    settings = settings_of(
        attributes={"habitat": {}},
        twins={"area": "habitat"},
        profiles={"it": YOUNG_WOMAN | {"occupation_class": "executive", "area": "urban"}},
    )
    make_known(engine, settings)
    assert labels(engine, "profile.it") == {"c1": "yes", "c2": "no"}
    assert "habitat" not in {name for _, name in known_rows(engine)}


def test_what_cannot_be_learnt_says_why(engine: DuckEngine):
    put_facts(
        engine, said("c1", sex="female", colour="blue") + said("c2", sex="male", colour="red")
    )
    settings = settings_of(
        attributes={"colour": {"extrapolate": True}},
        profiles={
            "blue": {"sex": "female", "colour": ["bleu"]},
            "job": {"occupation_class": "executive"},
            "red": {"colour": ["red", "crimson"]},
        },
    )
    assert "profile.red" in make_known(engine, settings)
    assert unlearnt(engine) == {"profile.blue": "unknown_value", "profile.job": "unknown_part"}
    assert set(unlearnt(engine).values()) <= set(REASONS)
    hint = engine.collect("SELECT hint FROM unlearnt WHERE attribute = 'profile.blue'")
    assert "did you mean «blue»?" in hint["hint"][0].as_py()


def people(count: int) -> list[dict]:
    return [
        row
        for i in range(count)
        for row in said(f"c{i}", sex=("female", "male")[i % 2], birth_year=str(1950 + i % 60))
    ]


def test_by_default_sex_and_age_are_told_together(engine: DuckEngine):
    put_facts(engine, people(1_000))
    counts = make_known(engine, settings_of())
    told = Counter(labels(engine, DEFAULT).values())
    # Ages lie between 17 and 76: 45 is the limit nearest to the middle.
    assert set(told) == {
        f"{sex}, {age}" for sex in ("female", "male") for age in ("under 45", "45 and over")
    }
    assert counts[DEFAULT] == sum(told.values()) > 800
    assert min(told.values()) > 0.2 * counts[DEFAULT]


def test_the_default_needs_people_and_steps_aside(engine: DuckEngine):
    put_facts(engine, people(DEFAULT_KNOWN - 1))
    assert DEFAULT not in make_known(engine, settings_of())
    put_facts(engine, people(2 * DEFAULT_KNOWN))
    assert DEFAULT not in make_known(engine, profiled(young_woman=YOUNG_WOMAN))
    assert DEFAULT not in make_known(
        engine, settings_of(attributes={"sex": {"extrapolate": False}})
    )


def test_a_brand_s_own_bands_have_no_order_and_make_no_default(engine: DuckEngine):
    facts = [r for i in range(600) for r in said(f"c{i}", sex="male", age_band=f"b{i % 3}")]
    put_facts(engine, facts)
    assert DEFAULT not in make_known(engine, settings_of(attributes={"age_band": {}}))


def test_a_profile_has_its_own_precision():
    settings = settings_of(
        profiles={"young_woman": YOUNG_WOMAN}, attributes={"sex": {"precision": 0.95}}
    )
    assert setting_of("profile.young_woman", settings).precision == 0.8
    assert setting_of("sex", settings).precision == 0.95
    assert setting_of("place", settings).precision == setting_of(DEFAULT, settings).precision == 0.9


@pytest.mark.parametrize(
    ("profile", "message", "hint"),
    [
        ({"sx": "female"}, "tell no attribute «sx»", "«sex»"),
        ({"sex": "femal"}, "sex is never «femal»", "«female»"),
        ({"age_band": ["25-43"]}, "age_band is never «25-43»", "«25-34»"),
        ({"occupation_class": "cadre"}, "never «cadre»", "executive"),
        ({"area": "town"}, "area is never «town»", "urban"),
        ({"habitat": "ville"}, "tell no attribute «habitat»", "[attributes.habitat] extrapolate"),
        ({"precision": 0.9}, "names no attribute", "sex"),
        ({"sex": 1}, "«sex» needs a value in quotes", None),
        ({"sex": []}, "«sex» needs a value in quotes", None),
        ({"sex": "female", "precision": 2}, "precision", "settings.md"),
    ],
)
def test_a_profile_that_cannot_be_is_an_error_at_once(
    profile: dict, message: str, hint: str | None
):
    with pytest.raises(SettingsError) as caught:
        settings_of(profiles={"it": profile}, attributes={"habitat": {}})
    assert message in caught.value.message
    assert hint is None or hint in caught.value.hint


def test_bands_of_a_profile_are_those_of_the_settings():
    settings_of(twins={"age_bands": [40]}, profiles={"it": {"age_band": "under 40"}})
    with pytest.raises(SettingsError, match="never «under 40»"):
        settings_of(profiles={"it": {"age_band": "under 40"}})


@pytest.mark.parametrize("limits", [[], [30, 20], [20, 20], [0], [200]])
def test_bands_begin_at_ascending_ages(limits: list[int]):
    with pytest.raises(SettingsError, match="age_bands"):
        settings_of(twins={"age_bands": limits})


def test_areas_come_from_an_attribute_that_is_kept():
    with pytest.raises(SettingsError, match="no attribute «habitat» is kept") as caught:
        settings_of(twins={"area": "habitat"})
    assert caught.value.hint == "add the section [attributes.habitat]"
