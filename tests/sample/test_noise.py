"""Sources are as dirty as they say they are, and no dirtier."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from connu.sample import accounts, crm, loyalty, social, support
from connu.sample.chance import Chance
from connu.sample.noise import JUNK_EMAILS, JUNK_PHONES, Draft, Rates, draft, filled, soil
from connu.sample.world import World

NONE = Rates(**{field.name: 0.0 for field in fields(Rates)})


@pytest.fixture(scope="module")
def clean(world: World) -> Draft:
    who = np.repeat(np.flatnonzero(world.people.known), 5)
    return draft(world.people, world.contacts, who, np.full(len(who), 500.0))


def differs(left: pa.Array, right: pa.Array) -> float:
    return float(pc.mean(pc.not_equal(left, right)).as_py())


def soiled(clean: Draft, world: World, **rates: float) -> Draft:
    return soil(clean, replace(NONE, **rates), world.people, Chance(1).stream("soil"))


def test_without_faults_nothing_changes(clean: Draft, world: World) -> None:
    same = soiled(clean, world)
    for name in ("first_name", "last_name", "email", "mobile", "birth", "street", "town"):
        assert getattr(same, name).equals(getattr(clean, name)), name


@pytest.mark.parametrize(
    ("rate", "column", "share", "reaches"),
    [
        # Short names have no letter to mistype, not all names have a nickname, a wrong digit may
        # be the right one: a fault reaches at least the last share of the rows it is meant for.
        ("typo", "last_name", 0.2, 0.85),
        ("typo", "street", 0.2, 0.85),
        ("misheard", "last_name", 0.2, 0.5),
        ("nickname", "first_name", 0.5, 0.12),
        ("initial", "first_name", 0.2, 0.99),
        ("swapped", "first_name", 0.2, 0.97),
        ("upper", "last_name", 0.2, 0.99),
        ("lower", "last_name", 0.2, 0.99),
        ("day_month", "birth", 0.5, 0.3),
        ("placeholder", "birth", 0.2, 0.99),
        ("wrong_digit", "mobile", 0.2, 0.8),
        ("junk", "email", 0.2, 0.99),
        ("junk", "mobile", 0.2, 0.99),
    ],
)
def test_a_fault_falls_at_its_rate(
    clean: Draft, world: World, rate: str, column: str, share: float, reaches: float
) -> None:
    made = soiled(clean, world, **{rate: share})
    found = differs(getattr(clean, column), getattr(made, column))
    assert share * reaches - 0.02 < found < share + 0.02


def test_junk_is_what_clerks_type(clean: Draft, world: World) -> None:
    made = soiled(clean, world, junk=1.0)
    assert set(made.email.to_pylist()) == set(JUNK_EMAILS)
    assert set(made.mobile.to_pylist()) == set(JUNK_PHONES)


def test_accents_are_lost_and_nothing_else(clean: Draft, world: World) -> None:
    made = soiled(clean, world, unaccented=1.0)
    for was, now in zip(clean.last_name.to_pylist(), made.last_name.to_pylist(), strict=True):
        assert now.isascii()
        assert len(now) == len(was) + was.count("ß")


def test_what_is_filled_is_filled_at_its_share() -> None:
    column = filled(pa.array(["x"] * 20_000), 0.3, Chance(1).stream("filled"))
    assert abs(column.null_count / len(column) - 0.7) < 0.02


@pytest.mark.parametrize("source", [accounts, crm, loyalty, social, support])
def test_every_source_states_its_rates(source: object) -> None:
    rates = source.RATES  # type: ignore[attr-defined]
    assert isinstance(rates, Rates)
    assert all(0 <= getattr(rates, field.name) <= 0.6 for field in fields(Rates))


def test_the_customer_file_is_as_dirty_as_stated(world: World) -> None:
    made = crm.make_crm(Chance(5), world.people, world.contacts, world.entries["crm"])
    real = pc.greater_equal(pa.array(made.who), 0)
    table, who = made.table.filter(real), made.who[made.who >= 0]
    births = table["date_naissance"].drop_null()
    placeholders = pc.mean(pc.equal(births, "01/01/1900")).as_py()
    assert abs(placeholders - crm.RATES.placeholder) < 0.015
    for column, share in crm.FILLED.items():
        if column != "tel_fixe":  # only homes that have a landline can give it
            assert abs(1 - table[column].null_count / len(table) - share) < 0.04, column
    capitals = pc.mean(pc.equal(table["nom"], pc.utf8_upper(table["nom"]))).as_py()
    assert abs(capitals - crm.RATES.upper) < 0.04
    women = pc.is_in(table["civilite"], pa.array(["Mme", "Madame", "Mlle"]))
    told = pc.is_valid(table["civilite"])
    wrong = np.asarray(women) != world.people.female[who]
    assert wrong[np.asarray(told)].mean() < 0.015
