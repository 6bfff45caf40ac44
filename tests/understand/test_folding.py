"""Every code point is folded to exactly one, so that places stay those of the text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.folding import fold, folded_word

# All that a source may hand over as text: no lone surrogates, which no Arrow string holds.
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
_ODD = [
    "",
    "\x00",
    "a\x00b",
    "😀👩‍👩‍👧 ok",
    "e\u0301te\u0301",
    "ﬁn ß Œuvre İstanbul",
    "مرحبا بالعالم",
    "שלום, это мир",
    "你好。",
    "\u202eabc\u202c",
    "\ufeffBonjour",
    "��",
    "a\r\nb\u2028c",
]


def _strings(texts: list[str | None]) -> list[str]:
    folded = fold(pa.array(texts, pa.string()))
    return folded.strings(folded.starts[:-1], folded.starts[1:]).to_pylist()


@given(st.lists(_TEXTS, max_size=5))
@settings(deadline=None)
def test_as_many_code_points_come_out_as_went_in(texts):
    folded = fold(pa.array(texts, pa.string()))
    assert np.diff(folded.starts).tolist() == [len(text) for text in texts]
    assert len(folded.codes) == sum(map(len, texts))
    assert len(folded) == len(texts)


@given(st.lists(_TEXTS, min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_a_place_in_the_folded_text_is_the_same_place_in_the_text(texts, data):
    folded = fold(pa.array(texts, pa.string()))
    row = data.draw(st.integers(0, len(texts) - 1))
    a = data.draw(st.integers(0, len(texts[row])))
    b = data.draw(st.integers(a, len(texts[row])))
    at = folded.starts[row]
    stretch = folded.strings(np.array([at + a]), np.array([at + b])).to_pylist()[0]
    assert stretch == folded_word(texts[row][a:b])


@given(_TEXTS)
@settings(deadline=None)
def test_folding_twice_changes_nothing_more(text):
    once = _strings([text])[0]
    assert _strings([once])[0] == once


@pytest.mark.parametrize("text", _ODD)
def test_odd_texts_keep_their_length(text):
    assert len(_strings([text])[0]) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("DÉÇU", "decu"),
        ("L’été à l‘ombre", "l'ete a l'ombre"),
        ("« Très bien »", '" tres bien "'),
        ("mid–range — no", "mid-range - no"),
        ("Œuvre", "ouvre"),
        ("un\u00a0mot\ttab", "un mot tab"),
        ("a\r\nb", "a\n\nb"),
        ("attente…", "attente."),
        ("😀", "😀"),
        ("e\u0301", "e\u0301"),  # a mark that stands alone stays: a place is a place
    ],
)
def test_case_accents_and_typographic_marks_go(text, folded):
    assert _strings([text]) == [folded]


def test_null_and_empty_are_empty_texts():
    assert _strings([None, "", "a"]) == ["", "", "a"]
    assert len(fold(pa.array([], pa.string()))) == 0


def test_slices_and_chunks_are_read_as_they_are():
    whole = pa.array(["zéro", "Un", "Deux", "Trois"])
    parts = pa.chunked_array([whole.slice(1, 1), whole.slice(2, 2)])
    folded = fold(parts)
    assert folded.strings(folded.starts[:-1], folded.starts[1:]).to_pylist() == [
        "un", "deux", "trois",
    ]  # fmt: skip
    sliced = fold(whole.slice(2))
    assert "".join(map(chr, sliced.codes)) == "deuxtrois"


def test_a_hundred_thousand_signs():
    text = "É😀" * 50_000
    folded = fold(pa.array([text, "fin"]))
    assert np.diff(folded.starts).tolist() == [100_000, 3]
    assert chr(folded.codes[-1]) == "n"
