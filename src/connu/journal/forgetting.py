"""Forgetting, inside a transaction of the journal: what names a person goes, tombstones stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from connu.journal import codes, tables

#: Rows named in one statement, well below any database's limit of parameters.
_CHUNK = 200


def bury(connection: sa.Connection, hashes: Iterable[bytes], at: datetime) -> int:
    """Keep tombstones; those already there are left. Returns how many are new."""
    there = set(connection.execute(sa.select(tables.tombstones.c.hash)).scalars())
    fresh = sorted(set(hashes) - there)
    if fresh:
        connection.execute(tables.tombstones.insert(), [{"hash": h, "at": at} for h in fresh])
    return len(fresh)


def delete(
    connection: sa.Connection,
    records: Sequence[tuple[str, str]],
    identifiers: Sequence[tuple[str, str]],
    verbatims: Sequence[tuple[str, str]] = (),
) -> int:
    """Delete the decisions in which either record is his, his consents, what he said of what the
    brand believes about him, and the codes of what he said; returns the rows."""
    d, c = tables.decisions, tables.consents.c
    rows = codes.delete(connection, verbatims)
    for some in _chunks(records):
        sides = [
            sa.or_(*(sa.and_(source == s, record_id == r) for s, r in some))
            for source, record_id in (
                (d.c.left_source, d.c.left_record_id),
                (d.c.right_source, d.c.right_record_id),
            )
        ]
        ids = connection.execute(sa.select(d.c.id).where(sa.or_(*sides))).scalars().all()
        for several in _chunks(ids):
            named = sa.or_(d.c.id.in_(several), d.c.undoes.in_(several))
            rows += connection.execute(d.delete().where(named)).rowcount
        his = sa.or_(*(sa.and_(c.source == s, c.record_id == r) for s, r in some))
        rows += connection.execute(tables.consents.delete().where(his)).rowcount
        f = tables.confirmations.c
        his = sa.or_(*(sa.and_(f.source == s, f.record_id == r) for s, r in some))
        rows += connection.execute(tables.confirmations.delete().where(his)).rowcount
    for several in _chunks(identifiers):
        his = sa.or_(*(sa.and_(c.type == t, c.value == v) for t, v in several))
        rows += connection.execute(tables.consents.delete().where(his)).rowcount
    return rows


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(items)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
