"""Who customers are becomes columns of numbers; what is unknown is a value, not a gap."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.understand.controls import control_columns


def test_words_numbers_and_what_is_unknown():
    who = pa.table(
        {
            "age_band": ["18-34"] * 40 + ["35-64"] * 30 + [None] * 20 + ["65+"] * 10,
            "months": [1.0, 3.0] * 25 + [None] * 50,
            "member": [True] * 60 + [False] * 40,
            "country": ["FR"] * 100,
            "visits": pa.array(np.arange(100)),
        }
    )
    columns, names = control_columns(who)
    assert names == [
        "age_band: 35-64",
        "age_band: unknown",
        "months",
        "months: unknown",
        "member: false",
        "visits",
    ]
    assert columns.shape == (100, 6) and np.isfinite(columns).all()
    assert columns[:, 0].sum() == 30 and columns[:, 1].sum() == 20
    assert (columns[50:, 2] == 2).all() and columns[:, 3].sum() == 50
    assert columns[:, 4].sum() == 40


def test_rare_values_are_together():
    who = pa.table({"town": [f"town {i}" for i in range(50)] + ["Lyon"] * 50 + ["Nantes"] * 3})
    assert control_columns(who, least_rows=3)[1] == ["town: Nantes"]
    assert control_columns(who)[0].shape == (103, 0)


def test_nobody_and_nothing():
    assert control_columns(pa.table({"a": pa.array([], pa.string())}))[0].shape == (0, 0)
    assert control_columns(pa.table({"a": pa.array([1.0, 2.0])}).select([]))[1] == []
    assert control_columns(pa.table({"a": pa.array([None] * 30, pa.float64())}))[1] == []


def test_chunks_and_dictionaries_are_read_alike():
    plain = pa.table({"sex": ["f"] * 30 + ["m"] * 25})
    coded = pa.table({"sex": pa.chunked_array([plain["sex"].chunk(0).dictionary_encode()])})
    for who in (coded, pa.concat_tables([plain[:10], plain[10:]])):
        assert (control_columns(who)[0] == control_columns(plain)[0]).all()
