"""Made-up tables for the tests of identification: plain rows in, an engine's tables out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from connu.engine.duckdb import DuckEngine
from connu.kernel.fields import IDENTIFIERS

NORMAL = (
    "given family names sex birth_date email phone address postcode city country occupation"
).split()
PEOPLE = (
    "first_name middle_name last_name full_name civility sex birth_date birth_year email phone "
    "address postcode city country occupation account loyalty_card national_id support_case"
).split()
EVENT = "event_id type session product category currency page".split()

Key = tuple[str, str]


def engine_at(folder: Path) -> DuckEngine:
    """A small engine with its workspace in `folder`."""
    return DuckEngine(folder, threads=2, memory_gb=0.5)


def table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of exactly `schema`; a column a row does not name is NULL."""
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"rows name unknown columns {unknown}"
    return pa.table(
        {f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema},
        schema=schema,
    )


def put_records(engine: DuckEngine, records: list[dict[str, Any]]) -> dict[Key, int]:
    """Make `people`, `normal` and `identifiers` from records, as `sources` would.

    A record is a dict with source, record_id, optionally row, recorded_at and attributes, raw
    values under their field names, normalised ones under `n` (dict), and identifiers under `ids`
    (list of (type, value)). Returns the rid of every key.
    """
    ordered = sorted(records, key=lambda r: (r["source"], r["record_id"]))
    rids = {(r["source"], r["record_id"]): rid for rid, r in enumerate(ordered)}
    inner = ("n", "ids")
    social = sorted({name for r in records for name in r if name.startswith("social.")})
    people = [
        {"row": place, **{k: v for k, v in r.items() if k not in inner}}
        for place, r in enumerate(records, start=1)
    ]
    engine.put(
        "people",
        table(
            people,
            pa.schema(
                [("source", pa.string()), ("record_id", pa.string()), ("row", pa.int64())]
                + [("recorded_at", pa.timestamp("us")), ("attributes", pa.string())]
                + [(name, pa.string()) for name in (*PEOPLE, *social)]
            ),
        ),
    )
    normal = [
        {"rid": rid, "source": r["source"], "record_id": r["record_id"], **r.get("n", {})}
        for rid, r in enumerate(ordered)
    ]
    engine.put(
        "normal",
        table(
            normal,
            pa.schema(
                [("rid", pa.int32()), ("source", pa.string()), ("record_id", pa.string())]
                + [(name, pa.string()) for name in NORMAL]
            ),
        ),
    )
    identifiers = [
        {"rid": rid, "type": kind, "value": value}
        for rid, r in enumerate(ordered)
        for kind, value in r.get("ids", [])
    ]
    schema = pa.schema([("rid", pa.int32()), ("type", pa.string()), ("value", pa.string())])
    engine.put("identifiers", table(identifiers, schema))
    return rids


def put_identities(engine: DuckEngine, owners: dict[Key, str], name: str = "identities") -> None:
    """Make `identities` from key → customer_id."""
    rows = [
        {"source": source, "record_id": record, "customer_id": owner}
        for (source, record), owner in owners.items()
    ]
    schema = pa.schema([(c, pa.string()) for c in ("source", "record_id", "customer_id")])
    engine.put(name, table(rows, schema))


def put_clusters(engine: DuckEngine, clusters: dict[int, int]) -> None:
    """Make `clusters` from rid → cluster."""
    schema = pa.schema([("rid", pa.int32()), ("cluster", pa.int32())])
    rows = [{"rid": rid, "cluster": cluster} for rid, cluster in clusters.items()]
    engine.put("clusters", table(rows, schema))


def put_events(engine: DuckEngine, events: list[dict[str, Any]]) -> None:
    """Make `events`; source defaults to "web", row to the place in the list."""
    rows = [{"source": "web", "row": place, **e} for place, e in enumerate(events, start=1)]
    schema = pa.schema(
        [("source", pa.string()), ("row", pa.int64()), ("time", pa.timestamp("us"))]
        + [("value", pa.float64()), ("attributes", pa.string())]
        + [(name, pa.string()) for name in (*EVENT, *IDENTIFIERS)]
    )
    engine.put("events", table(rows, schema))


def put_links(engine: DuckEngine, links: list[tuple[Key, Key, str, float]]) -> None:
    """Make `links` from (left, right, kind, probability)."""
    rows = [
        {
            "left_source": a[0],
            "left_record_id": a[1],
            "right_source": b[0],
            "right_record_id": b[1],
            "kind": kind,
            "match_probability": probability,
            "bits": "{}",
        }
        for a, b, kind, probability in links
    ]
    schema = pa.schema(
        [
            (side + end, pa.string())
            for side in ("left", "right")
            for end in ("_source", "_record_id")
        ]
        + [("kind", pa.string()), ("match_probability", pa.float64()), ("bits", pa.string())]
    )
    engine.put("links", table(rows, schema))
