"""Statement places: where statements lie, near those that speak of the same, for finding themes.

Latent semantics of their own words and pairs of words (`ngrams`), or the vectors of an encoder.
Texts beside them (definitions of themes) get places in the same room, so that they can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.utils.extmath import randomized_svd

from connu.understand.corpus import Corpus, corpus_of
from connu.understand.encoder import Encoder
from connu.understand.lemmas import LANGUAGES, learn_lemmas
from connu.understand.ngrams import NGrams
from connu.understand.projection import projected
from connu.understand.telling_words import telling_part

#: Directions of the latent semantics: fewer than for telling themes, as here they are all one has.
DIRECTIONS = 80
#: A direction for so many statements at most: fewer of them would make each its own theme.
_A_DIRECTION = 8
#: Of a statement of length 1, a place shorter than this is none: others do not say what it says.
_FLAT = 0.15


@dataclass(frozen=True)
class Places:
    """Statements and other texts in one room.

    Attributes:
        of: float32 (n, width), rows of length 1, or of 0 where there is nothing to say.
        others: float32 (m, width), likewise, of the texts beside them.
    """

    of: np.ndarray
    others: np.ndarray


def places_of(
    corpus: Corpus,
    others: list[tuple[str, str]],
    *,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> Places:
    """Places of statements.

    Args:
        corpus: the statements; those that are learnt from, some 20,000 at most.
        others: (language, text) of texts that get a place in the same room; «» of any language.
        encoder: whose vectors; the statements' own latent semantics when None.
        seed: of what is drawn.

    Cost: 8 s for 20,000 statements without an encoder.

    Source: Deerwester et al., Indexing by Latent Semantic Analysis, JASIS 1990.
    """
    texts = [text for _, text in others]
    if encoder is not None:
        own = encoder.encode(corpus.texts.to_pylist())
        beside = encoder.encode(texts) if texts else np.zeros((0, own.shape[1]), np.float32)
        return Places(np.asarray(own, np.float32), np.asarray(beside, np.float32))
    numbers = [LANGUAGES.index(name) if name in LANGUAGES else -1 for name, _ in others]
    asked = _told(corpus_of(pa.array(texts, pa.string()), np.array(numbers, np.int8)))
    corpus = _told(corpus)
    ngrams = NGrams(
        learn_lemmas(corpus.texts, corpus.folded, corpus.tokens, corpus.language),
        most=1 << 16,
        # Words and pairs alone: pieces would join «works» with «perks».
        least_pieces=1 << 30,
    ).fit(corpus.folded, corpus.tokens, corpus.language)
    rows = _rows(ngrams, corpus)
    rank = min(DIRECTIONS, len(corpus) // _A_DIRECTION, min(rows.shape) - 1)
    if rank < 2 or not rows.nnz:
        width = max(rank, 0)
        return Places(
            np.zeros((len(corpus), width), np.float32), np.zeros((len(asked), width), np.float32)
        )
    _, _, directions = randomized_svd(rows, rank, n_iter=3, random_state=seed)
    columns = np.ascontiguousarray(directions.T.astype(np.float32))
    return Places(
        _of_length_one(projected(rows, columns)),
        _of_length_one(projected(_rows(ngrams, asked), columns)),
    )


def _told(corpus: Corpus) -> Corpus:
    """Statements without the words that tell nothing: «merci» parts no themes."""
    return corpus_of(telling_part(corpus), corpus.language)


def _rows(ngrams: NGrams, corpus: Corpus) -> csr_matrix:
    starts = corpus.tokens.starts
    return ngrams.rows(corpus.folded, corpus.tokens, starts[:-1], starts[1:], corpus.language)


def _of_length_one(places: np.ndarray) -> np.ndarray:
    """Rows of length 1; what is next to nothing becomes nothing."""
    lengths = np.sqrt((places * places).sum(1, keepdims=True))
    flat = np.zeros_like(places)
    return np.divide(places, lengths, out=flat, where=lengths > _FLAT).astype(np.float32)
