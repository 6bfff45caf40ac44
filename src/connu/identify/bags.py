"""Bags of tokens compared in bits: what is shared, what is similar, what contradicts.

An address is a bag: its parts come in any order, are cut in any way and agree together. The bits
of a shared token are −log2 of the share of records that hold it, so «12» is little and «lilas»
is much.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from connu.identify.strings import jaro_winkler

#: Lower edges, in bits, of the levels of shared and of contradicting tokens.
SHARED_BITS = np.array([0.5, 5, 8, 11, 14, 18, 23, 30], np.float32)
AGAINST_BITS = np.array([1, 7, 11], np.float32)
SHARED_LEVELS, AGAINST_LEVELS = len(SHARED_BITS) + 1, len(AGAINST_BITS) + 1
#: Levels of a bag: shared × against × whether every agreement is to the letter.
LEVELS = SHARED_LEVELS * AGAINST_LEVELS * 2

_MOST_REST = 32


#: Jaro–Winkler similarity from which two words count as spellings of one.
_ALIKE = 0.88


@njit(cache=True, nogil=True)
def _letters(data, a0, a1):
    """Which letters data[a0:a1] holds, a bit each; 0 when it holds anything else."""
    held = 0
    for i in range(a0, a1):
        letter = data[i] - 97
        if letter < 0 or letter > 25:
            return 0
        held |= 1 << letter
    return held


@njit(cache=True, nogil=True)
def _ones(bits):
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@njit(cache=True, nogil=True)
def similar(data, a0, a1, b0, b1):
    """How alike two different tokens are (0–1): a typo, an initial, or 0.

    What is alike is worth at most 0.6 of what is equal; an initial a quarter.
    """
    la, lb = a1 - a0, b1 - b0
    if (la == 1 or lb == 1) and data[a0] == data[b0] and _letters(data, a0, a0 + 1):
        return 0.25
    if la < 4 or lb < 4:
        return 0.0
    in_a, in_b = _letters(data, a0, a1), _letters(data, b0, b1)
    if in_a == 0 or in_b == 0:
        return 0.0
    # Letters the other side lacks match nothing: most pairs of words are told apart by that alone.
    most = min(la - _ones(in_a & ~in_b), lb - _ones(in_b & ~in_a))
    jaro = (most / la + most / lb + 1.0) / 3.0
    bound = jaro + 0.4 * (1.0 - jaro) if data[a0] == data[b0] else jaro
    if bound < _ALIKE:
        return 0.0
    s = jaro_winkler(data, a0, a1, b0, b1)
    return 0.6 * s if s >= _ALIKE else 0.0


@njit(cache=True, nogil=True)
def _before(data, offsets, x, y):
    """Whether token x stands before token y in a dictionary."""
    a, b = offsets[x], offsets[y]
    while a < offsets[x + 1] and b < offsets[y + 1]:
        if data[a] != data[b]:
            return data[a] < data[b]
        a += 1
        b += 1
    return a == offsets[x + 1] and b < offsets[y + 1]


@njit(cache=True, nogil=True)
def _sooner(data, offsets, x, y, u, v):
    """Whether the tokens x and y come before u and v: by their letters, whichever side is left."""
    if _before(data, offsets, y, x):
        x, y = y, x
    if _before(data, offsets, v, u):
        u, v = v, u
    return _before(data, offsets, x, u) if x != u else _before(data, offsets, y, v)


@njit(cache=True, nogil=True)
def likest(worth, left, right, na, nb, data, offsets):
    """The pair of tokens left[:na], right[:nb] worth most; -1, -1 where none is worth anything.

    No side goes first, so that a with b gives what b with a gives.
    """
    at_a = at_b = -1
    best = np.float32(0.0)
    for a in range(na):
        for b in range(nb):
            bits = worth[a, b]
            if bits > best or (
                at_a >= 0
                and bits == best
                and _sooner(data, offsets, left[a], right[b], left[at_a], right[at_b])
            ):
                best = bits
                at_a, at_b = a, b
    return at_a, at_b


@njit(cache=True, nogil=True)
def spend(worth, a, b, na, nb):
    """Take the tokens a and b out of what may still be likened."""
    worth[a, :nb] = 0.0
    worth[:na, b] = 0.0


@njit(cache=True, nogil=True)
def bag_bits(i, j, start, codes, rarity, data, offsets, rest_a, rest_b, worth):
    """Bits shared, similar and contradicting between the tokens of records i and j."""
    shared = np.float32(0.0)
    na = nb = 0
    a, b = start[i], start[j]
    while a < start[i + 1] and b < start[j + 1]:
        if codes[a] == codes[b]:
            shared += rarity[codes[a]]
            a += 1
            b += 1
        elif codes[a] < codes[b]:
            if na < rest_a.size:
                rest_a[na] = codes[a]
                na += 1
            a += 1
        else:
            if nb < rest_b.size:
                rest_b[nb] = codes[b]
                nb += 1
            b += 1
    while a < start[i + 1] and na < rest_a.size:
        rest_a[na] = codes[a]
        na += 1
        a += 1
    while b < start[j + 1] and nb < rest_b.size:
        rest_b[nb] = codes[b]
        nb += 1
        b += 1
    left = right = soft = np.float32(0.0)
    for a in range(na):
        left += rarity[rest_a[a]]
    for b in range(nb):
        right += rarity[rest_b[b]]
    for a in range(na):
        x = rest_a[a]
        for b in range(nb):
            y = rest_b[b]
            s = similar(data, offsets[x], offsets[x + 1], offsets[y], offsets[y + 1])
            worth[a, b] = s * min(rarity[x], rarity[y])
    while True:
        a, b = likest(worth, rest_a, rest_b, na, nb, data, offsets)
        if a < 0:
            break
        soft += worth[a, b]
        spend(worth, a, b, na, nb)
    against = min(left, right) - soft
    return shared, soft, max(against, np.float32(0.0))


@njit(cache=True, nogil=True, parallel=True)
def compare_bags(left, right, start, codes, rarity, data, offsets, shared_edges, against_edges):
    """Level of each pair of bags, int8 [pairs]; -1 where one is empty."""
    out = np.empty(left.size, np.int8)
    for part in prange(64):
        rest_a = np.empty(_MOST_REST, np.int32)
        rest_b = np.empty(_MOST_REST, np.int32)
        worth = np.empty((_MOST_REST, _MOST_REST), np.float32)
        for p in range(part * left.size // 64, (part + 1) * left.size // 64):
            i, j = left[p], right[p]
            if start[i] == start[i + 1] or start[j] == start[j + 1]:
                out[p] = -1
                continue
            shared, soft, against = bag_bits(
                i, j, start, codes, rarity, data, offsets, rest_a, rest_b, worth
            )
            e = 0
            while e < shared_edges.size and shared + soft >= shared_edges[e]:
                e += 1
            c = 0
            while c < against_edges.size and against >= against_edges[c]:
                c += 1
            out[p] = (e * AGAINST_LEVELS + AGAINST_LEVELS - 1 - c) * 2 + (1 if soft < 0.5 else 0)
    return out
