"""Consents: which customers may be read for a purpose, as SQL. Pure functions; nothing runs here.

What a person said last counts, whichever of his records, or the journal, holds it; at the same
time, a refusal wins. A consent without a time is older than any other. A grant dated in the future
says nothing of when it was given: it counts as one without a time, so that a wrong clock never
outlives a refusal.

A journal consent may name an identifier instead of a record. Whoever holds the identifier refused;
but a grant counts only when one customer alone holds it: nobody grants for his household.

Tables read: identities (source, record_id, customer_id), consents (source, record_id, purpose,
granted, since), and, when given, journal_consents (source, record_id, type, value, purpose,
granted, since) and holders (type, value, customer_id), which `holders` makes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from connu.govern.purposes import granted_by_default

#: The journal's consents as the engine's table: a record's (source, record_id, type and value
#: NULL) or an identifier's (the other way round). Times are UTC.
JOURNAL_CONSENTS = pa.schema(
    [
        ("source", pa.string()),
        ("record_id", pa.string()),
        ("type", pa.string()),
        ("value", pa.string()),
        ("purpose", pa.string()),
        ("granted", pa.bool_()),
        ("since", pa.timestamp("us")),
    ]
)

_EVERYONE = "SELECT DISTINCT customer_id FROM identities"
_NEVER = "TIMESTAMP '0001-01-01 00:00:00'"


def readable(
    purpose: str, *, now: datetime, journal: bool = False, identifiers: bool = False
) -> str:
    """The customers that may be read for a purpose: SELECT customer_id, each once.

    One pass over the consents of the purpose, one over the identities.

    Args:
        purpose: a checked purpose.
        now: UTC; grants later than this have no time.
        journal: whether journal_consents has rows.
        identifiers: whether some of them name identifiers (reads `holders`).
    """
    if granted_by_default(purpose):
        withheld_ones = withheld(purpose, now=now, journal=journal, identifiers=identifiers)
        return f"{_EVERYONE} WHERE customer_id NOT IN ({withheld_ones})"
    wins = _latest(purpose, now, journal, identifiers)
    return f"SELECT customer_id FROM ({wins}) AS said WHERE granted"


def withheld(
    purpose: str, *, now: datetime, journal: bool = False, identifiers: bool = False
) -> str:
    """The customers that may not be read for a purpose: all the others. As `readable`."""
    if granted_by_default(purpose):
        return refusing(purpose, now=now, journal=journal, identifiers=identifiers)
    readable_ones = readable(purpose, now=now, journal=journal, identifiers=identifiers)
    return f"{_EVERYONE} WHERE customer_id NOT IN ({readable_ones})"


def refusing(
    purpose: str, *, now: datetime, journal: bool = False, identifiers: bool = False
) -> str:
    """The customers whose last word on a purpose is no; who said nothing is not among them.

    As `readable`.
    """
    wins = _latest(purpose, now, journal, identifiers)
    return f"SELECT customer_id FROM ({wins}) AS said WHERE NOT granted"


def holders(*, journal_only: bool = False, visitors: bool = False) -> str:
    """Who holds which identifier: SELECT type, value, customer_id, each once.

    Reads identifiers (rid, type, value), normal (rid, source, record_id) and identities.

    Args:
        journal_only: just the identifiers journal_consents names.
        visitors: cookies tied to a customer by his behaviour too (reads `visitors`).
    """
    held = (
        "SELECT k.type, k.value, i.customer_id FROM identifiers AS k"
        " JOIN normal AS n ON n.rid = k.rid"
        " JOIN identities AS i ON i.source = n.source AND i.record_id = n.record_id"
    )
    if visitors:
        held += (
            " UNION ALL SELECT 'anonymous_id' AS type, anonymous_id AS value, customer_id"
            " FROM visitors WHERE customer_id IS NOT NULL"
        )
    named = (
        " JOIN (SELECT DISTINCT type, value FROM journal_consents WHERE type IS NOT NULL) AS j"
        " ON j.type = h.type AND j.value = h.value"
        if journal_only
        else ""
    )
    return f"SELECT DISTINCT h.type, h.value, h.customer_id FROM ({held}) AS h{named}"


def visitors_who_said(purpose: str, *, now: datetime) -> str:
    """What visitors nobody knows said last of a purpose: SELECT anonymous_id, granted.

    Reads journal_consents alone: a visitor is named there by his anonymous id.
    """
    return (
        f"SELECT value AS anonymous_id, {_wins(now)} AS granted FROM journal_consents"
        f" WHERE type = 'anonymous_id' AND purpose = {_text(purpose)} AND granted IS NOT NULL"
        " GROUP BY value"
    )


def said_last(said: Iterable[tuple[bool | None, datetime | None]], *, now: datetime) -> bool | None:
    """What one person said last, by the rule of the predicate; None when he said nothing.

    Args:
        said: (granted, when) in UTC without a zone, in any order.
        now: grants later than this have no time.

    >>> t = datetime(2026, 1, 1)
    >>> said_last([(True, t), (False, t)], now=t), said_last([], now=t)
    (False, None)
    """
    granted_at = refused_at = None
    for granted, at in said:
        if granted is True:
            known = at if at is not None and at <= now else datetime.min
            granted_at = known if granted_at is None else max(granted_at, known)
        elif granted is False:
            known = at if at is not None else datetime.min
            refused_at = known if refused_at is None else max(refused_at, known)
    if granted_at is None and refused_at is None:
        return None
    return refused_at is None or (granted_at is not None and granted_at > refused_at)


def _latest(purpose: str, now: datetime, journal: bool, identifiers: bool) -> str:
    """SELECT customer_id, granted: what each customer who said something said last."""
    of = f"purpose = {_text(purpose)} AND granted IS NOT NULL"
    join = "JOIN identities AS i ON i.source = c.source AND i.record_id = c.record_id"
    said = [f"SELECT i.customer_id, c.granted, c.since FROM consents AS c {join} WHERE {of}"]
    if journal:
        said.append(
            f"SELECT i.customer_id, c.granted, c.since FROM journal_consents AS c {join} WHERE {of}"
        )
    if journal and identifiers:
        said.append(
            "SELECT h.customer_id, c.granted, c.since FROM journal_consents AS c"
            " JOIN (SELECT type, value, customer_id,"
            " count(*) OVER (PARTITION BY type, value) AS people FROM holders) AS h"
            f" ON h.type = c.type AND h.value = c.value WHERE {of}"
            " AND (NOT c.granted OR h.people = 1)"
        )
    return (
        f"SELECT customer_id, {_wins(now)} AS granted"
        f" FROM ({' UNION ALL '.join(said)}) AS said GROUP BY customer_id"
    )


def _wins(now: datetime) -> str:
    """Over one person's (granted, since): whether a grant is later than every refusal."""
    limit = f"TIMESTAMP '{now:%Y-%m-%d %H:%M:%S.%f}'"
    refused_at = f"max(CASE WHEN NOT granted THEN coalesce(since, {_NEVER}) END)"
    granted_at = (
        f"max(CASE WHEN granted THEN CASE WHEN since <= {limit} THEN since ELSE {_NEVER} END END)"
    )
    return f"coalesce({granted_at} > {refused_at}, {refused_at} IS NULL)"


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
