"""The tables `links` and `undecided`: pairs with their kind, probability and bits per field.

A link is a pair within one customer whose evidence is positive, or that a person joined. A pair
is undecided when its evidence is not small and it was not merged. Bits are a JSON object: field,
then bits; `prior`, `household` and `calibration` are among them, and all add up to the log2 odds
of match_probability (of a join by hand, which is certain, to what the records alone say).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.identify.calibration import Calibration
from connu.identify.scoring import Scored, Scoring, probability

_CHUNK = 500_000


@dataclass(frozen=True)
class PairWriter:
    """Writes pairs with their evidence.

    Attributes:
        scoring: gives the bits of each field.
        calibration: gives what their sum is worth.
    """

    scoring: Scoring
    calibration: Calibration

    def evidence(self, left: np.ndarray, right: np.ndarray) -> dict[str, np.ndarray]:
        """Bits of each field of pairs, `prior`, `household` and `calibration`; NaN unknown."""
        levels = self.scoring.comparison.levels(left, right)
        bits = self.scoring.bits_by_field(left, right, levels)
        total = np.nansum(np.stack(list(bits.values())), axis=0)
        return bits | {"calibration": self.calibration(total) - total}

    def write(
        self,
        engine: Engine,
        name: str,
        left: np.ndarray,
        right: np.ndarray,
        kind: np.ndarray,
        chance: np.ndarray,
    ) -> int:
        """Make one table of pairs, the records' keys joined in; returns its rows.

        Cost: some 3 µs a row.
        """
        fields = [f.name for f in self.scoring.weights.fields]
        fields += ["prior", "household", "calibration"]
        pieces = []
        for first in range(0, max(len(left), 1), _CHUNK):
            part = slice(first, first + _CHUNK)
            columns: dict[str, pa.Array | np.ndarray] = {
                "left_rid": left[part],
                "right_rid": right[part],
                "kind": pa.array(kind[part].astype(object), pa.string()),
                "match_probability": chance[part],
            }
            for field, bits in self.evidence(left[part], right[part]).items():
                columns[f"bits {field}"] = pa.array(bits.astype(np.float32), from_pandas=True)
            pieces.append(pa.table(columns))
        engine.put("scored_pairs", pa.concat_tables(pieces))
        rows = engine.run(name, links_sql("scored_pairs", fields))
        engine.drop("scored_pairs")
        return rows


def write_links(
    engine: Engine,
    writer: PairWriter,
    scored: Scored,
    together: np.ndarray,
    hand: np.ndarray,
    apart: np.ndarray,
    *,
    doubt: float,
) -> tuple[int, int]:
    """Make `links` and `undecided`; returns their rows.

    Args:
        engine: where they are made; holds `normal`.
        writer: writes pairs.
        scored: the pairs with evidence.
        together: bool [pairs]: whether each ended in one cluster.
        hand: int32 [h, 2]: joined by hand, and now one.
        apart: int32 [a, 2]: split by hand.
        doubt: log2 odds at or above which an unmerged pair is undecided.
    """
    joined = _among(scored, hand)
    kind = np.where(scored.shares_identifier, "identifier", "match")
    chance = probability(writer.calibration(scored.bits))
    linked = together & (scored.bits > 0) & ~joined
    links = writer.write(
        engine,
        "links",
        np.concatenate([scored.left[linked], hand[:, 0]]),
        np.concatenate([scored.right[linked], hand[:, 1]]),
        np.concatenate([kind[linked], np.full(len(hand), "hand")]),
        np.concatenate([chance[linked], np.ones(len(hand))]),
    )
    doubtful = ~together & (writer.calibration(scored.bits) >= doubt) & ~_among(scored, apart)
    undecided = writer.write(
        engine,
        "undecided",
        scored.left[doubtful],
        scored.right[doubtful],
        kind[doubtful],
        chance[doubtful],
    )
    return links, undecided


def _among(scored: Scored, pairs: np.ndarray) -> np.ndarray:
    """Which scored pairs stand among `pairs`."""
    if len(pairs) == 0:
        return np.zeros(len(scored.left), np.bool_)
    key = scored.left.astype(np.int64) << 32 | scored.right
    return np.isin(key, pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1])


def links_sql(pairs: str, fields: list[str]) -> str:
    """SQL that gives a table of numbered pairs the design's columns of `links`."""
    parts = ", ".join(
        literal(json.dumps(f) + ":") + f" || CAST(round({quoted('bits ' + f)}, 2) AS VARCHAR)"
        for f in fields
    )
    return f"""
    SELECT l.source AS left_source, l.record_id AS left_record_id,
           r.source AS right_source, r.record_id AS right_record_id,
           p.kind, p.match_probability, '{{' || concat_ws(',', {parts}) || '}}' AS bits
    FROM {quoted(pairs)} p
    JOIN normal l ON l.rid = p.left_rid
    JOIN normal r ON r.rid = p.right_rid"""
