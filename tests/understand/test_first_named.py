"""The first brand of an answer is found despite typing errors; words are no brands."""

from __future__ import annotations

import pyarrow as pa
import pytest

from connu.understand.brand_names import BrandNames
from connu.understand.first_named import first_named

NAMES = BrandNames.of(
    {
        "Maison Claire": [],
        "Sézane": [],
        "Zara": [],
        "H&M": ["H et M"],
        "Nike": [],
        "Orange": ["=Orange"],
    }
)


def named(answer):
    """The first brand, and all, of one answer."""
    found = first_named([answer], NAMES)
    first = [one.name for one in found.named if one.first]
    return (first[0] if first else None), {one.name for one in found.named if one.any}


@pytest.mark.parametrize(
    ("answer", "first", "others"),
    [
        ("Maison Claire", "Maison Claire", set()),
        ("maisonclair", "Maison Claire", set()),
        ("MAISON CLARE, zara", "Maison Claire", {"Zara"}),
        ("1. Sezanne\n2. zarra", "Sézane", {"Zara"}),
        ("zara puis sezane", "Zara", {"Sézane"}),
        ("je dirais zara puis maisn claire", "Zara", {"Maison Claire"}),
        ("H et M, Nike", "H&M", {"Nike"}),
        ("nkie", "Nike", set()),
        ("orange", "Orange", set()),
        ("Zara Sézane Zara", "Zara", {"Sézane"}),
    ],
)
def test_brands_in_the_order_they_are_named(answer, first, others):
    assert named(answer) == (first, {first, *others})


@pytest.mark.parametrize("answer", ["I like it", "bike", "a mike", "aucune", "zone", "maison", "?"])
def test_words_that_look_like_a_brand_are_none(answer):
    assert named(answer) == (None, set())


def test_what_is_as_near_to_two_brands_stands_for_neither():
    names = BrandNames.of({"Claira": [], "Claire": []})
    found = first_named(["clairo"], names)
    assert [one.any for one in found.named] == [0, 0] and found.unlisted == 1


def test_shares_are_of_all_who_answered():
    answers = ["Zara, Sézane"] * 30 + ["sezane"] * 50 + ["rien"] * 20 + [None, " ", "-"]
    found = first_named(answers, NAMES)
    assert (found.answers, found.blank, found.unlisted, found.silence) == (100, 3, 20, None)
    first, second = found.named[:2]
    assert (first.name, first.first, first.any) == ("Sézane", 50, 80)
    assert (second.name, second.first, second.any) == ("Zara", 30, 30)
    assert first.first_share.value == pytest.approx(0.5)
    # Wilson's interval of 50 in 100
    assert first.first_share.low == pytest.approx(0.4038, abs=5e-5)
    assert first_named(pa.array(answers), NAMES) == found


def test_unlisted_words_are_shown_only_where_several_say_them():
    found = first_named(["Rouje"] * 4 + ["rouje !"] + ["Ba&sh"] * 6 + ["mon amie Zoé"], NAMES)
    assert found.unlisted_words == [("ba sh", 6), ("rouje", 5)]
    assert found.unlisted == 12 and found.silence == "too_few"


def test_nobody_answered():
    found = first_named([], NAMES)
    assert (found.answers, found.silence) == (0, "too_few")
    assert (found.named[0].first_share.low, found.named[0].first_share.high) == (0, 1)
    assert first_named(["Zara"], BrandNames.of({})).unlisted == 1
