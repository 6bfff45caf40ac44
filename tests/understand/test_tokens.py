"""Tokens lie in their texts, in order, and are what the module says they are."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.folding import fold
from connu.understand.tokens import hash_of, tokens_of

_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def _words(text: str) -> list[str]:
    folded = fold(pa.array([text], pa.string()))
    tokens = tokens_of(folded)
    return [
        "".join(map(chr, folded.codes[a:b]))
        for a, b in zip(tokens.start, tokens.end, strict=True)
    ]  # fmt: skip


@given(st.lists(_TEXTS, max_size=5))
@settings(deadline=None)
def test_tokens_lie_within_their_text_in_order_and_apart(texts):
    folded = fold(pa.array(texts, pa.string()))
    tokens = tokens_of(folded)
    assert (tokens.start < tokens.end).all()
    assert (tokens.start[1:] >= tokens.end[:-1]).all()
    assert len(tokens.starts) == len(texts) + 1
    for row in range(len(texts)):
        a, b = tokens.starts[row], tokens.starts[row + 1]
        assert (tokens.start[a:b] >= folded.starts[row]).all()
        assert (tokens.end[a:b] <= folded.starts[row + 1]).all()


@given(_TEXTS)
@settings(deadline=None)
def test_a_hash_is_of_the_word_that_stands_there(text):
    folded = fold(pa.array([text], pa.string()))
    tokens = tokens_of(folded)
    for a, b, value in zip(tokens.start, tokens.end, tokens.hash, strict=True):
        assert int(value) == hash_of("".join(map(chr, folded.codes[a:b])))


@given(st.lists(_TEXTS, min_size=1, max_size=5))
@settings(deadline=None)
def test_many_texts_are_read_as_each_alone(texts):
    folded = fold(pa.array(texts, pa.string()))
    tokens = tokens_of(folded)
    together = [
        "".join(map(chr, folded.codes[a:b]))
        for a, b in zip(tokens.start, tokens.end, strict=True)
    ]  # fmt: skip
    assert together == [word for text in texts for word in _words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J'aimerais un porte-clés", ["j", "aimerais", "un", "porte", "cles"]),
        ("don't!", ["don", "t", "!"]),
        ("Super!!! 👍🏽", ["super", "!", "!", "!", "👍", "🏽"]),
        ("3,5 km (env.)", ["3", "5", "km", "env"]),
        ("iPhone12", ["iphone12"]),
        ("…, ; :", []),
        ("", []),
        ("\x00\x01", []),
        ("❤️", ["❤"]),  # the selector goes with its emoji
        ("привет мир", ["привет", "мир"]),
        ("שלום", ["שלום"]),
    ],
)
def test_words_numbers_and_marks(text, words):
    assert _words(text) == words
