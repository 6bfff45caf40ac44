"""Names compared: bits shared, and how given and family names stand to each other.

All names of a record are one bag, as real sources swap, join and shorten them. Beside the bits of
what is shared, a level says whether given names and family names conflict: members of a household
share much of a name, and it is the given name that tells them apart.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from connu.identify.bags import SHARED_LEVELS, likest, similar, spend

#: States of a part of the name: contradicts, absent on a side, alike, to the letter.
CONFLICT, OPEN, ALIKE, SAME = 0, 1, 2, 3
STATES = 4
#: Levels of a name: shared bits × state of the given name × state of the family name.
SHAPE = (SHARED_LEVELS, STATES, STATES)
LEVELS = SHARED_LEVELS * STATES * STATES

_, _GIVEN_STATE, _FAMILY_STATE = np.unravel_index(np.arange(LEVELS), SHAPE)
#: How many parts of the name each level shares to the letter (0 to 2), 0 appended for unknown.
SHARED_PARTS = np.append((_GIVEN_STATE == SAME) * 1 + (_FAMILY_STATE == SAME), 0).astype(np.int8)

_GIVEN, _FAMILY, _BOTH = 1, 2, 3
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
def _stand(a, b):
    """How two agreeing tokens cross: 1 given left and family right, 2 the other way, 0 not."""
    if a & b & _BOTH:
        return 0
    return (1 if a & _GIVEN and b & _FAMILY else 0) | (2 if a & _FAMILY and b & _GIVEN else 0)


@njit(cache=True, nogil=True)
def name_bits(
    i, j, start, codes, roles, rarity, forms, data, offsets, rest_a, rest_b, role_a, role_b, worth
):
    """Bits shared and similar between two names, and how their parts stand.

    Returns:
        shared bits, similar bits, state of the given names, state of the family names.
    """
    shared = soft = np.float32(0.0)
    given = family = OPEN
    crossed = na = nb = 0
    a, a1 = start[i], min(start[i + 1], start[i] + _MOST_TOKENS)
    b, b1 = start[j], min(start[j + 1], start[j] + _MOST_TOKENS)
    # Exact first: a token that stands on the other side is not spent on a likeness.
    while a < a1 or b < b1:
        if a < a1 and b < b1 and codes[a] == codes[b]:
            shared += rarity[codes[a]]
            crossed |= _stand(roles[a], roles[b])
            if roles[a] & roles[b] & _GIVEN:
                given = SAME
            if roles[a] & roles[b] & _FAMILY:
                family = SAME
            a += 1
            b += 1
        elif b >= b1 or (a < a1 and codes[a] < codes[b]):
            rest_a[na] = codes[a]
            role_a[na] = roles[a]
            na += 1
            a += 1
        else:
            rest_b[nb] = codes[b]
            role_b[nb] = roles[b]
            nb += 1
            b += 1
    for a in range(na):
        x = rest_a[a]
        for b in range(nb):
            y = rest_b[b]
            s = similar(data, offsets[x], offsets[x + 1], offsets[y], offsets[y + 1])
            if s < _FAMILIAR and _familiar(forms, x, y):
                s = _FAMILIAR
            worth[a, b] = s * min(rarity[x], rarity[y])
    while True:
        a, b = likest(worth, rest_a, rest_b, na, nb, data, offsets)
        if a < 0:
            break
        soft += worth[a, b]
        spend(worth, a, b, na, nb)
        crossed |= _stand(role_a[a], role_b[b])
        both = role_a[a] & role_b[b]
        role_a[a] = role_b[b] = 0
        if both & _GIVEN and given == OPEN:
            given = ALIKE
        if both & _FAMILY and family == OPEN:
            family = ALIKE
    # First and last name swapped: one crossing alone is a namesake («Martin» is both).
    if crossed == _BOTH and given == OPEN and family == OPEN:
        return shared, soft, ALIKE, ALIKE
    left_a = left_b = 0
    for a in range(na):
        left_a |= role_a[a]
    for b in range(nb):
        left_b |= role_b[b]
    if given == OPEN and left_a & left_b & _GIVEN:
        given = CONFLICT
    if family == OPEN and left_a & left_b & _FAMILY:
        family = CONFLICT
    return shared, soft, given, family


@njit(cache=True, nogil=True, parallel=True)
def compare_names(left, right, start, codes, roles, rarity, forms, data, offsets, edges):
    """Level of each pair of names, int16 [pairs]; -1 where one has none. See SHAPE."""
    out = np.empty(left.size, np.int16)
    for part in prange(64):
        rest_a = np.empty(_MOST_TOKENS, np.int32)
        rest_b = np.empty(_MOST_TOKENS, np.int32)
        role_a = np.empty(_MOST_TOKENS, np.uint8)
        role_b = np.empty(_MOST_TOKENS, np.uint8)
        worth = np.empty((_MOST_TOKENS, _MOST_TOKENS), np.float32)
        for p in range(part * left.size // 64, (part + 1) * left.size // 64):
            i, j = left[p], right[p]
            if start[i] == start[i + 1] or start[j] == start[j + 1]:
                out[p] = -1
                continue
            shared, soft, given, family = name_bits(
                i, j, start, codes, roles, rarity, forms, data, offsets,
                rest_a, rest_b, role_a, role_b, worth,
            )  # fmt: skip
            level = 0
            while level < edges.size and shared + soft >= edges[level]:
                level += 1
            out[p] = (level * STATES + given) * STATES + family
    return out
