"""Outcomes: what may go with what customers say: a rating, an NPS, a return, a spend.

Return and spend are read from the events of customers whose behaviour is seen at all: somebody
known from the support file alone has not stayed away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.app.listening import VERBATIMS_HEARD, Listening
from connu.engine.sql import literal
from connu.kernel.errors import UsageError, did_you_mean
from connu.know.purchases import Purchases, histories_from
from connu.know.roles import meanings
from connu.know.trails import PURCHASE

Outcome = Literal["rating", "nps", "return", "spend"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: How each is said.
SPOKEN: dict[str, str] = {
    "rating": "the rating",
    "nps": "NPS",
    "return": "buying again within 91 days",
    "spend": "what is spent within 91 days (logarithm)",
}
#: A quarter: the horizon of return and spend.
WITHIN_DAYS = 91
#: Verbatims that are learnt from at most; more of them are thinned evenly.
MOST_VERBATIMS = 100_000


def outcome_named(word: str) -> Outcome:
    """The outcome of a word.

    Raises:
        UsageError: there is none.
    """
    for known in OUTCOMES:
        if word == known:
            return known
    raise UsageError(f"«{word}» is no outcome", hint=did_you_mean(word, OUTCOMES))


def outcome_rows(heard: Listening, outcome: Outcome) -> tuple[pa.Table, np.ndarray]:
    """The verbatims whose outcome is known, and the outcome.

    Ratings are measured within their source, in its own standard deviations, as sources differ in
    their scales.

    Args:
        heard: what was listened to.
        outcome: which.

    Returns:
        A row a verbatim, ordered: source, row, subject_kind, subject, time, channel, language, and
        of return and spend `bought` (days on which he bought before, log(1 + n)); float64 (n,).
    """
    if outcome in ("return", "spend"):
        return _bought(heard, outcome)
    rows = _rows(heard, f"{outcome} IS NOT NULL", outcome)
    value = rows[outcome].to_numpy().astype(np.float64)
    rows = rows.drop_columns([outcome])
    return rows, _within(rows["source"], value) if outcome == "rating" else value


_COLUMNS = 'source, "row", subject_kind, subject, time, channel, language'


def _rows(heard: Listening, test: str, *more: str) -> pa.Table:
    many = heard.rows(f"SELECT count(*) AS n FROM {VERBATIMS_HEARD} WHERE {test}")[0]["n"]
    thin = -(-many // MOST_VERBATIMS)
    some = "" if thin <= 1 else f' AND abs(hash(source, "row") // 2) % {thin} = 0'
    return heard.table(
        f"SELECT {', '.join((_COLUMNS, *more))} FROM {VERBATIMS_HEARD} WHERE {test}{some}"
        ' ORDER BY source, "row"'
    )


def _within(source: pa.ChunkedArray, value: np.ndarray) -> np.ndarray:
    """Values as so many standard deviations from their source's mean."""
    coded = source.combine_chunks().dictionary_encode()
    place = coded.indices.to_numpy(zero_copy_only=False)
    many = np.maximum(np.bincount(place, minlength=len(coded.dictionary)), 1)
    mean = np.bincount(place, weights=value, minlength=len(many)) / many
    away = value - mean[place]
    spread = np.sqrt(np.bincount(place, weights=away**2, minlength=len(many)) / many)
    return np.asarray(away / np.where(spread > 0, spread, 1.0)[place])


def _bought(heard: Listening, outcome: Outcome) -> tuple[pa.Table, np.ndarray]:
    reading = heard.reading
    none = _rows(heard, "false")
    nothing = none.append_column("bought", pa.array([], pa.float64())), np.empty(0)
    if not (reading.build.has("events") and reading.build.has("event_customers")):
        return nothing
    end = heard.rows(
        f"SELECT max(time) AS end FROM ({reading.sql('events')}) AS e WHERE time <= TIMESTAMP "
        + literal(reading.build.created.replace(tzinfo=None).isoformat(" "))
    )[0]["end"]
    if end is None:
        return nothing
    seen = (
        "subject_kind = 'customer' AND subject IN (SELECT customer_id FROM"
        f" ({reading.sql('event_customers')}) AS c)"
    )
    last = (end - timedelta(days=WITHIN_DAYS)).isoformat(" ")
    rows = _rows(heard, f"time <= TIMESTAMP {literal(last)} AND {seen}")
    who = pc.unique(rows["subject"]).cast(pa.string())
    purchases = _purchases(heard, who, end)
    place = pc.index_in(rows["subject"].cast(pa.string()), value_set=who).to_numpy()
    day = rows["time"].to_numpy().astype("datetime64[D]").astype(np.int64)
    before, _ = _counted(purchases, place, np.zeros(len(day), np.int64), day)
    again, spent = _counted(purchases, place, day + 1, day + 1 + WITHIN_DAYS)
    rows = rows.append_column("bought", pa.array(np.log1p(before)))
    return rows, (again > 0).astype(np.float64) if outcome == "return" else np.log1p(spent)


def _purchases(heard: Listening, who: pa.Array, end: datetime) -> Purchases:
    """What some customers bought; their numbers are places in `who`."""
    reading = heard.reading
    has = set(reading.engine.columns("events"))
    words: list[str] = []
    if "type" in has:
        told = heard.rows(
            f"SELECT DISTINCT type FROM ({reading.sql('events')}) AS e WHERE type IS NOT NULL"
        )
        types = [row["type"] for row in told]
        known = meanings(types, heard.settings.intents.roles)
        words = [
            word for word, one in zip(types, known, strict=True) if one.bare == PURCHASE
        ]  # fmt: skip
    value = "CAST(e.value AS DOUBLE)" if "value" in has else "CAST(NULL AS DOUBLE)"
    bought = f"e.type IN ({', '.join(map(literal, sorted(words)))})" if words else "false"
    table = heard.table(
        f"SELECT c.customer_id, e.time, {value} AS value FROM ({reading.sql('events')}) AS e"
        f" JOIN ({reading.sql('event_customers')}) AS c"
        ' ON c.source = e.source AND c."row" = e."row"'
        f" WHERE {bought} AND e.time IS NOT NULL AND coalesce({value}, 0) >= 0"
        f" AND e.time <= TIMESTAMP {literal(end.isoformat(' '))}"
        f" AND c.customer_id IN (SELECT subject FROM {VERBATIMS_HEARD})"
    )
    place = pc.index_in(table["customer_id"].cast(pa.string()), value_set=who)
    known_place = pc.fill_null(place, -1).to_numpy().astype(np.int64)
    mine = known_place >= 0
    paid = pc.fill_null(table["value"], np.nan).to_numpy()
    time = table["time"].to_numpy()
    return histories_from(known_place[mine], time[mine], paid[mine])


def _counted(
    purchases: Purchases, who: np.ndarray, first: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Transactions on the days first … end - 1 of each, and what they cost; (n,) both."""
    wide = np.int64(1) << 32
    customer = purchases.customers[purchases.place].astype(np.int64)
    key = customer * wide + purchases.day
    paid = np.maximum(np.nan_to_num(purchases.value), 0.0)
    total = np.concatenate([[0.0], np.cumsum(paid)])
    low = np.searchsorted(key, who * wide + first)
    high = np.searchsorted(key, who * wide + end)
    return high - low, total[high] - total[low]
