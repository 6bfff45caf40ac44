"""Clauses are joined to statements of one theme in one tone; run-ons are parted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.corpus import corpus_of
from connu.understand.cutting import HELD, RUN_ON, Clauses
from connu.understand.joining import join_clauses
from connu.understand.run_ons import part_run_ons
from connu.understand.terms import compile_terms, find_terms
from connu.understand.tone import signs_of

#: Themes of these tests, by their seeds; the last is general.
_SEEDS = {
    "appli": 0,
    "app": 0,
    "prix": 1,
    "price*": 1,
    "facile": 2,
    "easy": 2,
    "top": 3,
    "great": 3,
}
_GENERAL = np.array([False, False, False, True])


def _joined(text: str, themes: list[int], tones: list[int]) -> list[str]:
    corpus = corpus_of(pa.array([text]), np.zeros(1, np.int8))
    assert len(corpus.clauses.text) == len(themes), "the example is cut otherwise"
    made = join_clauses(corpus.clauses, np.array(themes), np.array(tones))
    return [text[a:b] for a, b in zip(made.start, made.end, strict=True)]


@pytest.mark.parametrize(
    ("text", "themes", "tones", "statements"),
    [
        ("Facile, rapide", [2, -1], [1, 1], ["Facile, rapide"]),
        ("Facile, pas cher", [2, 1], [1, 1], ["Facile", "pas cher"]),
        ("Appli bien, appli lente", [0, 0], [1, -1], ["Appli bien", "appli lente"]),
        ("easy and cheap", [2, 1], [1, 1], ["easy", "cheap"]),
        ("easy and quick", [2, 2], [1, 1], ["easy and quick"]),
        ("bien mais trop cher ici", [0, 1], [1, -1], ["bien", "trop cher ici"]),
        ("bien mais bon", [0, -1], [1, 0], ["bien mais bon"]),
        ("Bien. Bien", [0, 0], [1, 1], ["Bien", "Bien"]),
        ("colis with an app", [1, 0], [1, 0], ["colis with an app"]),
        ("bad price with a great app", [1, 0], [-1, 1], ["bad price", "with a great app"]),
        ("Quand je paie, tout plante", [1, 0], [0, -1], ["Quand je paie, tout plante"]),
        ("Top. 😡", [3, -1], [1, -1], ["Top. 😡"]),
    ],
)
def test_what_is_joined(text, themes, tones, statements):
    assert _joined(text, themes, tones) == statements


def test_no_clauses_no_statements():
    nothing = corpus_of(pa.array(["", "…"]), np.zeros(2, np.int8)).clauses
    made = join_clauses(nothing, np.zeros(0), np.zeros(0))
    assert len(made) == 0
    assert len(made.of) == 0


@settings(deadline=None)
@given(st.lists(st.text("ab. ,!", max_size=20), max_size=4), st.randoms(use_true_random=False))
def test_statements_are_whole_clauses_of_one_text_in_order(texts, random):
    clauses = corpus_of(pa.array(texts, pa.string()), np.zeros(len(texts), np.int8)).clauses
    n = len(clauses.text)
    themes = np.array([random.randint(-1, 2) for _ in range(n)], np.int32)
    tones = np.array([random.randint(-1, 1) for _ in range(n)], np.int8)
    made = join_clauses(clauses, themes, tones)
    assert (np.diff(made.of) >= 0).all()
    assert (np.diff(made.of) <= 1).all()
    assert (made.text[made.of] == clauses.text).all()
    assert (made.start[made.of] <= clauses.start).all()
    assert (made.end[made.of] >= clauses.end).all()
    assert (made.start[1:] >= made.end[:-1]).all()


def _parted(text: str, language: int) -> tuple[list[str], Clauses]:
    corpus = corpus_of(pa.array([text]), np.array([language], np.int8))
    spoken = corpus.language[corpus.clauses.text]
    terms = compile_terms((seed, of, 1.0, 0) for seed, of in _SEEDS.items())
    hits = find_terms(terms, corpus.folded, corpus.tokens, corpus.clauses, spoken)
    theme = np.full(len(corpus.tokens.hash), -1, np.int32)
    theme[hits.token] = terms.of[hits.term]
    sign, within = signs_of(corpus.folded, corpus.tokens, corpus.clauses, spoken)
    made = part_run_ons(corpus.clauses, corpus.tokens, theme, sign, within, _GENERAL)
    return [text[a:b] for a, b in zip(made.start, made.end, strict=True)], made


@pytest.mark.parametrize(
    ("text", "language", "clauses"),
    [
        ("great app very easy to use", 1, ["great app", "very easy to use"]),
        ("super appli des bugs partout", 0, ["super appli", "des bugs partout"]),
        ("lovely app great prices", 1, ["lovely app", "great prices"]),
        # one judgement alone, or a word that holds on to the next
        ("the app is very easy to use", 1, ["the app is very easy to use"]),
        ("a great easy app", 1, ["a great easy app"]),
        ("not a great app", 1, ["not a great app"]),
        ("cette appli est vraiment facile", 0, ["cette appli est vraiment facile"]),
    ],
)
def test_what_runs_on_is_parted_where_the_second_begins(text, language, clauses):
    assert _parted(text, language)[0] == clauses


def test_what_was_parted_says_so_and_stays_end_to_end():
    _, made = _parted("Bien. great app very easy to use, cheap. great app very easy", 1)
    assert made.join.tolist().count(RUN_ON) == 2
    assert (made.first[1:] >= made.last[:-1]).all()
    assert (made.start[1:] >= made.end[:-1]).all()
    assert HELD not in made.join
