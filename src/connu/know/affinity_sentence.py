"""The sentence of an affinity: what was counted, in plain words, for the rows somebody reads."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.know.categories import Categories


def affinity_sentences(told: pa.Table, categories: Categories) -> pa.StringArray:
    """Why each told row is an affinity; names no person.

    `41 of 52 events in Photo/Lenses, in 9 of 11 visits from 2026-08-03 to 2026-11-02; it draws 9 %
    of everybody's interest`.

    Args:
        told: of `AffinityModel.tell`. categories: of the same trails.

    Cost: a few µs a row; ask for the rows that are kept.
    """

    def text(name: str) -> pa.Array:
        return pc.cast(told[name].combine_chunks(), pa.string())

    def day(name: str) -> pa.Array:
        moments = told[name].to_numpy().astype("datetime64[us]").astype("datetime64[D]")
        return pa.array(np.datetime_as_string(moments) if len(moments) else [], pa.string())

    percent = 100 * told["share"].to_numpy() / told["lift"].to_numpy()
    digits = np.where(percent >= 9.5, 0, np.where(percent >= 0.95, 1, 2))
    everybody = [f"{p:.{d}f}" for p, d in zip(percent.tolist(), digits.tolist(), strict=True)]
    path = pa.array(categories.paths, pa.string()).take(told["node"].combine_chunks())
    parts = [
        text("events"),
        pa.scalar(" of "),
        text("of_events"),
        pa.scalar(" events in "),
        path,
        pa.scalar(", in "),
        text("sessions"),
        pa.scalar(" of "),
        text("of_sessions"),
        pa.scalar(" visits from "),
        day("first"),
        pa.scalar(" to "),
        day("last"),
        pa.scalar("; it draws "),
        pa.array(everybody, pa.string()),
        pa.scalar(" % of everybody's interest"),
    ]
    return pc.binary_join_element_wise(*parts, pa.scalar(""))
