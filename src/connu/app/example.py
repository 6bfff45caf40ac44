"""An example to look at after a build: a customer, two records of his, and a visitor."""

from __future__ import annotations

from dataclasses import dataclass

from connu.app.reading import Reading
from connu.engine.sql import literal


@dataclass(frozen=True)
class Example:
    """Somebody worth a look.

    Attributes:
        customer_id: who.
        pair: two records of his that were linked, as source:id; by probability where there are
            such; empty when he has no link.
        visitor: the cookie of the visitor of whom twins are surest, or None without one.
        told: whether they state something of him.
    """

    customer_id: str
    pair: tuple[str, ...]
    visitor: str | None = None
    told: bool = False


def example_of(reading: Reading) -> Example | None:
    """The customer whom most sources know, the smallest id among equals; None without customers.

    Reads customers, identities, links, facts and twins of the purpose; one pass over each.
    """
    found = reading.rows(
        f"SELECT customer_id FROM ({reading.sql('customers')}) "
        "ORDER BY sources DESC, records, customer_id LIMIT 1"
    )
    if not found:
        return None
    customer_id = found[0]["customer_id"]
    own = (
        f"SELECT source, record_id FROM ({reading.sql('identities')}) "
        f"WHERE customer_id = {literal(customer_id)}"
    )
    links = reading.rows(
        f"WITH own AS ({own}) SELECT l.* FROM ({reading.sql('links')}) AS l JOIN own "
        "ON own.source = l.left_source AND own.record_id = l.left_record_id "
        "ORDER BY l.kind <> 'match', l.left_source, l.left_record_id, "
        "l.right_source, l.right_record_id LIMIT 1"
    )
    pair = tuple(
        f"{link[f'{side}_source']}:{link[f'{side}_record_id']}"
        for link in links
        for side in ("left", "right")
    )
    told = reading.rows(_SUREST.format(reading.sql("facts"), "basis = 'twins'"))
    if told or not reading.build.has("twins"):
        return Example(customer_id, pair, told[0]["subject"] if told else None, bool(told))
    asked = reading.rows(_SUREST.format(reading.sql("twins"), "NOT stated"))
    return Example(customer_id, pair, asked[0]["subject"] if asked else None)


_SUREST = (
    "SELECT subject FROM ({}) AS t WHERE subject_kind = 'visitor' AND {} "
    "ORDER BY probability DESC, subject LIMIT 1"
)
