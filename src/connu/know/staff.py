"""Colleagues the brand names: by an identifier of theirs, or by the domain of their e-mails."""

from __future__ import annotations

import numpy as np

from connu.engine.protocol import Engine
from connu.engine.sql import literal, quoted
from connu.kernel.fields import is_identifier
from connu.kernel.settings import Settings
from connu.know.trails_sql import CODED, PLACES

#: The tables that say which customer holds an identifier.
_HOLDERS = ("identifiers", "normal", "identities")


def staff_condition(engine: Engine, settings: Settings, events: str) -> str | None:
    """A condition over events `e`: whether one carries a colleague's identifier.

    An address at a colleague's domain that more records share than a person has (`[identify]
    limits`) is nobody's: tills write one for all customers without.

    Returns:
        None where the brand names no colleagues, or events no identifiers.
    """
    if not settings.intents.staff:
        return None
    columns = [c for c in engine.columns(events) if is_identifier(c)]
    found = [_among(f"e.{quoted(column)}", settings) for column in columns]
    if "email" in columns:
        found.append(f"({_at_domain('e.email', settings)} AND {_own(engine, settings, 'e.email')})")
    return " OR ".join(found) or None


def staff_subjects(engine: Engine, settings: Settings, places: int) -> np.ndarray:
    """bool (places,): who is a colleague: his name, an event or a record of his says so."""
    staff = np.zeros(places, np.bool_)
    if not settings.intents.staff:
        return staff
    queries = [
        f"SELECT place FROM {PLACES} WHERE place >= 0 AND {_among('subject', settings)}",
        f"SELECT DISTINCT place FROM {CODED} WHERE place >= 0 AND colleague",
    ]
    if all(engine.has(table) for table in _HOLDERS):
        domain = f"{_at_domain('i.value', settings)} AND {_own(engine, settings, 'i.value')}"
        queries.append(
            f"SELECT DISTINCT p.place FROM identifiers i JOIN normal n ON n.rid = i.rid "
            "JOIN identities c ON c.source = n.source AND c.record_id = n.record_id "
            f"JOIN {PLACES} p ON p.subject = c.customer_id AND p.tied WHERE p.place >= 0 AND "
            f"({_among('i.value', settings)} OR (i.type = 'email' AND {domain}))"
        )
    for query in queries:
        staff[engine.collect(query)["place"].to_numpy()] = True
    return staff


def _among(column: str, settings: Settings) -> str:
    """Whether a value is one of those named, whatever its case."""
    named = [w.strip().lower() for w in settings.intents.staff if not w.strip().startswith("@")]
    if not named:
        return "false"
    return f"coalesce(lower(trim({column})) IN ({', '.join(map(literal, named))}), false)"


def _at_domain(column: str, settings: Settings) -> str:
    """Whether an e-mail is at one of the domains named."""
    named = [w.strip().lower() for w in settings.intents.staff if w.strip().startswith("@")]
    if not named:
        return "false"
    domain = f"'@' || split_part(lower(trim({column})), '@', 2)"
    return f"coalesce({domain} IN ({', '.join(map(literal, named))}), false)"


def _own(engine: Engine, settings: Settings, column: str) -> str:
    """Whether no more records share an e-mail than a person has."""
    if not engine.has("identifiers"):
        return "true"
    most = settings.identify.limit("email")
    shared = (
        "SELECT value FROM identifiers WHERE type = 'email' GROUP BY value "
        f"HAVING count(DISTINCT rid) > {most}"
    )
    return f"coalesce({column} NOT IN ({shared}), true)"
