"""Names compared: bits shared, and how given and family names stand to each other.

All names of a record are one bag, as real sources swap, join and shorten them. Beside the bits of
what is shared, a level says whether given names and family names conflict: members of a household
share much of a name, and it is the given name that tells them apart.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from connu.identify.bags import SHARED_LEVELS, similar

#: States of a part of the name: contradicts, absent on a side, alike, to the letter.
CONFLICT, OPEN, ALIKE, SAME = 0, 1, 2, 3
STATES = 4
#: Levels of a name: shared bits × state of the given name × state of the family name.
SHAPE = (SHARED_LEVELS, STATES, STATES)
LEVELS = SHARED_LEVELS * STATES * STATES

_GIVEN, _FAMILY = 1, 2
_FAMILIAR = 0.7
_MOST_TOKENS = 32


@njit(cache=True, nogil=True)
def _familiar(forms, x, y):
    """Whether two tokens may stand for one first name: «bill» and «william»."""
    for a in range(forms.shape[1]):
        if forms[x, a] < 0:
            break
        for b in range(forms.shape[1]):
            if forms[y, b] < 0:
                break
            if forms[x, a] == forms[y, b]:
                return True
    return False


@njit(cache=True, nogil=True)
def name_bits(i, j, start, codes, roles, rarity, forms, data, offsets, used):
    """Bits shared and similar between two names, and how their parts stand.

    Returns:
        shared bits, similar bits, state of the given names, state of the family names.
    """
    shared = soft = np.float32(0.0)
    given = family = OPEN
    a0, a1 = start[i], min(start[i + 1], start[i] + used.shape[1])
    b0, b1 = start[j], min(start[j + 1], start[j] + used.shape[1])
    used[:] = 0
    # Exact first: a token that stands on the other side is not spent on a likeness.
    a, b = a0, b0
    while a < a1 and b < b1:
        if codes[a] == codes[b]:
            shared += rarity[codes[a]]
            used[0, a - a0] = 1
            used[1, b - b0] = 1
            both = roles[a] | roles[b]
            if both & _GIVEN:
                given = SAME
            if both & _FAMILY:
                family = SAME
            a += 1
            b += 1
        elif codes[a] < codes[b]:
            a += 1
        else:
            b += 1
    for a in range(a0, a1):
        if used[0, a - a0]:
            continue
        x = codes[a]
        best = np.float32(0.0)
        at = -1
        for b in range(b0, b1):
            if used[1, b - b0]:
                continue
            y = codes[b]
            s = similar(data, offsets[x], offsets[x + 1], offsets[y], offsets[y + 1])
            if s < _FAMILIAR and _familiar(forms, x, y):
                s = _FAMILIAR
            bits = np.float32(s * min(rarity[x], rarity[y]))
            if bits > best:
                best = bits
                at = b
        if at >= 0:
            soft += best
            used[0, a - a0] = 1
            used[1, at - b0] = 1
            both = roles[a] | roles[at]
            if both & _GIVEN and given == OPEN:
                given = ALIKE
            if both & _FAMILY and family == OPEN:
                family = ALIKE
    rest_a = rest_b = 0
    for a in range(a0, a1):
        if not used[0, a - a0]:
            rest_a |= roles[a]
    for b in range(b0, b1):
        if not used[1, b - b0]:
            rest_b |= roles[b]
    if given == OPEN and rest_a & rest_b & _GIVEN:
        given = CONFLICT
    if family == OPEN and rest_a & rest_b & _FAMILY:
        family = CONFLICT
    return shared, soft, given, family


@njit(cache=True, nogil=True, parallel=True)
def compare_names(left, right, start, codes, roles, rarity, forms, data, offsets, edges):
    """Level of each pair of names, int16 [pairs]; -1 where one has none. See SHAPE."""
    out = np.empty(left.size, np.int16)
    for part in prange(64):
        used = np.empty((2, _MOST_TOKENS), np.uint8)
        for p in range(part * left.size // 64, (part + 1) * left.size // 64):
            i, j = left[p], right[p]
            if start[i] == start[i + 1] or start[j] == start[j + 1]:
                out[p] = -1
                continue
            shared, soft, given, family = name_bits(
                i, j, start, codes, roles, rarity, forms, data, offsets, used
            )
            level = 0
            while level < edges.size and shared + soft >= edges[level]:
                level += 1
            out[p] = (level * STATES + given) * STATES + family
    return out
