"""Devices: whose browser a cookie is, and which are shared by several people.

A cookie names a browser, not a person. It stands for one when everything that was ever identified
behind it is that person; a family's tablet or a shop's kiosk is a shared device, and tells nothing
of who used it without signing in.
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.kernel.fields import IDENTIFIERS

#: Where an event carries several identifiers, the first that is somebody's decides.
_STRENGTH = ("account", "loyalty_card", "national_id", "email", "support_case", "phone")


def identifier_columns(engine: Engine, table: str) -> list[str]:
    """The identifiers that `table` holds as columns, the surest first, without the cookie."""
    columns = engine.columns(table)
    known = [name for name in _STRENGTH if name in columns]
    assert set(_STRENGTH) | {"anonymous_id"} == set(IDENTIFIERS)
    return known + sorted(name for name in columns if name.startswith("social."))


def find_owners(engine: Engine, types: list[str]) -> None:
    """Make `device_owners`: type, value, customer_id of the identifiers that are one customer's.

    A value that two customers hold (a household's phone, a generic mailbox) says nobody.
    Reads `identifiers`, `normal`, `identities`.
    """
    wanted = ", ".join(literal(kind) for kind in [*types, ""])
    engine.run(
        "device_owners",
        f"""
        SELECT i.type, i.value, min(o.customer_id) AS customer_id
        FROM identifiers i
        JOIN normal n ON n.rid = i.rid
        JOIN identities o ON o.source = n.source AND o.record_id = n.record_id
        WHERE i.type IN ({wanted})
        GROUP BY i.type, i.value
        HAVING min(o.customer_id) = max(o.customer_id)
        """,
    )


def identified_sql(table: str, names: list[str], kept: str) -> str:
    """The rows of `table` that carry an identifier of one customer: `kept`, customer_id, basis.

    Args:
        table: events or verbatims.
        names: its identifier columns that hold something, the surest first.
        kept: the columns to keep, as SQL over the alias `e`.
    """
    joins = "\n".join(
        f"LEFT JOIN device_owners o{i} ON o{i}.type = {literal(name)} "
        f"AND o{i}.value = e.{quoted(name)}"
        for i, name in enumerate(names)
    )
    customers = ", ".join(f"o{i}.customer_id" for i in range(len(names)))
    bases = " ".join(
        f"WHEN o{i}.customer_id IS NOT NULL THEN {literal(name)}" for i, name in enumerate(names)
    )
    carries = " OR ".join(f"e.{quoted(name)} IS NOT NULL" for name in names)
    return f"""
    SELECT * FROM (
        SELECT {kept}, coalesce({customers}) AS customer_id, CASE {bases} END AS basis
        FROM {table} e
        {joins}
        WHERE {carries}
    ) WHERE customer_id IS NOT NULL
    """


def find_devices(engine: Engine, accounts: int) -> None:
    """Make `devices`: anonymous_id, customer_id, shared_device.

    People behind a cookie are counted as the customers identified on it, by its events or by the
    records that name it, and the accounts used on it that are no customer's: each of those is
    somebody else. More than `accounts` of them make a shared device. A cookie that is not shared
    is a customer's when he is the only person behind it.

    Reads `events`, `identifiers`, `normal`, `identities`, `device_owners`, `event_owners`.

    Args:
        engine: holds the tables.
        accounts: [identify] shared_device_accounts.
    """
    strangers = ""
    if "account" in engine.columns("events"):
        strangers = """
        UNION ALL
        SELECT e.anonymous_id, NULL, e.account
        FROM (
            SELECT DISTINCT anonymous_id, account FROM events
            WHERE anonymous_id IS NOT NULL AND account IS NOT NULL
        ) e
        WHERE NOT EXISTS (
            SELECT 1 FROM device_owners o WHERE o.type = 'account' AND o.value = e.account
        )
        """
    engine.run(
        "devices",
        f"""
        SELECT anonymous_id,
            CASE WHEN people = 1 THEN customer_id END AS customer_id,
            people > {accounts} AS shared_device
        FROM (
            SELECT anonymous_id, max(customer_id) AS customer_id,
                count(DISTINCT customer_id) + count(DISTINCT stranger) AS people
            FROM (
                SELECT anonymous_id, customer_id, CAST(NULL AS VARCHAR) AS stranger
                FROM event_owners WHERE anonymous_id IS NOT NULL
                UNION ALL
                SELECT i.value, o.customer_id, NULL
                FROM identifiers i
                JOIN normal n ON n.rid = i.rid
                JOIN identities o ON o.source = n.source AND o.record_id = n.record_id
                WHERE i.type = 'anonymous_id'
                {strangers}
            )
            GROUP BY anonymous_id
        )
        """,
    )
