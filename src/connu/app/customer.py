"""One customer as a whole: facts, records, identifiers, links, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from connu.app.expected_of import expected_of
from connu.app.intent_view import IntentView, intents_of
from connu.app.reading import Reading
from connu.engine.sql import literal
from connu.kernel.errors import NotFoundError

Key = tuple[str, str]


@dataclass(frozen=True)
class CustomerView:
    """What a build says about one customer, for one purpose.

    Attributes:
        customer_id: who.
        facts: attribute, value, probability, basis, source, evidence, observed_at.
        records: source, record_id, recorded_at and the raw values, under the fields' names.
        identifiers: type, value, and the records that hold it.
        links: pairs of his records that were put together, with kind, probability and bits.
        undecided: pairs of one of his records and one of another customer, in doubt, not merged.
        household: the customers who live with him.
        visitors: cookies tied to him.
        intents: what he is after (`intent_view.IntentView`).
        expected: what he expects of the brand, in his words (`expected_of.expected_of`).
    """

    customer_id: str
    facts: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    identifiers: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[dict[str, Any]] = field(default_factory=list)
    household: list[str] = field(default_factory=list)
    visitors: list[dict[str, Any]] = field(default_factory=list)
    intents: IntentView = field(default_factory=IntentView)
    expected: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The view as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Hit:
    """One of several customers a text may mean.

    Attributes:
        customer_id: who.
        label: his name and place as far as known, to choose by.
        because: what matched: an e-mail, a phone, …
    """

    customer_id: str
    label: str
    because: str

    def as_dict(self) -> dict[str, Any]:
        """The hit as JSON."""
        return asdict(self)


def gather(reading: Reading, customer_id: str) -> CustomerView:
    """One customer from a build's tables, as far as he may be read for the purpose.

    Reads people, normal, identifiers, identities, facts, links, undecided, households,
    visitors, expectations and the tables of intents; costs one filtered scan of each (well under
    a second for a million records).

    Args:
        reading: the build, opened for the purpose.
        customer_id: who.

    Raises:
        NotFoundError: no such customer, or he may not be read for the purpose.
    """
    keys = [
        (row["source"], row["record_id"])
        for row in reading.rows(
            f"SELECT source, record_id FROM ({reading.sql('identities')}) "
            f"WHERE customer_id = {literal(customer_id)} ORDER BY source, record_id"
        )
    ]
    if not keys:
        raise NotFoundError("there is no such customer, or he may not be read for this purpose")
    own = _among(keys, "source", "record_id")
    records = reading.rows(
        f"SELECT * FROM ({reading.sql('people')}) WHERE {own} ORDER BY source, record_id"
    )
    return CustomerView(
        customer_id=customer_id,
        facts=reading.rows(_facts_sql(reading, customer_id)),
        records=[_without_empty(record) for record in records],
        identifiers=reading.rows(_identifiers_sql(reading, own)),
        links=reading.rows(_pairs_sql(reading, "links", keys)),
        undecided=reading.rows(_pairs_sql(reading, "undecided", keys)),
        household=[
            row["customer_id"] for row in reading.rows(_household_sql(reading, customer_id))
        ],
        visitors=reading.rows(_visitors_sql(reading, customer_id)),
        intents=intents_of(reading, "customer", customer_id),
        expected=expected_of(reading, "customer", customer_id),
    )


def label(reading: Reading, customer_ids: Sequence[str]) -> dict[str, str]:
    """Who each customer is, on one line, from his golden record: name, postcode, city."""
    columns = reading.engine.columns("customers")
    told = [c for c in ("first_name", "last_name", "full_name", "postcode", "city") if c in columns]
    wanted = ", ".join(literal(customer_id) for customer_id in customer_ids)
    rows = reading.rows(
        f"SELECT * FROM ({reading.sql('customers')}) WHERE customer_id IN ({wanted})"
    )
    return {
        row["customer_id"]: " ".join(str(row[name]) for name in told if row[name]) for row in rows
    }


def _facts_sql(reading: Reading, customer_id: str) -> str:
    return (
        "SELECT attribute, value, probability, basis, source, evidence, observed_at "
        f"FROM ({reading.sql('facts')}) "
        f"WHERE subject_kind = 'customer' AND subject = {literal(customer_id)} "
        "ORDER BY attribute, probability DESC, value, source"
    )


def _identifiers_sql(reading: Reading, own: str) -> str:
    return (
        "SELECT k.type, k.value, count(*) AS records "
        f"FROM ({reading.sql('identifiers')}) AS k "
        f"JOIN (SELECT rid FROM ({reading.sql('normal')}) WHERE {own}) AS n ON n.rid = k.rid "
        "GROUP BY k.type, k.value ORDER BY k.type, k.value"
    )


def _pairs_sql(reading: Reading, name: str, keys: Sequence[Key]) -> str:
    left = _among(keys, "left_source", "left_record_id")
    right = _among(keys, "right_source", "right_record_id")
    return (
        f"SELECT * FROM ({reading.sql(name)}) WHERE {left} OR {right} "
        "ORDER BY match_probability DESC, left_source, left_record_id, right_source, "
        "right_record_id"
    )


def _among(keys: Sequence[Key], source: str, record_id: str) -> str:
    """The condition that a row's record is among `keys`: literals, so that Parquet is pruned."""
    ids: dict[str, list[str]] = {}
    for of, record in keys:
        ids.setdefault(of, []).append(literal(record))
    tests = [
        f"({source} = {literal(of)} AND {record_id} IN ({', '.join(records)}))"
        for of, records in ids.items()
    ]
    return f"({' OR '.join(tests)})"


def _household_sql(reading: Reading, customer_id: str) -> str:
    homes = reading.sql("households")
    return (
        f"SELECT customer_id FROM ({homes}) WHERE customer_id <> {literal(customer_id)} "
        f"AND household_id IN (SELECT household_id FROM ({homes}) "
        f"WHERE customer_id = {literal(customer_id)}) ORDER BY customer_id"
    )


def _visitors_sql(reading: Reading, customer_id: str) -> str:
    return (
        "SELECT anonymous_id, basis, shared_device, events, first_time, last_time "
        f"FROM ({reading.sql('visitors')}) WHERE customer_id = {literal(customer_id)} "
        "ORDER BY last_time DESC, anonymous_id"
    )


def _without_empty(record: dict[str, Any]) -> dict[str, Any]:
    """A record without the fields its source has no word for; the place stays."""
    kept = ("source", "record_id", "recorded_at")
    return {name: value for name, value in record.items() if name in kept or value is not None}
