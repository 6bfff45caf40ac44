"""Ties: whose a row is. For every table of a build, how its rows concern customers and visitors.

Reading leaves out the rows of those who did not consent, and forgetting deletes the rows of the
one who leaves: both ask here, so that no table is guarded by one and forgotten by the other. A
table whose rows cannot be tied to anybody is refused, unless it is known to concern nobody.

The SQL speaks of a *group* of persons, under a name such as `withheld`, by up to six relations:
`withheld_customers` (customer_id), `withheld_records` (source, record_id), `withheld_rids` (rid),
`withheld_keys` (type, value), `withheld_visitors` (anonymous_id) and `withheld_events` (source,
row: events tied to a customer by what surrounds them, such as their session).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from connu.engine.sql import literal, quoted
from connu.kernel.errors import PurposeError
from connu.kernel.fields import is_identifier

TieKind = Literal[
    "customer", "pair", "record", "rid", "rids", "subject", "keys", "content", "nobody"
]

#: Tables that concern nobody.
_NOBODY = (
    "products",
    "twin_reliability",
    "intent_reliability",
    "intent_silences",
    "expectation_reliability",
    "scorecards",
)

_RELATIONS: dict[TieKind, tuple[str, ...]] = {
    "customer": ("customers",),
    "pair": ("records",),
    "record": ("records",),
    "rid": ("rids",),
    "rids": ("rids",),
    "subject": ("customers", "visitors"),
    "keys": ("keys",),
    "content": ("records", "keys"),
    "nobody": (),
}


@dataclass(frozen=True)
class Tie:
    """How the rows of one table concern persons.

    Attributes:
        table: the table.
        kind: by which columns.
        keys: the identifier columns, for a row tied by them.
        visitor: the row of a visitor, who need not be a customer.
        other: the row names a second customer (identity_changes).
        behaviour: the row may be tied by `event_customers` too (events).
    """

    table: str
    kind: TieKind
    keys: tuple[str, ...] = ()
    visitor: bool = False
    other: bool = False
    behaviour: bool = False

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations of a group that `touches` reads."""
        extra = (("visitors", self.visitor), ("events", self.behaviour))
        return _RELATIONS[self.kind] + tuple(name for name, there in extra if there)

    @property
    def single(self) -> bool:
        """Whether every row concerns exactly one person, so that one test decides."""
        return self.kind in ("customer", "record", "rid", "subject") and not self.other

    def touches(self, group: str) -> str:
        """A boolean over a row `t`, never NULL: whether it concerns somebody of the group."""
        return " OR ".join(f"coalesce({test}, FALSE)" for test in self._tests(group)) or "FALSE"

    def _tests(self, group: str) -> list[str]:
        if self.kind == "customer":
            tests = [f"t.customer_id IN (SELECT customer_id FROM {group}_customers)"]
            if self.other:
                tests.append(f"t.other_customer_id IN (SELECT customer_id FROM {group}_customers)")
            if self.visitor:
                tests.append(f"t.anonymous_id IN (SELECT anonymous_id FROM {group}_visitors)")
            return tests
        if self.kind == "pair":
            return [_record(f"t.{side}_source", f"t.{side}_record_id", group) for side in _SIDES]
        if self.kind == "record":
            return [_record("t.source", "t.record_id", group)]
        if self.kind == "rid":
            return [f"t.rid IN (SELECT rid FROM {group}_rids)"]
        if self.kind == "rids":
            return [f"t.{side}_rid IN (SELECT rid FROM {group}_rids)" for side in _SIDES]
        if self.kind == "subject":
            return [
                "(t.subject_kind = 'customer' AND t.subject IN"
                f" (SELECT customer_id FROM {group}_customers))",
                "(t.subject_kind = 'visitor' AND t.subject IN"
                f" (SELECT anonymous_id FROM {group}_visitors))",
            ]
        if self.kind == "keys":
            tests = [
                f"t.{quoted(key)} IN (SELECT value FROM {group}_keys WHERE type = {literal(key)})"
                for key in self.keys
            ]
            if self.behaviour:
                tests.append(
                    f"EXISTS (SELECT 1 FROM {group}_events AS e"
                    ' WHERE e.source = t.source AND e."row" = t."row")'
                )
            return tests
        if self.kind == "content":
            # A quarantined row was never normalised: its cells are compared as they are, folded.
            cells = "unnest(json_extract_string(q.content, '$.*'))"
            said = f'SELECT q.source, q."row", {cells} AS cell FROM {self.table} AS q'
            return [
                f'(t.source, t."row") IN (SELECT (c.source, c."row") FROM ({said}) AS c'
                f" JOIN {group}_records AS r ON r.source = c.source"
                " AND r.record_id = trim(c.cell))",
                f'(t.source, t."row") IN (SELECT (c.source, c."row") FROM ({said}) AS c'
                f" JOIN {group}_keys AS k ON k.value = lower(trim(c.cell)))",
            ]
        return []


def tie_of(table: str, columns: Sequence[str], *, behaviour: bool = False) -> Tie:
    """How the rows of a table concern persons, by its columns.

    Args:
        table: its name.
        columns: its columns.
        behaviour: whether there is the table `event_customers`.

    Raises:
        PurposeError: no column says whose the rows are; they are then nobody's to read.
    """
    has = set(columns)
    keys = tuple(column for column in columns if is_identifier(column))
    if table in _NOBODY:
        return Tie(table, "nobody")
    if {"left_source", "left_record_id", "right_source", "right_record_id"} <= has:
        return Tie(table, "pair")
    if "customer_id" in has:
        return Tie(
            table,
            "customer",
            visitor="anonymous_id" in has and "first_time" in has,
            other="other_customer_id" in has,
        )
    if {"source", "record_id"} <= has:
        return Tie(table, "record")
    if "rid" in has:
        return Tie(table, "rid")
    if {"left_rid", "right_rid"} <= has:
        return Tie(table, "rids")
    if {"subject_kind", "subject"} <= has:
        return Tie(table, "subject")
    if {"source", "row", "content"} <= has:
        return Tie(table, "content")
    if keys:
        return Tie(table, "keys", keys, behaviour=behaviour and table == "events")
    raise PurposeError(
        f"connu does not know whose the rows of «{table}» are, and does not give them out",
        table=table,
    )


_SIDES = ("left", "right")


def _record(source: str, record_id: str, group: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {group}_records AS r"
        f" WHERE r.source = {source} AND r.record_id = {record_id})"
    )
