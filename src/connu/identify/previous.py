"""What the last build's linking leaves for this one, under the same model.

A pair of records that are both as they were keeps its evidence; only records that are new or
changed are compared again. What that may miss: a new record can push an old pair out of, or (by
making a value more common) into the candidates of a full run. docs/linking.md says how little.

Reads `previous_normal`, `previous_identifiers` and `previous_pairs`, views on the last build.
"""

from __future__ import annotations

import numpy as np

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.identify.encoding import NAME_COLUMNS, VALUE_COLUMNS
from connu.identify.scoring import Scored

NORMAL, IDENTIFIERS, PAIRS = "previous_normal", "previous_identifiers", "previous_pairs"


def available(engine: Engine) -> bool:
    """Whether the last build's tables are there."""
    return all(engine.has(name) for name in (NORMAL, IDENTIFIERS, PAIRS))


def fresh_records(engine: Engine, n: int) -> np.ndarray:
    """Which records are new or changed: bool [n]. Cost: two joins on the record's key."""
    rids = engine.collect(fresh_sql())["rid"].to_numpy()
    fresh = np.zeros(n, np.bool_)
    fresh[rids] = True
    return fresh


def carried_pairs(engine: Engine, fresh: np.ndarray) -> Scored:
    """Evidence of pairs of unchanged records, under this build's numbers."""
    table = engine.collect(carried_sql())
    left, right = (table[name].to_numpy().astype(np.int32) for name in ("left", "right"))
    kept = ~fresh[left] & ~fresh[right]
    order = np.lexsort((right[kept], left[kept]))
    return Scored(
        left[kept][order],
        right[kept][order],
        table["bits"].to_numpy()[kept][order],
        table["shares_identifier"].to_numpy(zero_copy_only=False)[kept][order],
    )


def fresh_sql() -> str:
    """SQL for the rids of new or changed records."""
    columns = [*NAME_COLUMNS, *VALUE_COLUMNS]
    differs = " OR ".join(f"n.{c} IS DISTINCT FROM p.{c}" for c in map(quoted, columns))
    now = _held("normal", "identifiers")
    before = _held(NORMAL, IDENTIFIERS)
    return f"""
    SELECT n.rid FROM normal n
    LEFT JOIN {NORMAL} p ON p.source = n.source AND p.record_id = n.record_id
    WHERE p.rid IS NULL OR {differs}
    UNION
    SELECT n.rid FROM normal n
    JOIN (({now} EXCEPT {before}) UNION ({before} EXCEPT {now})) changed
      ON changed.source = n.source AND changed.record_id = n.record_id"""


def _held(normal: str, identifiers: str) -> str:
    """SQL for the identifiers that no column of `normal` holds: second phones are among them."""
    return (
        f"SELECT n.source, n.record_id, i.type, i.value FROM {identifiers} i "
        f"JOIN {normal} n ON n.rid = i.rid WHERE i.value IS DISTINCT FROM "
        "CASE i.type WHEN 'email' THEN n.email WHEN 'phone' THEN n.phone END"
    )


def carried_sql() -> str:
    """SQL for the last build's pairs under this build's numbers; a pair with a gone record goes."""
    return f"""
    WITH number AS (
      SELECT p.rid AS before, n.rid AS now FROM {NORMAL} p
      JOIN normal n ON n.source = p.source AND n.record_id = p.record_id)
    SELECT a.now AS "left", b.now AS "right", s.bits, s.shares_identifier
    FROM {PAIRS} s JOIN number a ON a.before = s.left_rid JOIN number b ON b.before = s.right_rid"""
