"""Labelled truth: who each record really is, as a file says it, met with what connu says.

A truth is a table with source, record_id and the person, in a column named entity, person,
cluster or customer_id. Rows that lack one of them say nothing and are left out.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.kernel.errors import UsageError

#: Names under which a truth may say who a record is; the first present counts.
ENTITY_COLUMNS = ("entity", "person", "cluster", "customer_id")

_KEY = ["source", "record_id"]
_NEEDED = "its columns are source, record_id and who the record is: person"


def read_truth(truth: pa.Table, ours: pa.Table | None = None) -> pa.Table:
    """A truth as text columns source, record_id, label.

    Args:
        truth: as it was labelled.
        ours: records (source, record_id) from which a truth without `source` takes it; their ids
            must then be unique.

    Raises:
        UsageError: a column is missing, or record ids do not tell which record is meant.
    """
    require(truth, "the truth", "record_id", hint=_NEEDED)
    entity = next((name for name in ENTITY_COLUMNS if name in truth.column_names), None)
    if entity is None:
        raise UsageError(
            "the truth does not say who a record is",
            hint=f"name a column {', '.join(ENTITY_COLUMNS[:-1])} or {ENTITY_COLUMNS[-1]}",
            column="person",
        )
    if "source" in truth.column_names:
        return texts(truth, source="source", record_id="record_id", label=entity)
    if ours is None or pc.count_distinct(ours["record_id"]).as_py() < ours.num_rows:
        raise UsageError(
            "the truth has no column source, and sources share record ids",
            hint="add a column source to the truth",
            column="source",
        )
    bare = texts(truth, record_id="record_id", label=entity)
    place = pc.index_in(bare["record_id"], value_set=ours["record_id"])
    # A record that no source has keeps an empty name: it is counted, not lost.
    return bare.append_column("source", pc.fill_null(ours["source"].take(place), ""))


def require(table: pa.Table, what: str, *names: str, hint: str | None = None) -> None:
    """Raise UsageError unless `table` has the columns; it says which it needs."""
    for name in names:
        if name not in table.column_names:
            has = "have" if what.endswith("s") else "has"
            raise UsageError(
                f"{what} {has} no column {name}",
                hint=hint or f"the columns needed are {', '.join(names)}",
                column=name,
            )


def texts(table: pa.Table, **columns: str) -> pa.Table:
    """Chosen columns as text, under new names; rows that lack one are left out."""
    chosen = pa.table({to: table[name].cast(pa.string()) for to, name in columns.items()})
    return chosen.drop_null()


def places(asked: pa.Table, known: pa.Table, what: str) -> np.ndarray:
    """Where each record asked stands in `known`: int64, −1 where it does not.

    Raises:
        UsageError: a record stands twice in `known`, which the message calls `what`.
    """
    rows = asked.num_rows
    both = pa.concat_tables([asked.select(_KEY), known.select(_KEY)])
    record = codes(both["record_id"])
    key = codes(both["source"]) * (int(record.max(initial=0)) + 1) + record
    order = np.argsort(key[rows:], kind="stable")
    keys = key[rows:][order]
    if np.any(keys[1:] == keys[:-1]):
        raise UsageError(
            f"a record stands twice in the {what}", hint="one row for each source and record_id"
        )
    if not len(keys):
        return np.full(rows, -1, np.int64)
    place = np.minimum(np.searchsorted(keys, key[:rows]), len(keys) - 1)
    return np.where(keys[place] == key[:rows], order[place], -1)


def codes(labels: pa.ChunkedArray) -> np.ndarray:
    """Labels as int64 numbers 0..k-1, in the order of their first appearance."""
    encoded = labels.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
