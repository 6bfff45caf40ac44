"""Addresses compared as bags: what is shared, alike and contradicting, in bits."""

from __future__ import annotations

import numpy as np
import pytest
from encoded import encoded, span, words

from connu.identify.bags import (
    AGAINST_BITS,
    AGAINST_LEVELS,
    LEVELS,
    SHARED_BITS,
    SHARED_LEVELS,
    similar,
)
from connu.identify.compare import Comparison, Field
from connu.identify.rarity import Rarity

_FIELD = Field.of("address", "place")
_OTHERS = [
    {"address": f"{number} {way} {name}", "city": city, "postcode": code}
    for number, way, name in zip(
        range(1, 41), ["rue", "avenue"] * 20, [f"street{k:02}" for k in range(40)], strict=True
    )
    for city, code in (("lyon", "69003"), ("metz", "57000"))
]


def _compared(one: str | None, other: str | None) -> tuple[int, int, bool]:
    """Levels of shared and of contradicting bits (0: none), and whether to the letter."""
    records = encoded([{"address": one}, {"address": other}, *_OTHERS])
    comparison = Comparison(records, [_FIELD], Rarity.of(records))
    pair = np.array([0], np.int32), np.array([1], np.int32)
    level = int(comparison.level(_FIELD, *pair)[0])
    assert level == int(comparison.level(_FIELD, *pair[::-1])[0])
    if level < 0:
        return -1, -1, False
    shared, against, letter = np.unravel_index(level, (SHARED_LEVELS, AGAINST_LEVELS, 2))
    return int(shared), AGAINST_LEVELS - 1 - int(against), bool(letter)


def test_levels_are_shared_times_against_times_letter():
    assert LEVELS == SHARED_LEVELS * AGAINST_LEVELS * 2
    assert np.all(np.diff(SHARED_BITS) > 0) and np.all(np.diff(AGAINST_BITS) > 0)


def test_the_order_of_an_address_means_nothing():
    same = _compared("12 rue lilas", "12 rue lilas")
    assert _compared("rue lilas 12", "lilas 12 rue") == same
    assert same[1:] == (0, True)


def test_a_part_left_out_contradicts_nothing():
    assert _compared("12 rue lilas batiment c", "12 rue lilas")[1] == 0


def test_another_street_contradicts():
    shared, against, _ = _compared("12 rue lilas", "9 avenue rosiers")
    assert shared == 0 and against > 0


def test_a_slip_is_alike_and_not_to_the_letter():
    exact = _compared("12 rue chateaubriand", "12 rue chateaubriand")
    alike = _compared("12 rue chateaubriand", "12 rue chateaubrand")
    other = _compared("12 rue chateaubriand", "12 rue maupassant")
    assert exact[2] and not alike[2]
    assert other[0] < alike[0] <= exact[0]
    assert alike[1] <= other[1]


def test_the_rarer_the_more_is_shared():
    assert _compared("lilas", "lilas")[0] > _compared("rue", "rue")[0]


def test_an_address_that_is_absent_is_unknown():
    assert _compared(None, "12 rue lilas") == (-1, -1, False)


def test_a_very_long_address_is_compared():
    long = " ".join(f"word{'abcdefghij'[k % 10]}{k}" for k in range(500))
    shared, against, letter = _compared(long, long)
    assert shared == SHARED_LEVELS - 1 and against == 0 and letter
    assert _compared(long, "12 rue lilas")[0] == 0


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("j", "jean", 0.25),
        ("jean", "j", 0.25),
        ("j", "k", 0.0),
        ("1", "12", 0.0),  # a house number has no initial
        ("12", "13", 0.0),
        ("abc", "abd", 0.0),  # too short to tell a slip
        ("martin", "durand", 0.0),
    ],
)
def test_likeness_of_tokens(one: str, other: str, likeness: float):
    held = words([one, other])
    assert similar(held.data, *span(held, 0), *span(held, 1)) == likeness


def test_a_slip_is_worth_at_most_three_fifths():
    held = words(["catherine", "cathrine"])
    assert 0.5 < similar(held.data, *span(held, 0), *span(held, 1)) <= 0.6
