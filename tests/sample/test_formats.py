"""What is written can be read again, and numbers keep their digits in every guise."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.sample.formats import csv_lines, json_lines, phones, write_csv, write_lines

TEXTS = st.lists(
    st.one_of(
        st.none(),
        st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=20),
        st.sampled_from(['a;b"c', "two\nlines", "tab\there", "back\\slash", " around "]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(texts=TEXTS)
def test_csv_and_json_come_back(texts: list[str | None]) -> None:
    table = pa.table({"n": pa.array(range(len(texts))), "t": pa.array(texts, pa.string())})
    read = list(
        csv.reader(
            io.StringIO("\n".join(csv_lines(table, ";").to_pylist()), newline=""), delimiter=";"
        )
    )
    assert [row[1] for row in read] == [text or "" for text in texts]
    back = [json.loads(line) for line in json_lines(table).to_pylist()]
    assert [row.get("t") for row in back] == texts
    assert [row["n"] for row in back] == list(range(len(texts)))


@pytest.mark.parametrize("way", range(7))
def test_a_phone_keeps_its_digits(way: int) -> None:
    shares = tuple(float(i == way) for i in range(7))
    numbers = pa.array(["+33612345678", "+32470123456", "0000000000", None])
    made = phones(numbers, shares, np.random.default_rng(0)).to_pylist()
    assert re.sub(r"\D", "", made[0]).endswith("612345678")
    assert made[1:] == ["+32470123456", "0000000000", None]


def test_the_seven_ways_of_writing_a_phone() -> None:
    ways = [
        phones(
            pa.array(["+33612345678"]),
            tuple(float(i == w) for i in range(7)),
            np.random.default_rng(0),
        )[0].as_py()
        for w in range(7)
    ]
    assert ways == [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33612345678",
        "+33 6 12 34 56 78",
        "0033612345678",
        "612345678",
    ]


def test_broken_lines_stand_where_they_are_put(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    table = pa.table({"a": ["1", "2", "3"], "b": ["é", None, "z"]})
    write_csv(path, table, delimiter=";", encoding="latin-1", broken={1: "half", 3: ";;;"})
    assert path.read_text("latin-1") == "a;b\n1;é\nhalf\n2;\n3;z\n;;;\n"
    write_lines(path, pa.array(["x"]), header="h", encoding="utf-8-sig")
    assert path.read_bytes() == b"\xef\xbb\xbfh\nx\n"
