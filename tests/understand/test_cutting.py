"""Clauses end where sentences, turns, commas and «and» part them, and lie in their text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connu.understand.cutting import AND, HARD, HELD, SOFT, TURN, WITH, clauses_of
from connu.understand.folding import fold
from connu.understand.tokens import tokens_of

_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
_PIECES = st.lists(
    st.sampled_from(
        ["bien", "mais", "et", ",", ".", "!", "😀", " ", "(", ")", "with", "if", "-", "3", "…",
         "\n", "but", "&", ";", "m", "x.com", "ﷺ", "é"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


def _cut(text: str) -> list[tuple[str, int]]:
    folded = fold(pa.array([text], pa.string()))
    clauses = clauses_of(folded, tokens_of(folded))
    return [
        (text[a:b], int(join))
        for a, b, join in zip(clauses.start, clauses.end, clauses.join, strict=True)
    ]


def _clauses(text: str) -> list[str]:
    return [said for said, _ in _cut(text)]


@given(st.lists(_TEXTS | _PIECES, max_size=4))
@example(["", "😀😀", "\x00", "et et et", "mais"])
@settings(deadline=None)
def test_clauses_lie_within_their_text_in_order_and_apart(texts):
    folded = fold(pa.array(texts, pa.string()))
    tokens = tokens_of(folded)
    clauses = clauses_of(folded, tokens)
    assert (np.diff(clauses.text) >= 0).all()
    assert (clauses.start < clauses.end).all()
    assert (clauses.start[1:] >= clauses.end[:-1]).all()
    assert (clauses.first < clauses.last).all()
    assert (clauses.first[1:] >= clauses.last[:-1]).all()
    assert (clauses.start >= folded.starts[clauses.text]).all()
    assert (clauses.end <= folded.starts[clauses.text + 1]).all()
    assert (clauses.start == tokens.start[clauses.first]).all()
    assert (clauses.end == tokens.end[clauses.last - 1]).all()
    firsts = np.r_[True, clauses.text[1:] != clauses.text[:-1]][: len(clauses.text)]
    assert (clauses.join[firsts] == HARD).all() or not len(clauses.text)


@given(st.lists(_PIECES, min_size=1, max_size=4))
@settings(deadline=None)
def test_many_texts_are_cut_as_each_alone(texts):
    folded = fold(pa.array(texts, pa.string()))
    clauses = clauses_of(folded, tokens_of(folded))
    for row, text in enumerate(texts):
        here, at = clauses.text == row, folded.starts[row]
        together = [
            (text[a - at : b - at], int(join))
            for a, b, join in zip(
                clauses.start[here], clauses.end[here], clauses.join[here], strict=True
            )
        ]
        assert together == _cut(text)


@given(_PIECES)
@settings(deadline=None)
def test_only_words_in_between_are_left_out(text):
    folded = fold(pa.array([text], pa.string()))
    tokens = tokens_of(folded)
    clauses = clauses_of(folded, tokens)
    kept = np.zeros(len(tokens.start), np.bool_)
    for first, last in zip(clauses.first, clauses.last, strict=True):
        kept[first:last] = True
    left = {text[a:b] for a, b in zip(tokens.start[~kept], tokens.end[~kept], strict=True)}
    assert left <= {"mais", "but", "et"}
    assert len(clauses.text) or not len(tokens.start)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Très bien. Je recommande", ["Très bien", "Je recommande"]),
        ("Bonne appli mais trop chère", ["Bonne appli", "trop chère"]),
        ("Easy to use and cheap", ["Easy to use", "cheap"]),
        ("rapide, efficace, aimable", ["rapide", "efficace", "aimable"]),
        ("3,5 km à 12.30 h", ["3,5 km à 12.30 h"]),
        ("Mr. Smith was kind", ["Mr. Smith was kind"]),
        ("cool ! merci", ["cool !", "merci"]),
        ("bon produit (un peu cher)", ["bon produit", "un peu cher"]),
        ("bon - pas cher", ["bon", "pas cher"]),
        ("porte-clés pratique", ["porte-clés pratique"]),
        ("plus pratique", ["plus pratique"]),  # «plus» parts nothing
        ("ligne une\nligne deux", ["ligne une", "ligne deux"]),
        ("", []),
        ("...", []),
    ],
)
def test_where_clauses_end(text, clauses):
    assert _clauses(text) == clauses


def test_how_clauses_are_parted():
    joins = [
        ("a. b", HARD), ("bien mais cher", TURN), ("bien, cher", SOFT), ("good and cheap", AND),
        ("good with care", WITH), ("Bien ! 😀", HARD), ("good. 😀", HELD),
        ("Quand je paie, tout plante", HELD), ("If it rains, bring a coat", HELD),
    ]  # fmt: skip
    for text, join in joins[:5] + joins[6:]:
        assert [told for _, told in _cut(text)] == [HARD, join], text
    assert _clauses("Bien ! 😀") == ["Bien ! 😀"]


def test_stretches_alone_are_read_where_they_are_given():
    text = "Bonjour, tout va bien. Merci à vous"
    folded = fold(pa.array([text]))
    clauses = clauses_of(
        folded, tokens_of(folded), np.array([0]), np.array([9]), np.array([21])
    )  # fmt: skip
    assert [text[a:b] for a, b in zip(clauses.start, clauses.end, strict=True)] == ["tout va bien"]


def test_a_hundred_thousand_signs_without_a_stop():
    text = "mot " * 25_000
    assert _clauses(text) == [text.strip()]
    assert len(_clauses("a, " * 33_000)) == 33_000
