"""What intents keep silent about, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa

from connu.ledger.intents import INTENT_SILENCES, spoken_reason


@dataclass(frozen=True, order=True)
class Silence:
    """Something that is not said of anybody.

    Attributes:
        kind, level: as in `intents`.
        target: a category; None: all of them.
        horizon_days: within so many days; None: no horizon, or all.
        reason: a word of `ledger.intents.REASONS`.
    """

    kind: str
    level: str
    target: str | None = None
    horizon_days: int | None = None
    reason: str = "not_better"


def silences_table(silences: Sequence[Silence]) -> pa.Table:
    """The silences, shape INTENT_SILENCES."""
    return pa.Table.from_pylist([asdict(silence) for silence in silences], schema=INTENT_SILENCES)


def without_anybody(silences: Sequence[Silence], *, seen: bool) -> list[Silence]:
    """The same, with the reason that comes before all others: there is nobody to speak of.

    Args:
        silences: of every kind.
        seen: there were events, all of them set aside.
    """
    reason = "nobody" if seen else "no_events"
    return [one if one.reason == "sensitive" else replace(one, reason=reason) for one in silences]


def remarks_of(silences: Sequence[Silence]) -> list[str]:
    """What the user should know of what is not said, a sentence each.

    Horizons of one reason share a sentence; single categories are counted. Where there is nobody to
    speak of, one sentence says all.

    >>> remarks_of([Silence("buy", "any", horizon_days=d) for d in (1, 7)])
    ['nothing is said of buying anything within 1 or 7 days: it was not better than the base rate']
    """
    reasons = {silence.reason for silence in silences}
    if len(reasons) == 1 and reasons <= {"nobody", "no_events"}:
        return [f"nothing is said of what anybody is after: {spoken_reason(reasons.pop())}"]
    whole: dict[tuple[str, str, str], list[int]] = {}
    single: dict[tuple[str, str, str], set[str]] = {}
    for silence in silences:
        key = (silence.kind, silence.level, silence.reason)
        if silence.target is not None:
            single.setdefault(key, set()).add(silence.target)
        else:
            days = whole.setdefault(key, [])
            days += [] if silence.horizon_days is None else [silence.horizon_days]
    told = [
        f"nothing is said of {subject_of(kind, level, days)}: {spoken_reason(reason)}"
        for (kind, level, reason), days in whole.items()
    ]
    return told + [
        f"nothing is said of {'buying' if kind == 'buy' else subject_of(kind, level, [])} in "
        f"{len(targets):,} {'category' if len(targets) == 1 else 'categories'}: "
        f"{spoken_reason(reason)}"
        for (kind, level, reason), targets in single.items()
        if (kind, level, reason) not in whole
    ]


def subject_of(kind: str, level: str, days: Sequence[int]) -> str:
    """What a kind of intents is about, in words.

    >>> subject_of("buy", "category", [1]), subject_of("stay", "any", [91, 365])
    ('buying in a category within 1 day', 'who buys again within 91 or 365 days')
    >>> subject_of("next", "product", []), subject_of("stay", "any", [])
    ('the next product', 'who stays')
    """
    within = ""
    if days:
        listed = " or ".join(f"{day:,}" for day in days)
        within = f" within {listed} {'day' if list(days) == [1] else 'days'}"
    if kind == "buy":
        return ("buying in a category" if level == "category" else "buying anything") + within
    if kind == "stay":
        return f"who buys again{within}" if days else "who stays"
    return {"next": f"the next {level}", "affinity": "what somebody is drawn to"}.get(kind, kind)


def silences_of(rows: Sequence[Mapping[str, Any]]) -> list[Silence]:
    """Silences from rows such as those of a build's trace."""
    words = ("kind", "level", "target", "horizon_days", "reason")
    return [Silence(**{word: row[word] for word in words}) for row in rows]
