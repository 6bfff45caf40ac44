"""Phones: the patterns write what libphonenumber writes."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from taken_in import texts

from connu.sources.phones import normalise_phones
from connu.sources.text import SEPARATOR

_CODES = {"FR": "33", "GB": "44", "US": "1", "DE": "49", "BE": "32", "ES": "34", "CH": "41"}


def by_library(written: str, region: str) -> str | None:
    if set(written) <= set("0 .-"):
        return None
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@st.composite
def numbers(draw):
    """(region, number) as people write them: plain, international, with trunk prefix, spaced."""
    region = draw(st.sampled_from(sorted(_CODES)))
    digits = draw(st.text("0123456789", min_size=6, max_size=12))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["MOBILE", "FIXED_LINE"]))
        example = phonenumbers.example_number_for_type(
            region, getattr(phonenumbers.PhoneNumberType, kind)
        )
        start = phonenumbers.national_significant_number(example)[:3]
        digits = start + draw(st.text("0123456789", min_size=5, max_size=8))
    trunk = "" if region == "ES" else "1" if region == "US" else "0"
    form = draw(st.sampled_from(["{n}", "{t}{n}", "+{c}{n}", "00{c}{n}", "+{c} ({t}) {n}"]))
    written = form.format(n=digits, t=trunk, c=_CODES[region])
    for place in sorted(draw(st.lists(st.integers(3, 9), max_size=3)), reverse=True):
        written = written[:place] + draw(st.sampled_from([" ", ".", "-"])) + written[place:]
    return region, written


@given(numbers())
def test_agrees_with_libphonenumber(number):
    region, written = number
    assert normalise_phones(texts(written), region).to_pylist() == [by_library(written, region)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("612345678", "+33612345678"),
        ("01.45.67.89.01 poste 12", "+33145678901"),
        ("0145678901 / 06 12 34 56 78", f"+33145678901{SEPARATOR}+33612345678"),
        (f"06 12 34 56 78{SEPARATOR}0145678901", f"+33612345678{SEPARATOR}+33145678901"),
        ("+1 202-555-0123", "+12025550123"),
        ("12", None),
        ("demander le gardien", None),
        ("n/a", None),
        (None, None),
    ],
)
def test_french_numbers(written, read):
    assert normalise_phones(texts(written), "FR").to_pylist() == [read]


def test_what_the_country_cannot_read_is_read_by_the_others():
    values = texts("07572246011", "0612345678")
    assert normalise_phones(values, "FR", ("GB",)).to_pylist() == ["+447572246011", "+33612345678"]


def test_a_country_without_simple_rules_goes_to_the_library():
    assert normalise_phones(texts("011 15 2345-6789"), "AR").to_pylist() == ["+5491123456789"]


def test_zeros_are_no_number():
    values = texts("0000000000", "00 00 00 00 00", "000000", "06 00 00 00 00")
    assert normalise_phones(values, "FR").to_pylist() == [None, None, None, "+33600000000"]
