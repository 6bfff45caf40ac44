"""The corpus: verbatims as they are read, folded once, with their tokens and clauses.

Everything that is learnt or told of texts is given a corpus; none of it folds or cuts again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.understand.cutting import Clauses, clauses_of
from connu.understand.folding import Folded, fold
from connu.understand.lemmas import LANGUAGES
from connu.understand.tokens import Tokens, tokens_of


@dataclass(frozen=True)
class Corpus:
    """Texts, read.

    Attributes:
        texts: string (n,), as they came.
        language: int8 (n,): into LANGUAGES, −1 for none of them.
        folded, tokens, clauses: of the texts.
    """

    texts: pa.Array
    language: np.ndarray
    folded: Folded
    tokens: Tokens
    clauses: Clauses

    def __len__(self) -> int:
        return len(self.texts)


def corpus_of(
    texts: pa.Array,
    language: pa.Array | np.ndarray,
    *,
    text: np.ndarray | None = None,
    start: np.ndarray | None = None,
    end: np.ndarray | None = None,
) -> Corpus:
    """Read texts. About 2 µs a text of 130 signs.

    Args:
        texts: string (n,).
        language: «fr», «en» or null by text; or already as numbers.
        text, start, end: int64 (m,): the stretches to read, in order: of which text, from where
            to where in its code points; all of every text when absent.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    folded = fold(texts)
    tokens = tokens_of(folded)
    if text is not None and start is not None and end is not None:
        at = folded.starts[text]
        clauses = clauses_of(folded, tokens, text, at + start, at + end)
    else:
        clauses = clauses_of(folded, tokens)
    return Corpus(texts, language_numbers(language), folded, tokens, clauses)


def language_numbers(language: pa.Array | np.ndarray) -> np.ndarray:
    """Languages as numbers.

    >>> language_numbers(pa.array(["en", None, "fr", "de"])).tolist()
    [1, -1, 0, -1]
    """
    if isinstance(language, np.ndarray):
        return language.astype(np.int8)
    if isinstance(language, pa.ChunkedArray):
        language = language.combine_chunks()
    encoded = language.dictionary_encode()
    known = {name: number for number, name in enumerate(LANGUAGES)}
    table = np.array(
        [known.get(name, -1) for name in encoded.dictionary.to_pylist()] + [-1], np.int8
    )
    at = encoded.indices.fill_null(len(table) - 1).to_numpy(zero_copy_only=False)
    return table[at.astype(np.int64)]
