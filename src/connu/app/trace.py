"""The trace of a build: what each stage took and what it counted, kept with the build."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from connu.kernel import interruption
from connu.kernel.progress import Progress, Silent


@dataclass
class Stage:
    """One stage of a build.

    Attributes:
        name: as shown.
        seconds: wall time.
        counts: what was counted, by name.
    """

    name: str
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, **counts: int) -> None:
        """Add what the stage counted; zeros are kept: they say that it looked."""
        self.counts.update({name: int(number) for name, number in counts.items()})

    def as_dict(self) -> dict[str, Any]:
        """The stage as JSON."""
        return {"name": self.name, "seconds": round(self.seconds, 3), "counts": self.counts}


class Trace:
    """Times stages and hands them to a progress at the same time."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress: Progress = progress or Silent()
        self.stages: list[Stage] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Run one stage; it is kept also when it fails, with the time it took until then.

        Raises:
            KeyboardInterrupt: somebody asked to stop and was not heard.
        """
        interruption.heed()
        stage = Stage(name)
        self.stages.append(stage)
        start = time.perf_counter()
        try:
            with self.progress.stage(name) as step:
                yield stage
                step.note(_spoken(stage.counts))
        finally:
            stage.seconds = time.perf_counter() - start

    @property
    def seconds(self) -> float:
        """The time of all stages together."""
        return sum(stage.seconds for stage in self.stages)

    def as_dict(self) -> dict[str, Any]:
        """The trace as JSON."""
        return {
            "seconds": round(self.seconds, 3),
            "stages": [stage.as_dict() for stage in self.stages],
        }


def _spoken(counts: dict[str, int]) -> str:
    """Counts on one line.

    >>> _spoken({"people": 1200, "events": 3})
    '1,200 people, 3 events'
    """
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
