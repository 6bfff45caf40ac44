"""What is told of intents, and how far it may be believed: by kind, for the scorecard.

Of how many people something is told is counted in `intents`; how rightly was measured on a time
held out when the build was made (`intent_reliability`), beside what the base rate alone would have
been worth. Kinds that were measured and not published are there too, told of nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from connu.engine.protocol import Engine
from connu.measure import figures
from connu.measure.few import K_LEAST
from connu.measure.reliability import Reliability
from connu.measure.told import bin_of, share_of

TABLES = ("intents", "intent_reliability")

TOLD = """
    SELECT kind, level, horizon_days, subject_kind, count(DISTINCT subject) AS subjects
    FROM {intents} GROUP BY kind, level, horizon_days, subject_kind
"""
#: The query of TOLD as one reads and runs it.
HOW = figures.plain(TOLD)
MEASURED = """
    SELECT * FROM {intent_reliability} WHERE target IS NULL
    ORDER BY kind, level, horizon_days, measure, told
"""


class IntentFigure(msgspec.Struct, frozen=True):
    """One figure measured on a time held out.

    Attributes:
        measure: which.
        figure: its value, or None.
        low, high: its 95 % interval, or None.
        base: what the base rate (of staying: BG/NBD) is worth, or None.
        people: judged, or None where it is not said.
    """

    measure: str
    figure: float | None
    low: float | None
    high: float | None
    base: float | None
    people: int | None


class IntentTold(msgspec.Struct, frozen=True):
    """What is told of one kind, level and horizon.

    Attributes:
        kind: affinity, buy, next or stay.
        level: category, product or any.
        horizon_days: of a probability within a horizon, else None.
        customers: of whom something is told, or None where they are too few to be shown.
        visitors: likewise.
        published: whether it is told at all; None where it was never measured.
        figures: measured on a time held out.
        reliability: the curve of what was told and what came, held out.
        how: the SQL that counts the subjects, over the tables of a build.
    """

    kind: str
    level: str
    horizon_days: int | None
    customers: int | None
    visitors: int | None
    published: bool | None
    figures: list[IntentFigure]
    reliability: list[Reliability]
    how: str = HOW


def intents_told(
    engine: Engine,
    *,
    least: int = K_LEAST,
    read: Callable[[str], str] = figures.whole,
) -> list[IntentTold]:
    """What is told of intents, by kind, level and horizon; nothing for a build without any.

    Reads intents and intent_reliability. Cost: one pass over each.

    Args:
        engine: where a build's tables are mounted.
        least: fewer people than this are not shown.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read.
    """
    if not all(engine.has(table) for table in TABLES):
        return []
    counted: dict[tuple[str, str, int | None], dict[str, int]] = {}
    for row in _rows(engine, TOLD, read):
        counted.setdefault(_key(row), {})[row["subject_kind"]] = int(row["subjects"])
    measured: dict[tuple[str, str, int | None], list[dict[str, Any]]] = {}
    for row in _rows(engine, MEASURED, read):
        measured.setdefault(_key(row), []).append(row)
    keys = sorted({*counted, *measured}, key=lambda key: (key[0], key[1], key[2] or 0))
    return [_told(key, counted.get(key, {}), measured.get(key, []), least) for key in keys]


def _key(row: dict[str, Any]) -> tuple[str, str, int | None]:
    return row["kind"], row["level"], row["horizon_days"]


def _rows(engine: Engine, sql: str, read: Callable[[str], str]) -> list[dict[str, Any]]:
    return engine.collect(figures.filled(sql, read)).to_pylist()


def _told(
    key: tuple[str, str, int | None],
    counts: dict[str, int],
    rows: list[dict[str, Any]],
    least: int,
) -> IntentTold:
    kind, level, horizon_days = key
    customers, visitors = (counts.get(word, 0) for word in ("customer", "visitor"))
    return IntentTold(
        kind=kind,
        level=level,
        horizon_days=horizon_days,
        customers=None if 0 < customers < least else customers,
        visitors=None if 0 < visitors < least else visitors,
        published=all(row["stated"] for row in rows) if rows else None,
        figures=[
            IntentFigure(
                row["measure"], row["figure"], row["low"], row["high"], row["base"], row["people"]
            )
            for row in rows
            if row["measure"] != "reliability"
        ],
        reliability=[
            bin_of(row)
            for row in rows
            if row["measure"] == "reliability" and share_of(row) is not None
        ],
    )
