"""What twins tell of visitors, and how far it may be believed: by attribute, for the scorecard.

How many visitors something is stated of is counted in `twins`; how rightly was measured on known
customers held out, when the build was made (`twin_reliability`). Beside them, where somebody
labelled visitors, stands what is true of the visitors themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from connu.engine.protocol import Engine
from connu.measure import figures
from connu.measure.few import hide_few
from connu.measure.intervals import Share
from connu.measure.reliability import Reliability
from connu.measure.twins import TwinsScore

TABLES = ("twins", "twin_reliability", "visitors")


VISITORS = (
    "SELECT count(*) AS visitors FROM {visitors} WHERE customer_id IS NULL AND NOT shared_device"
)
STATED = """
    SELECT attribute, subject_kind, value, count(*) FILTER (WHERE stated) AS stated
    FROM {twins} GROUP BY attribute, subject_kind, value
"""
MEASURED = "SELECT * FROM {twin_reliability} ORDER BY attribute, value, measure, told"


class ValueTold(msgspec.Struct, frozen=True):
    """Statements of one value.

    Attributes:
        value: which.
        told: visitors it is stated of, or None where they are too few to be shown.
        right: share of such statements that were right, held out, or None.
    """

    value: str
    told: int | None
    right: Share | None


class Told(msgspec.Struct, frozen=True):
    """What twins tell of one attribute.

    Attributes:
        attribute: which.
        visitors: whom nobody knows; who shares a device is not among them.
        told: visitors of whom a value is stated, or None where they are too few to be shown.
        coverage: their share, 0–1, or None.
        customers: customers who never said, of whom a value is stated, or None where too few.
        right: share of statements right about known customers held out, or None: not measured.
        judged: known customers held out of whom something was stated.
        auc: how well values are told apart, held out, or None.
        ece: expected calibration error, held out, 0–1, or None.
        reliability: the curve of what was told and what was right, held out.
        values: statements by value.
        truth: the statements about visitors held against labelled truth, or None.
        how: the SQL that counts the statements, over the tables of a build.
    """

    attribute: str
    visitors: int
    told: int | None
    coverage: float | None
    customers: int | None
    right: Share | None
    judged: int
    auc: Share | None
    ece: float | None
    reliability: list[Reliability]
    values: list[ValueTold]
    truth: TwinsScore | None = None
    how: str = figures.plain(STATED)


def told_of_visitors(
    engine: Engine,
    *,
    least: int,
    read: Callable[[str], str] = figures.whole,
    truth: Mapping[str, TwinsScore] | None = None,
) -> list[Told]:
    """What twins tell, by attribute; nothing for a build without twins.

    Reads twins, twin_reliability and visitors. Cost: one pass over each.

    Args:
        engine: where a build's tables are mounted.
        least: fewer people than this are not shown.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read.
        truth: by attribute, statements about visitors held against labelled truth.
    """
    if not all(engine.has(table) for table in TABLES):
        return []
    visitors = int(_rows(engine, VISITORS, read)[0]["visitors"])
    counted: dict[str, dict[tuple[str, str | None], int]] = {}
    for row in _rows(engine, STATED, read):
        counts = counted.setdefault(row["attribute"], {})
        counts[row["subject_kind"], row["value"]] = int(row["stated"])
    measured: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(engine, MEASURED, read):
        measured.setdefault(row["attribute"], []).append(row)
    return [
        _told(
            attribute,
            visitors,
            counted.get(attribute, {}),
            measured.get(attribute, []),
            least,
            (truth or {}).get(attribute),
        )
        for attribute in sorted({*counted, *measured})
    ]


def _rows(engine: Engine, sql: str, read: Callable[[str], str]) -> list[dict[str, Any]]:
    return engine.collect(figures.filled(sql, read)).to_pylist()


def _told(
    attribute: str,
    visitors: int,
    counts: dict[tuple[str, str | None], int],
    rows: list[dict[str, Any]],
    least: int,
    truth: TwinsScore | None,
) -> Told:
    # A subject has one value stated at most, so that values add up to subjects.
    told = sum(number for (kind, _), number in counts.items() if kind == "visitor")
    customers = sum(number for (kind, _), number in counts.items() if kind == "customer")
    of_all = {row["measure"]: row for row in rows if row["value"] is None}
    by_value = {row["value"]: row for row in rows if row["measure"] == "stated" and row["value"]}
    hidden = 0 < told < least
    values = [
        (value, number)
        for (kind, value), number in sorted(counts.items(), key=str)
        if kind == "visitor" and value is not None
    ]
    return Told(
        attribute=attribute,
        visitors=visitors,
        told=None if hidden else told,
        coverage=None if hidden or not visitors else told / visitors,
        customers=_shown(customers, least),
        right=share_of(of_all.get("stated")),
        judged=int(of_all["stated"]["people"]) if "stated" in of_all else 0,
        auc=share_of(of_all.get("auc")),
        ece=of_all["ece"]["figure"] if "ece" in of_all else None,
        reliability=[bin_of(row) for row in rows if row["value"] is None and _is_bin(row)],
        values=[
            ValueTold(cell.label, cell.value, share_of(by_value.get(cell.label)))
            for cell in hide_few(values, least)
        ],
        truth=truth,
    )


def _shown(number: int, least: int) -> int | None:
    return None if 0 < number < least else number


def share_of(row: dict[str, Any] | None) -> Share | None:
    """The figure of a row with its interval; None where it has none."""
    if row is None or row["figure"] is None or row["low"] is None:
        return None
    return Share(row["figure"], row["low"], row["high"])


def _is_bin(row: dict[str, Any]) -> bool:
    return row["measure"] == "reliability" and row["told"] is not None


def bin_of(row: dict[str, Any]) -> Reliability:
    """A bin of the curve; its bounds are the tenth that the mean told lies in, for showing."""
    low = min(9, int(row["told"] * 10)) / 10
    return Reliability(low, low + 0.1, row["people"], row["told"], share_of(row))
