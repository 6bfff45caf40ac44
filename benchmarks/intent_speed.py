"""The stage of intents alone over made events, in a process of its own: seconds by part.

    python -m benchmarks.intent_crowd FOLDER --subjects 1000000 --events 50000000
    python -m benchmarks.intent_speed FOLDER

FOLDER holds what `intent_crowd` wrote. The stage reads and writes as in a build; peak memory is
seen from outside (`measured`). What was taken is printed as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from connu.app.intents import intend
from connu.engine.duckdb import DuckEngine
from connu.govern.consents import JOURNAL_CONSENTS
from connu.kernel.progress import Silent, Step
from connu.kernel.settings import read_settings
from connu.ledger.facts import FACTS
from connu.twins.learnable import REFUSED

#: Nobody refuses.
SUBJECTS = pa.schema([("subject_kind", pa.string()), ("subject", pa.string())])
TABLES = ("events", "event_customers", "visitors", "products")


class Watch:
    """Seconds of each outermost stage of the work, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._depth = 0

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Step]:
        begun = time.perf_counter()
        self._depth += 1
        try:
            with Silent().stage(name, total) as step:
                yield step
        finally:
            self._depth -= 1
        if not self._depth:
            self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - begun


def run_stage(folder: Path, workspace: Path) -> dict[str, object]:
    """Run the stage over the tables of a folder.

    Returns:
        seconds; parts: seconds of the stages within; counts of what was told.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    (workspace / "connu.toml").write_text('[brand]\nname = "Speed"\ncountry = "FR"\n')
    settings = read_settings(workspace)
    engine = DuckEngine(workspace / "tables", threads=2)
    try:
        for table in TABLES:
            engine.read_parquet(table, folder / f"{table}.parquet")
        engine.put("facts", FACTS.empty_table())
        engine.put(REFUSED, SUBJECTS.empty_table())
        watch = Watch()
        begun = time.perf_counter()
        told = intend(engine, settings, consents=JOURNAL_CONSENTS.empty_table(), progress=watch)
        seconds = time.perf_counter() - begun
    finally:
        engine.close()
    return {"seconds": seconds, "parts": watch.seconds, "counts": told.counts}


def main() -> None:
    """Run the stage, print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="connu-benchmark-") as workspace:
        print(json.dumps(run_stage(asked.folder, Path(workspace))))


if __name__ == "__main__":
    main()
