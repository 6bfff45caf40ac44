"""Rows of intents: what a model told of numbered subjects, as tables of names; no row by row.

A model tells of places and nodes. Here places become subjects and nodes paths, by Arrow's take,
some subjects at a time, so that a million of them are a stream that is never held whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.intent_bounds import bounds_of, curve_rows
from connu.kernel.interruption import heed
from connu.know.judged import Judged
from connu.know.trails import Trails
from connu.ledger.intents import INTENT_RELIABILITY, INTENTS
from connu.measure.bounds import Bounds
from connu.measure.intervals import Share

#: Subjects told of at a time.
SUBJECTS_AT_ONCE = 100_000
#: What a row of intents carries until facts are made: whether it becomes one, how surely, and the
#: evidence of it, as JSON.
TELLING = pa.schema(
    [
        *INTENTS,
        ("attribute", pa.string()),
        ("surely", pa.float64()),
        ("evidence", pa.string()),
    ]
)


@dataclass(frozen=True)
class Rows:
    """What a model told, each by row.

    Attributes:
        place: int32 (n,): whose.
        kind, level: words of `ledger.intents`.
        target: string (n,).
        probability: float64 (n,). rank: int32 (n,).
        horizon_days: int32 (n,), or None without horizons.
        stated: bool (n,): which become facts; None: none.
        attribute: of those facts.
        surely: float64 (n,): how sure they are; None: the probability.
        evidence: string (n,), JSON; read where stated.
    """

    place: pa.Array
    kind: str
    level: str
    target: pa.Array
    probability: pa.Array
    rank: pa.Array
    horizon_days: pa.Array | None = None
    stated: np.ndarray | None = None
    attribute: str = ""
    surely: pa.Array | None = None
    evidence: pa.Array | None = None

    def table(self, subjects: pa.Table) -> pa.Table:
        """The rows, shape TELLING; `subjects` in the order of places."""
        n = len(self.place)
        nothing = pa.nulls(n, pa.string())
        stated = pa.array(np.zeros(n, np.bool_) if self.stated is None else self.stated)
        columns = [
            subjects["subject_kind"].take(self.place),
            subjects["subject"].take(self.place),
            same(self.kind, n),
            same(self.level, n),
            self.target,
            pa.nulls(n, pa.int32()) if self.horizon_days is None else self.horizon_days,
            self.probability,
            self.rank,
            pc.if_else(stated, pa.scalar(self.attribute), pa.scalar(None, pa.string())),
            self.probability if self.surely is None else self.surely,
            nothing if self.evidence is None else pc.if_else(stated, self.evidence, nothing),
        ]
        return pa.table(dict(zip(TELLING.names, columns, strict=True))).cast(TELLING)


def slices(trails: Trails, subjects: int = SUBJECTS_AT_ONCE) -> Iterator[Trails]:
    """The trails of so many subjects at a time; nothing is copied."""
    for first in range(0, len(trails), subjects):
        heed()
        last = min(first + subjects, len(trails))
        events = slice(int(trails.starts[first]), int(trails.starts[last]))
        yield replace(
            trails,
            subjects=trails.subjects.slice(first, last - first),
            starts=trails.starts[first : last + 1] - trails.starts[first],
            time=trails.time[events],
            session=trails.session[events],
            product=trails.product[events],
            category=trails.category[events],
            role=trails.role[events],
            value=trails.value[events],
        )


def streamed(
    trails: Trails, told: Callable[[Trails], pa.Table], schema: pa.Schema
) -> pa.RecordBatchReader:
    """What is told of slice after slice, as a stream."""

    def batches() -> Iterator[pa.RecordBatch]:
        for part in slices(trails):
            yield from told(part).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def evidence_texts(said: Mapping[str, pa.Array]) -> pa.Array:
    """JSON objects, one a row: each word with its number or text; what is null is left out.

    >>> evidence_texts({"rank": pa.array([1]), "because": pa.array(['3 of 4 "new"'])})[0].as_py()
    '{"rank": 1, "because": "3 of 4 \\\\"new\\\\""}'
    """
    parts = []
    for word, values in said.items():
        text = pa.types.is_string(values.type)
        shown = _escaped(values) if text else pc.cast(values, pa.string())
        quote = '"' if text else ""
        head, tail = pa.scalar(f"{json.dumps(word)}: {quote}"), pa.scalar(quote)
        parts.append(pc.binary_join_element_wise(head, shown, tail, pa.scalar("")))
    joined = pc.binary_join_element_wise(*parts, pa.scalar(", "), null_handling="skip")
    return pc.binary_join_element_wise(pa.scalar("{"), joined, pa.scalar("}"), pa.scalar(""))


def listed_texts(lists: pa.Array) -> pa.Array:
    """Lists of texts as JSON, one a row.

    >>> listed_texts(pa.array([["late", 'a "gap"'], []], pa.list_(pa.string()))).to_pylist()
    ['["late", "a \\\\"gap\\\\""]', '[]']
    """
    inner = _escaped(lists.flatten())
    rows = pa.ListArray.from_arrays(_offsets(lists), inner)
    joined = pc.binary_join(rows, '", "')
    quoted = pc.binary_join_element_wise(pa.scalar('["'), joined, pa.scalar('"]'), pa.scalar(""))
    return pc.if_else(pc.equal(pc.list_value_length(lists), 0), pa.scalar("[]"), quoted)


def spread(values: pa.Array, chosen: np.ndarray) -> pa.Array:
    """Values of the chosen rows, in order, among all rows; the others are null."""
    at = np.where(chosen, np.cumsum(chosen) - 1, 0)
    return values.take(pa.array(at, mask=~chosen))


def measured(
    figures: Sequence[tuple[str, int | None, float | None, float | None, int]],
    *,
    kind: str,
    level: str,
    stated: Mapping[int | None, bool],
    judged: Mapping[int | None, Judged] = MappingProxyType({}),
    prefix: str = "",
) -> pa.Table:
    """Figures on a time held out, with their intervals, shape INTENT_RELIABILITY.

    Args:
        figures: measure, horizon_days, figure, the base rate's, people.
        kind, level: of what.
        stated: by horizon, whether it is published.
        judged: by horizon, the rows that were measured; where there are some, the figures have
            intervals, and there is a curve.
        prefix: of the measures of probabilities, where the kind tells other figures too.
    """
    bounds = {days: bounds_of(rows) for days, rows in judged.items()}
    rows = [
        {
            "kind": kind,
            "level": level,
            "horizon_days": days,
            "measure": measure,
            "figure": _number(figure),
            **_around(figure, bounds.get(days, {}).get(measure.removeprefix(prefix))),
            "base": _number(base),
            "people": people,
            "stated": stated.get(days, False),
        }
        for measure, days, figure, base, people in figures
    ]
    rows += curve_rows(judged, kind=kind, level=level, stated=stated)
    return pa.Table.from_pylist(rows, schema=INTENT_RELIABILITY)


def _around(figure: float | None, bounds: Bounds | Share | None) -> dict[str, float]:
    """The interval of a figure; it holds the figure, however each was rounded."""
    if figure is None or not math.isfinite(figure) or bounds is None:
        return {}
    return {"low": min(bounds.low, figure), "high": max(bounds.high, figure)}


def same(word: str, n: int) -> pa.Array:
    """A word, n times."""
    return pa.repeat(pa.scalar(word), n)


def column(table: pa.Table, name: str) -> pa.Array:
    """A column in one piece."""
    return table[name].combine_chunks()


def _escaped(texts: pa.Array) -> pa.Array:
    """Texts as they stand within quotes in JSON."""
    for sign in ("\\", '"'):
        texts = pc.replace_substring(texts, sign, f"\\{sign}")
    return pc.replace_substring_regex(texts, r"[\x00-\x1f]", " ")


def _offsets(lists: pa.Array) -> pa.Array:
    """int32 (n + 1,): where each list begins among the flattened values; null lists are empty."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())


def _number(value: float | None) -> float | None:
    """The value; None where it is no number."""
    return None if value is None or not math.isfinite(value) else float(value)
