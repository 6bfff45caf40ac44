"""Terms stand where they are found: the longest holds, stars stand for endings and words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.corpus import corpus_of
from connu.understand.terms import compile_terms, find_terms, language_bits, parse_term

_WORDS = st.sampled_from(["livre", "livraison", "en", "retard", "pas", "decu", "a", "jours", "3"])
_LINES = st.lists(_WORDS, max_size=10).map(" ".join)


def _found(terms: list[str], texts: list[str], language: int = -1) -> list[list[tuple[str, str]]]:
    """By text, (term, the words that stand there)."""
    compiled = compile_terms((term, 0, 1.0, 0) for term in terms)
    corpus = corpus_of(pa.array(texts, pa.string()), np.full(len(texts), language, np.int8))
    spoken = corpus.language[corpus.clauses.text]
    hits = find_terms(compiled, corpus.folded, corpus.tokens, corpus.clauses, spoken)
    made: list[list[tuple[str, str]]] = [[] for _ in texts]
    for clause, token, words, term in zip(
        hits.clause, hits.token, hits.words, hits.term, strict=True
    ):
        row = corpus.clauses.text[clause]
        at = corpus.folded.starts[row]
        a, b = corpus.tokens.start[token] - at, corpus.tokens.end[token + words - 1] - at
        made[row].append((terms[term], texts[row][a:b]))
    return made


@pytest.mark.parametrize(
    ("term", "text", "stands"),
    [
        ("prix", "Les PRIX montent", ["PRIX"]),
        ("prix", "hors de prixs", []),
        ("livr*", "Livré, livreur, délivrer", ["Livré", "livreur"]),
        ("livr*", "livr", ["livr"]),
        ("mise à jour", "la mise a jour", ["mise a jour"]),
        ("mise a jour", "la mise du jour", []),
        ("au bout de * mois", "au bout de trois mois", ["au bout de trois mois"]),
        ("au bout de * mois", "au bout de mois", []),
        ("won't load", "it won’t load", ["won’t load"]),
        ("l'écoute", "à l'ecoute", ["l'ecoute"]),
        ("👍", "bien 👍", ["👍"]),
        ("10 10", "10/10", ["10/10"]),
        ("pas déçu", "pas. déçu", []),  # a sentence ends in between
        ("ne fonctionne p*", "ne fonctionne plus", ["ne fonctionne plus"]),
    ],
)
def test_what_a_term_asks_for(term, text, stands):
    assert [words for _, words in _found([term], [text])[0]] == stands


def test_the_longest_term_holds_and_is_not_read_again():
    terms = ["déçu", "pas déçu", "pas"]
    assert _found(terms, ["pas déçu, déçu, pas ici"])[0] == [
        ("pas déçu", "pas déçu"), ("déçu", "déçu"), ("pas", "pas"),
    ]  # fmt: skip
    assert _found(["liv*", "livrais*"], ["livraison livre"])[0] == [
        ("livrais*", "livraison"), ("liv*", "livre"),
    ]  # fmt: skip
    assert _found(["livraison", "livr*"], ["livraison"])[0] == [("livraison", "livraison")]


def test_terms_without_a_word_or_of_any_word_are_left_out():
    assert len(compile_terms([("", 0, 1.0, 0), ("*", 0, 1.0, 0), ("…", 0, 1.0, 0)])) == 0
    assert len(compile_terms([("* mois", 0, 1.0, 0)])) == 0
    assert parse_term("  ") == []


def test_a_term_is_read_in_its_languages_alone():
    compiled = compile_terms([("sale", 7, 1.0, language_bits("fr")), ("prix", 8, 1.0, 0)])
    corpus = corpus_of(pa.array(["sale prix"] * 3), np.array([0, 1, -1], np.int8))
    hits = find_terms(compiled, corpus.folded, corpus.tokens, corpus.clauses, corpus.language)
    said = [(int(c), int(compiled.of[t])) for c, t in zip(hits.clause, hits.term, strict=True)]
    assert said == [(0, 7), (0, 8), (1, 8), (2, 7), (2, 8)]


@settings(deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=6))
def test_many_texts_are_searched_as_each_alone(texts):
    terms = ["livr*", "en retard", "pas decu", "a * jours", "en"]
    assert _found(terms, texts) == [_found(terms, [text])[0] for text in texts]


@settings(deadline=None)
@given(_LINES)
def test_hits_do_not_overlap_and_stay_in_their_clause(text):
    compiled = compile_terms((t, 0, 1.0, 0) for t in ("livr*", "en retard", "retard a *", "pas"))
    corpus = corpus_of(pa.array([text]), np.zeros(1, np.int8))
    spoken = corpus.language[corpus.clauses.text]
    hits = find_terms(compiled, corpus.folded, corpus.tokens, corpus.clauses, spoken)
    assert (hits.token[1:] >= hits.token[:-1] + hits.words[:-1]).all()
    assert (hits.token >= corpus.clauses.first[hits.clause]).all()
    assert (hits.token + hits.words <= corpus.clauses.last[hits.clause]).all()


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), max_size=4))
def test_whatever_the_texts_and_terms_nothing_breaks(texts):
    _found([text for text in texts if parse_term(text) and parse_term(text)[0][1] != 2], texts)
