"""Repeats: the same words again, sent twice, copied, or with a word changed.

A customer who sends a text twice says one thing. Two customers who both write «Super» say two; only
what is too long to be said alike by chance is a copy then. The first text by row counts, the others
point to it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.understand.own_lines import SKETCH, OwnLines

#: Words from which equal texts are copies, where nobody knows the writers, and of two writers; and
#: from which nearly equal ones are.
WORDS_COPIED, WORDS_COPIED_BY_TWO = 8, 12
WORDS_NEARLY, WORDS_NEARLY_BY_TWO = 12, 20
#: Of a sketch's minima so many must agree: four words in five of both texts' are shared.
_AGREEING = 25
#: Minima that a band holds, and bands: texts that share a band are compared. Of two that share nine
#: words in ten 999 in 1,000 are, of two that share half every second.
_BAND, _BANDS = 3, 6
#: Texts of one band that each is compared with at most, the earliest first.
_COMPARED = 8


def find_repeats(
    lines: OwnLines, kept: np.ndarray, texts: int, writers: np.ndarray | None = None
) -> np.ndarray:
    """Which earlier text each repeats.

    Args:
        lines: of all texts.
        kept: bool (l,), lines that count (templates do not).
        texts: how many there are.
        writers: int64 (texts,), negative where unknown; None: nobody is known.

    Returns:
        int64 (texts,): the row of the text that it repeats, itself no repeat; −1: it repeats none.

    Cost: 1 µs a text, most of it sorting.
    """
    words, denied, number, sketch = _texts(
        lines.text, lines.words, lines.negations, lines.hash, lines.sketch, kept, texts
    )
    repeats = np.full(texts, -1, np.int64)
    who = np.full(texts, -1, np.int64) if writers is None else writers
    _mark_equal(repeats, np.flatnonzero((words >= WORDS_COPIED) & (who < 0)), number)
    _mark_equal(repeats, np.flatnonzero(words >= WORDS_COPIED_BY_TWO), number)
    whose = who.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    rows = np.flatnonzero((words > 0) & (who >= 0))
    _mark_equal(repeats, rows, number ^ (whose ^ (whose >> np.uint64(29))))
    rows = np.flatnonzero((words >= WORDS_NEARLY) & (repeats < 0))
    for band in range(_BANDS):
        key = np.zeros(len(rows), np.uint64)
        for part in range(band * _BAND, (band + 1) * _BAND):
            key = (key << np.uint64(16)) | sketch[rows, part].astype(np.uint64)
        order = np.argsort(key, kind="stable")
        _mark_near(repeats, rows[order], key[order], words, denied, who, sketch)
    return _rooted(repeats)


def _mark_equal(repeats: np.ndarray, rows: np.ndarray, number: np.ndarray) -> None:
    """Each row with the number of an earlier one repeats the first of them."""
    order = rows[np.argsort(number[rows], kind="stable")]
    if not len(order):
        return
    new = np.r_[True, number[order[1:]] != number[order[:-1]]]
    first = order[new][np.cumsum(new) - 1]
    again = (order != first) & (repeats[order] < 0)
    repeats[order[again]] = first[again]


@njit(cache=True, nogil=True)
def _texts(text, words, negations, number, sketch, kept, texts):  # pragma: no cover
    """Words, negations, hash and sketch of each text, of those of its lines that count."""
    total, denied = np.zeros(texts, np.int64), np.zeros(texts, np.int64)
    whole = np.zeros(texts, np.uint64)
    minima = np.full((texts, sketch.shape[1]), np.uint16(0xFFFF), np.uint16)
    for i in range(len(text)):
        if kept[i]:
            row = text[i]
            total[row] += words[i]
            denied[row] += negations[i]
            whole[row] = (whole[row] ^ number[i]) * np.uint64(0xD6E8FEB86659FD93)
            whole[row] ^= whole[row] >> np.uint64(32)
            for k in range(sketch.shape[1]):
                minima[row, k] = min(minima[row, k], sketch[i, k])
    return total, denied, whole, minima


@njit(cache=True, nogil=True)
def _mark_near(repeats, rows, key, words, denied, who, sketch):  # pragma: no cover
    """Compares each text with the earliest ones of its band; rows of a band are ascending."""
    begun = 0
    for i in range(len(rows)):
        if key[i] != key[begun]:
            begun = i
        if repeats[rows[i]] >= 0:
            continue
        for j in range(begun, min(i, begun + _COMPARED)):
            if denied[rows[i]] != denied[rows[j]]:
                continue
            if who[rows[i]] != who[rows[j]] and (
                min(words[rows[i]], words[rows[j]]) < WORDS_NEARLY_BY_TWO
            ):
                continue
            same = 0
            for k in range(sketch.shape[1]):
                same += sketch[rows[i], k] == sketch[rows[j], k]
            if same >= _AGREEING:
                repeats[rows[i]] = rows[j]
                break


@njit(cache=True, nogil=True)
def _rooted(repeats):  # pragma: no cover
    """A repeat of a repeat points to the first; rows point to earlier ones only."""
    for row in range(len(repeats)):
        if repeats[row] >= 0 and repeats[repeats[row]] >= 0:
            repeats[row] = repeats[repeats[row]]
    return repeats


assert _BAND * _BANDS <= SKETCH
