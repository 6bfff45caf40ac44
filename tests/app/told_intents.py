"""A built brand to whose build intents are added, as the stage would add them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from connu.app.brand import Brand
from connu.engine.duckdb import DuckEngine
from connu.ledger.builds import Builds
from connu.ledger.facts import FACTS
from connu.ledger.intents import INTENT_TABLES

#: kind, level, target, horizon_days, probability, rank.
TOLD = (
    ("affinity", "category", "Photo", None, 0.9, 1),
    ("affinity", "category", "Photo/Objectifs", None, 0.64, 1),
    ("buy", "any", "", 1, 0.02, 1),
    ("buy", "any", "", 30, 0.41, 1),
    ("buy", "category", "Photo/Objectifs", 1, 0.01, 1),
    ("buy", "category", "Photo/Objectifs", 30, 0.31, 1),
    ("next", "product", "P1", None, 0.12, 1),
    ("next", "category", "Photo/Appareils", None, 0.55, 1),
    ("stay", "any", "", 0, 0.83, 1),
    ("stay", "any", "", 91, 0.4, 1),
)
SINCE = datetime(2026, 5, 30, 12)


def rows(kind: str, subject: str) -> dict[str, list[dict[str, Any]]]:
    """What every table says of somebody."""
    who = {"subject_kind": kind, "subject": subject}
    words = ("kind", "level", "target", "horizon_days", "probability", "rank")
    stay = {"horizon_days": 91, "active": 0.83, "risk": "low", "reasons": '["buys every month"]'}
    stay |= {"purchases": 1.4, "purchases_low": 0.0, "purchases_high": 3.0, "value": 120.5}
    moment = {"moment": "basket_left", "level": "product", "target": "P1", "since": SINCE}
    moment |= {"times": 2, "evidence": "put it in the basket twice"}
    refused = {"kind": "buy", "level": "category", "horizon_days": 7, "reason": "not_better"}
    figure = {"kind": "buy", "level": "category", "horizon_days": 30, "measure": "auc"}
    return {
        "intents": [who | dict(zip(words, told, strict=True)) for told in TOLD],
        "staying": [who | stay],
        "moments": [who | moment],
        "intent_reliability": [figure | {"figure": 0.81, "base": 0.7, "stated": True}],
        "intent_silences": [refused],
    }


def facts(kind: str, subject: str) -> list[dict[str, Any]]:
    """The facts that go with them."""
    return [
        {
            "subject_kind": kind,
            "subject": subject,
            "attribute": attribute,
            "value": "Photo/Objectifs",
            "probability": 0.97,
            "basis": "intents",
            "source": "intents",
            "evidence": f'{{"because": "{because}"}}',
        }
        for attribute, because in (
            ("affinity", "41 of 52 events in Photo/Objectifs"),
            ("intent", "two lenses compared in two days"),
        )
    ]


def tell(brand: Brand, kind: str, subject: str, counts: dict[str, Any] | None = None) -> None:
    """Publish the build in force again, with intents of one customer or visitor."""
    builds = Builds(brand.folder)
    last = builds.current()
    with builds.begin() as draft:
        engine = DuckEngine(draft.workspace, threads=1)
        for name in set(last.tables) - set(INTENT_TABLES):
            engine.read_parquet("old", last.file(name))
            engine.run(name, "SELECT * FROM old")
        engine.put("told", pa.Table.from_pylist(facts(kind, subject), schema=FACTS))
        columns = ", ".join(FACTS.names)
        engine.run("facts", f"SELECT {columns} FROM facts UNION ALL SELECT {columns} FROM told")
        for name, made in rows(kind, subject).items():
            engine.put(name, pa.Table.from_pylist(made, schema=INTENT_TABLES[name]))
        engine.close()
        tables = set(last.tables) | set(INTENT_TABLES)
        draft.publish(sorted(tables), last.trace | {"intents": counts or {}})
