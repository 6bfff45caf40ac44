"""Confirmations, inside the journal: what customers said of what the brand believes about them.

A row is one customer's word on one statement: what he was told, how surely, and whether it is
right; or, where nothing was stated (`knows_me`), the number he gave. A statement is kept with a
record of his, not with a customer id, so that a build which merges or splits customers loses
nothing. Rows are added: of one record, attribute and value the last counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from connu.journal import tables

#: The question whether the brand knows him: it states nothing, so that its `value` is None.
KNOWS_ME = "knows_me"
#: What a customer may say: `denied` says no more than that it is wrong, `rated` answers a question
#: that states nothing.
ANSWERS = ("confirmed", "corrected", "denied", "rated")
#: How he said it: asked by a survey, or unasked, on his page or to the service desk.
WAYS = ("survey", "page", "service")

#: Rows written by one statement.
_CHUNK = 5_000

#: What is read, in the order written.
CONFIRMATIONS = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("attribute", pa.string()),
        ("value", pa.string()),
        ("basis", pa.string()),
        ("probability", pa.float64()),
        ("answer", pa.string()),
        ("correction", pa.string()),
        ("via", pa.string()),
        ("survey", pa.string()),
        ("by", pa.string()),
        ("at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Confirmation:
    """What a customer says of one statement about him.

    Attributes:
        source: of a record of his.
        record_id: its id there.
        attribute: what the statement is about, or KNOWS_ME.
        value: what he was told; None when nothing was.
        answer: one of ANSWERS.
        correction: what is right, where he said it; the number of what is `rated`.
        via: one of WAYS.
        basis: of the statement, as told.
        probability: told with it, 0–1.
        survey: the draw that asked him; None when nobody did.
    """

    source: str
    record_id: str
    attribute: str
    value: str | None
    answer: str
    correction: str | None = None
    via: str = "service"
    basis: str | None = None
    probability: float | None = None
    survey: str | None = None


_Subject = tuple[str, str, str, str | None]
_NAMES = tuple(field.name for field in fields(Confirmation))


def keep(connection: sa.Connection, said: Sequence[Confirmation], by: str, at: datetime) -> int:
    """Write what was not said already; returns the rows written.

    The answers of a survey are compared with what that survey wrote, so that the same file again
    does not outdo what was said since; what came unasked, with the last word.
    """
    rows = connection.execute(
        sa.select(*(tables.confirmations.c[name] for name in _NAMES)).order_by(
            tables.confirmations.c.id
        )
    )
    last: dict[tuple[_Subject, str | None], Confirmation] = {}
    for row in rows:
        _note(last, Confirmation(*row))
    fresh = []
    for one in said:
        if last.get((_subject(one), one.survey)) != one:
            fresh.append(dict(zip(_NAMES, astuple(one), strict=True)) | {"by": by, "at": at})
        _note(last, one)
    for start in range(0, len(fresh), _CHUNK):
        connection.execute(tables.confirmations.insert(), fresh[start : start + _CHUNK])
    return len(fresh)


def read(connection: sa.Connection, *, in_force: bool) -> pa.Table:
    """The rows, shape `CONFIRMATIONS`, in the order written; in force: the last per subject."""
    c = tables.confirmations.c
    query = sa.select(*(c[name] for name in CONFIRMATIONS.names)).order_by(c.id)
    if in_force:
        last = sa.select(sa.func.max(c.id)).group_by(c.source, c.record_id, c.attribute, c.value)
        query = query.where(c.id.in_(last))
    rows = connection.execute(query).all()
    columns = list(zip(*rows, strict=True)) or [()] * len(CONFIRMATIONS)
    arrays = [pa.array(v, f.type) for v, f in zip(columns, CONFIRMATIONS, strict=True)]
    return pa.table(arrays, schema=CONFIRMATIONS)


def _subject(one: Confirmation) -> _Subject:
    return one.source, one.record_id, one.attribute, one.value


def _note(last: dict[tuple[_Subject, str | None], Confirmation], one: Confirmation) -> None:
    """Remember the last word of its survey, and of all."""
    last[_subject(one), one.survey] = last[_subject(one), None] = one
