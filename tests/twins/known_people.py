"""Made-up customers for the tests of what is known: facts and events in, an engine's tables out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.engine.duckdb import DuckEngine
from connu.kernel.settings import Settings, settings_from
from connu.ledger.facts import FACTS

BRAND = {"brand": {"name": "Maison Claire"}}


def engine_at(folder: Path) -> DuckEngine:
    """A small engine with its workspace in `folder`."""
    return DuckEngine(folder, threads=1, memory_gb=0.5)


def settings_of(**sections: Any) -> Settings:
    """Settings of a brand that says no more than this."""
    return settings_from(BRAND | sections)


def said(customer: str, **values: str) -> list[dict[str, Any]]:
    """What a customer declared: attribute = value."""
    return [fact(customer, attribute, value) for attribute, value in values.items()]


def fact(customer: str, attribute: str, value: str, **changes: Any) -> dict[str, Any]:
    """One declared fact, but for the changes."""
    return {
        "subject_kind": "customer",
        "subject": customer,
        "attribute": attribute,
        "value": value,
        "probability": 0.98,
        "basis": "declared",
        "source": "crm",
        "evidence": '{"source":"crm","record":"1","row":1}',
    } | changes


def put_facts(engine: DuckEngine, facts: list[dict[str, Any]]) -> None:
    """Make `facts`."""
    engine.put("facts", pa.Table.from_pylist(facts, schema=FACTS))


def put_events(engine: DuckEngine, times: list[str | None]) -> None:
    """Make `events` that have but a time."""
    moments = [datetime.fromisoformat(time) if time else None for time in times]
    engine.put("events", pa.table({"time": pa.array(moments, pa.timestamp("us"))}))


def known_rows(engine: DuckEngine) -> dict[tuple[str, str], tuple[str, float]]:
    """`known` as (customer, attribute) → (value, probability), one row each."""
    rows = engine.collect("SELECT * FROM known").to_pylist()
    told = {(r["customer_id"], r["attribute"]): (r["value"], r["probability"]) for r in rows}
    assert len(told) == len(rows)
    return told


def unlearnt(engine: DuckEngine) -> dict[str, str]:
    """`unlearnt` as attribute → reason."""
    rows = engine.collect("SELECT attribute, reason FROM unlearnt").to_pylist()
    return {row["attribute"]: row["reason"] for row in rows}
