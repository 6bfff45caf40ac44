"""Shapes: the columns of every export, in the order other programs rely on, and the order of rows.

The same build always gives the same file, whatever order the engine met its rows in.
"""

from __future__ import annotations

from collections.abc import Sequence

from connu.engine.sql import quoted
from connu.ledger.expectations import EXPECTATION_EXPORT, UNDERSTANDING_TABLES
from connu.ledger.facts import FACTS
from connu.ledger.intents import INTENT_TABLES
from connu.ledger.scorecards import SCORECARDS
from connu.ledger.twins import SILENCES, TWIN_RELIABILITY, TWINS

_PAIRS = (
    "left_source",
    "left_record_id",
    "right_source",
    "right_record_id",
    "kind",
    "match_probability",
    "bits",
)
#: What can be exported: table → its columns in order; None: the table's own, customer_id first.
EXPORTS: dict[str, tuple[str, ...] | None] = {
    "identities": ("source", "record_id", "customer_id"),
    "links": _PAIRS,
    "customers": None,
    "facts": tuple(FACTS.names),
    "twins": tuple(TWINS.names),
    "silences": tuple(SILENCES.names),
    "twin_reliability": tuple(TWIN_RELIABILITY.names),
    **{name: tuple(schema.names) for name, schema in INTENT_TABLES.items()},
    **{name: tuple(schema.names) for name, schema in UNDERSTANDING_TABLES.items()},
    "expectations": EXPECTATION_EXPORT,
    "scorecards": tuple(SCORECARDS.names),
    "undecided": _PAIRS,
    "visitors": (
        "anonymous_id",
        "customer_id",
        "basis",
        "shared_device",
        "events",
        "first_time",
        "last_time",
    ),
    "households": ("household_id", "customer_id"),
    "quarantine": ("source", "kind", "row", "column", "reason", "content"),
    "identity_changes": ("what", "customer_id", "other_customer_id", "records"),
}
#: Columns a table is sorted by when it is read or rewritten, as far as it has them.
ORDER: dict[str, tuple[str, ...]] = {
    "identities": ("source", "record_id"),
    "links": _PAIRS[:5],
    "undecided": _PAIRS[:5],
    "customers": ("customer_id",),
    "facts": ("subject_kind", "subject", "attribute", "value", "source"),
    "twins": ("subject_kind", "subject", "attribute", "value"),
    "silences": ("subject_kind", "subject", "attribute", "reason"),
    "twin_reliability": ("attribute", "value", "measure", "coverage", "told"),
    "intents": (
        "subject_kind",
        "subject",
        "kind",
        "level",
        "horizon_days",
        "rank",
        "target",
    ),
    "staying": ("subject_kind", "subject", "horizon_days"),
    "moments": ("subject_kind", "subject", "moment", "level", "target"),
    "intent_reliability": (
        "kind",
        "level",
        "target",
        "horizon_days",
        "measure",
        "coverage",
        "told",
    ),
    "intent_silences": ("kind", "level", "target", "horizon_days", "reason"),
    "statements": ("source", "row", "statement"),
    "expectations": ("verbatim_id", "source", "row", "start", "theme"),
    "to_code": ("rank", "source", "row"),
    "expectation_reliability": ("theme", "measure"),
    "scorecards": ("build", "name"),
    "visitors": ("anonymous_id",),
    "households": ("household_id", "customer_id"),
    "quarantine": ("source", "kind", "row", "column", "reason"),
    "identity_changes": ("what", "customer_id", "other_customer_id"),
    "people": ("source", "record_id"),
    "normal": ("rid",),
    "identifiers": ("rid", "type", "value"),
    "consents": ("source", "record_id", "purpose", "since"),
    "events": ("source", "row"),
    "event_customers": ("source", "row"),
    "verbatims": ("source", "row"),
    "knows_me": ("source", "row"),
    "products": ("source", "product_id"),
}


def ordered(table: str, columns: Sequence[str], alias: str = "t") -> str:
    """The ORDER BY of a table, or nothing.

    >>> ordered("households", ["household_id", "customer_id"])
    ' ORDER BY t."household_id", t."customer_id"'
    """
    order = [f"{alias}.{quoted(column)}" for column in ORDER.get(table, ()) if column in columns]
    return f" ORDER BY {', '.join(order)}" if order else ""
