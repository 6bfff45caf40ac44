"""Who holds the same identifier: pairs that are compared whatever else they share.

A record may hold several e-mails or phones; all of them count here, where the comparison of
fields looks at the first. Generic values link nobody (see junk).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.identify.encoding import encode_column
from connu.identify.pair_keys import sorted_once
from connu.identify.rarity import hash_words

#: Up to this many holders of a value are all paired; of more, those next to one another.
MOST_HOLDERS = 8


def holder_pairs(identifiers: pa.Table, generic: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """For each identifier type, pairs of records that hold the same value.

    Args:
        identifiers: the table `identifiers`: rid, type, value.
        generic: identifier type → uint64 hashes, sorted, of values that identify nobody.

    Returns:
        type → int32 [pairs, 2], left < right, sorted.

    Cost: a sort, and MOST_HOLDERS passes over the identifiers.
    """
    out = {}
    for kind in sorted(pc.unique(identifiers["type"]).to_pylist()):
        rows = identifiers.filter(pc.equal(identifiers["type"], kind))
        column = encode_column(rows["value"])
        words = column.words
        nobodys = np.isin(hash_words(words.data, words.offsets), generic.get(kind, ()))
        kept = ~nobodys[column.codes]
        held = (column.codes[kept].astype(np.int64) << 32) | rows["rid"].to_numpy()[kept]
        held = sorted_once(held)
        value, rid = held >> 32, held & 0xFFFFFFFF
        few = np.bincount(value, minlength=len(nobodys))[value] <= MOST_HOLDERS
        pairs = []
        for step in range(1, MOST_HOLDERS):
            same = value[step:] == value[:-step]
            if step > 1:
                same &= few[step:]
            pairs.append((rid[:-step][same] << 32) | rid[step:][same])
        key = sorted_once(np.concatenate(pairs))
        out[kind] = np.column_stack([key >> 32, key & 0xFFFFFFFF]).astype(np.int32)
    return out
