"""Themes of texts and their statements: with no labels, a few, and many."""

from __future__ import annotations

import made_corpus
import numpy as np
import pytest

from connu.understand.evidence import learn_evidence
from connu.understand.statements import cut_texts
from connu.understand.theme_coder import STACKED, ThemeCoder

DELIVERY, PRICE, STAFF, OVERALL = range(4)


@pytest.fixture(scope="module")
def plain():
    corpus, theme, _ = made_corpus.mixed(10)
    return ThemeCoder(learn_evidence(made_corpus.codebook(), corpus)), corpus, theme


def told(coder, corpus):
    cut = cut_texts(coder.evidence, corpus)
    return coder.tell(corpus, cut), cut


def learnt(coder, corpus, labels, seed=0):
    return coder.learn(corpus, cut_texts(coder.evidence, corpus), labels, seed)


def test_without_labels_what_seeds_say_is_stated_and_the_likeliest(plain):
    coder, corpus, theme = plain
    made, _ = told(coder, corpus)
    assert made.alone
    assert np.all(made.stated[made_corpus.one_hot(theme)])
    assert np.array_equal(made.text.argmax(1), theme)
    assert made.text.min() >= 0 and made.text.max() <= 1


def test_a_bare_judgement_is_of_the_general_theme(plain):
    coder, *_ = plain
    made, _ = told(coder, made_corpus.corpus(["great", "excellent"]))
    assert made.stated[:, OVERALL].all()
    assert made.text.argmax(1).tolist() == [OVERALL, OVERALL]
    beside, _ = told(coder, made_corpus.corpus(["the price is great"]))
    assert beside.stated[0, PRICE] and not beside.stated[0, OVERALL]


def test_each_statement_speaks_of_its_own(plain):
    coder, *_ = plain
    text = "The parcel arrived quickly. The price is awful. The staff were lovely."
    made, cut = told(coder, made_corpus.corpus([text]))
    assert len(cut.statements) == 3
    assert made.statement.argmax(1).tolist() == [DELIVERY, PRICE, STAFF]


@pytest.mark.parametrize("text", [None, "", "   ", "👍", "…", "\x00"])
def test_where_no_word_stands_nothing_is_stated(plain, text):
    coder, *_ = plain
    made, _ = told(coder, made_corpus.corpus([text, "the price is great"]))
    assert not made.stated[0, :OVERALL].any()
    assert made.stated[1, PRICE]


def test_nothing_is_told_of_nothing(plain):
    coder, *_ = plain
    made, _ = told(coder, made_corpus.corpus([]))
    assert made.text.shape == made.stated.shape == (0, 4)


def test_a_few_labels_teach_words_that_no_seed_knows(plain):
    coder, *_ = plain
    texts, theme = made_corpus.hidden(20)
    corpus = made_corpus.corpus(texts)
    # The words must be known to the evidence, as they are in a build that read all texts.
    coder = ThemeCoder(learn_evidence(made_corpus.codebook(), corpus))
    before, _ = told(coder, corpus)
    assert np.mean(before.text.argmax(1) == theme) < 0.9
    some = np.arange(36)
    few = learnt(
        coder, made_corpus.corpus([texts[i] for i in some]), made_corpus.one_hot(theme[some])
    )
    rest = np.arange(36, len(texts))
    made, _ = told(few, made_corpus.corpus([texts[i] for i in rest]))
    assert not made.alone and few.labelled == 36 and few.stack is None
    assert np.array_equal(made.text.argmax(1), theme[rest])
    # Who learnt did not change who taught.
    assert coder.labels is None


def test_many_labels_add_the_stack():
    texts, theme = made_corpus.hidden(STACKED // 3 + 10)
    corpus = made_corpus.corpus(texts)
    coder = ThemeCoder(learn_evidence(made_corpus.codebook(), corpus))
    many = learnt(coder, corpus, made_corpus.one_hot(theme))
    assert many.stack is not None
    fresh, truth = made_corpus.hidden(5)
    made, _ = told(many, made_corpus.corpus(fresh))
    assert np.array_equal(made.stated[:, :OVERALL], made_corpus.one_hot(truth)[:, :OVERALL])
    assert not made.stated[:, OVERALL].any()


def test_labels_say_that_seeds_mean_something_else(plain):
    coder, corpus, theme = plain
    # Whoever codes calls every delivery a matter of price.
    turned = np.where(theme == DELIVERY, PRICE, theme)
    few = learnt(coder, corpus, made_corpus.one_hot(turned))
    made, _ = told(few, corpus)
    at = theme == DELIVERY
    assert np.mean(made.text[at].argmax(1) == PRICE) > 0.9


@pytest.mark.parametrize("n", [1, 2, 3, 30, STACKED + 20])
@pytest.mark.parametrize("kind", ["none", "all", "one"])
def test_labels_of_any_kind_never_crash(plain, n, kind):
    coder, corpus, _ = plain
    texts = [text.as_py() for text in corpus.texts] * (n // len(corpus) + 1)
    some = made_corpus.corpus(texts[:n], None)
    labels = np.zeros((n, 4), bool)
    if kind == "all":
        labels[:] = True
    elif kind == "one":
        labels[0, PRICE] = True
    made, _ = told(learnt(coder, some, labels), made_corpus.corpus(["the price is great", None]))
    assert np.isfinite(made.text).all()


def test_no_labels_leave_the_coder_as_it_is(plain):
    coder, *_ = plain
    assert learnt(coder, made_corpus.corpus([]), np.zeros((0, 4), bool)) is coder


@pytest.mark.parametrize("labelled", [False, True])
def test_batch_equals_single_and_order_is_ignored(plain, labelled):
    coder, corpus, theme = plain
    if labelled:
        coder = learnt(coder, corpus, made_corpus.one_hot(theme))
    texts = ["rude staff; prices are fair", "le colis est en retard", "great", "", "nothing here"]
    whole, _ = told(coder, made_corpus.corpus(texts, None))
    turned, _ = told(coder, made_corpus.corpus(texts[::-1], None))
    assert np.allclose(whole.text, turned.text[::-1], atol=1e-5)
    assert np.array_equal(whole.stated, turned.stated[::-1])
    for row, text in enumerate(texts):
        alone, _ = told(coder, made_corpus.corpus([text], None))
        assert np.allclose(alone.text[0], whole.text[row], atol=1e-5), text


def test_the_same_seed_gives_the_same(plain):
    coder, corpus, theme = plain
    labels = made_corpus.one_hot(theme)
    one, other = (told(learnt(coder, corpus, labels, 3), corpus)[0] for _ in range(2))
    assert np.array_equal(one.text, other.text)
