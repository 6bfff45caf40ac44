"""What only the embedded engine does: failures of the disk, interrupts, work in parallel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connu.engine.duckdb import DuckEngine
from connu.kernel.errors import EngineError

ENDLESS = "SELECT count(*) FROM range(3000000) a, range(100000) b WHERE (a.range * b.range) % 7 = 3"
NUMBERS = "SELECT range AS n FROM range(250000)"
SQUARES = pa.schema([("n", pa.int64())])


@numba.njit(nogil=True, cache=True)
def squared(numbers: np.ndarray) -> np.ndarray:
    out = np.empty_like(numbers)
    for i in range(len(numbers)):
        out[i] = numbers[i] * numbers[i]
    return out


def square(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.record_batch({"n": squared(batch.column("n").to_numpy())})


def test_a_compiled_function_runs_in_parallel_and_loses_nothing(duck: DuckEngine):
    threads = set()

    def noted(batch: pa.RecordBatch) -> pa.RecordBatch:
        threads.add(threading.current_thread().name)
        return square(batch)

    assert duck.map("squares", NUMBERS, noted, SQUARES) == 250_000
    total = duck.collect("SELECT sum(n)::DOUBLE AS total, count(DISTINCT n) AS n FROM squares")
    assert total.to_pylist() == [
        {"total": pytest.approx(sum(n * n for n in range(250_000))), "n": 250_000}
    ]
    assert threads and threading.main_thread().name not in threads


def test_what_a_mapped_function_raises_comes_out_as_it_is(duck: DuckEngine):
    def broken(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError, match="a fault of the program"):
        duck.map("squares", NUMBERS, broken, SQUARES)
    assert not duck.has("squares")
    assert not list(duck.workspace.glob("squares*"))


def test_a_query_that_fails_under_a_map_is_told_without_its_value(duck: DuckEngine):
    sql = "SELECT CAST('secret' || range AS BIGINT) AS n FROM range(10)"
    with pytest.raises(EngineError, match="does not have the type") as caught:
        duck.map("squares", sql, square, SQUARES)
    assert "secret" not in str(caught.value.as_dict())


def test_batches_are_cast_to_what_was_declared(duck: DuckEngine):
    small = pa.schema([("n", pa.int32())])
    duck.map("few", "SELECT range AS n FROM range(10)", square, small)
    assert duck.collect("SELECT * FROM few").schema.field("n").type == pa.int32()


def test_other_columns_than_declared_are_refused(duck: DuckEngine):
    def texts(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.record_batch({"n": ["secret"] * batch.num_rows})

    with pytest.raises(EngineError, match="other columns") as caught:
        duck.map("few", "SELECT range AS n FROM range(10)", texts, SQUARES)
    assert caught.value.fields == {"expected": "n int64", "returned": "n string"}


def test_a_stream_may_ask_the_engine_while_it_is_written(duck: DuckEngine):
    duck.run("numbers", NUMBERS)
    asked = duck.batches("SELECT n FROM numbers WHERE n < 10")
    duck.put("few", pa.RecordBatchReader.from_batches(SQUARES, asked))
    assert duck.collect("SELECT count(*) AS n FROM few").to_pylist() == [{"n": 10}]


def test_batches_given_up_half_way_leave_the_engine_usable(duck: DuckEngine):
    batches = duck.batches(NUMBERS, rows=1000)
    assert next(batches).num_rows <= 1000
    batches.close()
    assert duck.collect("SELECT 1 AS one").to_pylist() == [{"one": 1}]


def test_an_ordered_query_is_an_ordered_file(duck: DuckEngine):
    duck.run("ordered", "SELECT hash(range) AS h FROM range(400000) ORDER BY h")
    written = pq.read_table(duck.workspace / "ordered.parquet")["h"].to_numpy()
    assert (written[1:] >= written[:-1]).all()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_leaves_the_old_table(duck: DuckEngine, tmp_path: Path):
    duck.run("numbers", "SELECT 1 AS n")
    for folder, file in ((duck.workspace, "numbers.parquet"), (tmp_path, "out.csv")):
        (folder / f"{file}.new").symlink_to("/dev/full")
    with pytest.raises(EngineError, match="the disk is full") as caught:
        duck.run("numbers", NUMBERS)
    assert "last build is untouched" in caught.value.hint
    with pytest.raises(EngineError, match="the disk is full"):
        duck.write(NUMBERS, tmp_path / "out.csv")
    assert duck.collect("SELECT n FROM numbers").to_pylist() == [{"n": 1}]
    assert not (tmp_path / "out.csv").exists()
    assert not list(duck.workspace.glob("*.new"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="cannot make the folder"):
        DuckEngine(tmp_path / "file" / "workspace")


def test_writing_where_nothing_can_be_written_is_told(duck: DuckEngine, tmp_path: Path):
    with pytest.raises(EngineError) as caught:
        duck.write("SELECT 1 AS one", tmp_path / "no" / "such" / "out.csv")
    assert "out.csv" in str(caught.value.fields["file"])


def test_a_file_that_is_no_parquet_is_named(duck: DuckEngine, tmp_path: Path):
    wrong = tmp_path / "wrong.parquet"
    wrong.write_text("id,name\n1,secret\n" * 20)
    with pytest.raises(EngineError, match="not a Parquet file") as caught:
        duck.read_parquet("wrong", wrong)
    assert caught.value.fields["file"] == str(wrong)


def test_an_empty_folder_is_named(duck: DuckEngine, tmp_path: Path):
    with pytest.raises(EngineError, match="no Parquet file"):
        duck.read_parquet("nothing", tmp_path)


def test_strange_folders_are_only_names(tmp_path: Path):
    engine = DuckEngine(tmp_path / "l'été [1] *")
    engine.run("numbers", NUMBERS)
    assert engine.collect("SELECT count(*) AS n FROM numbers").to_pylist() == [{"n": 250_000}]
    engine.close()
    assert sorted(file.name for file in engine.workspace.iterdir()) == ["numbers.parquet"]


def test_more_than_memory_spills_and_leaves_nothing(tmp_path: Path):
    engine = DuckEngine(tmp_path, memory_gb=0.1)
    sql = "SELECT md5(range::VARCHAR) AS h, range AS n FROM range(1500000) ORDER BY h"
    assert engine.run("big", sql) == 1_500_000
    engine.close()
    assert [file.name for file in tmp_path.iterdir()] == ["big.parquet"]


def test_an_interrupt_stops_a_query_at_once(duck: DuckEngine):
    sent = []

    def interrupt() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.2, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        duck.run("endless", ENDLESS)
    assert time.monotonic() - sent[0] < 5
    assert not list(duck.workspace.glob("endless*"))
    assert duck.collect("SELECT 1 AS one").to_pylist() == [{"one": 1}]


def test_a_killed_process_leaves_whole_tables_only(tmp_path: Path):
    program = textwrap.dedent(
        """
        import sys
        from connu.engine.duckdb import DuckEngine
        engine = DuckEngine(sys.argv[1])
        engine.run("first", "SELECT 1 AS n")
        print("made", flush=True)
        while True:
            engine.run("second", "SELECT range AS n FROM range(300000)")
        """
    )
    arguments = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        process.kill()
    for file in tmp_path.glob("*.parquet"):
        assert pq.read_table(file).num_rows in (1, 300_000)
