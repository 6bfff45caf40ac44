from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.understand import parts as parts_module
from connu.understand.parts import one_array, parts


@given(st.lists(st.one_of(st.none(), st.text(max_size=9)), max_size=20), st.integers(1, 30))
def test_parts_hold_all_texts_once_in_order(texts: list[str | None], room: int):
    column = pa.array(texts, pa.string())
    pieces = list(parts(column, room))
    assert [text for _, part in pieces for text in part.to_pylist()] == texts
    row = 0
    for begins, part in pieces:
        assert begins == row and len(part)
        row += len(part)
        size = sum(len((text or "").encode()) for text in part.to_pylist())
        assert len(part) == 1 or size <= room


def test_one_array_of_any_strings(monkeypatch: pytest.MonkeyPatch):
    pieces = pa.chunked_array([["a"], ["b", None]])
    assert one_array(pieces).type == pa.string() and one_array(pieces).to_pylist() == [
        "a",
        "b",
        None,
    ]
    assert one_array(pa.array(["a"]).dictionary_encode()).type == pa.string()
    monkeypatch.setattr(parts_module, "_MOST_BYTES", 1)
    assert one_array(pieces).type == pa.large_string()
