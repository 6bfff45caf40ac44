"""Countries: codes and names in three languages."""

import re

from taken_in import texts

from connu.sources.countries import _CODES, COUNTRIES, normalise_countries


def test_codes_and_names():
    values = texts("France", "fra", "fr", "UK", "Deutschland", "États-Unis", "Côte d'Ivoire")
    assert normalise_countries(values).to_pylist() == ["FR", "FR", "FR", "GB", "DE", "US", "CI"]


def test_unknown_ones():
    values = texts("Neverland", "XK", None, "-")
    assert normalise_countries(values).to_pylist() == [None, "XK", None, None]


def test_the_table_is_folded_and_complete():
    assert all(re.fullmatch("[a-z]+( [a-z]+)*", word) for word in _CODES)
    assert all(code.lower() in _CODES for code in COUNTRIES)
