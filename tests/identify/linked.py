"""A brand linked: records in, who is with whom out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from made_tables import Key, engine_at, put_records

from connu.engine.duckdb import DuckEngine
from connu.identify import linker
from connu.identify.linker import LinkReport
from connu.kernel.settings import Settings, settings_from
from connu.measure.identities import IdentityScore, evaluate_identities

Pair = tuple[Key, Key]


@dataclass
class Linked:
    """One run of the linker.

    Attributes:
        engine: holds its tables.
        report: what it did.
        cluster: (source, record_id) → number of the cluster.
    """

    engine: DuckEngine
    report: LinkReport
    cluster: dict[Key, int]

    def together(self, one: Key, other: Key) -> bool:
        """Whether two records are one customer."""
        return self.cluster[one] == self.cluster[other]

    def groups(self) -> set[frozenset[Key]]:
        """The clusters as sets of records."""
        out: dict[int, set[Key]] = {}
        for key, number in self.cluster.items():
            out.setdefault(number, set()).add(key)
        return {frozenset(keys) for keys in out.values()}

    def pairs(self) -> set[frozenset[Key]]:
        """Every pair of records that are one customer."""
        return {frozenset(pair) for group in self.groups() for pair in combinations(group, 2)}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The table `links` or `undecided`, its bits read, with both keys."""
        rows = self.engine.collect(f"SELECT * FROM {name}").to_pylist()
        for row in rows:
            row["bits"] = json.loads(row["bits"])
            row["left"] = (row["left_source"], row["left_record_id"])
            row["right"] = (row["right_source"], row["right_record_id"])
        return rows

    def keep_for_next(self, engine: DuckEngine) -> None:
        """Show `engine` these tables as those of the last build."""
        for name in ("normal", "identifiers", "pairs"):
            engine.put(f"kept_{name}", self.engine.collect(f"SELECT * FROM {name}"))
            engine.view(f"previous_{name}", f"SELECT * FROM kept_{name}")


def brand(**identify: Any) -> Settings:
    """Settings of a brand of four sources; `unique` names those that hold a person once."""
    unique = identify.pop("unique", ())
    sources = {
        name: {"kind": "people", "path": f"{name}.csv", "fields": {"id": "id"}, "unique": True}
        for name in unique
    }
    return settings_from({"brand": {"name": "Made"}, "sources": sources, "identify": identify})


def link_quickly(engine: DuckEngine, settings: Settings, **options: Any) -> LinkReport:
    """Link with a tenth of the random pairs: a made brand has hardly more pairs than that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linker, "_RANDOM_PAIRS", 50_000)
        return linker.link(engine, settings, **options)


def link_records(
    folder: Path,
    records: list[dict[str, Any]],
    *,
    settings: Settings | None = None,
    last: Linked | None = None,
    **options: Any,
) -> Linked:
    """Link records, as `made_tables.put_records` takes them, in a new workspace.

    Args:
        folder: where the workspace goes.
        records: the records.
        settings: the brand's.
        last: the build before: its pairs are carried over.
        options: of `connu.identify.linker.link`.
    """
    engine = engine_at(folder)
    rids = put_records(engine, records)
    if last is not None:
        last.keep_for_next(engine)
    report = link_quickly(engine, settings or brand(), **options)
    found = engine.collect("SELECT * FROM clusters ORDER BY rid")
    assert found["rid"].to_pylist() == list(range(len(records)))
    cluster = found["cluster"].to_pylist()
    return Linked(engine, report, {key: cluster[rid] for key, rid in rids.items()})


def scored(linked: Linked, person: dict[Key, int]) -> IdentityScore:
    """How well a run agrees with who is who."""
    return evaluate_identities(_labels(linked.cluster), _labels(person))


def agreement(one: Linked, other: Linked) -> float:
    """B-cubed F1 of one run against another."""
    return float(scored(one, other.cluster).bcubed.f1.value)


def _labels(owner: dict[Key, int]) -> pa.Table:
    keys = list(owner)
    return pa.table(
        {
            "source": pa.array([source for source, _ in keys], pa.string()),
            "record_id": pa.array([record for _, record in keys], pa.string()),
            "customer_id": pa.array([str(owner[key]) for key in keys], pa.string()),
        }
    )


def log2_odds(probability: float) -> float:
    """log2 of p / (1 − p)."""
    return float(np.log2(probability) - np.log2(1 - probability))
