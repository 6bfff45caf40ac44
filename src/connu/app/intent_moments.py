"""Moments as the stage tells them: a table of their own, and each a fact."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.intent_parts import Part, count_of
from connu.app.intent_rows import column, evidence_texts, streamed
from connu.engine.protocol import Engine
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.moment_rhythms import learn_rhythms
from connu.know.moments import find_moments
from connu.know.trails import Trails
from connu.ledger.intents import MOMENTS


def tell_moments(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """What just happened: `moments`, each of them a fact; counts, so that nothing is learnt."""
    rhythms = learn_rhythms(trails)
    (store / "rhythms.json").write_text(rhythms.to_json(), encoding="utf-8")
    minutes = settings.intents.session_minutes
    names = {
        "product": trails.products,
        "category": pa.array(trails.categories.paths, pa.string()),
    }

    def told(part: Trails) -> pa.Table:
        rows = find_moments(part, rhythms, session_minutes=minutes)
        place, level = column(rows, "place"), column(rows, "level")
        target = pa.nulls(len(place), pa.string())
        for word, known in names.items():
            of_level = pc.equal(level, word)
            at = pc.if_else(of_level, column(rows, "target"), pa.scalar(None, pa.int32()))
            target = pc.coalesce(target, known.take(at))
        evidence = column(rows, "evidence")
        columns = {
            "subject_kind": part.subjects["subject_kind"].take(place),
            "subject": part.subjects["subject"].take(place),
            "moment": column(rows, "moment"),
            "level": level,
            "target": target,
            "since": column(rows, "since").cast(pa.timestamp("us")),
            "times": column(rows, "times"),
            "evidence": evidence,
            "because": evidence_texts({"level": level, "target": target, "because": evidence}),
        }
        return pa.table(columns).cast(_MOMENTS)

    engine.put("intent_moments", streamed(trails, told, _MOMENTS))
    engine.run("moments", f"SELECT {', '.join(MOMENTS.names)} FROM intent_moments")
    engine.run(
        "intent_moment_facts",
        "SELECT subject_kind, subject, 'moment' AS attribute, moment AS value, 1.0 AS probability,"
        " 'intents' AS basis, 'intents' AS source, because AS evidence, since AS observed_at"
        " FROM intent_moments",
    )
    engine.drop("intent_moments")
    return Part("moments", count_of(engine, "moments"), facts="intent_moment_facts")


_MOMENTS = pa.schema([*MOMENTS, ("because", pa.string())])
