"""Lemmas: a word's dictionary form, so that «livrés» and «livrée» are one word, «livre» another.

Learnt on the words of a corpus, with simplemma's dictionaries (French and English are in its
wheel); a word it does not know stays as it is. Words are known by the hash of their folded form,
and told apart by language.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numba import njit

from connu.understand.folding import Folded, folded_word
from connu.understand.tokens import Tokens, hash_of

#: How languages are numbered; −1 is none of them.
LANGUAGES = ("fr", "en")
_SALT = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Lemmas:
    """From a word's hash to its lemma's.

    Attributes:
        keys: uint64 (words,), ascending: the hash, mixed with the language's number.
        values: uint64 (words,): the lemma's hash.
    """

    keys: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    values: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))

    def of(
        self, tokens: Tokens, first: np.ndarray, last: np.ndarray, language: np.ndarray
    ) -> np.ndarray:
        """uint64 (tokens,): each token's lemma, or its own hash; read within stretches alone.

        Args:
            tokens: of all texts.
            first, last: int64 (n,): the tokens of each stretch.
            language: int8 (n,): of each stretch.
        """
        slots, table = _slots(self.keys)
        return _lemmas(
            tokens.hash, first, last, language.astype(np.int8), self.keys, self.values, slots, table
        )


def learn_lemmas(
    texts: pa.Array, folded: Folded, tokens: Tokens, language: np.ndarray, least: int = 2
) -> Lemmas:
    """Look up every word that the corpus holds at least `least` times.

    Cost: a sort of the tokens, and about 10 µs a different word.

    Args:
        texts: as they came, as many as `folded`.
        folded, tokens: of them.
        language: int8 (texts,).
        least: occurrences.
    """
    import simplemma

    owner = np.repeat(np.arange(len(folded)), np.diff(tokens.starts))
    spoken = language[owner]
    keys, values = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for number, name in enumerate(LANGUAGES):
        at = np.flatnonzero(spoken == number)
        unique, where, counts = np.unique(tokens.hash[at], return_index=True, return_counts=True)
        often = counts >= least
        unique, where = unique[often], at[where[often]]
        rows = owner[where]
        begin = tokens.start[where] - folded.starts[rows]
        end = tokens.end[where] - folded.starts[rows]
        told = texts.take(pa.array(rows)).to_pylist()
        lemmas = np.empty(len(unique), np.uint64)
        for i, (text, a, b) in enumerate(zip(told, begin.tolist(), end.tolist(), strict=True)):
            word = text[a:b].lower()
            lemma = simplemma.lemmatize(word, lang=name) if word.isalpha() else word
            lemmas[i] = hash_of(folded_word(lemma.lower()))
        changed = lemmas != unique
        keys.append(unique[changed] ^ (np.uint64((int(_SALT) * (number + 1)) & 0xFFFFFFFFFFFFFFFF)))
        values.append(lemmas[changed])
    key, value = np.concatenate(keys), np.concatenate(values)
    order = np.argsort(key)
    return Lemmas(key[order], value[order])


def _slots(keys: np.ndarray) -> tuple[int, np.ndarray]:
    """An open hash table over the keys: bits, and the place of each slot's key (−1: none)."""
    bits = max(4, int(2 * len(keys)).bit_length())
    return bits, _filled(keys, bits)


@njit(cache=True, nogil=True)
def _filled(keys: np.ndarray, bits: int) -> np.ndarray:
    table = np.full(1 << bits, -1, np.int32)
    mask = (1 << bits) - 1
    for i in range(len(keys)):
        slot = np.int64((keys[i] * _SALT) >> np.uint64(64 - bits))
        while table[slot] >= 0:
            slot = (slot + 1) & mask
        table[slot] = i
    return table


@njit(cache=True, nogil=True)
def _lemmas(
    hashed: np.ndarray, first: np.ndarray, last: np.ndarray, language: np.ndarray,
    keys: np.ndarray, values: np.ndarray, bits: int, table: np.ndarray,
) -> np.ndarray:  # fmt: skip
    made = hashed.copy()
    if len(keys) == 0:
        return made
    mask = (1 << bits) - 1
    for i in range(len(first)):
        if language[i] < 0:
            continue
        salt = _SALT * np.uint64(language[i] + 1)
        for token in range(first[i], last[i]):
            key = hashed[token] ^ salt
            slot = np.int64((key * _SALT) >> np.uint64(64 - bits))
            while table[slot] >= 0:
                if keys[table[slot]] == key:
                    made[token] = values[table[slot]]
                    break
                slot = (slot + 1) & mask
    return made
