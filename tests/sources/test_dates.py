"""Birth dates: forms, order by evidence, placeholders."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from taken_in import texts

from connu.sources.dates import (
    DateOrder,
    date_order,
    normalise_birth_dates,
    normalise_birth_years,
)


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch):
    monkeypatch.setenv("CONNU_NOW", "2026-11-01T00:00:00")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1980-02-01", "19800201"),
        ("1980/2/1", "19800201"),
        ("1980-02-01T00:00:00Z", "19800201"),
        ("1980-02-01 10:20", "19800201"),
        ("01/02/1980", "19800201"),
        ("1.2.1980", "19800201"),
        ("25.12.80", "19801225"),
        ("01/02/05", "20050201"),
        ("01/02/25", "19250201"),
        ("3/25/1980", "19800325"),  # no month 25
        ("19800201", "19800201"),
        ("01021980", "19800201"),
        ("19800201.0", "19800201"),
        ("12 mars 1980", "19800312"),
        ("1er août 75", "19750801"),
        ("March 5, 1990", "19900305"),
        ("12. Dezember 1980", "19801212"),
        ("1980", "1980"),
        ("1980.0", "1980"),
        ("1980-02", "1980"),
        ("1203-04-05", "12030405"),
        ("1851-00-01", "1851"),
        ("1862-81-01", "18628101"),  # a slip: the digits are evidence
        ("19551192", "19551192"),
        ("29221", None),  # a spreadsheet's serial number
        ("1900-01-01", None),
        ("01/01/1970", None),
        ("0000-00-00", None),
        ("01/01/1111", None),
        ("9999-12-31", None),
        ("2031-01-01", None),
        ("2026-12-01", None),
        ("1900", None),
        ("unknown", None),
        ("le lundi", None),
        (None, None),
    ],
)
def test_forms(written, read):
    assert normalise_birth_dates(texts(written), DateOrder()).to_pylist() == [read]


def test_month_first():
    order = DateOrder(day_first=False)
    assert normalise_birth_dates(texts("01/02/1980"), order).to_pylist() == ["19800102"]


def test_the_column_settles_the_order():
    british = texts("03/04/1990", "25/12/1980", "12/11/1970")
    assert date_order(british, country="US").day_first
    assert not date_order(texts("03/04/1990", "12/25/1980"), country="FR").day_first
    assert not date_order(texts("03/04/1990"), country="US").day_first
    assert date_order(texts("03/04/1990"), country="FR").day_first
    assert not date_order(british, country="FR", day_first=False).day_first


def test_compact_dates_that_start_with_the_day():
    column = texts("12031980", "25122001", "19121980")
    order = date_order(column, country="FR")
    assert not order.year_first
    assert normalise_birth_dates(column, order).to_pylist() == ["19800312", "20011225", "19801219"]


@given(st.dates(datetime.date(1920, 1, 1), datetime.date(2010, 12, 31)))
def test_every_form_of_a_date_reads_alike(date):
    forms = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%d 00:00:00", "%d %B %Y"]
    written = texts(*(date.strftime(form) for form in forms))
    read = set(normalise_birth_dates(written, DateOrder()).to_pylist())
    expected = date.strftime("%Y%m%d")
    assert read == {None if expected == "19700101" else expected}


@given(st.lists(st.none() | st.text("0123456789/-. :TZ", max_size=12), max_size=20))
def test_anything_is_eight_digits_four_or_missing(values):
    for read in normalise_birth_dates(texts(*values), DateOrder()).drop_null().to_pylist():
        assert read.isdigit() and len(read) in (4, 8)


def test_years():
    values = texts("1980", "1980.0", "80", "1900", "3000", "x")
    assert normalise_birth_years(values).to_pylist() == ["1980", "1980", None, None, None, None]
