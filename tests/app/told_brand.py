"""A built brand to whose build made statements by twins are added, as the stage would add them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from connu.app.brand import Brand
from connu.engine.duckdb import DuckEngine
from connu.ledger.builds import Builds
from connu.ledger.facts import FACTS
from connu.ledger.twins import SILENCES, TWIN_RELIABILITY, TWIN_TABLES, TWINS

#: Cookies of made_brand that nobody identified.
WOMAN, SILENT, UNASKED = "k0061", "k0062", "k0063"
EVIDENCE = (
    '{"twins": 50, "alike": 41, "nearness": 0.83, "behaviours": ["category shoes", "at night"],'
    ' "because": "41 of the 50 known visitors who behave most like this one are women",'
    ' "rows": ["c-somebody-else"]}'
)


def fact(kind: str, subject: str) -> dict[str, Any]:
    """A statement by twins that somebody is a woman."""
    return {
        "subject_kind": kind,
        "subject": subject,
        "attribute": "sex",
        "value": "female",
        "probability": 0.93,
        "basis": "twins",
        "source": "twins",
        "evidence": EVIDENCE,
        "observed_at": None,
    }


def values(subject: str, female: float, stated: bool) -> list[dict[str, Any]]:
    """What twins say of a visitor's sex."""
    return [
        {
            "subject_kind": "visitor",
            "subject": subject,
            "attribute": "sex",
            "value": value,
            "probability": probability,
            "stated": stated and probability > 0.5,
        }
        for value, probability in (("female", female), ("male", 1 - female))
    ]


def silence(subject: str, attribute: str, reason: str) -> dict[str, Any]:
    """Why nothing is said of a visitor."""
    return {
        "subject_kind": "visitor",
        "subject": subject,
        "attribute": attribute,
        "reason": reason,
    }


def tell(brand: Brand, customer_id: str | None = None) -> None:
    """Publish the build in force again, with statements about a few visitors and a customer."""
    facts = [fact("visitor", WOMAN)]
    facts += [fact("customer", customer_id)] if customer_id else []
    made = {
        "twins": pa.Table.from_pylist(
            values(WOMAN, 0.93, True) + values(SILENT, 0.6, False), schema=TWINS
        ),
        "silences": pa.Table.from_pylist(
            [silence(SILENT, "sex", "not_sure"), silence(SILENT, "place", "no_behaviour")],
            schema=SILENCES,
        ),
        "twin_reliability": pa.Table.from_pylist(reliability("sex"), schema=TWIN_RELIABILITY),
    }
    builds = Builds(brand.folder)
    last = builds.current()
    with builds.begin() as draft:
        engine = DuckEngine(draft.workspace, threads=1)
        for name in last.tables:
            engine.read_parquet("old", last.file(name))
            category = "'Photo/Objectifs' AS category" if name == "events" else ""
            changed = f" REPLACE ({category})" if category else ""
            engine.run(name, f"SELECT *{changed} FROM old")
        engine.put("told", pa.Table.from_pylist(facts, schema=FACTS))
        engine.run("facts", "SELECT * FROM facts UNION ALL SELECT * FROM told")
        for name, table in made.items():
            engine.put(name, table)
        engine.close()
        draft.publish([*last.tables, *made], last.trace)


def untell(brand: Brand) -> None:
    """Publish the build in force again without the tables of twins, as an earlier connu made it."""
    builds = Builds(brand.folder)
    last = builds.current()
    kept = [name for name in last.tables if name not in TWIN_TABLES]
    with builds.begin() as draft:
        engine = DuckEngine(draft.workspace, threads=1)
        for name in kept:
            engine.read_parquet("old", last.file(name))
            engine.run(name, "SELECT * FROM old")
        engine.close()
        draft.publish(kept, last.trace)


def reliability(attribute: str) -> list[dict[str, Any]]:
    """Figures of one attribute, as `measure.twin_reliability` writes them."""

    def row(measure, coverage, people, told, figure, low=None, high=None, value=None):
        return {
            "attribute": attribute,
            "value": value,
            "measure": measure,
            "coverage": coverage,
            "people": people,
            "told": told,
            "figure": figure,
            "low": low,
            "high": high,
        }

    return [
        row("auc", 1.0, 400, None, 0.87, 0.83, 0.9),
        row("ece", 1.0, 400, None, 0.012),
        row("stated", 0.31, 124, 0.94, 0.95, 0.9, 0.975),
        row("stated", 0.25, 100, 0.95, 0.96, 0.9, 0.985, "female"),
        row("reliability", 0.4, 160, 0.62, 0.6, 0.52, 0.67),
        row("reliability", 0.6, 240, 0.91, 0.92, 0.88, 0.95),
    ]
