"""Who holds the same identifier: pairs that are compared whatever else they share.

A record may hold several e-mails or phones; all of them count here, where the comparison of
fields looks at the first. Generic values link nobody (see junk).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.identify.encoding import CONTACTS, Records


def holder_pairs(identifiers: pa.Table, records: Records) -> dict[str, np.ndarray]:
    """For each identifier type, pairs of records next to one another among a value's holders.

    Args:
        identifiers: the table `identifiers`: rid, type, value.
        records: the encoded records, generic values already forgotten.

    Returns:
        type → int32 [pairs, 2], left < right, sorted.
    """
    out = {}
    for kind in sorted(pc.unique(identifiers["type"]).to_pylist()):
        column = records.values[kind] if kind in CONTACTS else records.keys[kind]
        # A value whose first holders were all made to forget it is generic.
        forgotten = column.values.filter(pa.array(column.counts == 0))
        rows = identifiers.filter(pc.equal(identifiers["type"], kind))
        rows = rows.filter(pc.invert(pc.is_in(rows["value"], forgotten)))
        rid = rows["rid"].to_numpy().astype(np.int64)
        coded = pc.dictionary_encode(rows["value"].combine_chunks())
        value = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        order = np.lexsort((rid, value))
        rid, value = rid[order], value[order]
        next_to = (np.diff(value) == 0) & (np.diff(rid) != 0)
        pairs = np.column_stack([rid[:-1][next_to], rid[1:][next_to]])
        out[kind] = np.unique(pairs, axis=0).astype(np.int32) if len(pairs) else _NONE
    return out


_NONE = np.zeros((0, 2), np.int32)
