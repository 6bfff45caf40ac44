"""Which engine a brand runs on: said by [engine], opened here, unknown to the stages."""

from __future__ import annotations

from pathlib import Path

from connu.engine.protocol import Engine
from connu.kernel.settings import EngineChoice


def open_engine(choice: EngineChoice, workspace: Path) -> Engine:
    """The engine that the settings ask for, its tables in `workspace`.

    Raises:
        MissingExtraError: Spark is asked for and the extra `spark` is not installed.
        EngineError: the workspace cannot be made, or the engine does not start.
    """
    if choice.kind == "spark":
        from connu.engine.spark import SparkEngine

        return SparkEngine(workspace, threads=choice.threads, memory_gb=choice.memory_gb)
    from connu.engine.duckdb import DuckEngine

    return DuckEngine(workspace, threads=choice.threads, memory_gb=choice.memory_gb)
