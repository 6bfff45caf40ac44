"""Answered: «you said, we did», and how often the theme was missed before and after.

A difference between before and after is an association: other things changed as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from connu.app.listening import CUSTOMER, VERBATIMS_HEARD, Listening
from connu.engine.sql import literal
from connu.understand.estimate import Estimate, wilson

#: Verbatims before and after that a difference is told of.
LEAST_VERBATIMS = 20


class Answered(msgspec.Struct, frozen=True):
    """An answer, and what was said around it.

    Attributes:
        id, theme, text, by, at: the answer, as kept.
        before, after: share of verbatims that say it is unmet or ask for it, 0-1; None: of too few
            customers of the segment to be shown.
        verbatims_before, verbatims_after: see there.
        change: after less before, -1-1; None where either has too few verbatims.
    """

    id: int
    theme: str
    text: str
    by: str
    at: datetime
    before: Estimate | None
    after: Estimate | None
    verbatims_before: int
    verbatims_after: int
    change: Estimate | None


def answered(
    heard: Listening, answers: Sequence[dict[str, Any]], themes: Collection[str]
) -> list[Answered]:
    """Hold answers against what was said before and after them.

    Args:
        heard: what was listened to; what has no time does not count.
        answers: in force: id, theme, text, by, at.
        themes: which may be told.
    """
    found = []
    for one in answers:
        if one["theme"] not in themes:
            continue
        told = [
            _side(heard, one["theme"], f"time {sign} TIMESTAMP {literal(one['at'].isoformat(' '))}")
            for sign in ("<", ">=")
        ]
        (before, many), (after, many_after) = told
        change = None
        if before and after and min(many, many_after) >= LEAST_VERBATIMS:
            change = _change(before, after)
        found.append(
            Answered(
                one["id"], one["theme"], one["text"], one["by"], one["at"],
                before, after, many, many_after, change,
            )
        )  # fmt: skip
    return found


def _side(heard: Listening, theme: str, when: str) -> tuple[Estimate | None, int]:
    """Of the verbatims of a time: the share that misses the theme, how many there are."""
    missed = heard.rows(
        f"SELECT count(*) AS n, count(DISTINCT {CUSTOMER}) AS customers FROM {heard.themes()}"
        f" WHERE theme = {literal(theme)} AND missed = 1 AND {when}"
    )[0]
    many = heard.rows(f"SELECT count(*) AS n FROM {VERBATIMS_HEARD} WHERE {when}")[0]["n"]
    hidden = 0 < missed["customers"] < heard.least
    return None if hidden else wilson([missed["n"]], [many])[0], many


def _change(before: Estimate, after: Estimate) -> Estimate:
    """A difference of shares with Newcombe's hybrid interval.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.

    >>> one = _change(*wilson([10, 5], [50, 50]))
    >>> round(one.value, 2), one.low < -0.2, one.high > 0
    (-0.1, True, True)
    """
    down = np.hypot(after.value - after.low, before.high - before.value)
    up = np.hypot(after.high - after.value, before.value - before.low)
    value = after.value - before.value
    return Estimate(value, float(max(-1.0, value - down)), float(min(1.0, value + up)))
