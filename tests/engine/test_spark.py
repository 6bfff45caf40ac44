"""What only the Spark engine does, and what is told where it cannot run."""

from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from connu.engine.choice import open_engine
from connu.engine.protocol import Engine
from connu.engine.spark import SparkEngine, for_spark
from connu.kernel.errors import EngineError, MissingExtraError
from connu.kernel.settings import EngineChoice


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT a // 2 AS half FROM t", "SELECT a DIV 2 AS half FROM t"),
        ("SELECT a::VARCHAR FROM t", "SELECT CAST(a AS STRING) FROM t"),
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a NULLS LAST"),
        ('SELECT "social.twitter" FROM t', "SELECT `social.twitter` FROM t"),
        ("SELECT list(a) FROM t", "SELECT COLLECT_LIST(a) FROM t"),
    ],
)
def test_sql_is_said_in_spark_s_words(duckdb: str, spark: str):
    assert for_spark(duckdb) == spark


def test_sql_that_makes_no_sense_is_refused_without_its_values():
    with pytest.raises(EngineError) as caught:
        for_spark("SELECT 'secret' FROM (")
    assert "secret" not in str(caught.value.as_dict())


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MissingExtraError) as caught:
        open_engine(EngineChoice(kind="spark"), tmp_path)
    assert "connu[spark]" in caught.value.hint
    assert caught.value.exit_code == 8


@pytest.mark.spark
@pytest.mark.slow
def test_a_value_in_a_worker_s_error_is_not_told(spark: Engine, capfd: pytest.CaptureFixture):
    def broken(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise ValueError(f"cannot read {batch.column(0)[0]}")

    assert isinstance(spark, SparkEngine)
    with pytest.raises(EngineError) as caught:
        spark.map("out", "SELECT 'secret' AS s", broken, pa.schema([("s", pa.string())]))
    assert "secret" not in str(caught.value.as_dict())
    assert "secret" not in "".join(capfd.readouterr())
