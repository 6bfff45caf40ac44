"""The rule: how one kind of step is found, as a query and the words for what it finds.

A rule touches no engine. Its query names tables in braces, and purchases as <purchase>; what it
names itself has no name of a table's. It gives one row a candidate, with the columns

- name: of the step; gain, people: numbers; low, high: the interval of the gain, or NULL;
- whatever else its sentence needs.

So one query finds all candidates of a rule in one pass, and the same query, narrowed to a name, is
what a reader may run to see the gain again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from connu.engine.sql import literal
from connu.measure import figures
from connu.measure.words import Words

#: Of whom a step speaks: those it is measured against when it is asked whether it is worth a word.
Base = Literal["customers", "visitors"]

#: 97.5 % quantile of the normal distribution, and its square, in SQL.
_Z = "1.959963984540054"
_Z2 = "3.841458820694124"


class Circumstances(msgspec.Struct, frozen=True):
    """What rules must know of a brand beside its tables.

    Attributes:
        purchase: a condition on events: which are purchases (`figures.purchase_condition`).
        sector: of the brand; what is sensitive depends on it.
        sensitive: attributes the brand declared sensitive: never advised to be asked.
        precision: by attribute, how right twins must be to state it, 0–1.
        usual_precision: of attributes that are not in `precision`.
        checked: names of the scorecard's checks that were made: `identities`, `twins.sex` …
        themes: by theme, what readers are shown; the name itself for one that is not there.
    """

    purchase: str = "false"
    sector: str = "retail"
    sensitive: tuple[str, ...] = ()
    precision: Mapping[str, float] = {}
    usual_precision: float = 0.9
    checked: tuple[str, ...] = ()
    themes: Mapping[str, Words] = {}


class Ground(msgspec.Struct, frozen=True):
    """What a rule's query is made from: the circumstances, and which columns there are.

    Attributes:
        circumstances: of the brand.
        columns: by table, its columns; a table that is not there is not in it.
        digits: rules that estimate from many customers take those whose id ends in so many noughts:
            one in 16 to this power, drawn as by lot, for ids are hashes.
    """

    circumstances: Circumstances
    columns: Mapping[str, tuple[str, ...]]
    digits: int = 0

    @property
    def times(self) -> float:
        """How many customers one of the sample stands for."""
        return 16.0**self.digits

    @property
    def unseen(self) -> float:
        """The share of customers who are not in the sample."""
        return 1 - 1 / self.times

    def sample(self, column: str) -> str:
        """The condition on a customer's id that he is in the sample."""
        return f"{column} LIKE '%{'0' * self.digits}'" if self.digits else "TRUE"

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table with these columns is there."""
        return table in self.columns and set(columns) <= set(self.columns[table])


class Said(msgspec.Struct, frozen=True):
    """What a rule says of one of its candidates.

    Attributes:
        sentence: what to do and what it would bring.
        unit: what is gained.
        about: what it is about; of two candidates of a kind about one thing the better one stays.
        base: of whom it speaks.
        command: what to run, or None.
    """

    sentence: Words
    unit: str
    about: str
    base: Base = "customers"
    command: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """One rule.

    Attributes:
        kind: of its steps.
        tables: the tables without which it is silent, each with the columns it needs.
        sql: makes the query of its candidates, or None: there is nothing to ask.
        say: puts a candidate in words, or None: nothing is to be said of it.
    """

    kind: str
    tables: Mapping[str, tuple[str, ...]]
    sql: Callable[[Ground], str | None]
    say: Callable[[dict[str, Any], Circumstances], Said | None]


def gain_of(sql: str, name: str) -> str:
    """The query of one candidate's gain, as one reads and runs it: one row of gain, low, high and
    people.

    Args:
        sql: a rule's query, tables in braces.
        name: of the candidate.
    """
    # Filled in after the tables: a name may hold braces or spaces of its own.
    return (
        f"SELECT gain, low, high, people FROM ({figures.plain(sql)}) AS step "
        f"WHERE name = {literal(name)}"
    )


def trials_of(share: str, asked: str, others: str, unseen: float) -> str:
    """The trials that a share's prediction for others rests on, in SQL: those of both sides.

    The share varies by the asked, what comes by the others; in a sample, the number of others does
    too, by the share of customers that it did not see.

    Args:
        share, asked, others: columns: the share, of how many, and for how many it is to hold.
        unseen: as of `Ground`.
    """
    drawn = f" + {unseen} * {share} / (greatest(1 - {share}, 0.001) * {others})" if unseen else ""
    return f"1 / (1.0 / {asked} + 1.0 / {others}{drawn})"


def wilson_low(share: str, trials: str) -> str:
    """The lower 95 % bound of a share, in SQL; 0 without trials.

    Args:
        share, trials: expressions; name columns, they are written several times.

    Source: E. B. Wilson, JASA 22 (1927) 209–212; as `measure.intervals.wilson`.
    """
    return f"greatest(0.0, least({share}, {_bound(share, trials, '-')}))"


def wilson_high(share: str, trials: str) -> str:
    """The upper 95 % bound of a share, in SQL; 1 without trials. As `wilson_low`."""
    return f"least(1.0, greatest({share}, {_bound(share, trials, '+')}))"


def half_width(variance: str) -> str:
    """How far a sum with this variance may be off at 95 %, in SQL: a normal's."""
    return f"({_Z} * sqrt({variance}))"


def _bound(share: str, trials: str, sign: str) -> str:
    without = "0.0" if sign == "-" else "1.0"
    return (
        f"CASE WHEN {trials} > 0 THEN ({share} + {_Z2} / (2 * {trials}) {sign} {_Z} * "
        f"sqrt(greatest(0.0, {share} * (1 - {share})) / {trials}"
        f" + {_Z2} / (4 * {trials} * {trials}))) / (1 + {_Z2} / {trials}) ELSE {without} END"
    )
