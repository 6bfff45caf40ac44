"""Polarity: words and forms without labels, ratings, and what labels teach."""

from __future__ import annotations

import made_corpus
import numpy as np
import pyarrow as pa
import pytest

from connu.understand.corpus import corpus_of
from connu.understand.evidence import learn_evidence
from connu.understand.forms import EXPLICIT
from connu.understand.polarity import (
    LEAST_LABELLED,
    LEAST_RATED,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Polarity,
    learn_polarity,
    learn_ratings,
    status_of,
)
from connu.understand.spoken import spoken_in
from connu.understand.statements import cut_texts
from connu.understand.theme_coder import ThemeCoder


def _spoken(corpus, text, theme, evidence=None, rating=None):
    evidence = evidence or learn_evidence(made_corpus.codebook(), corpus)
    cut = cut_texts(evidence, corpus)
    told = ThemeCoder(evidence).tell(corpus, cut)
    rated = np.zeros(len(corpus), np.float32) if rating is None else rating
    spoken, there = spoken_in(corpus, cut, told, np.asarray(text), np.asarray(theme), rated)
    assert there.all()
    return spoken


@pytest.fixture(scope="module")
def mixed():
    corpus, theme, polarity = made_corpus.mixed(20)
    return corpus, _spoken(corpus, np.arange(len(corpus)), theme), theme, polarity


def test_words_decide_without_labels_in_both_languages(mixed):
    _, spoken, _, polarity = mixed
    told = Polarity().of(spoken)
    assert np.allclose(told.sum(1), 1)
    assert np.array_equal(told.argmax(1), polarity)


@pytest.mark.parametrize(
    ("text", "language"),
    [("I wish the delivery were cheaper", "en"), ("il faudrait une livraison moins chère", "fr")],
)
def test_a_wish_is_neutral(text, language):
    spoken = _spoken(made_corpus.corpus([text], language), [0], [0])
    assert Polarity().of(spoken).argmax(1).tolist() == [NEUTRAL]


def test_where_words_are_silent_the_rating_speaks():
    corpus = made_corpus.corpus(["the parcel with the box"] * 2)
    rating = np.array([1, -1], np.float32)
    told = Polarity().of(_spoken(corpus, [0, 1], [0, 0], rating=rating))
    assert told[0, POSITIVE] > told[0, NEGATIVE]
    assert told[1, POSITIVE] < told[1, NEGATIVE]


def test_ratings_teach_words_that_no_lexicon_knows():
    texts = [f"the parcel is {word} number {n}" for n in range(120) for word in ("zimpy", "grolk")]
    corpus = made_corpus.corpus(texts)
    evidence = learn_evidence(made_corpus.codebook(), corpus)
    starts = corpus.tokens.starts
    rows = evidence.ngrams.rows(
        corpus.folded, corpus.tokens, starts[:-1], starts[1:], corpus.language
    )
    rating = np.tile([1, -1], 120).astype(np.float32)
    rated = learn_ratings(rows, rating)
    fresh = made_corpus.corpus(["the parcel is zimpy", "the parcel is grolk"])
    told = rated.of(_spoken(fresh, [0, 1], [0, 0], evidence))
    assert told[0, POSITIVE] > told[0, NEGATIVE]
    assert told[1, NEGATIVE] > told[1, POSITIVE]
    few = np.where(np.arange(len(rating)) < LEAST_RATED, rating, 0).astype(np.float32)
    assert learn_ratings(rows, few).rated is None


def _labelled(mixed):
    """Labels that contradict the words: whoever learnt them follows them."""
    corpus, spoken, _, polarity = mixed
    return spoken, np.where(polarity == POSITIVE, NEGATIVE, POSITIVE), np.arange(len(corpus))


def test_labels_teach_against_words(mixed):
    spoken, labels, text = _labelled(mixed)
    assert len(labels) >= LEAST_LABELLED
    learnt = learn_polarity(Polarity(), spoken, labels, text)
    told = learnt.of(spoken)
    assert np.allclose(told.sum(1), 1)
    assert np.mean(told.argmax(1) == labels) > 0.95


def test_the_same_seed_gives_the_same_and_a_batch_what_each_gives_alone(mixed):
    spoken, labels, text = _labelled(mixed)
    one, other = (learn_polarity(Polarity(), spoken, labels, text, seed=3) for _ in range(2))
    whole = one.of(spoken)
    assert np.array_equal(whole, other.of(spoken))
    for row in (0, 7, len(labels) - 1):
        alone = one.of(spoken.part(np.array([row])))
        assert np.allclose(alone, whole[[row]], atol=1e-6)


@pytest.mark.parametrize("value", [NEGATIVE, NEUTRAL, POSITIVE])
def test_labels_that_are_all_alike_or_few_teach_nothing(mixed, value):
    _, spoken, _, _ = mixed
    known = Polarity()
    alike = np.full(len(spoken), value)
    assert learn_polarity(known, spoken, alike, np.arange(len(spoken))) is known
    rows = np.arange(20)
    assert learn_polarity(known, spoken.part(rows), alike[rows], rows) is known


def test_few_texts_with_many_labels_are_enough(mixed):
    spoken, labels, text = _labelled(mixed)
    assert learn_polarity(Polarity(), spoken, labels, text % 3).columns is not None
    known = Polarity()
    assert learn_polarity(known, spoken, labels, text * 0) is known


@pytest.mark.parametrize("absent", [NEGATIVE, NEUTRAL, POSITIVE])
def test_two_polarities_of_three_are_enough(mixed, absent):
    _, spoken, _, polarity = mixed
    low, high = (one for one in (NEGATIVE, NEUTRAL, POSITIVE) if one != absent)
    labels = np.where(polarity == POSITIVE, high, low)
    told = learn_polarity(Polarity(), spoken, labels, np.arange(len(labels))).of(spoken)
    assert told.shape == (len(labels), 3)
    assert np.mean(told.argmax(1) == labels) > 0.95


def test_a_theme_that_no_label_had_is_told_too(mixed):
    _, spoken, theme, polarity = mixed
    rows = np.flatnonzero(theme == 0)
    rows = np.concatenate([rows] * 3)
    learnt = learn_polarity(Polarity(), spoken.part(rows), polarity[rows], rows)
    assert learnt.of(spoken).shape == (len(spoken), 3)


def test_nothing_is_told_of_nothing(mixed):
    spoken, labels, text = _labelled(mixed)
    none = spoken.part(np.zeros(0, np.int64))
    assert Polarity().of(none).shape == (0, 3)
    assert learn_polarity(Polarity(), spoken, labels, text).of(none).shape == (0, 3)


def test_status_follows_polarity_and_wishes_are_unknown():
    form = np.array([-1, -1, -1, EXPLICIT.index("wish"), EXPLICIT.index("lack")])
    polarity = np.array([POSITIVE, NEGATIVE, NEUTRAL, NEGATIVE, NEGATIVE])
    assert status_of(form, polarity).tolist() == [0, 1, 2, 2, 1]


def test_null_texts_are_read():
    corpus = corpus_of(pa.array([None, "the price is great"], pa.string()), pa.array([None, "en"]))
    spoken = _spoken(corpus, [1], [1])
    assert Polarity().of(spoken).argmax(1).tolist() == [POSITIVE]
