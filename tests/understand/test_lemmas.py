"""Lemmas bring a word's forms together, by language; what is unknown stays as it is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.understand.corpus import Corpus, corpus_of
from connu.understand.lemmas import Lemmas, learn_lemmas
from connu.understand.tokens import hash_of


def _corpus(texts: list[str], languages: list[int]) -> Corpus:
    return corpus_of(pa.array(texts, pa.string()), np.array(languages, np.int8))


def _learnt(corpus: Corpus, least: int = 1) -> Lemmas:
    return learn_lemmas(corpus.texts, corpus.folded, corpus.tokens, corpus.language, least)


def _of(lemmas: Lemmas, corpus: Corpus) -> list[int]:
    starts = corpus.tokens.starts
    return lemmas.of(corpus.tokens, starts[:-1], starts[1:], corpus.language).tolist()


@pytest.mark.parametrize(
    ("language", "words"),
    [(0, "chevaux cheval"), (0, "aimables aimable"), (1, "deliveries delivery"), (1, "went go")],
)
def test_forms_of_a_word_become_one(language, words):
    corpus = _corpus([words], [language])
    one, other = _of(_learnt(corpus), corpus)
    assert one == other


def test_a_lemma_is_of_its_language_alone():
    learnt = _learnt(_corpus(["chevaux chevaux"], [0]))
    french, english, none = _corpus(["chevaux"] * 3, [0, 1, -1]), 1, 2
    of = _of(learnt, _corpus(["chevaux"] * 3, [0, 1, -1]))
    assert of[0] == hash_of("cheval")
    assert of[english] == of[none] == hash_of("chevaux")
    assert len(french) == 3


def test_rare_words_are_not_looked_up_and_unknown_ones_stay():
    corpus = _corpus(["chevaux zzyzx42"], [0])
    assert _of(_learnt(corpus, least=2), corpus) == corpus.tokens.hash.tolist()
    assert _of(_learnt(corpus), corpus)[1] == hash_of("zzyzx42")


def test_only_the_stretches_that_are_given_are_read():
    corpus = _corpus(["chevaux chevaux"], [0])
    lemmas = _learnt(corpus)
    made = lemmas.of(corpus.tokens, np.array([1]), np.array([2]), np.array([0], np.int8))
    assert made.tolist() == [hash_of("chevaux"), hash_of("cheval")]


def test_without_words_there_is_nothing_to_know():
    corpus = _corpus([], [])
    assert len(_learnt(corpus).keys) == 0
    assert _of(Lemmas(), _corpus(["chevaux"], [0])) == [hash_of("chevaux")]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=4))
def test_whatever_the_texts_keys_ascend_and_every_token_has_one(texts):
    corpus = _corpus(texts, [0] * len(texts))
    lemmas = _learnt(corpus)
    assert (lemmas.keys[1:] > lemmas.keys[:-1]).all()
    assert len(_of(lemmas, corpus)) == len(corpus.tokens.hash)
