"""Terms: words and phrases looked for in clauses, each with what it speaks for and how strongly.

A term is folded words; a star at a word's end stands for any ending, a star alone for any word.
At a place the longest term holds, and what stands in it is not read again: «pas déçu» is not
«déçu». Seeds of themes and words of tone are terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit

from connu.understand.cutting import Clauses
from connu.understand.folding import Folded, fold
from connu.understand.lemmas import LANGUAGES
from connu.understand.tokens import FNV_OFFSET, FNV_PRIME, Tokens, tokens_of

#: What a word of a term asks: its very self, a beginning, anything.
_EXACT, _BEGINS, _ANY = range(3)
_PREFIX_SALT = 0x5BF03635F0A31E9D


@dataclass(frozen=True)
class Terms:
    """Terms, compiled.

    Attributes:
        words: uint64 (words,), hashes; asks: int8 (words,); size: int16 (words,), code points.
        starts: int32 (terms + 1,): the words of each term.
        languages: int8 (terms,): bit n: language n; all languages where 0.
        of: int32 (terms,): what the term speaks for, as given.
        weight: float32 (terms,).
        keys: uint64, ascending; terms_of: int32; key_starts: int32: by first word, its terms.
        lengths: uint64: bit n: some first word is a beginning of n letters.
    """

    words: np.ndarray
    asks: np.ndarray
    size: np.ndarray
    starts: np.ndarray
    languages: np.ndarray
    of: np.ndarray
    weight: np.ndarray
    keys: np.ndarray
    key_starts: np.ndarray
    terms_of: np.ndarray
    lengths: int

    def __len__(self) -> int:
        return len(self.of)


@dataclass(frozen=True)
class Hits:
    """Where terms stand.

    Attributes:
        clause, token, words, term: int64/int32 (hits,): in which clause, at which token, how many
            tokens long, which term.
    """

    clause: np.ndarray
    token: np.ndarray
    words: np.ndarray
    term: np.ndarray


def compile_terms(listed: Iterable[tuple[str, int, float, int]]) -> Terms:
    """Terms from (text, what it speaks for, weight, languages as bits).

    What has no word, or begins with any word, is left out: it would stand everywhere.
    """
    words: list[int] = []
    asks: list[int] = []
    sizes: list[int] = []
    starts, languages = [0], list[int]()
    of, weights = list[int](), list[float]()
    first: dict[int, list[int]] = {}
    lengths = 0
    listed = list(listed)
    every = parse_terms([text for text, *_ in listed])
    for parsed, (_, speaks_for, weight, spoken) in zip(every, listed, strict=True):
        if not parsed or parsed[0][1] == _ANY:
            continue
        word, how, size = parsed[0]
        key = word ^ _PREFIX_SALT if how == _BEGINS else word
        lengths |= (1 << min(size, 63)) if how == _BEGINS else 0
        first.setdefault(key, []).append(len(of))
        for word, how, size in parsed:
            words.append(word)
            asks.append(how)
            sizes.append(size)
        starts.append(len(words))
        languages.append(spoken)
        of.append(speaks_for)
        weights.append(weight)
    keys = sorted(first)
    return Terms(
        words=np.array(words, np.uint64),
        asks=np.array(asks, np.int8),
        size=np.array(sizes, np.int16),
        starts=np.array(starts, np.int32),
        languages=np.array(languages, np.int8),
        of=np.array(of, np.int32),
        weight=np.array(weights, np.float32),
        keys=np.array(keys, np.uint64),
        key_starts=np.cumsum([0, *(len(first[key]) for key in keys)]).astype(np.int32),
        terms_of=np.array([term for key in keys for term in first[key]], np.int32),
        lengths=lengths,
    )


def parse_term(text: str) -> list[tuple[int, int, int]]:
    """A term's words: hash, what it asks, code points.

    >>> [(how, size) for _, how, size in parse_term("Livré* en * jours")]
    [(1, 5), (0, 2), (2, 0), (0, 5)]
    """
    return parse_terms([text])[0]


def parse_terms(texts: Sequence[str]) -> list[list[tuple[int, int, int]]]:
    """The words of terms, as `parse_term` gives them. About 10 µs a term."""
    pieces = [(n, piece) for n, text in enumerate(texts) for piece in text.split()]
    folded = fold(pa.array([piece.rstrip("*") for _, piece in pieces], pa.string()))
    tokens = tokens_of(folded)
    sizes, hashes = (tokens.end - tokens.start).tolist(), tokens.hash.tolist()
    parsed: list[list[tuple[int, int, int]]] = [[] for _ in texts]
    for (n, piece), first, last in zip(pieces, tokens.starts, tokens.starts[1:], strict=False):
        if piece == "*":
            parsed[n].append((0, _ANY, 0))
            continue
        for at in range(first, last):
            begins = piece.endswith("*") and at == last - 1
            parsed[n].append((hashes[at], _BEGINS if begins else _EXACT, sizes[at]))
    return parsed


def language_bits(language: str | None) -> int:
    """The bit of a language; 0, all of them, for none.

    >>> language_bits("fr"), language_bits("en"), language_bits(None)
    (1, 2, 0)
    """
    return 1 << LANGUAGES.index(language) if language in LANGUAGES else 0


def by_language(lists: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, int]]:
    """Texts with their language's bit; of a language under «» or unknown: all."""
    for language, texts in lists.items():
        for text in texts:
            yield text, language_bits(language)


def find_terms(
    terms: Terms, folded: Folded, tokens: Tokens, clauses: Clauses, language: np.ndarray
) -> Hits:
    """Where terms stand in clauses, in order. About 20 ns a token.

    Args:
        language: int8 (clauses,): its number, −1 for any.
    """
    found = _find(
        folded.codes, tokens.start, tokens.end, tokens.hash, clauses.first, clauses.last,
        language.astype(np.int8), terms.words, terms.asks, terms.size, terms.starts,
        terms.languages, terms.keys, terms.key_starts, terms.terms_of, np.uint64(terms.lengths),
        np.uint64(_PREFIX_SALT),
    )  # fmt: skip
    return Hits(*found)


@njit(cache=True, nogil=True)
def _fits(
    codes: np.ndarray, token: int, begin: int, end: int, hashed: np.ndarray,
    word: np.uint64, how: int, size: int,
) -> bool:  # fmt: skip
    if how == 2:
        return True
    if how == 0:
        return hashed[token] == word
    if end - begin < size:
        return False
    value = FNV_OFFSET
    for at in range(begin, begin + size):
        value = (value ^ np.uint64(codes[at])) * FNV_PRIME
    return value == word


@njit(cache=True, nogil=True)
def _find(
    codes: np.ndarray, start: np.ndarray, end: np.ndarray, hashed: np.ndarray,
    first: np.ndarray, last: np.ndarray, language: np.ndarray, words: np.ndarray,
    asks: np.ndarray, size: np.ndarray, starts: np.ndarray, languages: np.ndarray,
    keys: np.ndarray, key_starts: np.ndarray, terms_of: np.ndarray, lengths: np.uint64,
    salt: np.uint64,
) -> tuple:  # fmt: skip
    room = 0
    for i in range(len(first)):
        room += last[i] - first[i]
    out_clause, out_token = np.empty(room, np.int64), np.empty(room, np.int64)
    out_words, out_term = np.empty(room, np.int32), np.empty(room, np.int32)
    n = 0
    for i in range(len(first)):
        spoken = np.int8(0) if language[i] < 0 else np.int8(1 << language[i])
        token = first[i]
        while token < last[i]:
            best, best_words, best_letters = -1, 0, -1
            begin, stop = start[token], end[token]
            value = FNV_OFFSET
            # The word itself, and each beginning of it that some term asks for.
            for at in range(begin, stop + 1):
                whole = at == stop
                if not whole:
                    value = (value ^ np.uint64(codes[at])) * FNV_PRIME
                    letters = at + 1 - begin
                    if letters > 62 or (lengths >> np.uint64(letters)) & np.uint64(1) == 0:
                        continue
                    key = value ^ salt
                else:
                    letters = 10_000
                    key = hashed[token]
                place = np.searchsorted(keys, key)
                if place >= len(keys) or keys[place] != key:
                    continue
                for which in range(key_starts[place], key_starts[place + 1]):
                    term = terms_of[which]
                    if spoken != 0 and languages[term] != 0 and languages[term] & spoken == 0:
                        continue
                    count = starts[term + 1] - starts[term]
                    if count < best_words or (count == best_words and letters <= best_letters):
                        continue
                    if token + count > last[i]:
                        continue
                    fits = True
                    for j in range(1, count):
                        w = starts[term] + j
                        if not _fits(
                            codes, token + j, start[token + j], end[token + j], hashed,
                            words[w], asks[w], size[w],
                        ):  # fmt: skip
                            fits = False
                            break
                    if fits:
                        best, best_words, best_letters = term, count, letters
            if best >= 0:
                out_clause[n], out_token[n] = i, token
                out_words[n], out_term[n] = best_words, best
                n += 1
                token += best_words
            else:
                token += 1
    return (
        out_clause[:n].copy(), out_token[:n].copy(), out_words[:n].copy(), out_term[:n].copy()
    )  # fmt: skip
