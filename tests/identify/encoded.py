"""Made-up records as the linker holds them: plain rows in, integer columns out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from made_tables import NORMAL, table

from connu.identify.encoding import Records, encode_records
from connu.identify.strings import Words

_KEY = [("rid", pa.int32()), ("source", pa.string()), ("record_id", pa.string())]
NORMAL_SCHEMA = pa.schema([*_KEY, *((name, pa.string()) for name in NORMAL)])
IDENTIFIERS_SCHEMA = pa.schema([("rid", pa.int32()), ("type", pa.string()), ("value", pa.string())])


def normal_table(rows: list[dict[str, Any]]) -> pa.Table:
    """The table `normal` of rows in order of rid; a source not named is "crm"."""
    keyed = [
        {"rid": rid, "source": "crm", "record_id": f"{rid:05}"}
        | {name: value for name, value in row.items() if name != "ids"}
        for rid, row in enumerate(rows)
    ]
    return table(keyed, NORMAL_SCHEMA)


def identifiers_table(rows: list[dict[str, Any]]) -> pa.Table:
    """The table `identifiers`: e-mail and phone of the rows, and what they name under `ids`."""
    held = [
        {"rid": rid, "type": kind, "value": value}
        for rid, row in enumerate(rows)
        for kind, value in (
            *((kind, row[kind]) for kind in ("email", "phone") if row.get(kind)),
            *row.get("ids", ()),
        )
    ]
    return table(held, IDENTIFIERS_SCHEMA)


def encoded(rows: list[dict[str, Any]], *, unique: Iterable[str] = ()) -> Records:
    """Rows of normalised values, with further identifiers under `ids`, as the linker's records."""
    return encode_records(normal_table(rows), identifiers_table(rows), unique=frozenset(unique))


def words(texts: list[str]) -> Words:
    """Texts as the linker compares them."""
    return Words(pa.array(texts, pa.string()))


def span(held: Words, place: int) -> tuple[int, int]:
    """Where one word's bytes lie."""
    return int(held.offsets[place]), int(held.offsets[place + 1])


def every_pair(n: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of n records, left < right, int32."""
    left, right = np.triu_indices(n, 1)
    return left.astype(np.int32), right.astype(np.int32)
