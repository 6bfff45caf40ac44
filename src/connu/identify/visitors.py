"""Visitors: which events are a customer's, and which are somebody's nobody knows yet.

An event is tied by what it says itself, by the rest of its session, or by its cookie, in that
order; each tie says which. What remains is behaviour without a name: the visitors.
"""

from __future__ import annotations

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.identify.devices import (
    find_devices,
    find_owners,
    identified_sql,
    identifier_columns,
)
from connu.kernel.settings import Settings


def tie_visitors(engine: Engine, settings: Settings) -> dict[str, int]:
    """Tie events to customers, and make what remains visitors.

    An event is a customer's when, in this order,
    1. it carries an identifier that is his alone (basis: the identifier's name);
    2. he is the only customer that its session identifies (basis `session`);
    3. its cookie is his: everything ever identified behind it is he (basis `cookie`; see
       `devices.find_devices`). On a shared device, only 1 and 2 hold.

    Reads `events`, `identifiers`, `normal`, `identities`. Makes
    - `event_customers`: source, row, customer_id, basis – the events that are tied;
    - `visitors`: anonymous_id, customer_id (NULL: nobody knows him), basis, shared_device, events,
      first_time, last_time – one row per cookie of `events`. Its basis is that of its customer:
      `cookie`, or `record` when only a people source names the cookie.

    Cost: linear in events; ten million take about 10 s on two cores.

    Returns:
        Counts: events, tied, and of those by_identifier, by_session, by_cookie; visitors (cookies
        of nobody known), known_visitors, shared_devices.
    """
    names = [n for n in identifier_columns(engine, "events") if _holds(engine, n)]
    find_owners(engine, names)
    kept = "e.source, e.row, e.anonymous_id, e.session"
    if names:
        engine.run("event_owners", identified_sql("events", names, kept))
    else:
        nobody = (
            f"SELECT {kept}, CAST(NULL AS VARCHAR) AS customer_id, CAST(NULL AS VARCHAR) AS basis"
        )
        engine.run("event_owners", f"{nobody} FROM events e WHERE false")
    find_devices(engine, settings.identify.shared_device_accounts)
    engine.run("session_owners", _SESSIONS_SQL)
    engine.run("event_customers", _TIES_SQL)
    engine.run("visitors", _VISITORS_SQL)
    counts = _counts(engine)
    for name in ("device_owners", "event_owners", "session_owners", "devices"):
        engine.drop(name)
    return counts


def _holds(engine: Engine, name: str) -> bool:
    found = engine.collect(f"SELECT 1 FROM events WHERE {quoted(name)} IS NOT NULL LIMIT 1")
    return found.num_rows > 0


# A session is one source's; without a cookie its number alone tells it. Where a cookie is there it
# is part of the session: numbers may start again in every browser.
_SESSIONS_SQL = """
    SELECT source, session, coalesce(anonymous_id, '') AS anonymous_id,
        min(customer_id) AS customer_id
    FROM event_owners
    WHERE session IS NOT NULL
    GROUP BY source, session, coalesce(anonymous_id, '')
    HAVING min(customer_id) = max(customer_id)
"""

_TIES_SQL = """
    SELECT source, row, customer_id, basis FROM event_owners
    UNION ALL
    SELECT e.source, e.row, coalesce(s.customer_id, d.customer_id),
        CASE WHEN s.customer_id IS NOT NULL THEN 'session' ELSE 'cookie' END
    FROM events e
    LEFT JOIN session_owners s ON s.source = e.source AND s.session = e.session
        AND s.anonymous_id = coalesce(e.anonymous_id, '')
    LEFT JOIN devices d ON d.anonymous_id = e.anonymous_id AND NOT d.shared_device
    WHERE (s.customer_id IS NOT NULL OR d.customer_id IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM event_owners o WHERE o.source = e.source AND o.row = e.row)
"""

_VISITORS_SQL = """
    SELECT v.anonymous_id,
        CASE WHEN NOT coalesce(d.shared_device, false) THEN d.customer_id END AS customer_id,
        CASE
            WHEN coalesce(d.shared_device, false) OR d.customer_id IS NULL THEN NULL
            WHEN c.anonymous_id IS NOT NULL THEN 'cookie'
            ELSE 'record' END AS basis,
        coalesce(d.shared_device, false) AS shared_device,
        v.events, v.first_time, v.last_time
    FROM (
        SELECT anonymous_id, CAST(count(*) AS INTEGER) AS events,
            min(time) AS first_time, max(time) AS last_time
        FROM events WHERE anonymous_id IS NOT NULL GROUP BY anonymous_id
    ) v
    LEFT JOIN devices d ON d.anonymous_id = v.anonymous_id
    LEFT JOIN (SELECT DISTINCT anonymous_id FROM event_owners) c
        ON c.anonymous_id = v.anonymous_id
    ORDER BY v.anonymous_id
"""


def _counts(engine: Engine) -> dict[str, int]:
    others = ", ".join(literal(basis) for basis in ("session", "cookie"))
    ties = f"""
    SELECT (SELECT count(*) FROM events) AS events, count(*) AS tied,
        count(*) FILTER (WHERE basis NOT IN ({others})) AS by_identifier,
        count(*) FILTER (WHERE basis = 'session') AS by_session,
        count(*) FILTER (WHERE basis = 'cookie') AS by_cookie
    FROM event_customers
    """
    cookies = """
    SELECT count(*) FILTER (WHERE customer_id IS NULL AND NOT shared_device) AS visitors,
        count(*) FILTER (WHERE customer_id IS NOT NULL) AS known_visitors,
        count(*) FILTER (WHERE shared_device) AS shared_devices
    FROM visitors
    """
    return {**engine.collect(ties).to_pylist()[0], **engine.collect(cookies).to_pylist()[0]}
