"""Texts in parts of some megabytes: a million never lie in memory as code points at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Bytes of text above which an array needs 64-bit offsets.
_MOST_BYTES = 2**31 - 2**20
#: Bytes of a part. Its code points and tokens take some twelve times as much.
PART_BYTES = 8_000_000


def parts(texts: pa.Array, room: int = PART_BYTES) -> Iterator[tuple[int, pa.Array]]:
    """The texts in order, some at a time, each part with the row it begins at.

    Args:
        texts: string (n,).
        room: bytes of a part; a longer text is a part by itself.

    >>> [(row, part.to_pylist()) for row, part in parts(pa.array(["aa", "b", "cccc"]), 3)]
    [(0, ['aa', 'b']), (2, ['cccc'])]
    """
    length = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
    until = np.cumsum(length, dtype=np.int64)
    row = 0
    while row < len(texts):
        before = until[row - 1] if row else 0
        end = max(int(np.searchsorted(until, before + room, "right")), row + 1)
        yield row, texts.slice(row, end - row)
        row = end


def one_array(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The texts as one string array, a large one where they take more than 2 GB."""
    if isinstance(texts, pa.ChunkedArray):
        large = texts.nbytes > _MOST_BYTES
        texts = texts.cast(pa.large_string() if large else pa.string()).combine_chunks()
    if pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type):
        return texts
    return texts.cast(pa.string())
