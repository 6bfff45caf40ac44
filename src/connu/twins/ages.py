"""Age bands: from a birth date or a birth year to a band, on the day the behaviour ends.

Ages are counted on the day of the newest events and never on the wall clock's: the same input
gives the same bands, whenever it is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from connu.engine.protocol import Engine
from connu.engine.sql import literal
from connu.kernel.attributes import band_names

#: Younger and older customers are slips of a form (the day it was filled in, 1/1/1900).
YOUNGEST, OLDEST = 5, 110
#: The share of events that may lie after the day behaviour ends: wrong clocks are years ahead.
AHEAD_SHARE = 0.01


def newest_day(engine: Engine) -> date | None:
    """The day of the newest events, those of wrong clocks aside; None where none has a time.

    The latest day with at least one event in a hundred on it or after it: a device whose clock is
    ten years ahead makes nobody ten years older, and what it costs is a few days of age.

    Reads `events`. One pass; what is collected is a row a day.
    """
    if not engine.has("events"):
        return None
    days = engine.collect(
        "SELECT CAST(time AS DATE) AS day, count(*) AS events FROM events"
        " WHERE time IS NOT NULL GROUP BY CAST(time AS DATE) ORDER BY day"
    )
    if not days.num_rows:
        return None
    events = days["events"].to_numpy()
    on_or_after = np.cumsum(events[::-1])[::-1]
    latest = np.flatnonzero(on_or_after >= AHEAD_SHARE * events.sum())[-1]
    day: date = days["day"][int(latest)].as_py()
    return day


def bands_sql(facts: str, limits: Sequence[int], today: date) -> str:
    """SELECT customer_id, attribute, value, probability: everybody's `age_band`.

    A birth date decides. Of a birth year alone two ages are possible; where they lie in two
    bands, nothing is said: half of such labels would be wrong. Implausible ages are left out.

    Args:
        facts: a table with customer_id, attribute, value, probability.
        limits: ages (years) at which bands begin, ascending.
        today: the day ages are counted on.
    """
    month_day = literal(f"{today:%m-%d}")
    year = f"{today.year} - TRY_CAST(substr(value, 1, 4) AS INTEGER)"
    # A birth date that has the form; a finger's slip in month or day moves the age by one at most.
    dated = "attribute = 'birth_date' AND length(value) = 10"
    early = f"CASE WHEN {dated} AND substr(value, 6) <= {month_day} THEN 0 ELSE 1 END"
    late = f"CASE WHEN {dated} AND substr(value, 6) > {month_day} THEN 1 ELSE 0 END"
    dates = f"SELECT customer_id FROM {facts} WHERE attribute = 'birth_date'"
    ages = f"""
        SELECT customer_id, probability, {year} - {early} AS least, {year} - {late} AS most
        FROM {facts} WHERE attribute = 'birth_date'
            OR attribute = 'birth_year' AND customer_id NOT IN ({dates})
    """
    return f"""
        SELECT customer_id, 'age_band' AS attribute, {_band("least", limits)} AS value, probability
        FROM ({ages}) AS aged
        WHERE least >= {YOUNGEST} AND most <= {OLDEST}
            AND {_band("least", limits)} = {_band("most", limits)}
    """


def _band(age: str, limits: Sequence[int]) -> str:
    names = band_names(limits)
    cases = " ".join(
        f"WHEN {age} < {limit} THEN {literal(name)}"
        for limit, name in zip(limits, names, strict=False)
    )
    return f"CASE {cases} ELSE {literal(names[-1])} END"
