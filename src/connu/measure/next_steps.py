"""Next steps: what would raise the knowledge of customers most, computed from a build's tables.

Each rule finds candidates by one query; those of whom something is worth a word are put in both
languages and ranked by how many people more would be known. Who may not be read for the purpose is
not counted, no step speaks of few people, and what is sensitive is never advised to be asked.

Not to be confused with what a customer does next: that is an intent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from connu.engine.protocol import Engine
from connu.measure import figures
from connu.measure.few import K_LEAST
from connu.measure.steps import Step
from connu.measure.steps_attributes import ATTRIBUTES
from connu.measure.steps_buyers import BUYERS
from connu.measure.steps_consents import CONSENTS
from connu.measure.steps_identifiers import IDENTIFIERS
from connu.measure.steps_labels import LABELS
from connu.measure.steps_listening import LISTENING
from connu.measure.steps_pairs import PAIRS
from connu.measure.steps_products import PRODUCTS
from connu.measure.steps_rows import ROWS
from connu.measure.steps_rule import Circumstances, Ground, Rule, Said, gain_of
from connu.measure.steps_truth import FACTS_TRUTH, IDENTITIES_TRUTH
from connu.measure.steps_twins import TWINS
from connu.measure.steps_writers import WRITERS

#: The rules, in the order they are tried.
RULES: tuple[Rule, ...] = (
    IDENTIFIERS,
    BUYERS,
    WRITERS,
    ATTRIBUTES,
    TWINS,
    PAIRS,
    LABELS,
    IDENTITIES_TRUTH,
    FACTS_TRUTH,
    ROWS,
    CONSENTS,
    PRODUCTS,
    LISTENING,
)
#: A step that concerns a smaller share of the people it speaks of is not worth a word.
LEAST_SHARE = 0.005

_BASES = {
    "customers": ("customers", "SELECT count(*) FROM {customers}"),
    "visitors": (
        "visitors",
        "SELECT count(*) FROM {visitors} WHERE customer_id IS NULL AND NOT shared_device",
    ),
}


def steps(
    engine: Engine,
    read: Callable[[str], str] = figures.whole,
    *,
    circumstances: Circumstances | None = None,
    most: int | None = 12,
    most_of_a_kind: int | None = 3,
    whole_up_to: int = 200_000,
) -> list[Step]:
    """What to do next, that which makes most people better known first.

    A rule whose tables are absent or empty says nothing. Steps of fewer than K_LEAST people, or of
    less than LEAST_SHARE of those they speak of, are left out; of two of a kind about one thing the
    greater stays. Cost: about a dozen queries, each table once a query; the events twice.

    Args:
        engine: where a build's tables are mounted.
        read: the query of a table's rows; a Reader's `sql` leaves out who may not be read, and it
            may be narrowed to a segment.
        circumstances: what to know of the brand; None: what every brand is.
        most: of all kinds; None: all there are.
        most_of_a_kind: likewise.
        whole_up_to: so many customers are counted one and all; of more, estimates are made from a
            sample that has this many at most.

    Raises:
        EngineError: a table cannot be read.
    """
    known = circumstances or Circumstances()
    wanted = {table for rule in RULES for table in rule.tables}
    wanted |= {table for table, _ in _BASES.values()} | {"visitors", "products"}
    columns = {table: tuple(engine.columns(table)) for table in wanted if engine.has(table)}
    ground = Ground(known, columns)
    bases = {
        base: _count(engine, sql, read) if ground.has(table) else 0
        for base, (table, sql) in _BASES.items()
    }
    ground = Ground(known, columns, _digits(bases["customers"], whole_up_to))
    found = [step for rule in RULES for step in _found(engine, read, rule, ground, bases)]
    found.sort(key=lambda step: (-step.people, -step.gain, step.name))
    return _chosen(found, most, most_of_a_kind)


def _found(
    engine: Engine,
    read: Callable[[str], str],
    rule: Rule,
    ground: Ground,
    bases: dict[str, int],
) -> Iterator[Step]:
    """The steps of one rule; the greater of two about one thing."""
    if not all(ground.has(table, *columns) for table, columns in rule.tables.items()):
        return
    written = rule.sql(ground)
    if written is None:
        return
    sql = figures.bound(written, ground.circumstances.purchase)
    rows = engine.collect(figures.filled(sql, read)).to_pylist()
    rows.sort(key=lambda row: (-(row["people"] or 0), row["name"]))
    spoken: set[str] = set()
    for row in rows:
        said = rule.say(row, ground.circumstances) if _counts(row) else None
        if said is None or said.about in spoken:
            continue
        if row["people"] < max(K_LEAST, LEAST_SHARE * bases[said.base]):
            continue
        spoken.add(said.about)
        yield _step(rule, row, said, gain_of(sql, row["name"]))


def _counts(row: dict[str, Any]) -> bool:
    """Whether a candidate's figures are numbers, and of enough people to be spoken of."""
    figures_of = (row["gain"], row["people"])
    return all(n is not None and math.isfinite(n) and n >= K_LEAST for n in figures_of)


def _step(rule: Rule, row: dict[str, Any], said: Said, how: str) -> Step:
    low, high = row["low"], row["high"]
    return Step(
        name=row["name"],
        kind=rule.kind,
        sentence=said.sentence,
        gain=float(row["gain"]),
        unit=said.unit,
        people=float(row["people"]),
        how=how,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        command=said.command,
    )


def _digits(customers: int, whole_up_to: int) -> int:
    """How many noughts the ids of a sample end in, so that it has so many customers at most."""
    digits = 0
    while customers > whole_up_to * 16**digits:
        digits += 1
    return digits


def _chosen(ranked: list[Step], most: int | None, most_of_a_kind: int | None) -> list[Step]:
    """The first of each kind, and of all; the order stays."""
    kept: list[Step] = []
    of_kind: dict[str, int] = {}
    for step in ranked:
        of_kind[step.kind] = of_kind.get(step.kind, 0) + 1
        if most_of_a_kind is None or of_kind[step.kind] <= most_of_a_kind:
            kept.append(step)
    return kept if most is None else kept[:most]


def _count(engine: Engine, sql: str, read: Callable[[str], str]) -> int:
    return int(engine.collect(figures.filled(sql, read)).column(0)[0].as_py() or 0)
