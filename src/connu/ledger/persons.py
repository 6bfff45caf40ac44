"""Groups of persons as SQL relations: from a set of customers to their records, keys and cookies.

Pure functions. A group is what `ties` speaks of; here its relations are written as common table
expressions, only those that a query needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from connu.govern.consents import holders

#: A relation needs those before it.
_ORDER = ("customers", "records", "rids", "visitors", "keys", "events")


def relations(
    group: str,
    needed: Iterable[str],
    *,
    customers: str,
    lone_visitors: str | None = None,
    visitors: bool = True,
) -> list[str]:
    """The common table expressions of a group, in order, each «name AS (…)».

    Reads identities; normal and identifiers for `rids` and `keys`; visitors where there are;
    event_customers for `events`.

    Args:
        group: the group's name, a prefix.
        needed: which of customers, records, rids, visitors, keys, events.
        customers: SELECT customer_id of the group's customers.
        lone_visitors: SELECT anonymous_id of visitors of the group whom nobody knows.
        visitors: whether the table `visitors` is there.
    """
    wanted = set(needed) | {"customers"}
    if "rids" in wanted:
        wanted.add("records")
    if "keys" in wanted and (visitors or lone_visitors):
        wanted.add("visitors")
    made = {
        "customers": customers,
        "records": "SELECT i.source, i.record_id FROM identities AS i"
        f" WHERE i.customer_id IN (SELECT customer_id FROM {group}_customers)",
        "rids": f"SELECT n.rid FROM normal AS n JOIN {group}_records AS r"
        " ON r.source = n.source AND r.record_id = n.record_id",
        "visitors": _visitors(group, lone_visitors, visitors),
        "keys": _keys(group, "visitors" in wanted),
        "events": 'SELECT e.source, e."row" FROM event_customers AS e'
        f" WHERE e.customer_id IN (SELECT customer_id FROM {group}_customers)",
    }
    return [f"{group}_{name} AS ({made[name]})" for name in _ORDER if name in wanted]


def _visitors(group: str, lone: str | None, visitors: bool) -> str:
    parts = []
    if visitors:
        parts.append(
            "SELECT anonymous_id FROM visitors"
            f" WHERE customer_id IN (SELECT customer_id FROM {group}_customers)"
        )
    if lone:
        parts.append(f"SELECT anonymous_id FROM ({lone}) AS lone")
    return " UNION ALL ".join(parts) or "SELECT NULL AS anonymous_id WHERE FALSE"


def _keys(group: str, visitors: bool) -> str:
    keys = (
        f"SELECT type, value FROM ({holders()}) AS held"
        f" WHERE customer_id IN (SELECT customer_id FROM {group}_customers)"
    )
    if visitors:
        keys += f" UNION ALL SELECT 'anonymous_id', anonymous_id FROM {group}_visitors"
    return keys
