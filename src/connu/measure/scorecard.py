"""The scorecard, counted: how many are identified, known and understood, and how rightly.

Every figure carries the SQL that counts it, so that whoever doubts it can run it. Figures about
few people are not shown: a cell of fewer than K_LEAST is a person, not a statistic. What was never
held against truth says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from connu.engine.protocol import Engine
from connu.measure import figures, identify_figures, know_figures, understand_figures
from connu.measure.checks import coding_check, intent_checks, twin_checks
from connu.measure.claims import Breakdown, Check, Claim
from connu.measure.few import K_LEAST, Cell, hide_few
from connu.measure.figures import Figure, Spread
from connu.measure.words import Words

FIGURES = (*identify_figures.FIGURES, *know_figures.FIGURES, *understand_figures.FIGURES)
SPREADS = (*identify_figures.SPREADS, *know_figures.SPREADS, *understand_figures.SPREADS)


class Counted(msgspec.Struct, frozen=True):
    """What a build's tables say.

    Attributes:
        claims, breakdowns, checks: as of the scorecard.
    """

    claims: list[Claim]
    breakdowns: list[Breakdown]
    checks: list[Check]


def counted(
    engine: Engine,
    *,
    read: Callable[[str], str] = figures.whole,
    purchase: str = "false",
    at: str = "",
) -> Counted:
    """Count the customer base.

    A figure whose tables the build does not hold is left out. Cost: a scan of a few columns of
    each table for each figure; see docs/benchmarks.md for a million customers.

    Args:
        engine: where a build's tables are mounted.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read.
        purchase: the condition on events that are purchases (`figures.purchase_condition`).
        at: when the build was made, ISO date.
    """
    found: dict[str, Claim] = {}
    for figure in FIGURES:
        sql = figures.bound(figure.sql, purchase)
        if _can(engine, sql):
            found[figure.name] = _claim(engine, figure, sql, read, found)
    breakdowns = [
        _breakdown(engine, spread, read) for spread in SPREADS if _can(engine, spread.sql)
    ]
    for figure in FIGURES:
        if figure.name in found and figure.over in _with_hidden(breakdowns):
            found[figure.name] = msgspec.structs.replace(
                found[figure.name], value=None, people=None, hidden=True
            )
    checks = [
        *twin_checks(engine, read, at),
        *intent_checks(engine, read, at),
        *coding_check(engine, read, at),
    ]
    return Counted(list(found.values()), breakdowns, checks)


def _with_hidden(breakdowns: list[Breakdown]) -> set[str]:
    """Names of those that hide a part."""
    return {one.name for one in breakdowns if any(cell.hidden for cell in one.cells)}


def _can(engine: Engine, sql: str) -> bool:
    return all(engine.has(table) for table in figures.tables_of(sql))


def _claim(
    engine: Engine,
    figure: Figure,
    sql: str,
    read: Callable[[str], str],
    found: dict[str, Claim],
) -> Claim:
    row: dict[str, Any] = engine.collect(figures.filled(sql, read)).to_pylist()[0]
    value, people = row["value"], row.get("people")
    hidden = _few(figure, value, people, found)
    return Claim(
        name=figure.name,
        section=figure.section,
        label=figure.label,
        unit=figure.unit,
        value=None if hidden else value,
        how=figures.plain(sql),
        people=None if hidden or people is None else int(people),
        hidden=hidden,
    )


def _few(figure: Figure, value: float | None, people: int | None, found: dict[str, Claim]) -> bool:
    """Whether it speaks of fewer than K_LEAST people."""
    if value is None:
        return False
    if people is not None:
        return 0 < people < K_LEAST
    if figure.of == "people":
        return 0 < value < K_LEAST
    among = found.get(figure.of)
    if among is None or among.value is None:
        return False
    n = among.value
    if figure.unit != "share":
        return 0 < n < K_LEAST
    # Half a person is rounding, not a person.
    return any(0.5 <= part < K_LEAST - 0.5 for part in (n, value * n))


def _breakdown(engine: Engine, spread: Spread, read: Callable[[str], str]) -> Breakdown:
    told = engine.collect(figures.filled(spread.sql, read))
    rows = sorted(
        (str(label), int(n))
        for label, n in zip(told.column(0).to_pylist(), told.column(1).to_pylist(), strict=True)
        if label is not None
    )
    cells = hide_few(rows) if spread.people else [Cell(label, n) for label, n in rows]
    return Breakdown(
        name=spread.name,
        section=spread.section,
        label=spread.label,
        cells=cells,
        how=figures.plain(spread.sql),
        words={label: words for label, _ in rows if (words := _words(spread, label))},
    )


def _words(spread: Spread, label: str) -> Words | None:
    """A part in both languages, where it is connu's word."""
    if label in spread.words:
        return spread.words[label]
    for end, words in spread.words.items():
        if end.startswith("*") and label.endswith(end[1:]):
            before = label.removesuffix(end[1:])
            return Words(before + words.en, before + words.fr)
    return None
