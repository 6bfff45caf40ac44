"""A model beside the coder changes what it was taught, by the average, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import made_corpus
import numpy as np
import pytest

from connu.understand.beside import Beside
from connu.understand.coder import Coder
from connu.understand.evidence import learn_evidence
from connu.understand.theme_coder import ThemeCoder


@dataclass
class Said:
    """Says the same of every text, and remembers what it was asked."""

    row: tuple[float, ...]
    asked: list[str] = field(default_factory=list)

    def probabilities(self, texts):
        self.asked = list(texts)
        return np.tile(np.array(self.row, np.float32), (len(texts), 1))


def test_only_what_was_taught_is_averaged():
    own, limit = np.array([[0.5, 0.5, 0.5], [0.0, 1.0, 0.2]]), np.array([0.4, 0.4, 0.4])
    said = Said((1.0, 0.0))
    beside = Beside(said, np.array([2, 0]), np.array([0.7, 0.2]))
    made, threshold = beside.joined(["a", None], own, limit)
    np.testing.assert_allclose(made, [[0.2, 0.5, 0.8], [0.0, 1.0, 0.68]], atol=1e-6)
    assert threshold.tolist() == [0.2, 0.4, 0.7] and said.asked == ["a", ""]
    assert own[0, 0] == 0.5 and limit[2] == 0.4  # what was given stays


@pytest.fixture(scope="module")
def coder():
    corpus = made_corpus.corpus(["the parcel came late", "the price is high", "👍"] * 4)
    evidence = learn_evidence(made_corpus.codebook(), corpus)
    return corpus, ThemeCoder(evidence)


def test_a_coder_asks_what_stands_beside_it(coder):
    corpus, plain = coder
    cut = Coder(plain).cut(corpus)
    alone = plain.tell(corpus, cut)
    staff = made_corpus.THEMES.index("staff")
    sure = Beside(Said((1.0,)), np.array([staff]), np.array([0.55]))
    both = ThemeCoder(plain.evidence, beside=sure).tell(corpus, cut)
    others = [k for k in range(len(made_corpus.THEMES)) if k != staff]
    np.testing.assert_array_equal(both.text[:, others], alone.text[:, others])
    np.testing.assert_array_equal(both.statement, alone.statement)
    spoken = np.bincount(cut.statements.text, minlength=len(corpus)) > 0
    np.testing.assert_allclose(
        both.text[spoken, staff], 0.6 + 0.4 * alone.text[spoken, staff], atol=1e-6
    )
    assert both.stated[spoken, staff].all() and not alone.stated[:, staff].any()
    assert not both.text[~spoken].any()  # nothing is said of an empty text, whatever it says


def test_a_coder_that_learns_keeps_what_stands_beside_it(coder):
    corpus, plain = coder
    beside = Beside(Said((0.5,)), np.array([0]), np.array([0.5]))
    begun = ThemeCoder(plain.evidence, beside=beside)
    labels = np.zeros((len(corpus), len(made_corpus.THEMES)), bool)
    labels[::3, 0] = labels[1::3, 1] = True
    assert begun.learn(corpus, Coder(begun).cut(corpus), labels).beside is beside
