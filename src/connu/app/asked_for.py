"""Asked for: what customers ask the brand to change, in their own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from connu.app.listening import ASKING, CUSTOMER, EXPECTATIONS_HEARD, Listening
from connu.engine.sql import literal

#: Quotes shown of a theme, and how long one should be to be understood (code points).
QUOTES = 2
_LONG = (15, 220)


class Said(msgspec.Struct, frozen=True):
    """A quote.

    Attributes:
        source, verbatim_id: where it stands.
        quote: masked. form: how it asks. time: when, or None. probability: that the theme is
            meant.
    """

    source: str
    verbatim_id: str
    quote: str
    form: str
    time: datetime | None
    probability: float


class AskedFor(msgspec.Struct, frozen=True):
    """A theme that customers ask to be otherwise.

    Attributes:
        theme: which.
        verbatims: that ask. customers: how many different ones.
        forms: form → verbatims (wish, should, lack), the most frequent first.
        quotes: the surest, of different people.
    """

    theme: str
    verbatims: int
    customers: int
    forms: dict[str, int]
    quotes: list[Said]


def asked_for(heard: Listening, themes: Collection[str], limit: int) -> list[AskedFor]:
    """The themes most asked for, with quotes.

    Args:
        heard: what was listened to.
        themes: which may be told.
        limit: how many.
    """
    words = ", ".join(map(literal, ASKING))
    asking = f"FROM {EXPECTATIONS_HEARD} WHERE form IN ({words})"
    forms = heard.rows(
        f'SELECT theme, form, count(*) AS n FROM (SELECT DISTINCT theme, form, source, "row"'
        f" {asking}) AS f GROUP BY theme, form ORDER BY n DESC, form"
    )
    rows = heard.rows(
        "SELECT theme, count(*) AS verbatims, count(DISTINCT subject) AS customers FROM"
        f' (SELECT theme, source, "row", min({CUSTOMER}) AS subject {asking}'
        ' GROUP BY theme, source, "row") AS v GROUP BY theme ORDER BY verbatims DESC, theme'
    )
    chosen = [row for row in rows if row["theme"] in themes and row["customers"] >= heard.least][
        :limit
    ]
    if not chosen:
        return []
    named = ", ".join(literal(row["theme"]) for row in chosen)
    short, long = _LONG
    fit = f"CASE WHEN length(quote) BETWEEN {short} AND {long} THEN 0 ELSE 1 END"
    who = "coalesce(subject, concat(source, '/', CAST(\"row\" AS VARCHAR)))"
    quotes = heard.rows(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY theme ORDER BY fit, probability"
        f" DESC, source, verbatim_id) AS place FROM (SELECT theme, source, verbatim_id, quote,"
        f" form, time, probability, {fit} AS fit, row_number() OVER (PARTITION BY theme, {who}"
        f" ORDER BY {fit}, probability DESC, source, verbatim_id, start) AS own,"
        " row_number() OVER (PARTITION BY theme, quote ORDER BY probability DESC, source,"
        f" verbatim_id) AS same {asking} AND theme IN ({named}) AND quote IS NOT NULL) AS q"
        f" WHERE own = 1 AND same = 1) AS r WHERE place <= {QUOTES} ORDER BY theme, place"
    )
    return [
        AskedFor(
            row["theme"],
            row["verbatims"],
            row["customers"],
            {f["form"]: f["n"] for f in forms if f["theme"] == row["theme"]},
            [
                Said(q["source"], q["verbatim_id"], q["quote"], q["form"], q["time"],
                     q["probability"])
                for q in quotes
                if q["theme"] == row["theme"]
            ],
        )
        for row in chosen
    ]  # fmt: skip
