"""Single values compared, each on a short scale from «contradicts» to «equal»."""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from connu.identify.strings import edits, jaro_winkler

WORD_LEVELS, KEY_LEVELS, POSTCODE_LEVELS, DATE_LEVELS = 3, 4, 6, 11
#: Levels of an e-mail for each number of parts of the name the two records share (0, 1, 2).
EMAIL_LEVELS, EMAIL_BLOCKS = 6, 3


@njit(cache=True, nogil=True, parallel=True)
def compare_equal(left, right, codes):
    """0 different, 1 equal."""
    out = np.empty(left.size, np.int8)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        out[p] = -1 if a < 0 or b < 0 else (1 if a == b else 0)
    return out


@njit(cache=True, nogil=True, parallel=True)
def compare_words(left, right, codes, data, offsets):
    """0 different, 1 alike (Jaro–Winkler ≥ .85), 2 equal."""
    out = np.empty(left.size, np.int8)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        if a < 0 or b < 0:
            out[p] = -1
        elif a == b:
            out[p] = 2
        else:
            s = jaro_winkler(data, offsets[a], offsets[a + 1], offsets[b], offsets[b + 1])
            out[p] = 1 if s >= 0.85 else 0
    return out


@njit(cache=True, nogil=True, parallel=True)
def compare_keys(left, right, codes, data, offsets):
    """0 different, 1 two edits, 2 one edit, 3 equal."""
    out = np.empty(left.size, np.int8)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        if a < 0 or b < 0:
            out[p] = -1
        elif a == b:
            out[p] = 3
        else:
            d = edits(data, offsets[a], offsets[a + 1], offsets[b], offsets[b + 1], 2)
            out[p] = 3 - d
    return out


@njit(cache=True, nogil=True)
def _at_sign(data, a0, a1):
    for i in range(a0, a1):
        if data[i] == 64:
            return i
    return a1


@njit(cache=True, nogil=True)
def _same_digits(data, a0, a1, b0, b1):
    """How many digits data[a0:a1] holds when data[b0:b1] holds the same ones, else -1."""
    digits = 0
    b = b0
    for a in range(a0, a1):
        if 48 <= data[a] <= 57:
            while b < b1 and not 48 <= data[b] <= 57:
                b += 1
            if b == b1 or data[b] != data[a]:
                return -1
            b += 1
            digits += 1
    while b < b1:
        if 48 <= data[b] <= 57:
            return -1
        b += 1
    return digits


@njit(cache=True, nogil=True, parallel=True)
def compare_emails(left, right, codes, data, offsets, block):
    """Six levels in each block: how much of the name the two records share, 0 to 2 parts.

    0 different, 1 local part within two edits and the digits the same, 2 same local part, 3 same
    with digits, 4 equal, 5 equal with digits. Most people's e-mail is made of their name: among
    namesakes it is often alike, so likeness proves little there, and is judged against namesakes.
    """
    out = np.empty(left.size, np.int16)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        if a < 0 or b < 0:
            out[p] = -1
            continue
        ea = _at_sign(data, offsets[a], offsets[a + 1])
        eb = _at_sign(data, offsets[b], offsets[b + 1])
        level = 0
        digits = _same_digits(data, offsets[a], ea, offsets[b], eb)
        if digits >= 0:
            d = 0 if a == b else edits(data, offsets[a], ea, offsets[b], eb, 2)
            if d == 0:
                level = (4 if a == b else 2) + (1 if digits >= 2 else 0)
            elif d <= 2:
                level = 1
        out[p] = block[p] * EMAIL_LEVELS + level
    return out


@njit(cache=True, nogil=True, parallel=True)
def compare_postcodes(left, right, codes, data, offsets):
    """0 elsewhere, 1 same region, 2 two edits, 3 same area, 4 one edit, 5 equal."""
    out = np.empty(left.size, np.int8)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        if a < 0 or b < 0:
            out[p] = -1
            continue
        if a == b:
            out[p] = 5
            continue
        a0, a1, b0, b1 = offsets[a], offsets[a + 1], offsets[b], offsets[b + 1]
        d = edits(data, a0, a1, b0, b1, 2)
        # Letters first: British, where the last three are the inward code.
        wide_a = a1 - 3 if data[a0] > 57 else min(a0 + 3, a1)
        wide_b = b1 - 3 if data[b0] > 57 else min(b0 + 3, b1)
        same = wide_a - a0 == wide_b - b0 and wide_a > a0
        if same:
            for k in range(wide_a - a0):
                if data[a0 + k] != data[b0 + k]:
                    same = False
                    break
        region = a1 - a0 >= 2 and b1 - b0 >= 2 and data[a0] == data[b0]
        if region:
            if data[a0] > 57:
                la = data[a0 + 1] if data[a0 + 1] > 57 else 0
                lb = data[b0 + 1] if data[b0 + 1] > 57 else 0
                region = la == lb
            else:
                region = data[a0 + 1] == data[b0 + 1]
        out[p] = 4 if d <= 1 else 3 if same else 2 if d <= 2 else 1 if region else 0
    return out


@njit(cache=True, nogil=True, parallel=True)
def compare_dates(left, right, codes, data, offsets):
    """Eleven levels, from 0 (more than ten years apart) to 10 (equal, not 1 January).

    1 January stands for «only the year is known» in much real data, so it proves less.
    """
    out = np.empty(left.size, np.int8)
    for p in prange(left.size):
        a, b = codes[left[p]], codes[right[p]]
        if a < 0 or b < 0:
            out[p] = -1
            continue
        a0, a1, b0, b1 = offsets[a], offsets[a + 1], offsets[b], offsets[b + 1]
        ya = yb = 0
        for k in range(min(4, a1 - a0)):
            ya = ya * 10 + data[a0 + k] - 48
        for k in range(min(4, b1 - b0)):
            yb = yb * 10 + data[b0 + k] - 48
        ma = mb = 101
        if a1 - a0 == 8:
            ma = (
                (data[a0 + 4] - 48) * 1000
                + (data[a0 + 5] - 48) * 100
                + (data[a0 + 6] - 48) * 10
                + data[a0 + 7]
                - 48
            )
        if b1 - b0 == 8:
            mb = (
                (data[b0 + 4] - 48) * 1000
                + (data[b0 + 5] - 48) * 100
                + (data[b0 + 6] - 48) * 10
                + data[b0 + 7]
                - 48
            )
        vague_a, vague_b = ma == 101, mb == 101
        if ya == yb and ma == mb:
            out[p] = 9 if vague_a else 10
            continue
        if ya == yb and (vague_a or vague_b):
            out[p] = 6
            continue
        if ya == yb and (mb % 100) * 100 + mb // 100 == ma:
            out[p] = 8
            continue
        d = edits(data, a0, a1, b0, b1, 2)
        if d <= 1:
            out[p] = 7
        elif d <= 2 and (ya == yb or (ma == mb and not vague_a)):
            out[p] = 5
        elif ya == yb:
            out[p] = 4
        elif ma == mb and not vague_a:
            out[p] = 3
        elif abs(ya - yb) <= 1:
            out[p] = 2
        elif abs(ya - yb) <= 10:
            out[p] = 1
        else:
            out[p] = 0
    return out
