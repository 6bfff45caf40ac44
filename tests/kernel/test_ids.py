"""Ids derived from what they name, the same in Python and in SQL."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from connu.engine.duckdb import DuckEngine
from connu.kernel.ids import hashed_id, hashed_id_sql

PARTS = [("crm", "17"), ("c", "rm17"), ("crm", "é'\"%"), ("", ""), ("crm", "1" * 500)]


def test_sql_and_python_give_the_same_ids(tmp_path: Path):
    engine = DuckEngine(tmp_path)
    engine.put("parts", pa.table({"a": [a for a, _ in PARTS], "b": [b for _, b in PARTS]}))
    for attempt in (0, 1):
        made = engine.collect(
            f"SELECT a, b, {hashed_id_sql('c', ['a', 'b'], attempt)} AS id FROM parts"
        )
        for row in made.to_pylist():
            assert row["id"] == hashed_id("c", [row["a"], row["b"]], attempt)
    engine.close()


@given(st.lists(st.text(alphabet="abc", max_size=3), min_size=2, max_size=2, unique=True))
def test_an_id_is_a_letter_and_sixteen_digits_and_keeps_parts_apart(parts: list[str]):
    one = hashed_id("c", parts)
    assert len(one) == 17 and one[0] == "c" and int(one[1:], 16) >= 0
    assert one == hashed_id("c", parts)
    assert one != hashed_id("c", ["".join(parts), ""]) or parts[1] == ""
    assert one != hashed_id("c", parts, attempt=1)
