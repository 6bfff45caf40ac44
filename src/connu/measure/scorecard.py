"""The scorecard: how much of the customer base is identified and known, and how rightly.

Every figure carries the SQL that counts it, so that whoever doubts it can run it. Figures about
few people are not shown: a cell of fewer than K_LEAST is a person, not a statistic. What was never
held against truth says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from connu.engine.protocol import Engine
from connu.measure import figures
from connu.measure.calibration import Calibration
from connu.measure.few import K_LEAST, Cell, hide_few
from connu.measure.figures import Figure, Spread
from connu.measure.identities import IdentityScore
from connu.measure.intents_told import IntentTold, intents_told
from connu.measure.told import Told, told_of_visitors
from connu.measure.twins import TwinsScore

__all__ = ["K_LEAST", "Breakdown", "Cell", "Metric", "Scorecard", "hide_few", "scorecard"]

#: What the scorecard says where nobody compared it with truth.
NOT_CHECKED = (
    "not checked: label some hundred records with who they truly are (source, record_id, person) "
    "and run connu evaluate identities TRUTH.csv"
)


class Metric(msgspec.Struct, frozen=True):
    """One figure.

    Attributes:
        name: what programs call it.
        label: what people read.
        unit: count, share (0–1) or mean.
        value: the figure, or None when there is nothing to divide by.
        how: the SQL that gives it, over the tables of a build.
    """

    name: str
    label: str
    unit: str
    value: float | int | None
    how: str


class Breakdown(msgspec.Struct, frozen=True):
    """A figure by parts.

    Attributes:
        name: what programs call it.
        label: what people read.
        cells: the parts, by label.
        how: the SQL that gives them.
    """

    name: str
    label: str
    cells: list[Cell]
    how: str


class Scorecard(msgspec.Struct, frozen=True):
    """How well the customers are known.

    Attributes:
        purpose: what it was read for: those who may not be read for it are not counted.
        metrics: the figures.
        breakdowns: the figures by parts.
        rightness: identification against truth, or None when it was not checked.
        calibration: match probabilities against truth, or None.
        remark: what to know about rightness, NOT_CHECKED when it was not checked.
        twins: what twins tell of visitors, by attribute.
        intents: what is told of intents, by kind, level and horizon.
    """

    purpose: str
    metrics: list[Metric]
    breakdowns: list[Breakdown]
    rightness: IdentityScore | None
    calibration: Calibration | None
    remark: str
    twins: list[Told] = []
    intents: list[IntentTold] = []

    def as_dict(self) -> dict[str, Any]:
        """The scorecard as JSON."""
        return msgspec.to_builtins(self, str_keys=True)


def scorecard(
    engine: Engine,
    *,
    read: Callable[[str], str] = figures.whole,
    purpose: str = "service",
    rightness: IdentityScore | None = None,
    calibration: Calibration | None = None,
    visitors: Mapping[str, TwinsScore] | None = None,
) -> Scorecard:
    """Count the customer base.

    A figure whose tables the build does not hold is left out. Cost: about 3 s for a million
    records.

    Args:
        engine: where a build's tables are mounted.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read.
        purpose: what `read` reads for.
        rightness: what `evaluate_identities` found, if somebody did.
        calibration: what `calibrate` found, if somebody did.
        visitors: by attribute, what twins told of visitors held against truth, if somebody did.
    """
    metrics = [_metric(engine, figure, read) for figure in figures.FIGURES if _can(engine, figure)]
    breakdowns = [
        _spread(engine, spread, read) for spread in figures.SPREADS if _can(engine, spread)
    ]
    return Scorecard(
        purpose=purpose,
        metrics=metrics,
        breakdowns=breakdowns,
        rightness=rightness,
        calibration=calibration,
        remark=NOT_CHECKED if rightness is None else "checked against labelled truth",
        twins=told_of_visitors(engine, least=K_LEAST, read=read, truth=visitors),
        intents=intents_told(engine, least=K_LEAST, read=read),
    )


def _can(engine: Engine, figure: Figure | Spread) -> bool:
    return all(engine.has(table) for table in figures.tables_of(figure.sql))


def _metric(engine: Engine, figure: Figure, read: Callable[[str], str]) -> Metric:
    found = engine.collect(figures.filled(figure.sql, read))
    value = found.column(0)[0].as_py()
    return Metric(figure.name, figure.label, figure.unit, value, figures.plain(figure.sql))


def _spread(engine: Engine, spread: Spread, read: Callable[[str], str]) -> Breakdown:
    found = engine.collect(figures.filled(spread.sql, read))
    rows = sorted(zip(found.column(0).to_pylist(), found.column(1).to_pylist(), strict=True))
    cells = hide_few(rows) if spread.people else [Cell(str(label), n) for label, n in rows]
    return Breakdown(spread.name, spread.label, cells, figures.plain(spread.sql))
