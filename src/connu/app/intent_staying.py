"""Staying as the stage tells it: a table of its own, rows of intents, and a fact a customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connu.app.intent_parts import Part, count_of, moment_sql
from connu.app.intent_rows import column, evidence_texts, listed_texts, measured, same, streamed
from connu.app.intent_silences import Silence
from connu.engine.protocol import Engine
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.staying import StayingModel, learn_staying
from connu.know.trails import PURCHASE, Trails
from connu.ledger.intents import STAYING


def tell_staying(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Part:
    """Who stays and what he is worth: `staying`, rows of intents, and a fact a customer."""
    model = learn_staying(
        trails,
        horizons_days=settings.intents.staying_days,
        seed=settings.intents.seed,
        progress=progress,
    )
    visitors_buy = bool((trails.role == PURCHASE).any())
    silences = [
        Silence(
            "stay",
            "any",
            horizon_days=days or None,
            reason="no_customers" if reason == "no_purchases" and visitors_buy else reason,
        )
        for days, reason in sorted(model.silences.items())
    ]
    engine.put("intent_staying", streamed(trails, lambda part: _staying(model, part), _STAYED))
    rows = count_of(engine, "intent_staying")
    engine.run("staying", f"SELECT {', '.join(STAYING.names)} FROM intent_staying")
    figures = _staying_reliability(model)
    if not rows:
        return Part("staying", silences=silences, reliability=figures)
    model.save(store / "staying")
    engine.run("intent_stays", _STAYS_SQL)
    engine.run("intent_stay_facts", _stay_facts_sql(trails.now))
    engine.drop("intent_staying")
    return Part("staying", rows, "intent_stays", "intent_stay_facts", silences, figures)


#: What is told of staying, until it is parted: the chance that he buys again, and the evidence.
_STAYED = pa.schema([*STAYING, ("again", pa.float64()), ("because", pa.string())])
_LONGEST = "horizon_days = (SELECT max(horizon_days) FROM intent_staying)"
_WHO = "SELECT subject_kind, subject, 'stay' AS kind, 'any' AS level, '' AS target"
_STAYS_SQL = (
    f"{_WHO}, horizon_days, again AS probability, CAST(1 AS INTEGER) AS rank FROM intent_staying"
    f" UNION ALL {_WHO}, CAST(0 AS INTEGER) AS horizon_days, active AS probability,"
    f" CAST(1 AS INTEGER) AS rank FROM intent_staying WHERE {_LONGEST}"
)


def _stay_facts_sql(now: int) -> str:
    """A fact a customer, as surely as its word says: stays (still is a customer), left (no longer
    is one), at_risk (does not buy again within the longest horizon)."""
    return (
        "SELECT subject_kind, subject, 'staying' AS attribute, CASE risk WHEN 'low' THEN 'stays'"
        " WHEN 'high' THEN 'left' ELSE 'at_risk' END AS value,"
        " CASE risk WHEN 'low' THEN active WHEN 'high' THEN 1.0 - active ELSE 1.0 - again END"
        " AS probability,"
        " 'intents' AS basis, 'intents' AS source, because AS evidence,"
        f" {moment_sql(now)} AS observed_at FROM intent_staying WHERE {_LONGEST}"
    )


def _staying(model: StayingModel, part: Trails) -> pa.Table:
    """What is told of some subjects, shape _STAYED; what is no number is null."""
    rows = model.tell(part)
    place, reasons = column(rows, "place"), column(rows, "reasons")
    columns: dict[str, Any] = {
        "subject_kind": part.subjects["subject_kind"].take(place),
        "subject": part.subjects["subject"].take(place),
        "reasons": listed_texts(reasons),
        "because": evidence_texts(
            {
                "level": same("any", len(place)),
                "risk": column(rows, "risk"),
                "because": _none_for_empty(pc.binary_join(reasons, "; ")),
            }
        ),
    }
    for name in _STAYED.names:
        if name not in columns:
            values = column(rows, name)
            if pa.types.is_floating(values.type):
                values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
            columns[name] = values
    return pa.table({name: columns[name] for name in _STAYED.names}).cast(_STAYED)


def _staying_reliability(model: StayingModel) -> pa.Table:
    rows = model.reliability.to_pylist()
    silent = model.silences
    return measured(
        [(r["measure"], r["horizon_days"], r["figure"], r["base"], r["people"]) for r in rows],
        kind="stay",
        level="any",
        stated={r["horizon_days"]: not {0, r["horizon_days"]} & set(silent) for r in rows},
        judged={int(days): rows for days, rows in model.judged.items()},
        prefix="again_",
    )


def _none_for_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
