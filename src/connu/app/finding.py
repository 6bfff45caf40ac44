"""Finding: what somebody typed, and the records and customers it names.

What is typed is normalised as the sources' values are, by the sources' own functions, so that
« 06 12 34 56 78 » and +33612345678 are one phone number here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connu.app.customer import CustomerView, Hit, gather, label
from connu.app.intent_view import IntentView, intents_of
from connu.app.reading import OpenBuild, Reading
from connu.app.visitor import VisitorView, lone_visitor, visitor_of
from connu.engine.sql import literal
from connu.kernel.errors import NotFoundError
from connu.kernel.fields import is_identifier
from connu.kernel.settings import Settings
from connu.sources.emails import normalise_emails
from connu.sources.handles import normalise_handles, normalise_keys
from connu.sources.phones import normalise_phones

Key = tuple[str, str]

#: Identifier types whose values are kept as written.
_KEYS = ("account", "loyalty_card", "national_id", "support_case", "anonymous_id")


@dataclass(frozen=True)
class Named:
    """What a text names.

    Attributes:
        by: how: "customer", "record", or the types of identifier that matched.
        records: the records it names, sorted: all of a customer's, or those that hold it.
        customers: the customers behind it, sorted.
        keys: the identifiers (type, value) that matched; none for a customer or a record.
    """

    by: str
    records: list[Key]
    customers: list[str]
    keys: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The answer to `connu show`: one customer, several to choose from, or a visitor.

    Attributes:
        customer: the one, or None.
        hits: all customers that answer to the text.
        visitor: whom the text names when nobody knows him, or None.
    """

    customer: CustomerView | None
    hits: list[Hit]
    visitor: VisitorView | None = None

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {
            "customer": None if self.customer is None else self.customer.as_dict(),
            "hits": [hit.as_dict() for hit in self.hits],
            "visitor": None if self.visitor is None else self.visitor.as_dict(),
        }


def name(reading: OpenBuild, settings: Settings, text: str) -> Named:
    """The records and customers that a text names, among those readable for the purpose.

    A customer id and a record (source:id) are tried first: they name exactly. Then every type of
    identifier, as the text would read as one; `type:value` says which is meant.

    Args:
        reading: an opened build.
        settings: for the country of phone numbers and the sources' names.
        text: as typed.

    Raises:
        NotFoundError: nobody answers to it, or nobody readable for the purpose.
    """
    text = text.strip()
    exact = _customer(reading, text) or _record(reading, text)
    if exact is not None:
        return exact
    held = _identifier(reading, settings, text)
    if held is not None:
        return held
    hint = "give a customer id, a record (source:id), an e-mail, a phone number or another key"
    if isinstance(reading, Reading):
        hint += f"; who did not grant «{reading.reader.purpose}» is not found"
    raise NotFoundError("nobody answers to that", hint=hint)


def show(reading: Reading, settings: Settings, text: str) -> Found:
    """The customer a text names, or the several to choose from; else the visitor whose cookie
    it is.

    Raises:
        NotFoundError: nobody answers to it.
    """
    try:
        named = name(reading, settings, text)
    except NotFoundError:
        visitor = visitor_of(reading, _cookies(text, settings))
        if visitor is None:
            raise
        return Found(None, [], visitor)
    labels = label(reading, named.customers)
    hits = [Hit(one, labels.get(one, ""), named.by) for one in named.customers]
    only = gather(reading, named.customers[0]) if len(named.customers) == 1 else None
    return Found(only, hits)


def intents_of_one(reading: Reading, settings: Settings, text: str) -> IntentView:
    """What the one customer or visitor is after whom a text names.

    Raises:
        NotFoundError: nobody answers to it, or several do.
    """
    try:
        named = name(reading, settings, text)
    except NotFoundError:
        cookie = lone_visitor(reading, _cookies(text, settings))
        if cookie is None:
            raise
        return intents_of(reading, "visitor", cookie)
    if len(named.customers) != 1:
        raise NotFoundError(
            f"{len(named.customers)} customers answer to that",
            hint="give a customer id or a record (source:id)",
        )
    return intents_of(reading, "customer", named.customers[0])


def readings_of(text: str, settings: Settings) -> list[tuple[str, str]]:
    """Every (type, value) that a text may be, normalised; social handles have the type "social.".

    >>> from connu.kernel.settings import settings_from
    >>> readings_of("Claire@Example.org", settings_from({"brand": {"name": "x"}}))[0]
    ('email', 'claire@example.org')
    """
    given, _, rest = text.partition(":")
    if rest and is_identifier(given):
        family = "social." if given.startswith("social.") else given
        return [(given, value) for t, value in readings_of(rest, settings) if t == family]
    one = pa.array([text], pa.string())
    found = [("email", value) for value in _values(normalise_emails(one))]
    countries = [settings.brand.country]
    countries += [s.country for s in settings.sources.values() if s.country]
    for country in dict.fromkeys(countries):
        found += [("phone", value) for value in _values(normalise_phones(one, country))]
    found += [(kind, value) for kind in _KEYS for value in _values(normalise_keys(one))]
    found += [("social.", value) for value in _values(normalise_handles(one))]
    return list(dict.fromkeys(found))


def _cookies(text: str, settings: Settings) -> list[str]:
    """What was typed, as it reads as a cookie."""
    return [v for kind, v in readings_of(text.strip(), settings) if kind == "anonymous_id"]


def _values(column: pa.Array) -> list[str]:
    value = column[0].as_py()
    return [] if value is None else value.split(" ")


def _customer(reading: OpenBuild, text: str) -> Named | None:
    rows = _identities(reading, f"customer_id = {literal(text)}")
    return Named("customer", _records(rows), [text]) if rows else None


def _record(reading: OpenBuild, text: str) -> Named | None:
    source, colon, record_id = text.partition(":")
    if not colon:
        return None
    rows = _identities(reading, f"source = {literal(source)} AND record_id = {literal(record_id)}")
    return Named("record", _records(rows), _customers(rows)) if rows else None


def _identities(reading: OpenBuild, condition: str) -> list[dict[str, Any]]:
    identities = reading.sql("identities")
    return reading.rows(f"SELECT * FROM ({identities}) WHERE {condition}")


def _identifier(reading: OpenBuild, settings: Settings, text: str) -> Named | None:
    possible = readings_of(text, settings)
    if not possible:
        return None
    exact = [f"(k.type = {literal(t)} AND k.value = {literal(v)})" for t, v in possible]
    social = [
        f"(starts_with(k.type, 'social.') AND k.value = {literal(v)})"
        for t, v in possible
        if t == "social."
    ]
    rows = reading.engine.collect(
        "SELECT DISTINCT k.type, k.value, i.source, i.record_id, i.customer_id "
        f"FROM (SELECT rid, type, value FROM ({reading.sql('identifiers')}) AS k "
        f"WHERE {' OR '.join(exact + social)}) AS k "
        f"JOIN ({reading.sql('normal')}) AS n ON n.rid = k.rid "
        f"JOIN ({reading.sql('identities')}) AS i "
        "ON i.source = n.source AND i.record_id = n.record_id"
    ).to_pylist()
    cookies = [literal(v) for t, v in possible if t == "anonymous_id"]
    visits = (
        reading.engine.collect(
            f"SELECT anonymous_id, customer_id FROM ({reading.sql('visitors')}) "
            f"WHERE customer_id IS NOT NULL AND anonymous_id IN ({', '.join(cookies)})"
        ).to_pylist()
        if cookies
        else []
    )
    if not rows and not visits:
        return None
    keys = {(row["type"], row["value"]) for row in rows}
    keys |= {("anonymous_id", visit["anonymous_id"]) for visit in visits}
    by = ", ".join(sorted({kind for kind, _ in keys}))
    return Named(by, _records(rows), _customers(rows + visits), sorted(keys))


def _records(rows: list[dict[str, Any]]) -> list[Key]:
    return sorted({(row["source"], row["record_id"]) for row in rows})


def _customers(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({row["customer_id"] for row in rows})
