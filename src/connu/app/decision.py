"""Deciding by hand that two records are, or are not, one person; kept in the journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from connu.app.finding import Key, Named, name
from connu.app.reading import Reading
from connu.journal.journal import Journal
from connu.kernel.errors import UsageError
from connu.kernel.settings import Settings

What = Literal["join", "split"]


@dataclass(frozen=True)
class Decision:
    """What was kept.

    Attributes:
        what: join or split.
        left: the records on one side, as source:id.
        right: those on the other.
        ids: the journal's numbers of the decisions, one a pair.
    """

    what: What
    left: list[str]
    right: list[str]
    ids: list[int]

    def as_dict(self) -> dict[str, Any]:
        """The decision as JSON."""
        return asdict(self)


def decide(
    reading: Reading,
    settings: Settings,
    journal: Journal,
    what: What,
    left: str,
    right: str,
    by: str,
) -> Decision:
    """Keep a decision about what two texts name.

    A join needs one pair of records: the first of each side; whoever else belongs to them comes
    along. A split holds between every record of one side and every record of the other: one pair
    left out would bring them together again.

    Args:
        reading: the build in force, opened for a purpose.
        settings: the brand's.
        journal: where it is kept.
        what: join or split.
        left: a record, or what names one.
        right: another.
        by: who decides.

    Raises:
        NotFoundError: nobody answers to one of them.
        UsageError: both name the same record.
    """
    one = records_of(name(reading, settings, left))
    other = records_of(name(reading, settings, right))
    if set(one) & set(other):
        raise UsageError(
            "both name the same record",
            hint="name two records, as source:id; connu show lists a customer's",
        )
    if what == "join":
        one, other = one[:1], other[:1]
    keep = journal.join if what == "join" else journal.split
    ids = [keep(a, b, by or "cli") for a in one for b in other]
    return Decision(what, [spoken(key) for key in one], [spoken(key) for key in other], ids)


def records_of(named: Named) -> list[Key]:
    """The records a text names.

    Raises:
        UsageError: a cookie that no record holds was named.
    """
    if not named.records:
        raise UsageError("that names a visitor, not a record", hint="name a record, as source:id")
    return named.records


def spoken(key: Key) -> str:
    """A record as a person types it.

    >>> spoken(("crm", "1042"))
    'crm:1042'
    """
    return f"{key[0]}:{key[1]}"
