"""The tables `links` and `undecided`: pairs with their kind, probability and bits per field.

A link is a pair within one customer whose evidence is positive, or that a person joined. A pair
is undecided when its evidence is not small and it was not merged. Bits are a JSON object: field,
then bits; `prior` and `household` are among them, and all add up to the log2 odds.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.identify.scoring import Scored, Scoring, probability

_CHUNK = 500_000


def write_links(
    engine: Engine,
    scoring: Scoring,
    scored: Scored,
    cluster: np.ndarray,
    hand: np.ndarray,
    apart: np.ndarray,
    *,
    doubt: float,
) -> tuple[int, int]:
    """Make `links` and `undecided`; returns their rows.

    Args:
        engine: where they are made; holds `normal`.
        scoring: gives the bits of each field.
        scored: the pairs with evidence.
        cluster: int32 [n].
        hand, apart: int32 [pairs, 2]: joined and split by hand.
        doubt: log2 odds at or above which an unmerged pair is undecided.

    Cost: linear in the rows made, some 3 µs each.
    """
    n = len(cluster)
    key = scored.left.astype(np.int64) * n + scored.right
    joined = np.isin(key, hand[:, 0].astype(np.int64) * n + hand[:, 1])
    ruled_out = np.isin(key, apart[:, 0].astype(np.int64) * n + apart[:, 1])
    together = cluster[scored.left] == cluster[scored.right]
    kind = np.where(scored.shares_identifier, "identifier", "match")
    linked = together & (scored.bits > 0) & ~joined
    held = hand[cluster[hand[:, 0]] == cluster[hand[:, 1]]] if len(hand) else hand
    links = _write(
        engine,
        "links",
        scoring,
        np.concatenate([scored.left[linked], held[:, 0]]),
        np.concatenate([scored.right[linked], held[:, 1]]),
        np.concatenate([kind[linked], np.full(len(held), "hand")]),
        np.concatenate([probability(scored.bits[linked]), np.ones(len(held))]),
    )
    doubtful = ~together & (scored.bits >= doubt) & ~ruled_out
    undecided = _write(
        engine,
        "undecided",
        scoring,
        scored.left[doubtful],
        scored.right[doubtful],
        kind[doubtful],
        probability(scored.bits[doubtful]),
    )
    return links, undecided


def _write(engine, name, scoring, left, right, kind, chance) -> int:
    """Make one table of pairs with their bits, the records' keys joined in."""
    columns = [*(f.name for f in scoring.weights.fields), "prior", "household"]
    pieces = []
    for first in range(0, max(len(left), 1), _CHUNK):
        a, b = left[first : first + _CHUNK], right[first : first + _CHUNK]
        bits = scoring.bits_by_field(a, scoring.comparison.levels(a, b))
        pieces.append(
            pa.table(
                {
                    "left_rid": a,
                    "right_rid": b,
                    "kind": pa.array(kind[first : first + _CHUNK].astype(object), pa.string()),
                    "match_probability": chance[first : first + _CHUNK],
                    **{f"bits {c}": pa.array(bits[c].astype(np.float32), from_pandas=True)
                       for c in columns},
                }
            )
        )  # fmt: skip
    engine.put("scored_pairs", pa.concat_tables(pieces))
    rows = engine.run(name, links_sql("scored_pairs", columns))
    engine.drop("scored_pairs")
    return rows


def links_sql(pairs: str, fields: list[str]) -> str:
    """SQL that gives a table of numbered pairs the design's columns of `links`."""
    parts = ", ".join(
        literal(f'"{f}":') + f" || CAST(round({quoted('bits ' + f)}, 2) AS VARCHAR)" for f in fields
    )
    return f"""
    SELECT l.source AS left_source, l.record_id AS left_record_id,
           r.source AS right_source, r.record_id AS right_record_id,
           p.kind, p.match_probability, '{{' || concat_ws(',', {parts}) || '}}' AS bits
    FROM {quoted(pairs)} p
    JOIN normal l ON l.rid = p.left_rid
    JOIN normal r ON r.rid = p.right_rid"""
