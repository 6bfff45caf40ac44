"""What speaks for themes without labels: seeds, likeness, and what is heard beside plain seeds."""

from __future__ import annotations

import made_corpus
import numpy as np
import pytest

from connu.understand.codebook import Codebook, Theme
from connu.understand.evidence import learn_evidence
from connu.understand.statements import cut_texts

DELIVERY, PRICE, STAFF, OVERALL = range(4)


def witness_of(evidence, corpus):
    cut = cut_texts(evidence, corpus)
    made = cut.statements
    return made, evidence.of(corpus, made.text, made.first, made.last, cut.clause_seeds, made.of)


@pytest.fixture(scope="module")
def learnt():
    corpus, theme, _ = made_corpus.mixed(10)
    return learn_evidence(made_corpus.codebook(), corpus), corpus, theme


def test_seeds_stand_where_they_are_in_both_languages(learnt):
    evidence, corpus, theme = learnt
    made, witness = witness_of(evidence, corpus)
    assert np.array_equal(made.text, np.arange(len(corpus)))
    assert np.array_equal(witness.seeds > 0, made_corpus.one_hot(theme))
    assert np.all(witness.all_seeds >= witness.seeds)


def test_a_seed_of_one_language_is_not_heard_in_the_other(learnt):
    evidence, *_ = learnt
    for language, found in (("fr", True), ("en", False), (None, True)):
        _, counted = evidence.seeds_in(c := made_corpus.corpus(["le colis"], language), c.clauses)
        assert bool(counted[:, DELIVERY].any()) is found, language


def test_definitions_and_examples_are_like_themselves(learnt):
    evidence, *_ = learnt
    corpus = made_corpus.corpus(["my parcel came late", "far too expensive", "the staff were rude"])
    _, witness = witness_of(evidence, corpus)
    assert witness.words.argmax(1).tolist() == [DELIVERY, PRICE, STAFF]
    assert witness.words.min() >= 0 and witness.words.max() <= 1 + 1e-5


def test_the_same_theme_is_heard_in_words_that_stand_beside_its_seeds():
    texts = [f"the parcel and the wobbegong number {n}" for n in range(40)]
    texts += [f"the price and the numbat number {n}" for n in range(40)]
    evidence = learn_evidence(made_corpus.codebook(), made_corpus.corpus(texts))
    _, witness = witness_of(evidence, made_corpus.corpus(["a wobbegong", "a numbat"]))
    assert not witness.seeds.any()
    assert witness.heard[0, DELIVERY] > witness.heard[0, PRICE]
    assert witness.heard[1, PRICE] > witness.heard[1, DELIVERY]


def test_a_batch_is_what_each_gives_alone_and_order_does_not_matter(learnt):
    evidence, *_ = learnt
    texts = ["the parcel arrived quickly", "rude staff, and far too expensive", "nothing at all"]
    _, whole = witness_of(evidence, made_corpus.corpus(texts))
    made, turned = witness_of(evidence, made_corpus.corpus(texts[::-1]))
    order = np.argsort(-made.text, kind="stable")
    for name in ("seeds", "words", "latent", "heard", "place"):
        assert np.allclose(getattr(whole, name), getattr(turned, name)[order], atol=1e-5), name
    alone = [witness_of(evidence, made_corpus.corpus([text]))[1] for text in texts]
    assert np.allclose(whole.heard, np.concatenate([one.heard for one in alone]), atol=1e-5)


def test_the_same_corpus_gives_the_same(learnt):
    evidence, corpus, _ = learnt
    again = learn_evidence(made_corpus.codebook(), corpus)
    assert np.array_equal(evidence.columns, again.columns)
    assert np.array_equal(evidence.bias, again.bias)


def test_places_have_length_one_or_none(learnt):
    evidence, corpus, _ = learnt
    _, witness = witness_of(evidence, corpus)
    length = np.linalg.norm(witness.place, axis=1)
    assert np.all(np.isclose(length, 1, atol=1e-4) | (length == 0))


def test_prior_is_by_share_of_seeds():
    texts = ["the parcel"] * 30 + ["the price"] * 5
    evidence = learn_evidence(made_corpus.codebook(), made_corpus.corpus(texts))
    assert evidence.prior[DELIVERY] > evidence.prior[PRICE] > evidence.prior[STAFF]
    assert np.exp(evidence.prior).sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "texts", [[], [None], [""], ["👍"], ["one"], ["a b"] * 3, ["👍"] * 60, [None] * 60]
)
def test_of_next_to_no_texts_definitions_alone_are_known(texts):
    evidence = learn_evidence(made_corpus.codebook(), made_corpus.corpus(texts))
    _, witness = witness_of(evidence, made_corpus.corpus(["my parcel came late"]))
    assert witness.seeds[0, DELIVERY] == 1
    assert witness.words[0].argmax() == DELIVERY


def test_a_codebook_of_one_theme_without_words():
    bare = Codebook((Theme("price", "product"),))
    corpus, *_ = made_corpus.mixed(2)
    evidence = learn_evidence(bare, corpus)
    made, witness = witness_of(evidence, corpus)
    assert witness.heard.shape == (len(made), 1)
    assert not witness.seeds.any()
