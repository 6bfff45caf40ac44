"""Single values compared, level by level."""

from __future__ import annotations

import numpy as np
import pytest
from encoded import encoded

from connu.identify.compare import Comparison, Field
from connu.identify.explanation import level_words
from connu.identify.rarity import Rarity
from connu.identify.values import (
    DATE_LEVELS,
    EMAIL_BLOCKS,
    EMAIL_LEVELS,
    KEY_LEVELS,
    POSTCODE_LEVELS,
    WORD_LEVELS,
)


def _level(name: str, kind: str, one: str | None, other: str | None, **both) -> int:
    """Level of one field, the same whichever record is left."""
    field = Field.of(name, kind)
    if name == "account":
        rows = [{**both, "ids": [(name, v)] if v else []} for v in (one, other, "x")]
    else:
        rows = [{**both, name: v} for v in (one, other, "x")]
    records = encoded(rows)
    comparison = Comparison(records, [Field.of("name", "name"), field], Rarity.of(records))
    pair = np.array([0], np.int32), np.array([1], np.int32)
    levels = [int(comparison.levels(*p)[name][0]) for p in (pair, pair[::-1])]
    assert levels[0] == levels[1]
    return levels[0]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("19620304", "19620304", "the same date"),
        ("19620101", "19620101", "same year, and both say no more than 1 January"),
        ("1962", "1962", "same year, and both say no more than 1 January"),
        ("1962", "19620101", "same year, and both say no more than 1 January"),
        ("1962", "19620304", "same year, one of the two says no more"),
        ("19620101", "19620304", "same year, one of the two says no more"),
        ("19620304", "19620403", "day and month swapped"),
        ("19620304", "19620305", "one digit differs"),
        ("19620304", "19620340", "one digit differs"),  # two digits exchanged are one slip
        ("19620304", "19720304", "one digit differs"),
        ("19620304", "19620315", "two digits differ"),
        ("19620304", "19711304", "within ten years"),
        ("19620304", "19621129", "same year, another day"),
        ("19620304", "20010304", "same day and month, another year"),
        ("19620304", "19631129", "within a year"),
        ("1962", "1963", "one digit differs"),
        ("1962", "1999", "more than ten years apart"),
        ("19620304", "19681129", "within ten years"),
        ("19620304", "19991129", "more than ten years apart"),
        (None, "19620304", "unknown on one side"),
    ],
)
def test_dates(one: str | None, other: str, words: str):
    level = _level("birth_date", "date", one, other)
    assert -1 <= level < DATE_LEVELS
    assert level_words(Field.of("birth_date", "date"), level) == words


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("75001", "75001", "the same"),
        ("75001", "75002", "one character differs"),
        ("75001", "75010", "one character differs"),
        ("75001", "75089", "same area"),
        ("75001", "75982", "same region"),
        ("75001", "75211", "two characters differ"),
        ("75001", "69382", "elsewhere"),
        ("SW1A1AA", "SW1A1AA", "the same"),
        ("SW1A1AA", "SW1A9ZZ", "same area"),
        ("SW1A1AA", "SW194TB", "same region"),
        ("E16AN", "E97QD", "same region"),
        ("E16AN", "EC1A1BB", "elsewhere"),
        ("75", "75001", "same region"),
        ("7", "75001", "elsewhere"),
        ("E1", "75001", "elsewhere"),
        (None, "75001", "unknown on one side"),
    ],
)
def test_postcodes(one: str | None, other: str, words: str):
    level = _level("postcode", "postcode", one, other)
    assert -1 <= level < POSTCODE_LEVELS
    assert level_words(Field.of("postcode", "postcode"), level) == words


@pytest.mark.parametrize("kind", ["account", "phone"])
@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("33612345678", "33612345678", "the same"),
        ("33612345678", "33612345679", "one character differs"),
        ("33612345678", "33612345687", "one character differs"),
        ("33612345678", "3361234567", "one character differs"),
        ("33612345678", "33612345789", "two characters differ"),
        ("33612345678", "33698765432", "different"),
        # Shifted by two at both ends: four edits, and so different, not unknown.
        ("abcd", "bcdxyz", "different"),
        ("xxab", "abcdef", "different"),
        # Long machine-made keys with one beginning are read to their end.
        ("k" * 60 + "1234", "k" * 60 + "9876", "different"),
        ("k" * 60 + "1", "k" * 60 + "2", "one character differs"),
        (None, "1", "unknown on one side"),
    ],
)
def test_keys(kind: str, one: str | None, other: str, words: str):
    level = _level(kind, "key", one, other)
    assert -1 <= level < KEY_LEVELS
    assert level_words(Field.of(kind, "key"), level) == words


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("jean@example.org", "jean@example.org", "the same"),
        ("jean62@example.org", "jean62@example.org", "the same, digits included"),
        ("jean@example.org", "jean@example.com", "the same before the @"),
        (
            "jean62@example.org",
            "jean62@example.com",
            "the same before the @, digits included",
        ),
        ("jean.martin@example.org", "jean.matin@example.com", "almost the same before the @"),
        ("jean61@example.org", "jean62@example.org", "different"),  # another year, another Jean
        ("jean@example.org", "claude@example.org", "different"),
        (None, "jean@example.org", "unknown on one side"),
    ],
)
def test_emails(one: str | None, other: str, words: str):
    level = _level("email", "email", one, other)
    assert -1 <= level < EMAIL_LEVELS * EMAIL_BLOCKS
    assert level_words(Field.of("email", "email"), level) == words


def test_emails_of_namesakes_are_judged_among_namesakes():
    pair = ("jean.martin@example.org", "jean.matin@example.org")
    alone = _level("email", "email", *pair)
    family = _level("email", "email", *pair, family="martin")
    both = _level("email", "email", *pair, given="jean", family="martin")
    assert [level % EMAIL_LEVELS for level in (alone, family, both)] == [1, 1, 1]
    assert [level // EMAIL_LEVELS for level in (alone, family, both)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("nurse", "nurse", "the same"),
        ("night nurse", "night nurses", "alike"),
        ("nurse", "carpenter", "different"),
        (None, "nurse", "unknown on one side"),
    ],
)
def test_words(one: str | None, other: str, words: str):
    level = _level("occupation", "word", one, other)
    assert -1 <= level < WORD_LEVELS
    assert level_words(Field.of("occupation", "word"), level) == words


@pytest.mark.parametrize(
    ("one", "other", "level"), [("female", "female", 1), ("female", "male", 0), (None, "male", -1)]
)
def test_equal_or_not(one: str | None, other: str, level: int):
    assert _level("sex", "equal", one, other) == level
