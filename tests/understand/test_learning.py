"""Learning a coder from texts, ratings and labels, and unlearning what is no more there."""

from __future__ import annotations

import made_corpus
import numpy as np
import pytest

from connu.understand.learning import UNSAID, Labelled, learn_coder, part_of
from connu.understand.polarity import LEAST_LABELLED, NEGATIVE, POSITIVE

DELIVERY, PRICE, STAFF, OVERALL = range(4)


def labelled(rows, theme, polarity=None):
    themes = made_corpus.one_hot(np.asarray(theme))
    said = np.full(themes.shape, UNSAID, np.int8)
    if polarity is not None:
        said[np.arange(len(rows)), theme] = polarity
    return Labelled(np.asarray(rows), themes, said)


@pytest.fixture(scope="module")
def known():
    """Texts about deliveries, prices and staff, some of them by words no seed knows."""
    texts, theme = made_corpus.hidden(20)
    return made_corpus.corpus(texts), theme


def test_without_labels_the_codebook_alone_codes():
    corpus, theme, polarity = made_corpus.mixed(10)
    coder = learn_coder(made_corpus.codebook(), corpus)
    made = coder.code(corpus)
    assert np.array_equal(made.told.text.argmax(1), theme)
    own = made.theme == theme[made.text]
    assert np.array_equal(made.text[own], np.arange(len(corpus)))
    assert np.array_equal(made.polarity[own], polarity)


def test_labels_are_learnt_and_texts_without_them_follow(known):
    corpus, theme = known
    rows = np.arange(0, len(corpus), 2)
    coder = learn_coder(made_corpus.codebook(), corpus, labelled=labelled(rows, theme[rows]))
    rest = np.arange(1, len(corpus), 2)
    told = coder.code(part_of(corpus, rest)).told
    assert np.array_equal(told.text.argmax(1), theme[rest])


def test_deleting_labelled_texts_removes_their_weight(known):
    corpus, theme = known
    book = made_corpus.codebook()
    whole = learn_coder(book, corpus, labelled=labelled(np.arange(len(corpus)), theme))
    # The texts about prices go, and their labels with them.
    kept = np.flatnonzero(theme != PRICE)
    left = part_of(corpus, kept)
    less = learn_coder(book, left, labelled=labelled(np.arange(len(kept)), theme[kept]))
    word = made_corpus.corpus([f"we talked of the {made_corpus.HIDDEN['price']}"])
    assert whole.code(word).told.text[0, PRICE] > 0.5
    assert less.code(word).told.text[0, PRICE] < 0.2
    # It is what learning without them gives, to the bit.
    again = learn_coder(
        book, part_of(corpus, kept), labelled=labelled(np.arange(len(kept)), theme[kept])
    )
    probe, _ = made_corpus.hidden(3)
    one, other = (c.code(made_corpus.corpus(probe)).told.text for c in (less, again))
    assert np.array_equal(one, other)


def test_polarities_of_labels_are_learnt():
    corpus, theme, polarity = made_corpus.mixed(20)
    turned = np.where(polarity == POSITIVE, NEGATIVE, POSITIVE)
    rows = np.arange(len(corpus))
    assert len(rows) >= LEAST_LABELLED
    coder = learn_coder(made_corpus.codebook(), corpus, labelled=labelled(rows, theme, turned))
    text, of, told = coder.by_text(corpus, coder.code(corpus))
    right = told == turned[text]
    assert np.mean(right[of == theme[text]]) > 0.95


def test_labels_without_polarity_leave_the_words():
    corpus, theme, _ = made_corpus.mixed(20)
    coder = learn_coder(
        made_corpus.codebook(), corpus, labelled=labelled(np.arange(len(corpus)), theme)
    )
    assert coder.polarity.columns is None


def test_ratings_are_learnt():
    texts = [f"the parcel is {word} number {n}" for n in range(120) for word in ("zimpy", "grolk")]
    rating = np.tile([1, -1], 120).astype(np.float32)
    corpus = made_corpus.corpus(texts)
    coder = learn_coder(made_corpus.codebook(), corpus, rating=rating)
    made = coder.code(made_corpus.corpus(["the parcel is zimpy", "the parcel is grolk"]))
    assert made.polarity.tolist() == [POSITIVE, NEGATIVE]
    none = learn_coder(made_corpus.codebook(), corpus, rating=np.zeros(len(texts), np.float32))
    assert none.polarity.rated is None


def test_the_same_seed_gives_the_same(known):
    corpus, theme = known
    said = labelled(np.arange(len(corpus)), theme)
    one, other = (
        learn_coder(made_corpus.codebook(), corpus, labelled=said, seed=4).code(corpus)
        for _ in range(2)
    )
    assert np.array_equal(one.told.text, other.told.text)
    assert np.array_equal(one.probability, other.probability)


def test_the_order_of_labels_does_not_matter(known):
    corpus, theme = known
    rows = np.arange(len(corpus))
    turned = rows[::-1]
    book = made_corpus.codebook()
    one = learn_coder(book, corpus, labelled=labelled(rows, theme)).code(corpus)
    other = learn_coder(book, corpus, labelled=labelled(turned, theme[turned])).code(corpus)
    assert np.array_equal(one.told.text.argmax(1), other.told.text.argmax(1))


@pytest.mark.parametrize("texts", [[], [None], ["one"], ["", None, "👍"]])
@pytest.mark.parametrize("all_themes", [False, True])
def test_next_to_no_texts(texts, all_themes):
    corpus = made_corpus.corpus(texts)
    themes = np.full((len(texts), 4), all_themes)
    polarity = np.full(themes.shape, POSITIVE if all_themes else UNSAID, np.int8)
    said = Labelled(np.arange(len(texts)), themes, polarity)
    coder = learn_coder(made_corpus.codebook(), corpus, labelled=said)
    made = coder.code(made_corpus.corpus(["the price is great", None]))
    assert np.isfinite(made.told.text).all()
