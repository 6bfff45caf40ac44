"""Moments in UTC."""

from datetime import datetime

import pytest

from connu.engine.duckdb import DuckEngine
from connu.engine.sql import literal
from connu.sources.times import time_sql


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = DuckEngine(tmp_path_factory.mktemp("times"))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-02", datetime(2024, 1, 2)),
        ("2024-01-02 10:00:00", datetime(2024, 1, 2, 10)),
        ("2024-01-02T10:00:00Z", datetime(2024, 1, 2, 10)),
        ("2024-01-02T10:00:00.250+02:00", datetime(2024, 1, 2, 8, 0, 0, 250_000)),
        ("2024/01/02 10:00", datetime(2024, 1, 2, 10)),
        ("20240102", datetime(2024, 1, 2)),
        ("20240102T100000Z", datetime(2024, 1, 2, 10)),
        ("1704189600", datetime(2024, 1, 2, 10)),
        ("1704189600000", datetime(2024, 1, 2, 10)),
        ("02/01/2024 10:00", datetime(2024, 1, 2, 10)),
        ("02.01.2024", datetime(2024, 1, 2)),
        ("Tue, 02 Jan 2024 10:00:00 +0200", datetime(2024, 1, 2, 8)),
        ("2024-13-45", None),
        ("infinity", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times(engine, written, read):
    sql = time_sql("x", day_first=True)
    found = engine.collect(f"SELECT {sql} AS v FROM (SELECT {literal(written)} AS x)")
    assert found["v"][0].as_py() == read


def test_month_first(engine):
    sql = time_sql("x", day_first=False)
    found = engine.collect(f"SELECT {sql} AS v FROM (SELECT '02/01/2024 3:05 PM' AS x)")
    assert found["v"][0].as_py() == datetime(2024, 2, 1, 15, 5)
