"""Running a build: the stages in order, timed and counted, published whole or not at all.

The one place that knows every stage. It moves no row itself: each stage reads tables that earlier
ones made, through the engine, and makes its own.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connu import __version__
from connu.app.inputs import code_digest, input_digest
from connu.app.stages import TABLES, Made, run_stages
from connu.app.trace import Trace
from connu.engine.choice import open_engine
from connu.journal.journal import open_journal
from connu.kernel.errors import BuildError, SettingsError
from connu.kernel.progress import Progress
from connu.kernel.settings import FILE_NAME, Settings
from connu.ledger.build import Build
from connu.ledger.builds import Builds


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        changed: False when no input changed and the last build stays in force.
        build_id: the build in force afterwards.
        seconds: wall time of all stages.
        stages: name, seconds and counts of each stage.
        made: the build's totals, or None when nothing changed.
    """

    changed: bool
    build_id: str
    seconds: float = 0.0
    stages: list[dict[str, Any]] = field(default_factory=list)
    made: Made | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "changed": self.changed,
            "build": self.build_id,
            "seconds": round(self.seconds, 3),
            "stages": self.stages,
            **({} if self.made is None else self.made.as_dict()),
        }


def run_build(
    folder: Path,
    settings: Settings,
    *,
    force: bool = False,
    retrain: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Build a brand from its sources and its journal.

    The inputs are digested before they are read: an input that changes while the build runs is
    seen as changed by the next one.

    Args:
        folder: the brand's folder.
        settings: its settings.
        force: build although no input changed.
        retrain: learn the models (of linking, of twins) anew.
        progress: who watches.

    Returns:
        The report; `changed` is False when nothing had to be done.

    Raises:
        SettingsError: there is no source.
        SourceError: a source cannot be read.
        EngineError: the disk is full, memory ran out.
        BuildError: another build is running, or the build cannot be published.
        JournalError: the journal cannot be read.
    """
    _need_a_source(settings)
    builds = Builds(folder)
    last = in_force(builds)
    with open_journal(folder, settings) as journal:
        digest = input_digest(settings, folder, journal)
        if (
            not (force or retrain)
            and digest is not None
            and last is not None
            and last.trace.get("digest") == digest
        ):
            return BuildReport(changed=False, build_id=last.id)
        with builds.begin() as draft:
            trace = Trace(progress)
            with closing(open_engine(settings.engine, draft.workspace)) as engine:
                made = run_stages(
                    engine,
                    settings,
                    folder,
                    journal,
                    trace,
                    build_id=draft.id,
                    previous=last,
                    retrain=retrain,
                )
            about = {"digest": digest, "version": __version__, "code": code_digest()}
            with trace.stage("publish") as stage:
                stage.count(tables=len(TABLES))
                build = draft.publish(keep=TABLES, trace=about | trace.as_dict() | made.as_dict())
    return BuildReport(
        changed=True,
        build_id=build.id,
        seconds=trace.seconds,
        stages=[stage.as_dict() for stage in trace.stages],
        made=made,
    )


def in_force(builds: Builds) -> Build | None:
    """The build in force, or None when there is none or it is broken: a new one mends that."""
    try:
        return builds.current()
    except BuildError:
        return None


def _need_a_source(settings: Settings) -> None:
    """Events alone make visitors, texts alone wait for people; nothing at all is an oversight."""
    if not settings.sources:
        raise SettingsError(
            f"{FILE_NAME} names no source: there is nobody to find",
            hint="connu init FILES… proposes one",
        )
