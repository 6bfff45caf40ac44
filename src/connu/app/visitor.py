"""One visitor nobody knows: what he did, what his twins tell of him, and where they are silent.

Twins are told as counts. Whoever they are stays with them: no id, name or value of another person
may be added here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from connu.app.expected_of import expected_of
from connu.app.intent_view import IntentView, intents_of
from connu.app.reading import OpenBuild, Reading
from connu.engine.sql import literal
from connu.ledger.twins import REASONS
from connu.twins.known import REASONS as UNLEARNT

#: Kinds of events and categories shown, the most frequent first.
_MOST = 8
#: What a fact's evidence says of twins; anything else in it is not shown.
_EVIDENCE = ("twins", "alike", "nearness", "behaviours", "because")


@dataclass(frozen=True)
class VisitorView:
    """What a build says about one visitor, for one purpose.

    Attributes:
        anonymous_id: his cookie.
        events: how many are his.
        first_time: the first of them, UTC.
        last_time: the last.
        shared_device: several people use the cookie; twins tell nothing of it.
        done: type, events; the most frequent first.
        categories: category, events; the most frequent first.
        told: what is stated of him: attribute, value, probability, and of the evidence twins, alike
            (how many of those have the value), nearness, behaviours, because.
        probabilities: attribute, value, probability, stated: of every value, stated or not.
        silences: attribute, reason, because.
        intents: what he is after (`intent_view.IntentView`).
        expected: what he expects of the brand, in his words (`expected_of.expected_of`).
    """

    anonymous_id: str
    events: int
    first_time: datetime | None
    last_time: datetime | None
    shared_device: bool
    done: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    probabilities: list[dict[str, Any]] = field(default_factory=list)
    silences: list[dict[str, Any]] = field(default_factory=list)
    intents: IntentView = field(default_factory=IntentView)
    expected: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The view as JSON."""
        return asdict(self)


def visitor_of(reading: Reading, cookies: list[str]) -> VisitorView | None:
    """The visitor nobody knows behind the first of some cookies that is one; None: there is none.

    Reads visitors, events, event_customers, products, facts, twins, silences and the tables of
    intents, as far as the build has them; one filtered scan of each.

    Args:
        reading: the build, opened for the purpose: who refused it is not found.
        cookies: what was typed, as it reads as a cookie.
    """
    cookie = lone_visitor(reading, cookies)
    if cookie is None:
        return None
    found = reading.rows(
        f"SELECT * FROM ({reading.sql('visitors')}) AS v WHERE anonymous_id = {literal(cookie)}"
    )
    events = _own_events(reading, cookie)
    return VisitorView(
        anonymous_id=cookie,
        events=found[0]["events"],
        first_time=found[0]["first_time"],
        last_time=found[0]["last_time"],
        shared_device=found[0]["shared_device"],
        done=reading.rows(_most("type", events)),
        categories=reading.rows(_most("category", events)),
        told=[
            _told(fact)
            for fact in _rows(reading, "facts", cookie, "probability DESC")
            if fact["basis"] not in ("intents", "coded")
        ],
        probabilities=_rows(reading, "twins", cookie, "probability DESC"),
        silences=[_silence(row) for row in _rows(reading, "silences", cookie, "reason")],
        intents=intents_of(reading, "visitor", cookie),
        expected=expected_of(reading, "visitor", cookie),
    )


def lone_visitor(reading: OpenBuild, cookies: list[str]) -> str | None:
    """The first of some cookies, by name, that is a visitor's whom nobody knows."""
    if not cookies or not reading.build.has("visitors"):
        return None
    wanted = ", ".join(literal(cookie) for cookie in cookies)
    found = reading.rows(
        f"SELECT min(anonymous_id) AS cookie FROM ({reading.sql('visitors')}) AS v "
        f"WHERE customer_id IS NULL AND anonymous_id IN ({wanted})"
    )
    cookie: str | None = found[0]["cookie"]
    return cookie


def evidence_of(text: str | None) -> dict[str, Any]:
    """What a fact's evidence says of twins; nothing when it is not twins' evidence.

    >>> evidence_of('{"twins": 50, "alike": 41, "rows": [7]}')
    {'twins': 50, 'alike': 41}
    >>> evidence_of("crm 12"), evidence_of(None)
    ({}, {})
    """
    try:
        said = json.loads(text or "")
    except ValueError:
        return {}
    return {word: said[word] for word in _EVIDENCE if word in said} if type(said) is dict else {}


def because(reason: str) -> str:
    """A reason for silence in words; one nobody put into words is its own.

    >>> because("not_alike")
    'nobody known behaves like him'
    >>> because("too_cold")
    'too cold'
    """
    return REASONS.get(reason) or UNLEARNT.get(reason) or reason.replace("_", " ")


def _own_events(reading: Reading, cookie: str) -> str:
    """The events of a cookie that are no customer's: type, category (the product's, if need be)."""
    own = f"SELECT e.* FROM ({reading.sql('events')}) AS e WHERE e.anonymous_id = {literal(cookie)}"
    if reading.build.has("event_customers"):
        own += (
            " AND NOT EXISTS (SELECT 1 FROM event_customers AS c"
            ' WHERE c.source = e.source AND c."row" = e."row")'
        )
    if not reading.build.has("products"):
        return f"SELECT type, category FROM ({own}) AS o"
    catalogue = (
        f"SELECT product_id, min(category) AS category FROM ({reading.sql('products')}) AS q"
        " GROUP BY product_id"
    )
    return (
        f"SELECT o.type, coalesce(o.category, p.category) AS category FROM ({own}) AS o"
        f" LEFT JOIN ({catalogue}) AS p ON p.product_id = o.product"
    )


def _most(column: str, events: str) -> str:
    return (
        f"SELECT {column}, count(*) AS events FROM ({events}) AS seen WHERE {column} IS NOT NULL"
        f" GROUP BY {column} ORDER BY events DESC, {column} LIMIT {_MOST}"
    )


def _rows(reading: Reading, table: str, cookie: str, order: str) -> list[dict[str, Any]]:
    """The rows of a table about a visitor, without the columns that say who he is."""
    if not reading.build.has(table):
        return []
    return reading.rows(
        f"SELECT * EXCLUDE (subject_kind, subject) FROM ({reading.sql(table)}) AS t "
        f"WHERE subject_kind = 'visitor' AND subject = {literal(cookie)} "
        f"ORDER BY attribute, {order}"
    )


def _told(fact: dict[str, Any]) -> dict[str, Any]:
    kept = ("attribute", "value", "probability", "basis")
    return {word: fact[word] for word in kept} | evidence_of(fact["evidence"])


def _silence(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"because": because(row["reason"])}
