"""A theme's page: who said what of it, each quote in its sentence, a screen at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from connu.app.listening import CUSTOMER, EXPECTATIONS_HEARD, STATEMENTS_HEARD, Listening
from connu.engine.sql import literal


class ThemeVerbatim(msgspec.Struct, frozen=True):
    """What one statement says of the theme. All texts are masked.

    Attributes:
        source, verbatim_id: where it stands. time, channel: when and where, or None.
        subject_kind, subject: who; None: nobody known.
        status, polarity, form, basis: how it was understood. by: the machine, or a hand.
        probability: that the theme is meant.
        start, end: of the quote, code points of the verbatim. quote: those words.
        before, after: what stands around the quote: the rest of its statement, and the statements
            beside it.
    """

    source: str
    verbatim_id: str
    time: datetime | None
    channel: str | None
    subject_kind: str | None
    subject: str | None
    status: str
    polarity: str
    form: str
    basis: str
    by: str
    probability: float
    start: int
    end: int
    quote: str
    before: str
    after: str


class ThemePage(msgspec.Struct, frozen=True):
    """A screen of a theme.

    Attributes:
        theme: which. verbatims: how many statements speak of it, on all screens.
        customers: of how many different ones.
        first: the place of the first shown (from 1).
        shown: the latest first.
        hidden: too few customers of the segment spoke of it: nothing is shown.
    """

    theme: str
    verbatims: int
    customers: int
    first: int
    shown: list[ThemeVerbatim]
    hidden: bool = False


def theme_page(
    heard: Listening, theme: str, *, status: str | None, page: int, limit: int
) -> ThemePage:
    """A screen of what was said of a theme.

    Args:
        heard: what was listened to.
        theme: which.
        status: only met, unmet or unknown; None: all.
        page: from 1. limit: statements a screen.
    """
    test = f"theme = {literal(theme)}"
    if status is not None:
        test += f" AND status = {literal(status)}"
    there = heard.rows(
        f"SELECT count(*) AS n, count(DISTINCT {CUSTOMER}) AS customers"
        f" FROM {EXPECTATIONS_HEARD} WHERE {test}"
    )[0]
    first = (page - 1) * limit
    if 0 < there["customers"] < heard.least:
        return ThemePage(theme, 0, 0, 1, [], hidden=True)
    rows = heard.rows(
        "SELECT e.*, s.channel, s.quote AS sentence, s.start AS begins, p.quote AS previous,"
        ' n.quote AS next FROM (SELECT source, "row",'
        " verbatim_id, statement, subject_kind, subject, status, polarity, form, basis,"
        ' probability, start, "end", quote, time, "by", row_number() OVER'
        ' (ORDER BY time DESC NULLS LAST, source, "row", start, statement) AS place'
        f" FROM {EXPECTATIONS_HEARD} WHERE {test}) AS e LEFT JOIN {STATEMENTS_HEARD} AS s"
        f" {_same('s', 0)} LEFT JOIN {STATEMENTS_HEARD} AS p {_same('p', -1)}"
        f" LEFT JOIN {STATEMENTS_HEARD} AS n {_same('n', 1)}"
        f" WHERE e.place > {first} AND e.place <= {first + limit} ORDER BY e.place"
    )
    shown = []
    for row in rows:
        before, quote, after = _in_sentence(row["sentence"], row["begins"], row["start"],
                                            row["end"], row["quote"])  # fmt: skip
        before = f"{row['previous']} {before}" if row["previous"] else before
        after = f"{after} {row['next']}" if row["next"] else after
        told: dict[str, Any] = {name: row.get(name) for name in ThemeVerbatim.__struct_fields__}
        shown.append(ThemeVerbatim(**told | {"quote": quote, "before": before, "after": after}))
    return ThemePage(theme, there["n"], there["customers"], first + 1, shown)


def _same(alias: str, further: int) -> str:
    """The condition that a statement is the expectation's, or one beside it.

    A stretch drawn by hand (statement -1) has none.
    """
    return (
        f'ON {alias}.source = e.source AND {alias}."row" = e."row"'
        f" AND e.statement >= 0 AND {alias}.statement = e.statement + ({further})"
    )


def _in_sentence(
    sentence: str | None, begins: int | None, start: int | None, end: int | None, quote: str | None
) -> tuple[str, str, str]:
    """What stands before the quote, the quote, what stands after it.

    >>> _in_sentence("Too dear, and late", 10, 20, 28, "and late")
    ('Too dear, ', 'and late', '')
    """
    words = quote or ""
    if sentence is None or begins is None or start is None or end is None:
        return "", words, ""
    low, high = start - begins, end - begins
    if not 0 <= low <= high <= len(sentence):
        return "", words, ""
    return sentence[:low], sentence[low:high], sentence[high:]
