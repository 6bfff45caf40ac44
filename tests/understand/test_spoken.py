"""What stands of a theme is read by statement, and by text as much as each speaks of it."""

from __future__ import annotations

import made_corpus
import numpy as np
import pytest

from connu.understand.evidence import learn_evidence
from connu.understand.spoken import spoken_in, spoken_of
from connu.understand.statements import cut_texts
from connu.understand.theme_coder import ThemeCoder

DELIVERY, PRICE = made_corpus.THEMES.index("delivery"), made_corpus.THEMES.index("price")


@pytest.fixture(scope="module")
def read():
    corpus = made_corpus.corpus(
        [
            "The parcel arrived quickly. The price is awful.",
            "The delivery was terrible! The staff were lovely.",
            "",
            "the price is great",
        ]
    )
    evidence = learn_evidence(made_corpus.codebook(), corpus)
    cut = cut_texts(evidence, corpus)
    return corpus, cut, ThemeCoder(evidence).tell(corpus, cut)


def _zero(corpus):
    return np.zeros(len(corpus), np.float32)


def test_a_theme_takes_its_tone_from_the_statement_that_speaks_of_it(read):
    corpus, cut, told = read
    spoken, there = spoken_in(
        corpus, cut, told, np.array([0, 0]), np.array([DELIVERY, PRICE]), _zero(corpus)
    )
    assert there.all() and len(spoken) == 2
    assert spoken.tone[0, 0] > spoken.tone[0, 1]
    assert spoken.tone[1, 0] < spoken.tone[1, 1]
    # Both belong to one text, which holds one content and one discontent statement.
    assert np.array_equal(spoken.whole_sides, [[1, 1], [1, 1]])
    assert np.array_equal(spoken.asked, [2, 2])
    assert np.array_equal(spoken.statements, [2, 2])


def test_a_text_of_one_statement_reads_alike_both_ways(read):
    corpus, cut, told = read
    statement = np.flatnonzero(cut.statements.text == 3)
    by_statement = spoken_of(corpus, cut, told, statement, np.array([PRICE]), _zero(corpus))
    by_text, _ = spoken_in(corpus, cut, told, np.array([3]), np.array([PRICE]), _zero(corpus))
    for name in ("tone", "together", "sides", "forms", "held", "asked", "judging", "rating"):
        assert np.allclose(getattr(by_statement, name), getattr(by_text, name)), name
    assert np.allclose(by_statement.local.toarray(), by_text.local.toarray(), atol=1e-6)


def test_a_text_without_statements_says_nothing(read):
    corpus, cut, told = read
    spoken, there = spoken_in(
        corpus, cut, told, np.array([2, 3]), np.array([PRICE, PRICE]), _zero(corpus)
    )
    assert there.tolist() == [False, True]
    assert len(spoken) == 1


def test_no_pairs_and_no_texts(read):
    corpus, cut, told = read
    none = np.zeros(0, np.int64)
    spoken, there = spoken_in(corpus, cut, told, none, none, _zero(corpus))
    assert len(spoken) == 0 and len(there) == 0


def test_a_part_keeps_its_rows(read):
    corpus, cut, told = read
    whole, _ = spoken_in(
        corpus, cut, told, np.array([0, 1, 3]), np.array([PRICE, DELIVERY, PRICE]), _zero(corpus)
    )
    part = whole.part(np.array([2, 0]))
    assert np.array_equal(part.tone, whole.tone[[2, 0]])
    assert (part.local != whole.local[[2, 0]]).nnz == 0
