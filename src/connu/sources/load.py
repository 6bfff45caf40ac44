"""Taking a brand's sources in: from files and databases to people, normal, identifiers, events …

Tables written: people, normal, identifiers, events, verbatims, products, consents, quarantine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from connu.engine.protocol import Engine
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.sources.behaviour import make_events, make_verbatims
from connu.sources.catalogue import make_products
from connu.sources.consents import make_consents
from connu.sources.duplicates import losers_table
from connu.sources.mapping import Mapping, map_source
from connu.sources.normal import make_normal
from connu.sources.people import make_people
from connu.sources.quarantine import Quarantine
from connu.sources.reading import open_source


@dataclass
class LoadReport:
    """What was taken in.

    Attributes:
        rows: rows kept, by source.
        quarantined: rows set aside, by source and reason.
        erased: rows left out because a forgotten person stands in them, by table.
    """

    rows: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)


def load_sources(
    engine: Engine,
    settings: Settings,
    folder: Path,
    *,
    erased: Callable[[Engine], dict[str, int]] | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Take every source in.

    Args:
        engine: where the tables go.
        settings: the brand's.
        folder: the brand's folder.
        erased: takes forgotten people out of the tables (connu.govern.erasure), when there are
            any; called once, when all are made.
        progress: told how far the work is.

    Raises:
        SourceError: a source cannot be read, or its mapping names what it does not have.
        PurposeError: a column is sensitive.
    """
    progress = progress or Silent()
    quarantine = Quarantine()
    report = LoadReport()
    mappings: dict[str, list[Mapping]] = {}
    with progress.stage("read sources", len(settings.sources)) as step:
        for name, source in sorted(settings.sources.items()):
            opened = open_source(engine, name, source, folder)
            mapping = map_source(opened, source, settings)
            quarantine.add_rejected(engine, mapping)
            mappings.setdefault(source.kind, []).append(mapping)
            step.advance()
    people = mappings.get("people", [])
    with progress.stage("gather people") as step:
        report.rows.update(make_people(engine, settings, people, quarantine))
    with progress.stage("normalise people") as step:
        records = make_normal(engine, settings, people)
        step.note(f"{records:,} records")
    with progress.stage("gather events and verbatims"):
        make_consents(engine, settings, people)
        for kind, make in (
            ("events", make_events),
            ("verbatims", make_verbatims),
            ("products", make_products),
        ):
            report.rows.update(make(engine, settings, mappings.get(kind, []), quarantine))
    report.quarantined = quarantine.finish(engine)
    for opened in (mapping.opened for several in mappings.values() for mapping in several):
        engine.drop(losers_table(opened.name))
        engine.drop(opened.table)
    if erased is not None:
        report.erased = erased(engine)
    return report
