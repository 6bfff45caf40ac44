"""Names are folded, their aliases stand for them, and two brands cannot share one."""

from __future__ import annotations

import pytest

from connu.kernel.errors import UsageError
from connu.understand.brand_names import BrandNames


def test_a_name_is_its_own_alias_and_marks_mean_nothing():
    names = BrandNames.of({"Maison Claire": ["maisonclaire.example"], "H&M": []})
    assert names.names == ("Maison Claire", "H&M") and len(names) == 2
    assert [(a.name, a.joined, len(a.hashes)) for a in names.aliases] == [
        (0, "maisonclaire", 2),
        (0, "maisonclaireexample", 2),
        (1, "hm", 2),
    ]


def test_a_name_that_is_a_word_counts_only_as_written():
    names = BrandNames.of({"Orange": ["=Orange", "orange.example"]})
    assert [(a.text, a.as_written) for a in names.aliases] == [
        ("Orange", True),
        ("orange.example", False),
    ]


@pytest.mark.parametrize("given", [{"&": []}, {"Claire": [" "]}, {"Séz": [], "Rouje": ["SEZ"]}])
def test_names_that_cannot_be_told_apart_are_an_error(given):
    with pytest.raises(UsageError):
        BrandNames.of(given)


def test_an_alias_given_twice_is_no_error():
    assert len(BrandNames.of({"Zara": ["zara", "ZARA"]})) == 1
