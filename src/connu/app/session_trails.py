"""Sessions as subjects: what was clicked by nobody who is named, but within a named session.

Logs of clicks often say the session and nothing else. Nothing is to be told of such visitors, but
what comes next can be learnt and judged on them: each session stands for a visitor of its own.
Every click logged is a step, also one that says again what a click just before it said: that is how
such logs are judged, and who drops the repeats judges another log.
"""

from __future__ import annotations

from datetime import timedelta

from connu.engine.protocol import Engine
from connu.engine.sql import quoted
from connu.kernel.clock import now_utc
from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.reading import read_trails
from connu.know.trails import Trails
from connu.ledger.build import Build

#: Tables made on the way.
_EVENTS, _VISITORS, _KNOWN = "session_events", "session_visitors", "session_known_visitors"
#: What the name of a session's subject begins with, so that it is nobody's cookie.
SESSION = "session:"


def nameless_sessions(engine: Engine) -> int:
    """How many events name a session and nobody's identifier. Cost: a pass over the events."""
    if not engine.has("events") or "session" not in engine.columns("events"):
        return 0
    counted = engine.collect(f"SELECT count(*) AS n FROM events e WHERE {_nameless(engine)}")
    return int(counted["n"][0].as_py())


def session_trails(
    engine: Engine, settings: Settings, build: Build, *, progress: Progress | None = None
) -> Trails:
    """The trails of everybody, and of sessions that are nobody's as visitors of their own.

    Reads what `read_trails` reads. The engine is the caller's own: while this runs its table of
    visitors holds the sessions too.

    Args:
        engine: where the build is mounted.
        settings: the brand's.
        build: it; its visitors are mounted again afterwards.
        progress: who watches.
    """
    nameless = _nameless(engine)
    said = {
        "anonymous_id": f"'{SESSION}' || source || ':' || session",
        # Whatever two clicks differ in, they are two: see `know.trails_sql`.
        "page": 'CAST("row" AS VARCHAR)',
    }
    columns = ", ".join(
        f"CASE WHEN {nameless} THEN {said[column]} ELSE {quoted(column)} END AS {quoted(column)}"
        if column in said
        else quoted(column)
        for column in engine.columns("events")
    )
    engine.run(_EVENTS, f"SELECT {columns} FROM events e")
    engine.run(_KNOWN, "SELECT anonymous_id, shared_device FROM visitors")
    engine.run(
        _VISITORS,
        f"SELECT anonymous_id, shared_device FROM {_KNOWN} UNION ALL"
        f" SELECT DISTINCT anonymous_id, FALSE FROM {_EVENTS}"
        f" WHERE anonymous_id LIKE '{SESSION}%'"
        f" AND anonymous_id NOT IN (SELECT anonymous_id FROM {_KNOWN})",
    )
    engine.view("visitors", f"SELECT * FROM {_VISITORS}")
    try:
        newest = engine.collect(
            f"SELECT max(time) AS newest FROM {_EVENTS} WHERE anonymous_id IS NOT NULL"
            f" AND time <= TIMESTAMP '{now_utc():%Y-%m-%d %H:%M:%S.%f}'"
        )["newest"][0].as_py()
        now = None if newest is None else newest + timedelta(microseconds=1)
        return read_trails(engine, settings, events=_EVENTS, now=now, progress=progress)
    finally:
        engine.read_parquet("visitors", build.file("visitors"))
        for name in (_EVENTS, _VISITORS, _KNOWN):
            engine.drop(name)


def _nameless(engine: Engine) -> str:
    """A condition over events `e`: a session, no cookie, and no tie to a customer."""
    said = "e.anonymous_id IS NULL AND coalesce(e.session, '') <> ''"
    if not engine.has("event_customers"):
        return said
    return (
        f"{said} AND NOT EXISTS (SELECT 1 FROM event_customers t"
        ' WHERE t.source = e.source AND t."row" = e."row")'
    )
