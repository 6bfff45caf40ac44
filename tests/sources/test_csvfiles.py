"""CSV files: every data row is read or set aside, numbered alike by both readers."""

import json
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connu.kernel.errors import SourceError
from connu.sources import csvfiles
from connu.sources.csvfiles import ROW, Rejected, csv_batches
from connu.sources.dialects import sniff


def read(path, dialect=None):
    """(rows as lists with their number last, what was set aside)."""
    dialect = dialect or sniff(path)
    rejected = Rejected()
    batches = list(csv_batches(path, dialect, rejected)) if dialect else []
    rows = [list(row.values()) for batch in batches for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: row[-1]), rejected


def written(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rows_are_numbered_without_empty_lines(tmp_path):
    rows, _ = read(written(tmp_path, "id,name\n1,a\n\n2,b\r\n\n3,\n"))
    assert rows == [["1", "a", 1], ["2", "b", 2], ["3", None, 3]]


def test_ragged_rows_are_set_aside_with_number_and_content(tmp_path):
    rows, rejected = read(written(tmp_path, "id,name,x\n1,a,b\n2,a\n3,a,b,c\n4,a,b,,\n5,a,b\n"))
    assert [row[-1] for row in rows] == [1, 4, 5]
    assert rejected.rows == [2, 3]
    assert rejected.reasons[0] == "the row has 2 cells where the file has 3 columns"
    assert json.loads(rejected.contents[0]) == {"id": "2", "name": "a"}
    assert json.loads(rejected.contents[1]) == {"id": "3", "name": "a", "x": "b", "4": "c"}


def test_quoted_cells_hold_line_breaks_and_delimiters(tmp_path):
    rows, rejected = read(written(tmp_path, 'id,text\n1,"a\nb, ""c"""\n2,d\n'))
    assert rows == [["1", 'a\nb, "c"', 1], ["2", "d", 2]] and not rejected.rows


def test_a_stray_quote_spoils_its_row_alone(tmp_path):
    lines = [f"{i},word" for i in range(1, 1001)]
    lines[4] = '5,"word'
    rows, rejected = read(written(tmp_path, "\n".join(["id,text", *lines])))
    assert len(rows) == 999 and rejected.rows == [5]
    assert rejected.reasons == ["a quote is opened and never closed"]


def test_a_quote_inside_a_cell_is_a_letter(tmp_path):
    rows, rejected = read(written(tmp_path, 'id,text\n1,5" pipe\n2,b\n'))
    assert rows == [["1", '5" pipe', 1], ["2", "b", 2]] and not rejected.rows


def test_even_quotes_that_do_not_match_are_found_late(tmp_path):
    text = 'id,a,b\n1,x,y\n2,a",b,"c\n3,x,y\n4,x,y\n'
    rows, rejected = read(written(tmp_path, text))
    assert [row[-1] for row in rows] == [1, 3, 4] and rejected.rows == [2]


def test_spaces_before_quotes(tmp_path):
    rows, _ = read(written(tmp_path, 'id, text\n1, "a, b"\n2, c\n'))
    assert rows == [["1", "a, b", 1], ["2", "c", 2]]


def test_broken_bytes_are_kept_as_replacement(tmp_path):
    rows, _ = read(written(tmp_path, "id,é,è\n1,à,ù\n".encode() + b"2,\xff,x\n"))
    assert rows[1] == ["2", "\ufffd", "x", 2]


def test_huge_cells_are_set_aside(tmp_path):
    text = f'id,text\n1,"{"x" * 200_000}\n"\n2,b\n'
    rows, rejected = read(written(tmp_path, text))
    assert [row[-1] for row in rows] == [2] and rejected.rows == [1]


def test_old_line_ends(tmp_path):
    rows, _ = read(written(tmp_path, "id,name\r1,a\r2,b\r"))
    assert rows == [["1", "a", 1], ["2", "b", 2]]


def test_without_a_header(tmp_path):
    rows, _ = read(written(tmp_path, "1,a\n2,b\n"))
    assert rows == [["1", "a", 1], ["2", "b", 2]]


_CELL = st.text(st.sampled_from("ab1 é'\u00a0"), max_size=5)


@given(
    rows=st.lists(st.lists(_CELL, min_size=1, max_size=4), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_both_readers_agree_on_plain_files(tmp_path_factory, rows, end):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    lines = ["id,first,last", *(",".join(row) for row in rows)]
    path.write_bytes(end.join(lines).encode())
    dialect = sniff(path, delimiter=",", header=True, encoding="utf-8")
    fast = read(path, dialect)
    patient = read(path, replace(dialect, plain=False))
    assert fast[0] == patient[0]
    assert sorted(zip(fast[1].rows, fast[1].reasons, fast[1].contents, strict=True)) == sorted(
        zip(patient[1].rows, patient[1].reasons, patient[1].contents, strict=True)
    )


def test_many_batches_keep_their_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(csvfiles, "_BLOCK_BYTES", 200)
    lines = [f"{i},a" if i % 7 else f"{i},a,b" for i in range(1, 500)]
    rows, rejected = read(written(tmp_path, "\n".join(["id,name", *lines])))
    assert all(int(row[0]) == row[-1] for row in rows)
    assert rejected.rows == [i for i in range(1, 500) if i % 7 == 0]


@pytest.mark.parametrize("content", [b"id,name", b"id,name\n", b"id,name\n\n\n"])
def test_header_alone(tmp_path, content):
    rows, rejected = read(written(tmp_path, content))
    assert rows == [] and rejected.rows == []


def test_the_shape_of_batches(tmp_path):
    path = written(tmp_path, "id,name\n1,a\n")
    (batch,) = csv_batches(path, sniff(path), Rejected())
    assert batch.schema == pa.schema(
        [("id", pa.string()), ("name", pa.string()), (ROW, pa.int64())]
    )


def test_a_first_row_that_is_none(tmp_path):
    with pytest.raises(SourceError, match="first row"):
        sniff(written(tmp_path, "x" * 150_000 + ",a\n1,2\n"))


def test_the_line_that_tells_the_delimiter_is_no_row(tmp_path):
    rows, rejected = read(written(tmp_path, "sep=;\nid;name\n1;a\n2\n"))
    assert rows == [["1", "a", 1]] and rejected.rows == [2]


def test_a_file_of_another_form_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(csvfiles, "_MOST_REJECTED", 10)
    with pytest.raises(SourceError, match="more than 10 rows"):
        read(written(tmp_path, "id,name\n" + "1\n" * 11))
