"""What each word says of the language it is in: French, English, both or neither.

The words of every day are weighed by hand (languages.toml); simplemma's dictionaries, 230,000 and
170,000 forms, tell the others. A word that only one language has is evidence, a word of both or of
neither (a brand, a mistake) is none. Words are folded before they are looked up, as customers leave
accents out. An apostrophe tells more than the letter beside it: l' is French, 's English.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
from numba import njit

from connu.understand.folding import Folded, fold
from connu.understand.tokens import Tokens, hash_of, tokens_of

#: Log-odds of a word: weighed by hand, leaning to one language, of one dictionary alone.
SURE, LEANING, LISTED = 2.5, 0.7, 1.2
#: What is added to the number of a short word before an apostrophe, and of one after it.
_BEFORE, _AFTER = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F


@dataclass(frozen=True)
class LanguageWords:
    """A hash table (open addressing) from words to what they say.

    Attributes:
        keys: uint64 (2^k,), 0 where a place is free.
        weights: float32 (2^k,): log-odds of French against English.
    """

    keys: np.ndarray
    weights: np.ndarray

    def scores(self, folded: Folded, tokens: Tokens) -> np.ndarray:
        """float64 (n,): the log-odds of each text, French above 0; 0 of one without evidence.

        Cost: 0.5 µs a text of 110 characters.
        """
        return _scores(
            self.keys, self.weights, folded.codes, tokens.start, tokens.end, tokens.hash,
            tokens.starts, np.uint64(_BEFORE), np.uint64(_AFTER),
        )  # fmt: skip


@cache
def language_words() -> LanguageWords:
    """The table of French and English. Cost: 2 s, once a process; 12 MB."""
    listed = {name: _dictionary(name) for name in ("fr", "en")}
    both = np.intersect1d(listed["fr"], listed["en"])
    by_hand = tomllib.loads(
        files("connu.understand").joinpath("languages.toml").read_text(encoding="utf-8")
    )
    # What is put later holds: words by hand over the dictionaries.
    weighed = [
        (np.setdiff1d(listed["fr"], both), LISTED),
        (np.setdiff1d(listed["en"], both), -LISTED),
        (_numbers(by_hand["both"]["words"]), 0.0),
        (_numbers(by_hand["fr"]["leaning"]), LEANING),
        (_numbers(by_hand["en"]["leaning"]), -LEANING),
        (_numbers(by_hand["fr"]["sure"]), SURE),
        (_numbers(by_hand["en"]["sure"]), -SURE),
    ]
    room = 1 << int(np.ceil(np.log2(2 * sum(len(words) for words, _ in weighed))))
    keys, weights = np.zeros(room, np.uint64), np.zeros(room, np.float32)
    for words, weight in weighed:
        _put(keys, weights, words, weight)
    return LanguageWords(keys, weights)


def _numbers(words: str) -> np.ndarray:
    """uint64: folded words, `l'` and `'s` among them."""
    numbers = [
        hash_of(word.strip("'")) + _BEFORE * word.endswith("'") + _AFTER * word.startswith("'")
        for word in words.split()
    ]
    return np.array([number & 0xFFFFFFFFFFFFFFFF for number in numbers], np.uint64)


def _dictionary(language: str) -> np.ndarray:
    """uint64: the words that simplemma knows of a language; phrases left out."""
    # Loaded here: half a second that nobody waits for who reads no text.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    forms = DefaultDictionaryFactory().get_dictionary(language)
    tokens = tokens_of(fold(pa.array(list(forms), pa.string())))
    single = np.diff(tokens.starts) == 1
    return np.unique(tokens.hash[tokens.starts[:-1][single]])


@njit(cache=True, nogil=True)
def _put(keys, weights, words, weight):  # pragma: no cover
    mask = np.uint64(len(keys) - 1)
    for word in words:
        at = word & mask
        while keys[at] != 0 and keys[at] != word:
            at = (at + np.uint64(1)) & mask
        keys[at], weights[at] = word, weight


@njit(cache=True, nogil=True)
def _scores(keys, weights, codes, start, end, hashes, starts, before, after):  # pragma: no cover
    mask = np.uint64(len(keys) - 1)
    scores = np.zeros(len(starts) - 1, np.float64)
    for row in range(len(starts) - 1):
        total = 0.0
        for i in range(starts[row], starts[row + 1]):
            word = hashes[i]
            # «j'aime», «qu'il»; «it's», «don't»: a quotation mark has no word on its other side
            follows = i + 1 < starts[row + 1] and start[i + 1] == end[i] + 1
            if follows and codes[end[i]] == 39 and end[i] - start[i] <= 2:
                word += before
            elif (
                i > starts[row]
                and start[i] == end[i - 1] + 1
                and codes[start[i] - 1] == 39
                and end[i] - start[i] <= 2
            ):
                word += after
            at = word & mask
            while keys[at] != 0 and keys[at] != word:
                at = (at + np.uint64(1)) & mask
            if keys[at] == word:
                total += weights[at]
        scores[row] = total
    return scores
