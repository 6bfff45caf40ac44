"""Compiled string comparison gives what the reference library gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from encoded import span, words
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from connu.identify.strings import Words, edits, jaro_winkler

#: Few letters, so that words meet often; any ASCII now and then.
_LETTERS = st.one_of(st.text("abc", max_size=48), st.text(st.characters(max_codepoint=127)))
_QUICK = settings(deadline=None, max_examples=400)


@st.composite
def _near(draw: st.DrawFn) -> tuple[str, str]:
    """A word and the same word after a few slips, or two words of one alphabet."""
    one = draw(_LETTERS)
    other = list(one)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(other)))
        slip = draw(st.sampled_from(("drop", "add", "change", "swap", "cut")))
        if slip == "add":
            other.insert(at, draw(st.sampled_from("abcx")))
        elif slip == "cut":
            del other[at:]
        elif at < len(other):
            if slip == "drop":
                del other[at]
            elif slip == "change":
                other[at] = draw(st.sampled_from("abcx"))
            elif at + 1 < len(other):
                other[at], other[at + 1] = other[at + 1], other[at]
    return one, "".join(other)


_PAIRS = st.one_of(_near(), st.tuples(_LETTERS, _LETTERS))


def _jaro_winkler(one: str, other: str) -> float:
    held = words([one, other])
    return jaro_winkler(held.data, *span(held, 0), *span(held, 1))


def _edits(one: str, other: str, most: int) -> int:
    held = words([one, other])
    return edits(held.data, *span(held, 0), *span(held, 1), most)


@_QUICK
@given(_PAIRS)
@example(("abcd", "bcdxyz"))
def test_jaro_winkler_is_that_of_rapidfuzz(pair: tuple[str, str]):
    one, other = (text[:48] for text in pair)
    expected = JaroWinkler.similarity(one, other) if one and other else 0.0
    assert _jaro_winkler(one, other) == pytest.approx(expected, abs=1e-9)
    assert _jaro_winkler(one, other) == _jaro_winkler(other, one)


@_QUICK
@given(_PAIRS, st.integers(0, 4))
@example(("abcd", "bcdxyz"), 2)
@example(("xxab", "abcdef"), 2)
@example(("a" * 60 + "b", "a" * 60 + "c"), 2)
@example(("a" * 60 + "xyz", "a" * 60 + "bcd"), 2)
def test_edits_are_those_of_rapidfuzz_up_to_the_cap(pair: tuple[str, str], most: int):
    assert _edits(*pair, most) == min(OSA.distance(*pair), most + 1)


@given(st.lists(st.text(max_size=8)), st.data())
def test_words_are_addressed_by_code(texts: list[str], data: st.DataObject):
    first = data.draw(st.integers(0, len(texts)))
    held = Words(pa.array(texts, pa.string()).slice(first))
    assert len(held) == len(texts) - first
    read = [bytes(held.data[slice(*span(held, k))]).decode() for k in range(len(held))]
    assert read == texts[first:]


def test_words_of_a_column_in_several_pieces():
    held = Words(pa.chunked_array([["ada", "grace"], ["hedy"]]).unify_dictionaries())
    assert [bytes(held.data[slice(*span(held, k))]) for k in range(3)] == [
        b"ada", b"grace", b"hedy",
    ]  # fmt: skip
