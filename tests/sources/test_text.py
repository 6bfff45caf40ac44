"""Columns of text: folding, missing words, several values in a cell."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from taken_in import texts

from connu.sources.text import (
    SEPARATOR,
    each,
    folded,
    from_words,
    joined,
    known,
    over_distinct,
    over_distinct_by,
    trimmed,
    words_of,
)


def test_folding_makes_ascii_words():
    values = texts("L'Hôpital-Œuvré", "STRAßE", "Łódź", "O’Neil", "Иван", "", None, "  -- ")
    assert folded(values).to_pylist() == [
        "lhopital oeuvre", "strasse", "lodz", "oneil", "ivan", None, None, None,
    ]  # fmt: skip


@given(st.lists(st.none() | st.text(max_size=20), max_size=20))
def test_folded_text_holds_words_only_and_stays(values):
    once = folded(pa.array(values, pa.string()))
    for text in once.drop_null().to_pylist():
        assert text and text == " ".join(text.split())
        assert all(c.isascii() and (c.isdigit() or c.islower()) for c in text if c != " ")
    assert folded(once).to_pylist() == once.to_pylist()


def test_composed_and_decomposed_accents_are_one():
    assert folded(texts("e\u0301le\u0300ve")).to_pylist() == folded(texts("élève")).to_pylist()


def test_words_that_say_nothing_are_missing():
    values = texts("N/A", "null", " - ", "non renseigné", "Inconnu", "Anne", "\u00a0\u200b", "\x00")
    assert known(values).to_pylist() == [None] * 5 + ["Anne", None, None]


def test_trimming_knows_other_spaces():
    assert trimmed(texts("\u00a0\u202fx \t", "")).to_pylist() == ["x", None]


def test_normalisers_see_each_value_once():
    seen = []

    def upper(values):
        seen.extend(values.to_pylist())
        return pa.compute.utf8_upper(values)

    assert over_distinct(texts("a", "b", None, "a"), upper).to_pylist() == ["A", "B", None, "A"]
    assert seen == ["a", "b"]


def test_groups_are_normalised_apart():
    def tagged(values, group):
        return pa.compute.binary_join_element_wise(values, group or "none", "/")

    values, groups = texts("a", "a", "b", "a"), texts("x", "y", None, "x")
    assert over_distinct_by(values, groups, tagged).to_pylist() == ["a/x", "a/y", "b/none", "a/x"]


def test_several_values_of_a_cell():
    values = texts(f"b{SEPARATOR}a{SEPARATOR}B", "a", None, f"?{SEPARATOR}-")
    lower = each(values, lambda some: pa.compute.utf8_lower(known(some)))
    assert lower.to_pylist() == [f"b{SEPARATOR}a", "a", None, None]


def test_joining_skips_what_is_missing():
    both = joined(texts("a", None, None, "d"), texts("b", "c", None, None))
    assert both.to_pylist() == ["a b", "c", None, "d"]


@given(st.lists(st.lists(st.sampled_from(["ab", "c", "12"]), max_size=4), max_size=12))
def test_words_and_back(rows):
    values = pa.array([" ".join(words) or None for words in rows], pa.string())
    assert from_words(*words_of(values)).to_pylist() == values.to_pylist()
