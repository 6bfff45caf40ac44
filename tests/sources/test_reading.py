"""Opening sources: every format becomes a table of text with numbered rows."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from taken_in import brand

from connu.engine.duckdb import DuckEngine
from connu.engine.sql import table_name
from connu.kernel.errors import SourceError
from connu.sources.reading import open_source, working_table


@pytest.fixture
def engine(tmp_path):
    engine = DuckEngine(tmp_path / "workspace")
    yield engine
    engine.close()


def opened(engine, folder, **about):
    made = brand({"crm": {"kind": "people", "fields": {"id": "id"}, **about}})
    return open_source(engine, "crm", made.sources["crm"], folder)


def rows(engine, source):
    return engine.collect(f'SELECT * FROM "{source.table}" ORDER BY connu_row').to_pylist()


def test_parquet_becomes_text(tmp_path, engine):
    table = pa.table(
        {
            "id": pa.array([1.0, 2.0, None]),
            "zip": pa.array([75001.5, float("nan"), 1.0]),
            "when": pa.array([0, None, None], pa.timestamp("us")),
            "born": pa.array([0, None, None], pa.date32()),
            "ok": pa.array([True, False, None]),
            "tags": pa.array([["a"], None, []]),
            "raw": pa.array(["é".encode(), b"\xff", None]),
        }
    )
    pq.write_table(table, tmp_path / "crm.parquet")
    found = rows(engine, opened(engine, tmp_path, path="crm.parquet"))
    assert found[0] == {
        "id": "1", "zip": "75001.5", "when": "1970-01-01 00:00:00", "born": "1970-01-01",
        "ok": "true", "tags": '["a"]', "raw": "é", "connu_row": 1,
    }  # fmt: skip
    assert found[1]["id"] == "2" and found[1]["zip"] is None
    assert found[2]["id"] is None and found[2]["connu_row"] == 3


def test_parquet_files_of_a_glob_count_on(tmp_path, engine):
    pq.write_table(pa.table({"id": [1, 2], "a": ["x", "y"]}), tmp_path / "p1.parquet")
    pq.write_table(pa.table({"id": ["3"], "b": ["z"]}), tmp_path / "p2.parquet")
    source = opened(engine, tmp_path, path="p*.parquet")
    assert source.columns == ("id", "a", "b")
    assert rows(engine, source)[2] == {"id": "3", "a": None, "b": "z", "connu_row": 3}
    assert source.place(3) == ("p2.parquet", 1) and source.place(2) == ("p1.parquet", 2)


def test_csv_files_of_a_glob_count_on(tmp_path, engine):
    (tmp_path / "c1.csv").write_text("id;a\n1;x\n2;y;z\n")
    (tmp_path / "c2.csv").write_text("A,id,b\nq,3,r\n\n4\n")
    source = opened(engine, tmp_path, path="c*.csv")
    assert source.columns == ("id", "a", "b")
    assert rows(engine, source) == [
        {"id": "1", "a": "x", "b": None, "connu_row": 1},
        {"id": "3", "a": "q", "b": "r", "connu_row": 3},
    ]
    assert source.rejected.rows == [2, 4] and source.place(4) == ("c2.csv", 2)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("crm.csv", b"", "is empty"),
        ("crm.parquet", b"PAR1 no parquet", "no Parquet file"),
        ("crm.parquet", b"", "no Parquet file"),
    ],
)
def test_files_that_hold_nothing_to_read(tmp_path, engine, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=told) as caught:
        opened(engine, tmp_path, path=name)
    assert caught.value.fields["source"] == "crm"


def test_mixed_formats(tmp_path, engine):
    (tmp_path / "x.csv").write_text("id\n1\n")
    (tmp_path / "x.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(SourceError, match="several formats"):
        opened(engine, tmp_path, path="x.*")


def test_a_file_that_may_not_be_read(tmp_path, engine, monkeypatch):
    path = tmp_path / "crm.csv"
    path.write_text("id\n1\n")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("connu.sources.reading.sniff", refused)
    with pytest.raises(SourceError, match="Permission denied"):
        opened(engine, tmp_path, path="crm.csv")


def test_a_file_that_goes_away_while_it_is_read(tmp_path, engine, monkeypatch):
    path = tmp_path / "crm.csv"
    path.write_text("id\n1\n")

    def gone(*_):
        raise OSError(5, "Input/output error", str(path))
        yield

    monkeypatch.setattr("connu.sources.reading.csv_batches", gone)
    with pytest.raises(SourceError, match="Input/output error") as caught:
        opened(engine, tmp_path, path="crm.csv")
    assert caught.value.fields == {"source": "crm", "file": str(path)}


def test_working_tables_have_plain_and_distinct_names():
    names = ["crm", "c-r.m", "c_r_m", "c.r-m", "é", "x" * 200]
    tables = {working_table("raw", name) for name in names}
    assert len(tables) == len(names) and all(table_name(table) for table in tables)
