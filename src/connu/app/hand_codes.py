"""Codes made by hand, held against the verbatims of a build: which of them speak of what is there.

The journal keeps a code by source, id and a digest of the text. Here each finds its verbatim: one
kept before any build, by its id alone, finds it when the id is in one source only; a text that
changed has lost its codes. Of one coder and one verbatim the last counts. Codes of an older
codebook are told in the words of today's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connu.engine.protocol import Engine
from connu.understand.codebook import Codebook
from connu.understand.codes import codes_from_json

#: Codes that hold, in the order they were made: whose verbatim is there, with the text coded.
HAND_CODES = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("row", pa.int64()),
        ("verbatim_id", pa.string()),
        ("codes", pa.string()),
        ("coder", pa.string()),
        ("codebook_version", pa.string()),
        ("at", pa.timestamp("us")),
    ]
)
_PUT = "journal_codes"
_FOUND = (
    'SELECT c.id, v.source, v."row", v.verbatim_id, v.text, c.source IS NULL AS sought'
    f" FROM {_PUT} AS c JOIN ({{verbatims}}) AS v ON v.verbatim_id = c.verbatim_id"
    " AND (c.source IS NULL OR v.source = c.source) ORDER BY c.id"
)


@dataclass(frozen=True)
class HandCodes:
    """Codes of the journal, held against the verbatims of a build.

    Attributes:
        table: those that hold, shape `HAND_CODES`; `id` is the journal's.
        changed: ids of codes whose text changed.
        absent: ids of those whose verbatim is not there, or not only once.
    """

    table: pa.Table
    changed: frozenset[int]
    absent: frozenset[int]

    @property
    def held(self) -> frozenset[int]:
        """Ids of the codes that hold."""
        return frozenset(self.table["id"].to_pylist())

    def themes(self) -> dict[str, set[tuple[str, str]]]:
        """Theme → the verbatims (source, verbatim_id) that somebody coded by it."""
        found: dict[str, set[tuple[str, str]]] = {}
        columns = [self.table[name].to_pylist() for name in ("source", "verbatim_id", "codes")]
        for source, verbatim, codes in zip(*columns, strict=True):
            for theme in codes_from_json(codes).themes:
                found.setdefault(theme, set()).add((source, verbatim))
        return found


def hand_codes(
    engine: Engine,
    codes: pa.Table,
    digest: Callable[[str], bytes],
    codebook: Codebook,
    verbatims: str = "SELECT * FROM verbatims",
) -> HandCodes:
    """The codes of the journal that hold for these verbatims. Costs one join and 1 µs a code and
    kilobyte of text.

    Args:
        engine: where the verbatims are; the table `journal_codes` is made there and dropped.
        codes: `journal.codes()`.
        digest: `journal.digester()`.
        codebook: today's.
        verbatims: the query of the verbatims: source, row, verbatim_id, text.
    """
    if not codes.num_rows:
        return HandCodes(HAND_CODES.empty_table(), frozenset(), frozenset())
    engine.put(_PUT, codes.select(["id", "source", "verbatim_id"]))
    found = engine.collect(_FOUND.format(verbatims=verbatims)).to_pylist()
    engine.drop(_PUT)
    said = {code["id"]: code for code in codes.to_pylist()}
    times: dict[int, int] = {}
    for row in found:
        times[row["id"]] = times.get(row["id"], 0) + 1
    changed: set[int] = set()
    held: dict[tuple[str, str, str], dict[str, object]] = {}
    there: set[int] = set()
    for row in found:
        code = said[row["id"]]
        if row["sought"] and times[row["id"]] > 1:
            continue
        there.add(row["id"])
        if code["text_digest"] not in (None, digest(row["text"])):
            changed.add(row["id"])
            continue
        key = (code["coder"], row["source"], row["verbatim_id"])
        held.pop(key, None)  # the last counts, at the last's place
        now = codes_from_json(code["codes"]).migrated(codebook.current)
        row |= {"codes": now.to_json()}
        held[key] = {name: {**code, **row}[name] for name in HAND_CODES.names}
    table = pa.Table.from_pylist(list(held.values()), HAND_CODES)
    return HandCodes(table, frozenset(changed), frozenset(said) - there)


def only_by(codes: pa.Table, coder: str, *, other: bool = False) -> pa.Table:
    """The codes of one coder, or of everybody else."""
    mine = pc.equal(codes["coder"], coder)
    return codes.filter(pc.invert(mine) if other else mine)
