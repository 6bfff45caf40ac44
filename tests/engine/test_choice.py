"""The engine that [engine] asks for."""

from __future__ import annotations

from pathlib import Path

from connu.engine.choice import open_engine
from connu.engine.duckdb import DuckEngine
from connu.kernel.settings import EngineChoice


def test_duckdb_is_the_default_with_the_settings_threads_and_memory(tmp_path: Path):
    engine = open_engine(EngineChoice(threads=1, memory_gb=0.5), tmp_path / "workspace")
    assert isinstance(engine, DuckEngine)
    told = engine.collect(
        "SELECT current_setting('threads') AS threads, current_setting('memory_limit') AS memory"
    ).to_pylist()
    engine.close()
    assert told == [{"threads": 1, "memory": "476.8 MiB"}]
    assert (tmp_path / "workspace").is_dir()
