"""Codes: one text for the same codes, and every word of what comes from outside checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.kernel.errors import JournalError, UsageError
from connu.ledger.expectations import POLARITIES, STATUSES
from connu.understand.code_checks import checked_codes, placed
from connu.understand.codes import CodedStatement, Codes, coded, codes_from_json

THEMES = ("delivery", "price", "app")


def checked(**said):
    return checked_codes(said, THEMES)[0]


_themes = st.lists(st.sampled_from(THEMES), max_size=4)
_values = st.dictionaries(st.sampled_from(THEMES), st.sampled_from(POLARITIES))


@given(_themes, _values, st.lists(st.tuples(st.integers(0, 9), st.sampled_from(THEMES))))
def test_codes_are_read_back_and_have_one_text(themes, polarity, stretches):
    statements = [CodedStatement(start, start + 3, theme) for start, theme in stretches]
    codes = coded(themes, polarity, {}, statements)
    assert codes_from_json(codes.to_json()) == codes
    again = coded(themes[::-1], dict(reversed(polarity.items())), {}, statements[::-1])
    assert again.to_json() == codes.to_json()


def test_what_the_journal_cannot_have_kept_is_an_error_with_a_remedy():
    for text in ("", "{}", '{"themes":"price"}'):
        with pytest.raises(JournalError) as error:
            codes_from_json(text)
        assert error.value.hint


def test_polarity_is_a_word_or_a_sign():
    said = checked(themes=["price", "app", "delivery"], polarity={"price": -1, "app": 1.0})
    assert said.polarity == {"price": "negative", "app": "positive"}
    said = checked(themes=["price"], polarity={"price": 0}, status={"price": "unknown"})
    assert (said.polarity, said.status) == ({"price": "neutral"}, {"price": "unknown"})
    assert checked(themes=["price"], polarity={"price": None}, status=None).polarity == {}


def test_no_theme_is_a_code_too():
    assert checked(themes=[]) == Codes(())


def test_themes_may_be_left_to_the_statements():
    said = checked(statements=[{"start": 0, "end": 4, "theme": "price", "polarity": -1}])
    assert said.themes == ("price",)
    assert said.polarity_of("price") == "negative" and said.polarity == {}
    assert said.status_of("price") is None
    both = [{"start": 0, "end": 4, "theme": "price", "polarity": p} for p in (-1, 1)]
    assert checked(statements=both).polarity_of("price") is None


@pytest.mark.parametrize(
    ("said", "what", "remedy"),
    [
        ({}, "«themes» is missing", '"themes": []'),
        ({"themes": "price"}, "no list", "delivery"),
        ({"themes": [1]}, "no list", "delivery"),
        ({"themes": ["prise"]}, "no theme «prise»", "«price»"),
        ({"themes": ["price"], "polarity": {"app": 1}}, "does not name", "price"),
        ({"themes": [], "polarity": {"app": 1}}, "does not name", "add it"),
        ({"themes": ["price"], "polarity": ["price"]}, "no object", "polarity"),
        ({"themes": ["price"], "polarity": {"price": 2}}, "does not know", "1, -1, 0"),
        ({"themes": ["price"], "polarity": {"price": True}}, "does not know", "positive"),
        ({"themes": ["price"], "status": {"price": "Met"}}, "does not know", "unmet"),
        ({"themes": ["price"], "status": {"price": 1}}, "does not know", "unmet"),
        ({"statements": {}}, "no list of objects", "start"),
        ({"statements": [1]}, "no list of objects", "start"),
        ({"statements": [{"theme": "price"}]}, "where it stands", "quote"),
        ({"statements": [{"theme": "price", "start": 3, "end": 3}]}, "where it stands", "quote"),
        ({"statements": [{"theme": "price", "start": 0}]}, "where it stands", "quote"),
        ({"statements": [{"theme": "price", "start": True, "end": 2}]}, "where", "quote"),
        ({"statements": [{"theme": "price", "quote": 1}]}, "no text", "copy"),
        ({"statements": [{"start": 0, "end": 2}]}, "names no theme", "theme"),
        ({"statements": [{"theme": "x", "start": 0, "end": 2}]}, "no theme «x»", "price"),
        ({"statements": [{"theme": "price", "start": 0, "from": "x"}]}, "from", "form"),
        (
            {"themes": [], "statements": [{"theme": "price", "start": 0, "end": 2}]},
            "«themes» does not name",
            "leave «themes» out",
        ),
        (
            {"statements": [{"theme": "price", "start": 0, "end": 2, "form": "hope"}]},
            "does not know",
            "wish",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_remedy(said, what, remedy):
    with pytest.raises(UsageError) as error:
        checked_codes(said, THEMES)
    assert what in error.value.message
    assert remedy in error.value.hint


def test_codes_go_along_with_the_codebook():
    now = {"a": "b", "b": "b", "c": None, "d": "d"}
    codes = coded(
        ["a", "b", "c", "d"],
        {"a": "positive", "b": "negative", "c": "negative", "d": "neutral"},
        {"a": "met", "b": "met"},
        [CodedStatement(0, 3, "a"), CodedStatement(4, 6, "c")],
    )
    after = codes.migrated(now.get)
    assert after == coded(["b", "d"], {"d": "neutral"}, {"b": "met"}, [CodedStatement(0, 3, "b")])
    assert after.migrated(now.get) is after


# ---------------------------------------------------------------------- statements in their text
TEXT = "Trop cher 😀 et cher"


def put(text=TEXT, **statement):
    said = {"statements": [{"theme": "price", **statement}]}
    return placed(*checked_codes(said, THEMES), text).statements[0]


def test_a_quote_is_found_in_code_points():
    found = put(quote="😀 et")
    assert (found.start, found.end) == (10, 14)
    assert TEXT[found.start : found.end] == "😀 et"
    assert put(start=0, end=9, quote="Trop cher") == put(start=0, end=9)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ({"quote": "trop cher"}, "not in the text"),
        ({"quote": "cher"}, "more than once"),
        ({"start": 0, "end": 99}, "beyond the text"),
        ({"start": 0, "end": 4, "quote": "cher"}, "do not hold"),
    ],
)
def test_a_stretch_that_is_not_in_the_text_is_refused(statement, what):
    with pytest.raises(UsageError, match=what) as error:
        put(**statement)
    assert error.value.hint and "cher" not in error.value.message


def test_without_the_text_positions_are_taken_and_quotes_are_not():
    assert put(text=None, start=5, end=7).end == 7
    assert put(text=None, start=5, end=7, quote="xy").end == 7
    with pytest.raises(UsageError, match="no build"):
        put(text=None, quote="cher")


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_a_quote_stands_where_it_says_or_is_refused(text, one, other):
    start, end = sorted((one, other))
    quote = text[start:end]
    if not quote:
        return
    try:
        found = put(text, quote=quote)
    except UsageError as error:
        assert "more than once" in error.message
        return
    assert text[found.start : found.end] == quote


def test_statuses_and_polarities_are_the_ledger_s():
    for status in STATUSES:
        assert checked(themes=["price"], status={"price": status}).status == {"price": status}
