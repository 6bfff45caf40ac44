"""Engines to test: every contract test runs on each of them."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connu.engine.choice import open_engine
from connu.engine.duckdb import DuckEngine
from connu.engine.protocol import Engine
from connu.kernel.settings import EngineChoice


def missing_for_spark() -> str | None:
    """What Spark's tests lack here, or None."""
    if importlib.util.find_spec("pyspark") is None:
        return "the extra spark is not installed"
    if shutil.which("java") is None:
        return "Java is absent"
    return None


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One Spark session for all tests: it takes ten seconds to start."""
    missing = missing_for_spark()
    if missing:
        pytest.skip(f"Spark: {missing}")
    engine = open_engine(EngineChoice(kind="spark"), tmp_path_factory.mktemp("spark"))
    yield engine
    engine.close()


@pytest.fixture(
    params=["duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow])]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each engine in turn, over an empty workspace."""
    if request.param == "spark":
        request.getfixturevalue("spark")
    opened = open_engine(EngineChoice(kind=request.param), tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[DuckEngine]:
    """DuckDB over an empty workspace."""
    opened = DuckEngine(tmp_path / "workspace")
    yield opened
    opened.close()
