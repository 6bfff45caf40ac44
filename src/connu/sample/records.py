"""What a people source is, once made: its table, who is behind each row, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Ints


@dataclass(frozen=True)
class Made:
    """One people source.

    Attributes:
        source: its name in connu.toml.
        table: the rows as they are written.
        record_id: the id of each row; null where the row lacks one.
        who: the person behind each row; -1 for the shop's own (tests, staff).
    """

    source: str
    table: pa.Table
    record_id: pa.Array
    who: Ints


def join(*parts: pa.Array | str) -> pa.Array:
    """Text columns end to end; null where any part is null."""
    return pc.binary_join_element_wise(*parts, "")


def joined_with(separator: str, *parts: pa.Array) -> pa.Array:
    """Text columns with a separator between those that are there; null where none is."""
    text = pc.binary_join_element_wise(*parts, separator, null_handling="skip")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def pick(words: tuple[str | None, ...], codes: np.ndarray) -> pa.Array:
    """The word of each code."""
    return pa.array(words, pa.string()).take(pa.array(codes))


def numbered(start: int, count: int, prefix: str = "", width: int = 0) -> pa.Array:
    """Ids in order: prefix and a number, padded with zeros to `width` digits."""
    text = pa.array(np.arange(start, start + count)).cast(pa.string())
    return join(prefix, pc.utf8_lpad(text, width, "0")) if count else pa.array([], pa.string())
