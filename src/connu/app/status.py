"""The status of a brand: builds, sources, rows, rejected rows and why. Numbers only, nobody."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from connu.app.reading import workspace
from connu.engine.choice import open_engine
from connu.journal.journal import Journal
from connu.kernel.errors import BuildError
from connu.kernel.settings import EngineChoice, Settings, Source
from connu.ledger.build import Build
from connu.ledger.builds import Builds


@dataclass(frozen=True)
class Status:
    """What there is.

    Attributes:
        brand: its name.
        folder: its folder.
        sources: source, kind, place, rows and rejected of the build in force (None before one).
        builds: build_id, current, records, customers, seconds; the newest first.
        quarantine: source, column, reason, rows, first_row; the most frequent first.
        decisions: how many joins, splits, consents, codes, answers, confirmations and tombstones
            the journal holds.
        twins: what twins told in the build in force: facts, attributes (known, subjects, stated
            of each), silent (attribute: the reason's word); empty for a build without them.
        intents: what everybody is after in the build in force: subjects, rows of each kind,
            facts, aside, silent (`intents.IntentsTold`); empty for a build without them.
        understood: what was listened to: verbatims, customers, statements, expectations, by_hand,
            languages, aside (`understanding.Understood`); empty for a build without it.
        remarks: what is not in order.
    """

    brand: str
    folder: str
    sources: list[dict[str, Any]]
    builds: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    decisions: dict[str, int]
    remarks: list[str]
    twins: dict[str, Any] = field(default_factory=dict)
    intents: dict[str, Any] = field(default_factory=dict)
    understood: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The status as JSON."""
        return asdict(self)


def status_of(folder: Path, settings: Settings, journal: Journal) -> Status:
    """The status of a brand.

    Args:
        folder: its folder.
        settings: its settings.
        journal: its journal.
    """
    builds = Builds(folder)
    remarks: list[str] = []
    current: Build | None = None
    published: list[Build] = []
    try:
        published = list(builds.list())
        current = builds.current() if builds.current_file.exists() else None
    except BuildError as error:
        remarks.append(f"{error.message}; {error.hint}" if error.hint else error.message)
    return Status(
        brand=settings.brand.name,
        folder=str(folder),
        sources=[
            _source(name, source, current) for name, source in sorted(settings.sources.items())
        ],
        builds=[_build(build, current) for build in reversed(published)],
        quarantine=[] if current is None else _quarantine(folder, current),
        decisions=_journal(journal),
        remarks=remarks,
        twins={} if current is None else current.trace.get("twins", {}),
        intents={} if current is None else current.trace.get("intents", {}),
        understood={} if current is None else current.trace.get("understood", {}),
    )


def place_of(source: Source) -> str:
    """Where a source is read from, fit to be shown: a database URL loses user and password."""
    if source.path is not None:
        return source.path
    scheme, _, rest = (source.url or "").partition("://")
    host = rest.rpartition("@")[2].partition("?")[0]
    return f"{scheme}://{host}" + (f" {source.table}" if source.table else "")


def _journal(journal: Journal) -> dict[str, int]:
    """How much the journal holds, of what is in force; kinds that are empty are left out."""
    counts = {
        "joins": len(journal.joins()),
        "splits": len(journal.splits()),
        "consents": journal.consents().num_rows,
        "codes": journal.codes().num_rows,
        "answers": journal.answers().num_rows,
        "confirmations": journal.confirmations().num_rows,
        "forgotten": len(journal.forgettings()),
    }
    return {what: number for what, number in counts.items() if number}


def _source(name: str, source: Source, build: Build | None) -> dict[str, Any]:
    counts = {} if build is None else build.trace.get("sources", {}).get(name, {})
    return {
        "source": name,
        "kind": source.kind,
        "place": place_of(source),
        "rows": counts.get("rows"),
        "rejected": counts.get("rejected"),
    }


def _build(build: Build, current: Build | None) -> dict[str, Any]:
    trace = build.trace
    return {
        "build_id": build.id,
        "current": current is not None and build.id == current.id,
        "created": build.created.isoformat(),
        "records": trace.get("records", 0),
        "customers": trace.get("customers", 0),
        "seconds": trace.get("seconds", 0.0),
    }


def _quarantine(folder: Path, build: Build) -> list[dict[str, Any]]:
    """Reasons and numbers; the content of the rows is not read."""
    if not build.has("quarantine"):
        return []
    with workspace(folder) as place, closing(open_engine(EngineChoice(), place)) as engine:
        build.mount(engine, ["quarantine"])
        return engine.collect(
            'SELECT source, "column", reason, count(*) AS rows, min("row") AS first_row '
            "FROM quarantine GROUP BY ALL ORDER BY rows DESC, source, reason"
        ).to_pylist()
