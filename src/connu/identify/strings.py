"""String comparison on bytes, compiled: Jaro–Winkler and optimal string alignment.

Why not a library: these run inside compiled loops over tens of millions of pairs, where crossing
into Python for one pair costs more than the comparison itself.

Sources: Jaro (1989) and Winkler (1990) for the similarity; Damerau (1964) with the restriction of
optimal string alignment for the distance.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit


class Words:
    """Strings as one byte buffer, addressed by code.

    Attributes:
        data: uint8 [total bytes].
        offsets: int64 [size + 1].
    """

    def __init__(self, words: pa.Array) -> None:
        array = words.cast(pa.large_binary())
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        _, offsets, data = array.buffers()
        first = array.offset
        self.offsets = np.frombuffer(offsets, np.int64)[first : first + len(array) + 1]
        self.data = np.frombuffer(data, np.uint8) if data is not None else np.zeros(1, np.uint8)
        if self.data.size == 0:
            self.data = np.zeros(1, np.uint8)

    def __len__(self) -> int:
        return len(self.offsets) - 1


@njit(cache=True, nogil=True)
def jaro_winkler(data, a0, a1, b0, b1):
    """Jaro–Winkler similarity (0–1) of data[a0:a1] and data[b0:b1]; at most 64 bytes of each."""
    la = min(a1 - a0, 64)
    lb = min(b1 - b0, 64)
    if la == 0 or lb == 0:
        return 0.0
    window = max(la, lb) // 2 - 1
    if window < 0:
        window = 0
    used_a = np.uint64(0)
    used_b = np.uint64(0)
    one = np.uint64(1)
    common = 0
    for i in range(la):
        low = i - window if i > window else 0
        high = min(lb, i + window + 1)
        for j in range(low, high):
            if not (used_b >> np.uint64(j)) & one and data[a0 + i] == data[b0 + j]:
                used_a |= one << np.uint64(i)
                used_b |= one << np.uint64(j)
                common += 1
                break
    if common == 0:
        return 0.0
    moved = 0
    j = 0
    for i in range(la):
        if (used_a >> np.uint64(i)) & one:
            while not (used_b >> np.uint64(j)) & one:
                j += 1
            if data[a0 + i] != data[b0 + j]:
                moved += 1
            j += 1
    jaro = (common / la + common / lb + (common - moved // 2) / common) / 3.0
    if jaro <= 0.7:  # Winkler: a common beginning says something only where much else agrees
        return jaro
    prefix = 0
    for i in range(min(4, la, lb)):
        if data[a0 + i] != data[b0 + i]:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(cache=True, nogil=True)
def edits(data, a0, a1, b0, b1, most):
    """Optimal string alignment distance, or `most` + 1 where it exceeds `most`.

    Cost: linear in the length; what is further than `most` off the diagonal cannot matter.
    """
    # What both begin or end with costs nothing, and leaves little of two spellings of one word.
    while a0 < a1 and b0 < b1 and data[a0] == data[b0]:
        a0 += 1
        b0 += 1
    while a0 < a1 and b0 < b1 and data[a1 - 1] == data[b1 - 1]:
        a1 -= 1
        b1 -= 1
    la = a1 - a0
    lb = b1 - b0
    if la - lb > most or lb - la > most:
        return most + 1
    if la == 0 or lb == 0:
        return la + lb
    rows = np.full((3, lb + 1), most + 1, np.int32)
    before, last, row = rows[0], rows[1], rows[2]
    for j in range(min(most, lb) + 1):
        last[j] = j
    for i in range(1, la + 1):
        low = max(1, i - most)
        row[low - 1] = i if low == 1 else most + 1
        best = row[low - 1]
        for j in range(low, min(lb, i + most) + 1):
            cost = 0 if data[a0 + i - 1] == data[b0 + j - 1] else 1
            value = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if (
                i > 1
                and j > 1
                and data[a0 + i - 1] == data[b0 + j - 2]
                and data[a0 + i - 2] == data[b0 + j - 1]
            ):
                value = min(value, before[j - 2] + 1)
            row[j] = value
            if value < best:
                best = value
        if best > most:
            return most + 1
        before, last, row = last, row, before
    return min(last[lb], most + 1)
