"""The stage of intents: what everybody is after becomes tables, and what is worth reading, facts.

Each kind is learnt and told by its own model of `connu.know`, which measures itself on a time held
out and keeps silent where it is no better than the base rate. Here they are given the same trails,
their rows are written as streams, and what they refused is put into words.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.app.intent_silences import remarks_of, silences_table, without_anybody
from connu.engine.protocol import Engine
from connu.kernel.clock import now_utc
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.ledger.facts import FACTS, add_facts
from connu.ledger.intents import INTENT_RELIABILITY, INTENT_TABLES, INTENTS, INTENTS_FOLDER

#: What is made on the way.
_FACTS = "intent_facts"


@dataclass(frozen=True)
class IntentsTold:
    """What the stage did.

    Attributes:
        subjects: customers and visitors with events of their own.
        affinities, buying, next, staying, moments: rows told.
        facts: statements added to `facts`.
        aside: events, and subjects, that were left out, by reason (`Trails.aside`).
        silent: what is not said: kind, level, target, horizon_days, reason.
        remarks: what the user should know.
    """

    subjects: int = 0
    affinities: int = 0
    buying: int = 0
    next: int = 0
    staying: int = 0
    moments: int = 0
    facts: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    silent: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """What the stage counted, for the trace."""
        told = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return told | {"aside": sum(self.aside.values())}

    def as_dict(self) -> dict[str, Any]:
        """What was told as JSON, remarks aside: a build has its own."""
        told = asdict(self)
        del told["remarks"]
        return told


def intend(
    engine: Engine,
    settings: Settings,
    *,
    consents: pa.Table,
    progress: Progress | None = None,
) -> IntentsTold:
    """Make the tables of `ledger.intents`, add what is worth reading to `facts`, keep the models.

    Where [intents] is not enabled the tables are empty, `facts` stays, and no model is kept.

    Args:
        engine: over the draft's workspace, every earlier table made.
        settings: the brand's.
        consents: the journal's: of who refused nothing is learnt and nothing told.
        progress: who watches.

    Raises:
        BuildError: what was told is not made of facts.
    """
    if not settings.intents.enabled:
        for name, schema in INTENT_TABLES.items():
            engine.put(name, schema.empty_table())
        return IntentsTold()
    # Loaded here: numba and LightGBM take seconds that other commands need not wait.
    from connu.app.intent_telling import tell_parts
    from connu.know.reading import read_trails
    from connu.twins.learnable import REFUSED, make_refused

    if not engine.has(REFUSED):
        make_refused(engine, now=now_utc(), journal_consents=consents)
    trails = read_trails(engine, settings, progress=progress)
    parts = list(
        tell_parts(engine, settings, trails, fresh_store(engine.workspace), progress=progress)
    )
    told = {part.kind: part.rows for part in parts}
    _gather(engine, "intents", INTENTS, [part.told for part in parts if part.told])
    _gather(engine, _FACTS, FACTS, [part.facts for part in parts if part.facts])
    for part in parts:
        for made in (part.told, part.facts):
            if made is not None:
                engine.drop(made)
    silences = [silence for part in parts for silence in part.silences]
    if not len(trails):
        silences = without_anybody(silences, seen=bool(trails.aside))
    engine.put("intent_silences", silences_table(silences))
    engine.put(
        "intent_reliability",
        pa.concat_tables([INTENT_RELIABILITY.empty_table(), *(p.reliability for p in parts)]),
    )
    return IntentsTold(
        subjects=len(trails),
        **told,
        facts=add_facts(engine, _FACTS),
        aside=dict(sorted(trails.aside.items())),
        silent=[asdict(silence) for silence in silences],
        remarks=remarks_of(silences),
    )


def fresh_store(workspace: Path) -> Path:
    """An empty folder for the models."""
    store = workspace / INTENTS_FOLDER
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir()
    return store


def _gather(engine: Engine, name: str, schema: pa.Schema, parts: Iterable[str]) -> None:
    """The rows of several tables as one; empty where there is none."""
    columns = ", ".join(schema.names)
    selects = [f"SELECT {columns} FROM {part}" for part in parts]
    if selects:
        engine.run(name, " UNION ALL ".join(selects))
    else:
        engine.put(name, schema.empty_table())
