"""What to do next is the same on every engine."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

from connu.engine.choice import open_engine
from connu.kernel.settings import EngineChoice
from connu.measure import figures
from connu.measure.next_steps import RULES, steps
from connu.measure.steps_rule import Circumstances, Ground

SEEN = Circumstances(purchase=figures.purchase_condition(["purchase"], None))


def found(engine):
    return {s.name: s for s in steps(engine, circumstances=SEEN, most=None, most_of_a_kind=None)}


@pytest.fixture
def spark(tmp_path):
    """Spark, where it is installed."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("Spark: the extra spark or Java is absent")
    engine = open_engine(EngineChoice(kind="spark"), tmp_path / "spark")
    yield engine
    engine.close()


@pytest.mark.slow
@pytest.mark.spark
def test_spark_says_what_duckdb_says(engine, put, shop, spark):
    put(**shop.tables)
    tables = {table for rule in RULES for table in rule.tables} | {"products"}
    for table in sorted(tables):
        spark.put(table, engine.collect(f"SELECT * FROM {table}"))
    here, there = found(engine), found(spark)
    assert sorted(there) == sorted(here)
    for name, step in here.items():
        told = [step.gain, step.people, step.low or 0.0, step.high or 0.0]
        other = there[name]
        assert [other.gain, other.people, other.low or 0.0, other.high or 0.0] == pytest.approx(
            told
        ), name
        assert other.sentence == step.sentence


def test_every_rule_can_be_said_in_sparks_words(engine, put):
    sqlglot = pytest.importorskip("sqlglot")
    put()
    tables = {table for rule in RULES for table in rule.tables} | {"visitors", "products"}
    for digits in (0, 1):
        ground = Ground(SEEN, {t: tuple(engine.columns(t)) for t in tables}, digits)
        for rule in RULES:
            sql = figures.plain(figures.bound(rule.sql(ground) or "", SEEN.purchase))
            said = sqlglot.transpile(
                sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
            )
            assert len(said) == 1
