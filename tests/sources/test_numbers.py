"""Numbers with commas, points, currencies."""

import pytest

from connu.engine.duckdb import DuckEngine
from connu.engine.sql import literal
from connu.sources.numbers import comma_decimal, number_sql


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = DuckEngine(tmp_path_factory.mktemp("numbers"))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("written", "french", "british"),
    [
        ("12", 12.0, 12.0),
        ("12.5", 12.5, 12.5),
        ("12,5", 12.5, 12.5),
        ("1 234,50 €", 1234.5, 1234.5),
        ("$1,234.56", 1234.56, 1234.56),
        ("1.234,56", 1234.56, 1234.56),
        ("1,234", 1.234, 1234.0),
        ("1,234,567", 1234567.0, 1234567.0),
        ("1.234.567", 1234567.0, 1234567.0),
        ("-3", -3.0, -3.0),
        ("1e3", 1000.0, 1000.0),
        ("4/5", None, None),
        ("gratuit", None, None),
        ("", None, None),
    ],
)
def test_numbers(engine, written, french, british):
    for comma, expected in ((True, french), (False, british)):
        sql = number_sql("x", comma_decimal=comma)
        found = engine.collect(f"SELECT {sql} AS v FROM (SELECT {literal(written)} AS x)")
        assert found["v"][0].as_py() == expected


def test_countries_with_a_comma():
    assert comma_decimal("FR") and comma_decimal("DE")
    assert not comma_decimal("GB") and not comma_decimal("US")
