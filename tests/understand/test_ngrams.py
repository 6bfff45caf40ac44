"""n-gram rows: of length one each for words and pieces, the same whatever stands beside them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from connu.understand.corpus import Corpus, corpus_of
from connu.understand.ngrams import NGrams

_TEXTS = [
    "le colis est arrivé en retard", "colis arrivé trop tard", "la livraison du colis",
    "personnel aimable", "personnel peu aimable", "le personnel du magasin", "retard encore",
]  # fmt: skip


def _corpus(texts: list[str]) -> Corpus:
    return corpus_of(pa.array(texts, pa.string()), np.zeros(len(texts), np.int8))


def _fitted(texts: list[str], **least: int) -> NGrams:
    corpus = _corpus(texts)
    ngrams = NGrams(**least)
    return ngrams.fit(corpus.folded, corpus.tokens, corpus.language)


def _rows(ngrams: NGrams, texts: list[str]) -> csr_matrix:
    corpus = _corpus(texts)
    starts = corpus.tokens.starts
    return ngrams.rows(corpus.folded, corpus.tokens, starts[:-1], starts[1:], corpus.language)


def test_words_and_pieces_have_length_one_each():
    ngrams = _fitted(_TEXTS)
    rows = _rows(ngrams, _TEXTS)
    assert rows.shape == (len(_TEXTS), ngrams.features)
    words = rows[:, : ngrams.words].multiply(rows[:, : ngrams.words]).sum(1)
    pieces = rows[:, ngrams.words :].multiply(rows[:, ngrams.words :]).sum(1)
    assert np.allclose(words, 1, atol=1e-5)
    assert np.allclose(pieces, 1, atol=1e-5)


def test_likeness_follows_what_is_said():
    rows = _rows(_fitted(_TEXTS, least_words=1, least_pieces=1), _TEXTS)
    like = (rows @ rows.T).toarray()
    assert like[0, 1] > like[0, 3]
    assert like[3, 4] > like[3, 0]


def test_a_misspelt_word_is_like_the_right_one():
    texts = ["livraison", "livraisson", "aimable", "xyz"]
    rows = _rows(_fitted(texts, least_words=1, least_pieces=1), texts)
    like = (rows @ rows.T).toarray()
    assert like[0, 1] > 0.4
    assert like[0, 1] > like[0, 2] + 0.3


def test_what_too_few_texts_hold_is_left_out():
    many, few = _fitted(_TEXTS), _fitted(_TEXTS, least_words=1, least_pieces=1)
    assert many.features < few.features
    assert _rows(many, ["zzz qqq"]).nnz == 0


def test_no_more_features_than_most():
    ngrams = NGrams(most=10, least_words=1, least_pieces=1)
    corpus = _corpus(_TEXTS)
    ngrams.fit(corpus.folded, corpus.tokens, corpus.language)
    assert 0 < ngrams.features <= 20


def test_no_texts_no_features():
    ngrams = _fitted([])
    assert ngrams.features == 0
    assert _rows(ngrams, ["bonjour", ""]).shape == (2, 0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([*_TEXTS, "", "😀", "\x00", "colis " * 30]), max_size=5))
def test_many_texts_are_read_as_each_alone(texts):
    ngrams = _fitted(_TEXTS)
    together = _rows(ngrams, texts)
    assert np.isfinite(together.data).all()
    for row, text in enumerate(texts):
        assert abs(together[row] - _rows(ngrams, [text])).sum() == pytest.approx(0, abs=1e-5)
