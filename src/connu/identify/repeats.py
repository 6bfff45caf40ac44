"""Records that say the same, word for word: an export taken twice, a form sent twice.

So many of one customer that all they share is too common to point at anybody would never be
compared; they are put side by side here. They group at once, like a shared identifier, where what
they say is evidence enough.

Cost: linear, and one sort.
"""

from __future__ import annotations

import numpy as np

from connu.identify.encoding import Records
from connu.identify.patterns import fold


def contents(records: Records) -> np.ndarray:
    """A number for what each record says, equal for equal contents: uint64 [n].

    Identifier types beside e-mail and phone are left out: the same words under another account
    are the same words.
    """
    names = records.names
    mixed = (names.codes.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
    said = total[names.start[1:]] - total[names.start[:-1]]
    for name in sorted(records.values):
        fold(said, records.values[name].codes.astype(np.int64))
    return said


def repeated_pairs(said: np.ndarray) -> np.ndarray:
    """Records next to one another among those that say the same: int32 [pairs, 2]."""
    order = np.argsort(said, kind="stable")
    same = said[order][1:] == said[order][:-1]
    return np.column_stack([order[:-1][same], order[1:][same]]).astype(np.int32)
