"""The truth about what comes: who buys what after the cut-off, who stays; and who visitors are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.catalogue import Catalogue, categories
from connu.sample.chance import Bools, Floats, Ints
from connu.sample.devices import KIOSK, ROBOT, STAFF
from connu.sample.formats import write_csv
from connu.sample.homes import AREAS
from connu.sample.moments import CUT_OFF, HORIZON, times, written
from connu.sample.needs import CHANNELS, Needs
from connu.sample.people import AGE_BANDS, OCCUPATIONS, People
from connu.sample.portraits import portraits
from connu.sample.records import pick
from connu.sample.tastes import FAVOURITES, Tastes
from connu.sample.truth import labels
from connu.sample.visits import Visits
from connu.sample.weblog import Behind

#: Spans after the cut-off over which purchases are summed: a quarter, a year.
QUARTER_DAYS, YEAR_DAYS = 91, 365


def write_intents(folder: Path, needs: Needs, catalogue: Catalogue) -> int:
    """truth/intents.csv: every purchase in the year after the cut-off, and since when it brewed.

    Returns:
        The rows written.
    """
    at = np.flatnonzero(needs.bought & (needs.ends >= CUT_OFF))
    at = at[np.argsort(needs.ends[at], kind="stable")]
    table = pa.table(
        {
            "person": labels(needs.who[at]),
            "category": pa.array(categories().path).take(pa.array(needs.category[at])),
            "product": catalogue.sku.take(pa.array(needs.product[at])),
            "interested_at": _stamp(needs.started[at]),
            "bought_at": _stamp(needs.ends[at]),
            "channel": pick(CHANNELS, needs.channel[at]),
            "value_eur": pa.array(needs.value_eur[at]),
        }
    )
    write_csv(folder / "truth" / "intents.csv", table)
    return len(table)


def write_staying(folder: Path, people: People, needs: Needs) -> None:
    """truth/staying.csv: each known person's pace, whether he has left, what he buys later."""
    n = len(people)
    who = np.flatnonzero(people.known)
    bought = needs.bought

    def sums(first: float, last: float, weights: Floats | None = None) -> Ints | Floats:
        at = bought & (needs.ends >= first) & (needs.ends < last)
        return np.bincount(needs.who[at], None if weights is None else weights[at], n)[who]

    columns = {
        "person": labels(who),
        "pace_per_year": pa.array(np.round(needs.pace[who], 4)),
        "leaving_share": pa.array(np.round(needs.leaving[who], 4)),
        "content": pa.array(np.round(needs.content[who], 3)),
        "active": pick(("no", "yes"), (needs.left[who] >= CUT_OFF).astype(int)),
        "purchases_before": pa.array(sums(0, CUT_OFF)),
    }
    for name, days in (("quarter", QUARTER_DAYS), ("year", YEAR_DAYS)):
        columns[f"purchases_{name}"] = pa.array(sums(CUT_OFF, CUT_OFF + days))
        columns[f"value_{name}_eur"] = pa.array(
            np.round(sums(CUT_OFF, CUT_OFF + days, needs.value_eur), 2)
        )
    write_csv(folder / "truth" / "staying.csv", pa.table(columns))


def write_interests(folder: Path, people: People, tastes: Tastes) -> None:
    """truth/interests.csv: the favourite categories of every person, in order."""
    who = np.repeat(np.arange(len(people)), FAVOURITES)
    table = pa.table(
        {
            "person": labels(who),
            "rank": pa.array(np.tile(np.arange(1, FAVOURITES + 1), len(people))),
            "category": pa.array(categories().path).take(pa.array(tastes.favourites.ravel())),
        }
    )
    write_csv(folder / "truth" / "interests.csv", table)


def write_visitors(
    folder: Path, people: People, visits: Visits, behind: Behind, tied: Bools
) -> int:
    """truth/visitors.csv: who is behind every cookie of the web log.

    A cookie that several people use is told by the one who uses it most; `people` says how many.

    Returns:
        The rows written.
    """
    cookies = len(behind.cookies)
    events = np.bincount(behind.cookie, minlength=cookies)
    pairs, count = np.unique(behind.cookie * (len(people) + 1) + behind.who + 1, return_counts=True)
    cookie, who = pairs // (len(people) + 1), pairs % (len(people) + 1) - 1
    behind_it = np.bincount(cookie, minlength=cookies)
    order = np.lexsort((who, -count, cookie))
    main = np.full(cookies, -1)
    first = order[np.r_[True, cookie[order][1:] != cookie[order][:-1]]]
    main[cookie[first]] = who[first]
    slot = np.zeros(cookies, dtype=np.int64)
    _, code = np.unique(visits.cookie, return_inverse=True)
    slot[code] = visits.slot
    kind = np.select([slot == STAFF, slot == ROBOT, slot == KIOSK, behind_it > 1], [4, 3, 2, 1], 0)
    main = np.where(kind >= 2, -1, main)
    nobody, safe = main < 0, np.maximum(main, 0)

    def told(words: tuple[str, ...], codes: Ints) -> pa.Array:
        return pa.array(words).take(pa.array(codes[safe], mask=nobody))

    person = pa.array(safe, mask=nobody)
    table = pa.table(
        {
            "anonymous_id": behind.cookies,
            "person": labels(main),
            "kind": pick(("person", "shared", "kiosk", "robot", "staff"), kind),
            "people": pa.array(np.where(kind >= 3, 0, behind_it)),
            "known": told(("no", "yes"), people.known.astype(int)),
            "tied": pick(("no", "yes"), tied.astype(int)),
            "events": pa.array(events),
            "sex": told(("male", "female"), people.female.astype(int)),
            "birth_year": pa.array(people.birth_year[safe], mask=nobody),
            "age_band": told(AGE_BANDS, people.band),
            "occupation": told(OCCUPATIONS, people.occupation),
            "area": told(AREAS, people.area),
            **{name: column.take(person) for name, column in portraits(people).items()},
        }
    )
    write_csv(folder / "truth" / "visitors.csv", table)
    return len(table)


def _stamp(days: Floats) -> pa.Array:
    return written(times(np.minimum(days, HORIZON)), "%Y-%m-%dT%H:%M:%SZ")
