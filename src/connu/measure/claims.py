"""Claims: what the scorecard says, each with how sure it is and the query that gives it.

Nothing stands in the scorecard that is not a claim, a cell of a breakdown or a point of a curve;
and each of these carries its SQL, so that whoever doubts it can run it.
"""

from __future__ import annotations

import msgspec

from connu.measure.few import Cell
from connu.measure.reliability import Reliability
from connu.measure.words import Words

#: The parts of the scorecard, in the order they are read.
SECTIONS = ("identify", "know", "understand", "rightly", "seen")


class Claim(msgspec.Struct, frozen=True):
    """One figure.

    Attributes:
        name: what programs call it, and `connu scorecard --how`.
        section: where it stands (SECTIONS).
        label: what people read.
        unit: count, share (0–1), gap (a difference of shares, −1 to 1), mean, money (the brand's
            currency), or score (a figure of its own scale, as a lift).
        value: the figure; None when there is nothing to divide by, or where it is hidden.
        low, high: its 95 % interval, where it is an estimate; a count of what is there has none.
        people: on how many it was measured, where it was.
        base: what doing nothing clever would be worth on the same people, or None.
        hidden: it speaks of too few people to be shown.
        how: the SQL that gives it, over the tables of a build: one row of the columns value and,
            where they are, low, high, people.
    """

    name: str
    section: str
    label: Words
    unit: str
    value: float | int | None
    how: str
    low: float | None = None
    high: float | None = None
    people: int | None = None
    base: float | None = None
    hidden: bool = False


class Breakdown(msgspec.Struct, frozen=True):
    """A figure by parts.

    Attributes:
        name, section, label: as of a claim.
        cells: the parts; the words of a cell in both languages, where it is not a value of the
            brand's own.
        how: the SQL that gives them: rows of (part, how many).
    """

    name: str
    section: str
    label: Words
    cells: list[Cell]
    how: str
    words: dict[str, Words] = {}


class Check(msgspec.Struct, frozen=True):
    """How rightly one kind of statement is made: measured on people held out, or not checked.

    Attributes:
        name: what programs call it: `twins.sex`, `intents.buy.any.30`, `identities` …
        kind: identities, twins, intents or expectations.
        label: what is stated.
        checked: whether anything was measured.
        published: whether such statements are made at all; None: not known.
        told: of how many people one is made now, or None where they are too few to be shown.
        claims: the figures; the first is the one to look at.
        curve: what was told, and how often it was right.
        curve_how: the SQL that gives the curve, or "".
        on: on whom it was measured.
        people: how many those were. at: when, ISO date; None: not checked.
        remark: what to know; where nothing was checked, how to get truth.
        command: what to run for it, or None.
    """

    name: str
    kind: str
    label: Words
    checked: bool
    published: bool | None
    told: int | None
    claims: list[Claim]
    curve: list[Reliability]
    curve_how: str
    on: Words
    people: int | None = None
    at: str | None = None
    remark: Words | None = None
    command: str | None = None
