"""Ids are the same wherever they are made."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.engine.duckdb import DuckEngine
from connu.kernel.ids import hashed_id, hashed_id_sql

parts = st.lists(st.text(max_size=6), min_size=1, max_size=3)


@given(parts, st.integers(0, 9))
def test_an_id_is_a_letter_and_sixteen_digits(some, attempt):
    made = hashed_id("c", some, attempt)
    assert made[0] == "c" and len(made) == 17
    assert set(made[1:]) <= set("0123456789abcdef")
    assert made == hashed_id("c", some, attempt)


@pytest.mark.parametrize(
    "other",
    [("h", ["ab", "c"], 0), ("c", ["a", "bc"], 0), ("c", ["ab", "c"], 1), ("c", ["abc"], 0)],
)
def test_what_differs_has_another_id(other):
    assert hashed_id(*other) != hashed_id("c", ["ab", "c"], 0)


def test_sql_makes_the_same(tmp_path: Path):
    engine = DuckEngine(tmp_path, memory_gb=0.5)
    rows = [("crm", "17"), ("crm", "é'\"\\"), ("", ""), ("web", "漢字 1"), ("s" * 300, "x")]
    columns = {"source": [s for s, _ in rows], "record_id": [r for _, r in rows]}
    engine.put("records", pa.table(columns))
    for attempt in (0, 3):
        sql = hashed_id_sql("c", ["source", "record_id"], attempt)
        made = engine.collect(f"SELECT source, record_id, {sql} AS id FROM records").to_pylist()
        expected = {(s, r, hashed_id("c", [s, r], attempt)) for s, r in rows}
        assert {tuple(row.values()) for row in made} == expected
    engine.close()
