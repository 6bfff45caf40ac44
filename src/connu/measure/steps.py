"""Steps: what would make the brand know its customers better, and by how much."""

from __future__ import annotations

import msgspec

from connu.measure.words import Words


class Step(msgspec.Struct, frozen=True):
    """One thing to do.

    Attributes:
        name: what programs call it: `ask.support.email`.
        kind: of the rule that found it: identifier, attribute, hand, labels, texts, rows, consent …
        sentence: what to do and what it would bring, with the figures in it.
        gain: how many more would be tied, told, heard or checked; ranks steps of the same reach.
        unit: what is gained: records, customers, visitors, verbatims, statements, rows.
        people: of how many people more would be known: steps are ranked by it.
        low, high: 95 % interval of the gain where it is an estimate, else None.
        command: what to run, or None: it is done outside connu.
        how: the SQL that gives the gain, over the tables of a build.
    """

    name: str
    kind: str
    sentence: Words
    gain: float
    unit: str
    people: float
    how: str
    low: float | None = None
    high: float | None = None
    command: str | None = None
