"""What somebody is after, for his page: drawn to, about to buy, next, staying, just happened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from connu.app.reading import Reading
from connu.engine.sql import literal
from connu.ledger.intents import spoken_moment

#: Rows shown of each kind, the strongest first.
_MOST = 5


@dataclass(frozen=True)
class IntentView:
    """What a build says somebody is after.

    Attributes:
        affinities: category, share, and where it is a fact probability (that he is drawn to it
            more than others are) and because; of the deepest level told.
        buying: category (None: anything), horizon_days, probability, because; by horizon and
            rank.
        next: level, target, name (a product's, where the catalogue has one), probability.
        staying: horizon_days, active, purchases, value with their bounds, risk, reasons (a list).
        moments: moment, happened (its words), level, target, name, since, times, because.
    """

    affinities: list[dict[str, Any]] = field(default_factory=list)
    buying: list[dict[str, Any]] = field(default_factory=list)
    next: list[dict[str, Any]] = field(default_factory=list)
    staying: list[dict[str, Any]] = field(default_factory=list)
    moments: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(asdict(self).values())


def intents_of(reading: Reading, kind: str, subject: str) -> IntentView:
    """What somebody is after; empty for a build of an earlier connu.

    Reads intents, staying, moments, facts and products; one filtered scan of each.

    Args:
        reading: the build, opened for the purpose.
        kind: customer or visitor.
        subject: his customer id or cookie.
    """
    if not reading.build.has("intents"):
        return IntentView()
    who = f"subject_kind = {literal(kind)} AND subject = {literal(subject)}"
    told = reading.rows(
        f"SELECT kind, level, target, horizon_days, probability, rank"
        f" FROM ({reading.sql('intents')}) AS t WHERE {who}"
        " ORDER BY kind, level, horizon_days, rank, target"
    )
    moments = reading.rows(
        "SELECT moment, level, target, since, times, evidence AS because"
        f" FROM ({reading.sql('moments')}) AS t WHERE {who} ORDER BY since DESC, moment, target"
    )
    facts = reading.rows(
        f"SELECT attribute, value, probability, evidence FROM ({reading.sql('facts')}) AS t"
        f" WHERE {who} AND basis = 'intents' ORDER BY attribute, value"
    )
    names = _names(reading, [row["target"] for row in told + moments if row["level"] == "product"])
    return IntentView(
        affinities=_affinities(told, facts),
        buying=_buying(told, facts),
        next=[
            _kept(row, "level", "target", "probability") | {"name": names.get(row["target"])}
            for row in told
            if row["kind"] == "next" and row["rank"] <= _MOST
        ],
        staying=_staying(reading, who),
        moments=[
            row | {"happened": spoken_moment(row["moment"]), "name": names.get(row["target"])}
            for row in moments
        ],
    )


def said_of(fact: dict[str, Any]) -> dict[str, Any]:
    """What a fact's evidence says; nothing when it is no JSON object.

    >>> said_of({"evidence": '{"because": "3 of 4 events"}'}), said_of({"evidence": "crm 12"})
    ({'because': '3 of 4 events'}, {})
    """
    try:
        said = json.loads(fact["evidence"] or "")
    except ValueError:
        return {}
    return said if type(said) is dict else {}


def _affinities(told: list[dict[str, Any]], facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strongest of the deepest level told."""
    stated = {fact["value"]: fact for fact in facts if fact["attribute"] == "affinity"}
    rows = [row for row in told if row["kind"] == "affinity"]
    deepest = max((row["target"].count("/") for row in rows), default=0)
    strongest = [r for r in rows if r["target"].count("/") == deepest and r["rank"] <= _MOST]
    found = []
    for row in strongest:
        fact = stated.get(row["target"])
        found.append(
            {
                "category": row["target"],
                "share": row["probability"],
                "probability": None if fact is None else fact["probability"],
                "because": None if fact is None else said_of(fact).get("because"),
            }
        )
    return found


def _buying(told: list[dict[str, Any]], facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Anything, then the likeliest of the deepest level, by the longest horizon; within each."""
    reasons = {f["value"]: said_of(f).get("because") for f in facts if f["attribute"] == "intent"}
    rows = [row for row in told if row["kind"] == "buy"]
    longest = max((row["horizon_days"] for row in rows), default=0)
    likeliest = [
        row
        for row in rows
        if row["level"] == "category" and row["horizon_days"] == longest and row["rank"] <= _MOST
    ]
    deepest = max((row["target"].count("/") for row in likeliest), default=0)
    shown = {r["target"]: r["rank"] for r in likeliest if r["target"].count("/") == deepest}
    rows = [row for row in rows if row["level"] == "any" or row["target"] in shown]
    rows.sort(key=lambda r: (r["level"] != "any", shown.get(r["target"], 0), r["horizon_days"]))
    return [
        {
            "category": None if row["level"] == "any" else row["target"],
            "horizon_days": row["horizon_days"],
            "probability": row["probability"],
            "because": reasons.get(row["target"]) if row["level"] == "category" else None,
        }
        for row in rows
    ]


def _staying(reading: Reading, who: str) -> list[dict[str, Any]]:
    rows = reading.rows(
        "SELECT * EXCLUDE (subject_kind, subject)"
        f" FROM ({reading.sql('staying')}) AS t WHERE {who} ORDER BY horizon_days"
    )
    return [row | {"reasons": json.loads(row["reasons"] or "[]")} for row in rows]


def _names(reading: Reading, products: list[str]) -> dict[str, str]:
    """The catalogue's names of some products."""
    if not products or not reading.build.has("products"):
        return {}
    wanted = ", ".join(literal(product) for product in sorted(set(products)))
    rows = reading.rows(
        f"SELECT product_id, min(name) AS name FROM ({reading.sql('products')}) AS p"
        f" WHERE product_id IN ({wanted}) AND name IS NOT NULL GROUP BY product_id"
    )
    return {row["product_id"]: row["name"] for row in rows}


def _kept(row: dict[str, Any], *words: str) -> dict[str, Any]:
    return {word: row[word] for word in words}
