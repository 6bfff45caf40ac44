"""Numbers are written as readers of each language write them, and claim no more than they know."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.report.numbers import NOTHING, Numbers

ENGLISH, FRENCH = Numbers("en", "EUR"), Numbers("fr", "EUR")
UNITS = ("count", "share", "mean", "money", "score")


@pytest.mark.parametrize(
    "value, unit, english, french",
    [
        (0.8305, "share", "83.0\u202f%", "83,0\u202f%"),
        (0.5, "share", "50.0\u202f%", "50,0\u202f%"),
        (0, "share", "0\u202f%", "0\u202f%"),
        (1, "share", "100\u202f%", "100\u202f%"),
        (0.99996, "share", ">99.9\u202f%", ">99,9\u202f%"),
        (0.0004, "share", "<0.1\u202f%", "<0,1\u202f%"),
        (7077, "count", "7,077", "7\u202f077"),
        (59.5, "count", "59.5", "59,5"),
        (2.1068, "mean", "2.11", "2,11"),
        (-0.001, "mean", "0.00", "0,00"),
        (1234567.8, "money", "€1,234,568", "1\u202f234\u202f568\u202f€"),
        (-1200, "money", "\u2212€1,200", "\u22121\u202f200\u202f€"),
        (3.5, "money", "€3.50", "3,50\u202f€"),
        (0.9114, "score", "0.911", "0,911"),
        (None, "share", NOTHING, NOTHING),
        (math.nan, "mean", NOTHING, NOTHING),
    ],
)  # fmt: skip
def test_a_figure_by_its_unit(value, unit, english, french):
    assert (ENGLISH.value(value, unit), FRENCH.value(value, unit)) == (english, french)


@given(st.floats(0, 1), st.sampled_from(["en", "fr"]))
def test_no_estimate_is_rounded_to_certainty_or_nothing(share, language):
    told = Numbers(language).percent(share)
    assert (told == "100\u202f%") == (share == 1)
    assert (told == "0\u202f%") == (share == 0)


@given(st.floats(-1e12, 1e12), st.sampled_from(UNITS))
def test_no_figure_breaks_over_lines(value, unit):
    for numbers in (ENGLISH, FRENCH):
        assert not re.search(r"[ \u00a0\n]", numbers.value(value, unit))


def test_an_interval_says_its_unit_once_and_none_is_nothing():
    assert FRENCH.interval(0.791, 0.8639, "share") == "79,1–86,4\u202f%"
    assert ENGLISH.interval(10, 20.0, "count") == "10–20"
    assert ENGLISH.interval(None, 0.3, "share") == ""


@pytest.mark.parametrize(
    "currency, told", [("GBP", "£5.00"), ("SEK", "5.00\u202fSEK"), ("", "5.00")]
)
def test_currencies(currency, told):
    assert Numbers("en", currency).money(5) == told


def test_what_is_no_date_stays_what_it_is():
    assert ENGLISH.date("yesterday") == "yesterday" == FRENCH.moment("yesterday")
    assert ENGLISH.date(None) == NOTHING
    assert FRENCH.date("2026-08-01") == "1er août 2026"
