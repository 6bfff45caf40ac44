"""The stages of a build, in order: what each is given, and what it counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from connu.app.corrections import correct_records, follow_words
from connu.app.intents import intend
from connu.app.scorecard_history import keep_scorecard
from connu.app.telling import tell
from connu.app.trace import Trace
from connu.app.understanding import understand
from connu.engine.protocol import Engine
from connu.govern.erasure import Erased
from connu.identify.customer_ids import CHANGES, name_customers
from connu.identify.golden import golden_record
from connu.identify.households import find_households
from connu.identify.linker import LinkModel, link
from connu.identify.raters import find_raters
from connu.identify.visitors import tie_visitors
from connu.journal.journal import Journal
from connu.kernel.errors import BuildError
from connu.kernel.settings import Settings
from connu.ledger.build import Build
from connu.ledger.expectations import UNDERSTANDING_TABLES
from connu.ledger.intents import INTENT_TABLES
from connu.ledger.scorecards import SCORECARD_TABLES
from connu.ledger.serving import write_serving
from connu.sources.load import LoadReport, load_sources

MODEL_FILE = "model.json"
SERVING_FILE = "serving.sqlite"

#: What a build publishes; everything else the stages make is scaffolding.
TABLES = (
    "people",
    "normal",
    "identifiers",
    "events",
    "verbatims",
    "products",
    "consents",
    "quarantine",
    "links",
    "undecided",
    "pairs",
    "identities",
    "identity_changes",
    "customers",
    "facts",
    "twins",
    "silences",
    "twin_reliability",
    *INTENT_TABLES,
    *UNDERSTANDING_TABLES,
    *SCORECARD_TABLES,
    "visitors",
    "event_customers",
    "households",
    "knows_me",
)


@dataclass(frozen=True)
class Made:
    """The totals of a build.

    Attributes:
        records: rows of people.
        customers: customers behind them.
        sources: by source, rows taken in and rows rejected.
        changes: by kind (new, gone, merged, split, moved), customers changed since the last build.
        undecided: pairs in doubt, not merged.
        learnt: whether the link model was learnt anew.
        remarks: what the user should know.
        twins: what twins told: facts, attributes, silent (`telling.TwinsTold`).
        intents: what everybody is after: rows of each kind, facts, aside, silent
            (`intents.IntentsTold`).
        understood: what customers expect: verbatims, statements, expectations, languages, aside
            (`understanding.Understood`).
    """

    records: int
    customers: int
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    undecided: int = 0
    learnt: bool = True
    remarks: list[str] = field(default_factory=list)
    twins: dict[str, Any] = field(default_factory=dict)
    intents: dict[str, Any] = field(default_factory=dict)
    understood: dict[str, Any] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """Rows in quarantine."""
        return sum(counts["rejected"] for counts in self.sources.values())

    def as_dict(self) -> dict[str, Any]:
        """The totals as JSON."""
        return asdict(self)


def run_stages(
    engine: Engine,
    settings: Settings,
    folder: Path,
    journal: Journal,
    trace: Trace,
    *,
    build_id: str,
    previous: Build | None,
    retrain: bool,
) -> Made:
    """Make every table of a build in the engine's workspace.

    The journal is read once, here: what comes in while the build runs is for the next one.

    Args:
        engine: over the draft's workspace.
        settings: the brand's.
        folder: the brand's folder.
        journal: joins, splits, tombstones, consents and what customers confirmed.
        trace: times and counts the stages.
        build_id: of the build under way.
        previous: the build in force, for customer ids and the models.
        retrain: learn the models anew.
    """
    joins, splits, buried = journal.joins(), journal.splits(), journal.tombstones()
    consents, confirmations = journal.consents(), journal.confirmations()
    erased = Erased(journal.key(), buried) if buried else None
    with trace.stage("read sources") as stage:
        loaded = load_sources(engine, settings, folder, erased=erased, progress=trace.progress)
        sources = _sources(settings, loaded)
        stage.count(**_by_kind(settings, sources))
    with trace.stage("link") as stage:
        model, remarks = (None, []) if retrain else kept_model(previous)
        if previous is not None:
            _mount_previous(engine, previous)
        linked = link(
            engine, settings, joins=joins, splits=splits, model=model, progress=trace.progress
        )
        (engine.workspace / MODEL_FILE).write_text(linked.model.to_json(), encoding="utf-8")
        stage.count(pairs=linked.candidates, links=linked.links, undecided=linked.undecided)
    with trace.stage("name customers") as stage:
        named = name_customers(engine, previous=previous is not None)
        stage.count(customers=named["customers"], kept=named["kept"])
    with trace.stage("golden record") as stage:
        golden_record(engine, settings)
        corrected = correct_records(engine, settings, confirmations)
        stage.count(facts=count(engine, "facts"), **_said(corrected=corrected))
    with trace.stage("visitors and households") as stage:
        tied = tie_visitors(engine, settings)
        counted = ("visitors", "known_visitors", "shared_devices")
        stage.count(tied_events=tied["tied"], **{what: tied[what] for what in counted})
        stage.count(households=find_households(engine))
        stage.count(**_said(knows_me=find_raters(engine)))
    with trace.stage("statistical twins") as stage:
        told = tell(
            engine,
            settings,
            folder,
            consents=consents,
            previous=None if retrain else previous,
            progress=trace.progress,
        )
        stage.count(attributes=len(told.attributes), facts=told.facts)
    with trace.stage("what he intends") as stage:
        intended = intend(engine, settings, consents=consents, progress=trace.progress)
        stage.count(**intended.counts)
    with trace.stage("what he expects") as stage:
        understood = understand(
            engine, settings, folder, journal, consents=consents, progress=trace.progress
        )
        stage.count(**understood.counts)
    with trace.stage("scorecard") as stage:
        made = {table: 0 for table in TABLES if engine.has(table)}
        build = Build(build_id, engine.workspace, {"tables": made})
        stage.count(claims=keep_scorecard(engine, settings, folder, journal, build, previous))
        stage.count(**_said(declared=follow_words(engine, settings)))
    with trace.stage("look-up index") as stage:
        write_serving(engine, engine.workspace / SERVING_FILE)
    return Made(
        records=named["records"],
        customers=named["customers"],
        sources=sources,
        changes={what: named[what] for what in CHANGES},
        undecided=linked.undecided,
        learnt=linked.learnt,
        remarks=remarks + linked.remarks + told.remarks + intended.remarks + understood.remarks,
        twins=told.as_dict(),
        intents=intended.as_dict(),
        understood=understood.as_dict(),
    )


def _said(**counts: int) -> dict[str, int]:
    """Counts of what customers say of the brand's knowledge: many builds have none to tell of."""
    return {what: number for what, number in counts.items() if number}


def _mount_previous(engine: Engine, previous: Build) -> None:
    """Name the last build's tables that linking and naming look back at."""
    for table in ("normal", "identifiers", "pairs", "identities"):
        if previous.has(table):
            engine.read_parquet(f"previous_{table}", previous.file(table))


def kept_model(previous: Build | None) -> tuple[LinkModel | None, list[str]]:
    """The link model of the last build, and remarks; None when there is none to keep.

    One that cannot be read (a build of another connu's) is learnt anew, and that is remarked: it
    is derived, nothing is lost by it.
    """
    if previous is None:
        return None, []
    try:
        text = (previous.path / MODEL_FILE).read_text(encoding="utf-8")
        return LinkModel.from_json(text), []
    except (OSError, UnicodeDecodeError, BuildError):
        return None, ["the link model of the last build cannot be read: it was learnt anew"]


def count(engine: Engine, table: str) -> int:
    """The rows of a table."""
    return int(engine.collect(f"SELECT count(*) AS rows FROM {table}")["rows"][0].as_py())


def _sources(settings: Settings, loaded: LoadReport) -> dict[str, dict[str, int]]:
    """By source, rows taken in and rows rejected."""
    return {
        name: {
            "rows": loaded.rows.get(name, 0),
            "rejected": sum(loaded.quarantined.get(name, {}).values()),
        }
        for name in sorted(settings.sources)
    }


def _by_kind(settings: Settings, sources: dict[str, dict[str, int]]) -> dict[str, int]:
    """Rows taken in by kind of source, and the rejected ones together."""
    counts: dict[str, int] = {}
    for name, source in settings.sources.items():
        counts[source.kind] = counts.get(source.kind, 0) + sources[name]["rows"]
    counts["rejected"] = sum(counted["rejected"] for counted in sources.values())
    return counts
