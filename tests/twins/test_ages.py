"""Ages: bands on the day behaviour ends; what a year alone cannot say is not said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from connu.engine.duckdb import DuckEngine
from connu.kernel.attributes import AGE_LIMITS, band_names
from connu.twins.ages import bands_sql, newest_day
from tests.twins.known_people import engine_at, put_events, put_facts, said

TODAY = date(2026, 6, 30)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    engine = engine_at(tmp_path)
    yield engine
    engine.close()


def bands(engine: DuckEngine, today: date = TODAY, limits=AGE_LIMITS, **birth: dict[str, str]):
    put_facts(
        engine, [row for customer, values in birth.items() for row in said(customer, **values)]
    )
    engine.view("statements", "SELECT subject AS customer_id, * FROM facts")
    rows = engine.collect(bands_sql("statements", limits, today)).to_pylist()
    told = {row["customer_id"]: row["value"] for row in rows}
    assert len(told) == len(rows)
    return told


def test_the_band_of_a_birth_date_changes_on_the_birthday(engine: DuckEngine):
    told = bands(
        engine,
        birthday={"birth_date": "2001-06-30"},
        tomorrow={"birth_date": "2001-07-01"},
        child={"birth_date": "2012-01-01"},
        old={"birth_date": "1930-01-01"},
    )
    assert told == {
        "birthday": "25-34",
        "tomorrow": "18-24",
        "child": "under 18",
        "old": "65 and over",
    }


def test_of_a_year_alone_only_what_is_sure_is_said(engine: DuckEngine):
    told = bands(
        engine,
        sure={"birth_year": "1990"},
        between={"birth_year": "2001"},
        dated={"birth_year": "2001", "birth_date": "2001-07-01"},
    )
    assert told == {"sure": "35-44", "dated": "18-24"}


def test_ages_that_cannot_be_are_left_out(engine: DuckEngine):
    told = bands(
        engine,
        new={"birth_date": "2026-06-30"},
        later={"birth_date": "2031-01-01"},
        ancient={"birth_date": "1901-01-01"},
        words={"birth_date": "long ago"},
        slip={"birth_date": "1962-81-01"},
    )
    assert told == {"slip": "55-64"}


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 12, 31)])
def test_bands_are_those_of_completed_years(engine: DuckEngine, today: date):
    names, born, expected = band_names(AGE_LIMITS), {}, {}
    for place in range(400):
        birth = today - timedelta(days=7 * 365 + 91 * place + place % 7)
        age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
        born[f"c{place}"] = {"birth_date": birth.isoformat()}
        expected[f"c{place}"] = names[sum(age >= limit for limit in AGE_LIMITS)]
    assert set(expected.values()) == set(names)
    assert bands(engine, today, **born) == expected


def test_a_brand_s_own_limits(engine: DuckEngine):
    told = bands(engine, limits=(40,), a={"birth_year": "2000"}, b={"birth_year": "1960"})
    assert told == {"a": "under 40", "b": "40 and over"}
    assert band_names((18, 19, 20)) == ("under 18", "18", "19", "20 and over")


def test_clocks_that_run_ahead_make_nobody_older(engine: DuckEngine):
    usual = [f"2026-06-{day:02d} 10:00:00" for day in range(1, 31)] * 10
    put_events(engine, [*usual, "2035-01-01 00:00:00", None])
    assert newest_day(engine) == date(2026, 6, 30)
    put_events(engine, ["2026-01-01 00:00:00", "2026-02-01 00:00:00"])
    assert newest_day(engine) == date(2026, 2, 1)


def test_without_events_there_is_no_day(engine: DuckEngine):
    assert newest_day(engine) is None
    put_events(engine, [None])
    assert newest_day(engine) is None
