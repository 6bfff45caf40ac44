"""Brand mentions: which verbatims name our brand or a competitor, and where.

Names count as they are written, folded: in running text a fuzzy match finds more wrong brands than
missing ones. A name that is also a word (Orange, Free) is to be given as written, and is then still
met at the beginning of sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.understand.brand_names import Alias, BrandNames
from connu.understand.estimate import LEVEL, Estimate, wilson
from connu.understand.folding import fold
from connu.understand.tokens import Tokens, tokens_of


@dataclass(frozen=True)
class BrandMentions:
    """Where names stand, by text and place; none lies within another.

    Attributes:
        row: int64 (m,), of the text. name: int64 (m,), of the name.
        start, end: int64 (m,), code points of the text.
    """

    row: np.ndarray
    name: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def __len__(self) -> int:
        return len(self.row)


class NamedShare(msgspec.Struct, frozen=True):
    """How many texts name a brand.

    Attributes:
        name: the brand's. texts: how many name it, once or more. share: of all texts, 0-1.
    """

    name: str
    texts: int
    share: Estimate


def brand_mentions(texts: pa.Array | pa.ChunkedArray, names: BrandNames) -> BrandMentions:
    """Find names in texts.

    Args:
        texts: (n,), null for none.

    Cost: a walk along all tokens for each alias; 4 s for a million texts of 200 letters and ten
    aliases.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    folded = fold(texts)
    tokens = tokens_of(folded)
    text_of = np.repeat(np.arange(len(folded)), np.diff(tokens.starts))
    parts = [_found(alias, tokens, text_of, folded.starts, texts) for alias in names.aliases]
    row, name, start, end = (
        np.concatenate([part[i] for part in parts]) if parts else np.empty(0, np.int64)
        for i in range(4)
    )
    # Of names that overlap the longest counts: Apple Music is not Apple.
    order = np.lexsort((start - end, start, row))
    row, name, start, end = row[order], name[order], start[order], end[order]
    far = np.maximum.accumulate(end + row * _FAR) if len(row) else end
    free = np.append(True, start[1:] + row[1:] * _FAR >= far[:-1])[: len(row)]
    return BrandMentions(row[free], name[free], start[free], end[free])


#: Beyond any place in a text.
_FAR = np.int64(1) << 40


def _found(
    alias: Alias, tokens: Tokens, text_of: np.ndarray, begins: np.ndarray, texts: pa.Array
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of one alias: texts, names, places."""
    many = len(alias.hashes)
    at = np.flatnonzero(tokens.hash == np.uint64(alias.hashes[0]))
    at = at[at + many <= len(tokens.hash)]
    for k in range(1, many):
        at = at[tokens.hash[at + k] == np.uint64(alias.hashes[k])]
    at = at[text_of[at] == text_of[at + many - 1]]
    row = text_of[at]
    start, end = tokens.start[at] - begins[row], tokens.end[at + many - 1] - begins[row]
    if alias.as_written and len(row):
        whole = pc.take(texts, pa.array(row)).to_pylist()
        same = np.array(
            [t[s:e] == alias.text for t, s, e in zip(whole, start, end, strict=True)], bool
        )
        row, start, end = row[same], start[same], end[same]
    return row, np.full(len(row), alias.name), start, end


def named_shares(
    mentions: BrandMentions, names: BrandNames, texts: int, *, level: float = LEVEL
) -> list[NamedShare]:
    """How many texts name each brand, those named most first.

    Args:
        mentions: of `brand_mentions`. texts: how many there were. level: confidence (Wilson's).
    """
    pairs = np.unique(np.stack([mentions.row, mentions.name]), axis=1)
    many = np.bincount(pairs[1].astype(np.int64), minlength=len(names))
    shares = wilson(many, np.full(len(names), texts), level)
    found = [NamedShare(*each) for each in zip(names.names, many.tolist(), shares, strict=True)]
    return sorted(found, key=lambda one: (-one.texts, one.name))
