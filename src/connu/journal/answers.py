"""Answers, inside the journal: «you said, we did», what the brand did about a theme."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from connu.journal import tables
from connu.kernel.errors import NotFoundError

#: What is read: the answers in force, in the order given.
ANSWERS = pa.schema(
    [
        ("id", pa.int64()),
        ("theme", pa.string()),
        ("text", pa.string()),
        ("by", pa.string()),
        ("at", pa.timestamp("us")),
    ]
)


def keep(connection: sa.Connection, theme: str, text: str, by: str, at: datetime) -> int:
    """Write an answer; returns its number."""
    done = connection.execute(
        tables.answers.insert()
        .returning(tables.answers.c.id)
        .values(theme=theme, text=text, by=by, at=at)
    )
    return int(done.scalar_one())


def undo(connection: sa.Connection, answer: int, by: str, at: datetime) -> None:
    """Take an answer back; the row stays, with who took it back.

    Raises:
        NotFoundError: there is no such answer, or it was taken back before.
    """
    a = tables.answers.c
    there = connection.execute(sa.select(a.id).where(a.id == answer, a.undoes.is_(None))).first()
    undone = connection.execute(sa.select(a.id).where(a.undoes == answer)).first()
    if there is None or undone is not None:
        raise NotFoundError(f"there is no answer {answer} to take back", answer=answer)
    connection.execute(tables.answers.insert().values(undoes=answer, by=by, at=at))


def in_force(connection: sa.Connection) -> pa.Table:
    """The answers that nobody took back, shape `ANSWERS`."""
    a = tables.answers.c
    undone = sa.select(a.undoes).where(a.undoes.is_not(None))
    query = (
        sa.select(*(a[name] for name in ANSWERS.names))
        .where(a.undoes.is_(None), a.id.not_in(undone))
        .order_by(a.id)
    )
    rows = connection.execute(query).all()
    columns = list(zip(*rows, strict=True)) or [()] * len(ANSWERS)
    arrays = [pa.array(v, f.type) for v, f in zip(columns, ANSWERS, strict=True)]
    return pa.table(arrays, schema=ANSWERS)
