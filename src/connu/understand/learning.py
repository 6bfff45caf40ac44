"""Learning: a coder from a codebook, the brand's texts and ratings, and codes made by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.understand.codebook import Codebook
from connu.understand.coder import Coder
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.encoder import Encoder
from connu.understand.evidence import Evidence, learn_evidence
from connu.understand.polarity import Polarity, learn_polarity, learn_ratings
from connu.understand.spoken import spoken_in
from connu.understand.theme_coder import ThemeCoder

#: What `Labelled.polarity` says where nobody said it.
UNSAID = -1


@dataclass(frozen=True)
class Labelled:
    """Texts that people coded.

    Attributes:
        row: int64 (n,): which texts of the corpus, each once.
        themes: bool (n, themes): what they speak of, in the codebook's order.
        polarity: int8 (n, themes): NEGATIVE, NEUTRAL, POSITIVE (`polarity`), or UNSAID.
    """

    row: np.ndarray
    themes: np.ndarray
    polarity: np.ndarray

    def __len__(self) -> int:
        return len(self.row)


def learn_coder(
    codebook: Codebook,
    corpus: Corpus,
    *,
    labelled: Labelled | None = None,
    rating: np.ndarray | None = None,
    evidence: Evidence | None = None,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> Coder:
    """Learn a coder.

    Cost: 10–20 s on 12,000 texts without labels; a minute more with 8,000 labelled ones.

    Args:
        codebook: the themes.
        corpus: the brand's texts, or a sample of them that holds the labelled ones.
        labelled: what people coded, or None.
        rating: float32 (texts,): −1 low, 1 high, 0 neither or unknown; or None.
        evidence: what was learnt of the same corpus before; learnt here when absent.
        encoder: stands beside the n-grams where there are labels.
        seed: of whatever is drawn: the same seed gives the same coder.
    """
    evidence = learn_evidence(codebook, corpus, seed=seed) if evidence is None else evidence
    coder = Coder(ThemeCoder(evidence, encoder=encoder))
    if rating is not None and (rating != 0).any():
        coder = Coder(coder.themes, _rated(evidence, corpus, rating, seed))
    if labelled is None or not len(labelled):
        return coder
    rated = np.zeros(len(corpus), np.float32) if rating is None else rating
    known = part_of(corpus, labelled.row)
    cut = coder.cut(known)
    themes = coder.themes.learn(known, cut, labelled.themes, seed)
    told = themes.tell(known, cut)
    # All its themes count towards how many a text speaks of, with a polarity or without.
    text, theme = np.nonzero(labelled.themes)
    spoken, there = spoken_in(known, cut, told, text, theme, rated[labelled.row])
    text, theme = text[there], theme[there]
    said = labelled.polarity[text, theme].astype(np.int64)
    learnt = np.flatnonzero(said != UNSAID)
    polarity = coder.polarity
    if len(learnt):
        polarity = learn_polarity(polarity, spoken.part(learnt), said[learnt], text[learnt], seed)
    return Coder(themes, polarity)


def part_of(corpus: Corpus, rows: np.ndarray) -> Corpus:
    """Some texts of a corpus, as one; read whole."""
    return corpus_of(corpus.texts.take(pa.array(rows)), corpus.language[rows])


def _rated(evidence: Evidence, corpus: Corpus, rating: np.ndarray, seed: int) -> Polarity:
    starts = corpus.tokens.starts
    rows = evidence.ngrams.rows(
        corpus.folded, corpus.tokens, starts[:-1], starts[1:], corpus.language
    )
    return learn_ratings(rows, rating, seed)
