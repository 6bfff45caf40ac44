"""Tokens: words, numbers and marks of folded texts, as columns.

A word is letters and digits; an apostrophe or a hyphen parts words («j'aimerais» is j, aimerais)
so that seeds and texts are cut alike. `!`, `?` and emoji are marks: they carry tone. What is
neither (full stops, commas, brackets) is no token; the cutter of statements reads those itself.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit

from connu.understand.folding import Folded

#: Classes of code points.
SPACE, LETTER, DIGIT, MARK, STOP, LINE, COMMA, OTHER = range(8)
#: FNV-1a, 64 bits (Fowler, Noll, Vo): hashes grow with a word, so that its prefixes have theirs.
FNV_OFFSET = np.uint64(0xCBF29CE484222325)
FNV_PRIME = np.uint64(0x100000001B3)


@dataclass(frozen=True)
class Tokens:
    """Tokens of texts, end to end.

    Attributes:
        start, end: int64 (tokens,), places in the folded code points.
        hash: uint64 (tokens,).
        starts: int64 (texts + 1,): where each text's tokens begin.
    """

    start: np.ndarray
    end: np.ndarray
    hash: np.ndarray
    starts: np.ndarray


def tokens_of(folded: Folded) -> Tokens:
    """The tokens of folded texts. About 3 ns a code point."""
    classes = class_table()
    starts = _counted(folded.codes, folded.starts, classes)
    total = int(starts[-1])
    start, end = np.empty(total, np.int64), np.empty(total, np.int64)
    hashed = np.empty(total, np.uint64)
    _tokens(folded.codes, folded.starts, classes, starts, start, end, hashed)
    return Tokens(start, end, hashed, starts)


def hash_of(word: str) -> int:
    """The hash of one folded word.

    >>> hash_of("prix") == hash_of("prix"), hash_of("prix") == hash_of("pri")
    (True, False)
    """
    value = int(FNV_OFFSET)
    for letter in word:
        value = ((value ^ ord(letter)) * int(FNV_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


@cache
def class_table() -> np.ndarray:
    """uint8 (65536,): the class of each folded code point of the first plane."""
    table = np.full(65536, OTHER, np.uint8)
    for code in range(65536):
        letter = chr(code)
        category = unicodedata.category(letter)
        if letter == "\n":
            table[code] = LINE
        elif category[0] in "CZ" or 0xFE00 <= code <= 0xFE0F:  # selectors follow their emoji
            table[code] = SPACE
        elif category[0] in "LM":
            table[code] = LETTER
        elif category[0] == "N":
            table[code] = DIGIT
        elif letter in "!?" or category == "So":
            table[code] = MARK
        elif letter == ".":
            table[code] = STOP
        elif letter in ",;:":
            table[code] = COMMA
    return table


@njit(cache=True, nogil=True, inline="always")
def class_of(code: int, classes: np.ndarray) -> np.uint8:
    """The class of a code point; beyond the first plane nearly all are emoji."""
    return classes[code] if code < 65536 else np.uint8(3)


@njit(cache=True, nogil=True)
def _counted(codes: np.ndarray, starts: np.ndarray, classes: np.ndarray) -> np.ndarray:
    counted = np.zeros(len(starts), np.int64)
    for i in range(len(starts) - 1):
        n, inside = 0, False
        for at in range(starts[i], starts[i + 1]):
            kind = class_of(codes[at], classes)
            word = kind == 1 or kind == 2
            if kind == 3 or (word and not inside):
                n += 1
            inside = word
        counted[i + 1] = counted[i] + n
    return counted


@njit(cache=True, nogil=True)
def _tokens(
    codes: np.ndarray,
    starts: np.ndarray,
    classes: np.ndarray,
    first: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    hashed: np.ndarray,
) -> None:
    for i in range(len(starts) - 1):
        to = first[i]
        inside = False
        value = np.uint64(0)
        for at in range(starts[i], starts[i + 1]):
            kind = class_of(codes[at], classes)
            word = kind == 1 or kind == 2
            if inside and not word:
                end[to], hashed[to] = at, value
                to += 1
                inside = False
            if word or kind == 3:
                if not inside:
                    start[to] = at
                    value = FNV_OFFSET
                value = (value ^ np.uint64(codes[at])) * FNV_PRIME
                inside = word
                if kind == 3:
                    end[to], hashed[to] = at + 1, value
                    to += 1
        if inside:
            end[to], hashed[to] = starts[i + 1], value
