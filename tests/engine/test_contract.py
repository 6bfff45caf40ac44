"""What every engine does alike: a stage that keeps to these verbs runs on all of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

from connu.engine.protocol import Engine
from connu.kernel.errors import EngineError

PEOPLE = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "name": ["Zoé", None, 'O\'Neil, "Bo"'],
        "score": [0.5, None, 2.0],
        "known": [True, False, None],
        "seen": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None, None]),
    }
)


def rows(engine: Engine, sql: str) -> list[dict]:
    return engine.collect(sql).to_pylist()


def double(batch: pa.RecordBatch) -> pa.RecordBatch:
    twice = pc.multiply(batch.column("id"), 2)
    return pa.record_batch({"twice": twice, "name": batch.column("name")})


DOUBLED = pa.schema([("twice", pa.int64()), ("name", pa.string())])


def test_it_is_an_engine(engine: Engine):
    assert isinstance(engine, Engine)
    assert engine.workspace.is_dir()


def test_a_table_comes_back_as_it_was_put(engine: Engine):
    engine.put("people", PEOPLE)
    assert engine.has("people")
    assert engine.columns("people") == PEOPLE.column_names
    assert rows(engine, "SELECT * FROM people ORDER BY id") == PEOPLE.to_pylist()


def test_an_empty_table_keeps_its_columns(engine: Engine):
    engine.put("people", PEOPLE.slice(0, 0))
    assert engine.columns("people") == PEOPLE.column_names
    assert rows(engine, "SELECT count(*) AS n FROM people") == [{"n": 0}]
    assert engine.run("nobody", "SELECT * FROM people WHERE id > 7") == 0
    assert engine.columns("nobody") == PEOPLE.column_names


def test_a_table_put_anew_has_its_new_columns(engine: Engine):
    engine.put("people", PEOPLE)
    assert engine.columns("people") == PEOPLE.column_names
    engine.put("people", PEOPLE.select(["name"]))
    assert engine.columns("people") == ["name"]
    engine.run("people", "SELECT name AS called, 1 AS one FROM people")
    assert engine.columns("people") == ["called", "one"]
    engine.drop("people")
    assert not engine.has("people")


def test_what_is_told_of_columns_is_nobodys_to_change(engine: Engine):
    engine.put("people", PEOPLE)
    engine.columns("people").clear()
    assert engine.columns("people") == PEOPLE.column_names


def test_a_stream_is_put_without_being_held(engine: Engine):
    stream = pa.RecordBatchReader.from_batches(PEOPLE.schema, iter(PEOPLE.to_batches(2)))
    engine.put("people", stream)
    assert rows(engine, "SELECT sum(id) AS total FROM people") == [{"total": 6}]


def test_a_stream_that_breaks_raises_what_broke_it(engine: Engine):
    def broken():
        yield from PEOPLE.to_batches()
        raise EngineError("the database went away")

    with pytest.raises(EngineError, match="the database went away"):
        engine.put("people", pa.RecordBatchReader.from_batches(PEOPLE.schema, broken()))
    assert not engine.has("people")
    assert not list(engine.workspace.glob("people*"))


def test_a_query_becomes_a_table_on_disk(engine: Engine):
    engine.put("people", PEOPLE)
    made = engine.run("named", "SELECT id, upper(name) AS name FROM people WHERE name IS NOT NULL")
    assert made == 2
    assert (engine.workspace / "named.parquet").exists()
    assert rows(engine, "SELECT name FROM named ORDER BY id")[0] == {"name": "ZOÉ"}


def test_a_table_may_be_made_from_itself(engine: Engine):
    engine.put("counts", pa.table({"n": pa.array([1, 2], pa.int64())}))
    engine.run("counts", "SELECT n + 1 AS n FROM counts")
    engine.run("counts", "SELECT n + 1 AS n, 'x' AS tag FROM counts")
    assert rows(engine, "SELECT n FROM counts ORDER BY n") == [{"n": 3}, {"n": 4}]


def test_the_dialect_is_one(engine: Engine):
    engine.put("people", PEOPLE)
    sql = """
        SELECT known::VARCHAR AS known, count(*) AS n, min(score) AS low,
            coalesce(max(name), '-') AS name, bool_or(id = 3) AS three
        FROM people GROUP BY ALL ORDER BY known
    """
    assert rows(engine, sql) == [
        {"known": "false", "n": 1, "low": None, "name": "-", "three": False},
        {"known": "true", "n": 1, "low": 0.5, "name": "Zoé", "three": False},
        {"known": None, "n": 1, "low": 2.0, "name": 'O\'Neil, "Bo"', "three": True},
    ]


def test_windows_and_joins_agree(engine: Engine):
    engine.put("a", pa.table({"k": [1, 1, 2], "v": ["x", "y", "z"]}))
    engine.put("b", pa.table({"k": [1, 3]}))
    sql = """
        SELECT v, row_number() OVER (PARTITION BY k ORDER BY v DESC) AS place,
            EXISTS (SELECT 1 FROM b WHERE b.k = a.k) AS found
        FROM a QUALIFY place = 1 ORDER BY v
    """
    assert rows(engine, sql) == [
        {"v": "y", "place": 1, "found": True},
        {"v": "z", "place": 1, "found": False},
    ]


def test_a_view_costs_no_file(engine: Engine):
    engine.put("people", PEOPLE)
    engine.view("known", "SELECT id FROM people WHERE known")
    assert rows(engine, "SELECT * FROM known") == [{"id": 1}]
    assert not list(engine.workspace.glob("known*"))


def test_a_function_runs_over_batches(engine: Engine):
    engine.put("people", PEOPLE)
    assert engine.map("twice", "SELECT id, name FROM people", double, DOUBLED) == 3
    got = rows(engine, "SELECT twice, name FROM twice ORDER BY twice")
    assert [row["twice"] for row in got] == [2, 4, 6]
    assert got[0]["name"] == "Zoé"


def test_a_function_of_an_empty_query_makes_an_empty_table(engine: Engine):
    engine.put("people", PEOPLE)
    assert engine.map("twice", "SELECT id, name FROM people WHERE id > 7", double, DOUBLED) == 0
    assert engine.columns("twice") == ["twice", "name"]


def test_batches_are_bounded_and_whole(engine: Engine):
    engine.put("numbers", pa.table({"n": list(range(5000))}))
    batches = list(engine.batches("SELECT n FROM numbers ORDER BY n", rows=3000))
    assert max(batch.num_rows for batch in batches) <= 3000
    assert pa.Table.from_batches(batches)["n"].to_pylist() == list(range(5000))


def test_many_files_are_one_table(engine: Engine, tmp_path: Path):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(7):
        pq.write_table(pa.table({"file": [i, i], "line": ["a", "b"]}), folder / f"{i}.parquet")
    pq.write_table(pa.table({"file": [7], "extra": ["c"]}), folder / "7.parquet")
    engine.read_parquet("folder", folder)
    engine.read_parquet("pattern", str(folder / "*.parquet"))
    engine.read_parquet("file", folder / "3.parquet", row="row")
    for name in ("folder", "pattern"):
        assert rows(engine, f"SELECT count(*) AS n, count(extra) AS x FROM {name}") == [
            {"n": 15, "x": 1}
        ]
    assert rows(engine, "SELECT line, row FROM file ORDER BY row") == [
        {"line": "a", "row": 1},
        {"line": "b", "row": 2},
    ]


def test_dropping_deletes_only_its_own_file(engine: Engine, tmp_path: Path):
    foreign = tmp_path / "foreign.parquet"
    pq.write_table(PEOPLE, foreign)
    engine.read_parquet("foreign", foreign)
    engine.put("people", PEOPLE)
    for name in ("foreign", "people", "never"):
        engine.drop(name)
        assert not engine.has(name)
    assert foreign.exists()
    assert not list(engine.workspace.glob("people*"))


def test_files_are_written_by_suffix(engine: Engine, tmp_path: Path):
    engine.put("people", PEOPLE)
    sql = "SELECT id, name, score FROM people ORDER BY id"
    expected = PEOPLE.select(["id", "name", "score"])
    for suffix in (".parquet", ".csv", ".jsonl"):
        assert engine.write(sql, tmp_path / f"out{suffix}") == 3
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == expected.to_pylist()
    nulls = csv.ConvertOptions(strings_can_be_null=True)
    assert csv.read_csv(tmp_path / "out.csv", convert_options=nulls).to_pylist() == (
        expected.to_pylist()
    )
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected.to_pylist()
    assert sorted(file.name for file in tmp_path.glob("out*")) == [
        "out.csv",
        "out.jsonl",
        "out.parquet",
    ]


def test_an_unknown_suffix_is_refused(engine: Engine, tmp_path: Path):
    with pytest.raises(EngineError, match=r"\.xlsx"):
        engine.write("SELECT 1 AS one", tmp_path / "out.xlsx")


@pytest.mark.parametrize("name", ["../up", "a b", "", "1st", "x;y"])
def test_a_name_that_is_no_word_is_refused(engine: Engine, name: str):
    with pytest.raises(EngineError, match="letters, digits"):
        engine.put(name, PEOPLE)
    assert [file for file in engine.workspace.parent.iterdir() if file != engine.workspace] == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST('secret@example.org' AS INTEGER) AS n FROM people",
        "SELECT 'secret@example.org' AS s FROM no_such_table",
        "SELECT no_such_column FROM people WHERE name = 'secret@example.org'",
        "SELEC 'secret@example.org'",
    ],
)
def test_an_error_never_shows_a_value(engine: Engine, sql: str):
    engine.put("people", PEOPLE)
    with pytest.raises(EngineError) as caught:
        engine.collect(sql)
    told = str(caught.value.as_dict())
    assert "secret" not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_vanished_file_is_named_as_such(engine: Engine, tmp_path: Path):
    gone = tmp_path / "gone.parquet"
    pq.write_table(PEOPLE, gone)
    engine.read_parquet("gone", gone)
    gone.unlink()
    with pytest.raises(EngineError, match="not there"):
        engine.collect("SELECT name FROM gone ORDER BY name")


def test_a_failed_query_leaves_the_old_table(engine: Engine):
    engine.put("people", PEOPLE)
    with pytest.raises(EngineError):
        engine.run("people", "SELECT CAST(name AS INTEGER) AS id FROM people")
    assert rows(engine, "SELECT count(name) AS n FROM people") == [{"n": 2}]
    assert not list(engine.workspace.glob("*.new"))
