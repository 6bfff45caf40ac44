"""Codes made by hand, inside the journal: what one person said of one verbatim, row upon row.

A code is kept with a keyed digest of the text it was made on: a text that changed does not keep
the codes of the old one, and nobody who reads the journal can try texts against it. The text
itself is never kept. Of one coder and one verbatim the last row counts; a row without codes takes
back what he said.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from connu.journal import tables

#: Rows written by one statement.
_CHUNK = 5_000

#: What is read: the codes in force, in the order written.
CODES = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("verbatim_id", pa.string()),
        ("text_digest", pa.binary()),
        ("codes", pa.string()),
        ("coder", pa.string()),
        ("codebook_version", pa.string()),
        ("by", pa.string()),
        ("at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Code:
    """What one coder says of one verbatim.

    Attributes:
        source: the verbatim's source; None when it is not known yet (imported before any build).
        verbatim_id: its id there.
        text_digest: of the text he read, by `Journal.digester`; None when it was not at hand.
        codes: JSON, see `connu.understand.codes`; None takes back what he said before.
        coder: whose judgement it is.
        codebook_version: the codebook he coded by.
    """

    source: str | None
    verbatim_id: str
    text_digest: bytes | None
    codes: str | None
    coder: str
    codebook_version: str | None = None


def digester(key: bytes) -> Callable[[str], bytes]:
    """The digest of a text under the journal's key: 32 bytes, HMAC-SHA-256 (RFC 2104).

    >>> digester(b"k")("Merci !") == digester(b"k")("Merci !"), len(digester(b"k")(""))
    (True, 32)
    """

    def digest(text: str) -> bytes:
        message = b"connu verbatim\0" + text.encode("utf-8", "surrogatepass")
        return hmac.digest(key, message, hashlib.sha256)

    return digest


def keep(connection: sa.Connection, said: Sequence[Code], by: str, at: datetime) -> int:
    """Write what was not said already: the same said again changes nothing.

    Args:
        connection: a transaction of the journal.
        said: in order; of one coder and verbatim the last counts.
        by: through what it came.
        at: when, UTC without zone.

    Returns:
        The rows written.
    """
    last = {(code.coder, code.source, code.verbatim_id): code for code in said}
    there = _last(connection, sorted({coder for coder, _, _ in last}))
    fresh = [
        {
            "source": code.source,
            "verbatim_id": code.verbatim_id,
            "text_digest": code.text_digest,
            "codes": code.codes,
            "coder": code.coder,
            "codebook_version": code.codebook_version,
            "by": by,
            "at": at,
        }
        for key, code in last.items()
        if there.get(key, _NOTHING) != (code.text_digest, code.codes, code.codebook_version)
        and not (code.codes is None and there.get(key, _NOTHING)[1] is None)
    ]
    for start in range(0, len(fresh), _CHUNK):
        connection.execute(tables.codes.insert(), fresh[start : start + _CHUNK])
    return len(fresh)


def in_force(connection: sa.Connection) -> pa.Table:
    """The codes in force, shape `CODES`. 4 µs a row."""
    c = tables.codes.c
    last = sa.select(sa.func.max(c.id)).group_by(c.coder, c.source, c.verbatim_id)
    query = (
        sa.select(*(c[name] for name in CODES.names))
        .where(c.id.in_(last), c.codes.is_not(None))
        .order_by(c.id)
    )
    rows = connection.execute(query).all()
    columns = list(zip(*rows, strict=True)) or [()] * len(CODES)
    arrays = [pa.array(v, f.type) for v, f in zip(columns, CODES, strict=True)]
    return pa.table(arrays, schema=CODES)


def delete(connection: sa.Connection, verbatims: Sequence[tuple[str, str]]) -> int:
    """Delete every row about these verbatims (source, verbatim_id); returns how many.

    A row whose source is not known goes too when its id is one of theirs: it may be his.
    """
    c = tables.codes.c
    rows = 0
    for some in _chunks(verbatims):
        his = sa.or_(
            *(
                sa.and_(c.verbatim_id == verbatim, sa.or_(c.source == source, c.source.is_(None)))
                for source, verbatim in some
            )
        )
        rows += connection.execute(tables.codes.delete().where(his)).rowcount
    return rows


_Key = tuple[str, str | None, str]
_Said = tuple[bytes | None, str | None, str | None]
_NOTHING: _Said = (None, None, None)


def _last(connection: sa.Connection, coders: Sequence[str]) -> dict[_Key, _Said]:
    """What these coders said last, of each verbatim."""
    c = tables.codes.c
    found: dict[_Key, _Said] = {}
    for coder in coders:
        rows = connection.execute(
            sa.select(c.source, c.verbatim_id, c.text_digest, c.codes, c.codebook_version)
            .where(c.coder == coder)
            .order_by(c.id)
        )
        for source, verbatim, digest, codes, version in rows:
            kept = None if digest is None else bytes(digest)
            found[coder, source, verbatim] = (kept, codes, version)
    return found


def _chunks(items: Sequence[Any], size: int = 200) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
