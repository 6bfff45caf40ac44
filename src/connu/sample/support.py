"""Support cases: a CSV in English with a byte order mark; the caller is one field, «DUPONT Jean».

Each case is a record: the same person who calls twice is there twice, and one case in nine says
neither phone nor e-mail nor order.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Chance, draw
from connu.sample.contacts import Contacts
from connu.sample.formats import phones, places, write_csv
from connu.sample.membership import Entries
from connu.sample.moments import times, written
from connu.sample.noise import Rates, draft, filled, soil
from connu.sample.people import People
from connu.sample.records import Made, join, numbered

RATES = Rates(
    nickname=0.02,
    typo=0.03,
    misheard=0.06,
    unaccented=0.3,
    upper=0.05,
    lower=0.05,
    swapped=0.0,
    initial=0.03,
    day_month=0.0,
    placeholder=0.0,
    wrong_digit=0.02,
    junk=0.006,
)
NO_IDENTIFIER_SHARE = 0.11
#: Of the other cases: phone alone, e-mail alone, both.
_TOLD_SHARES = (0.42, 0.30, 0.28)
TOPICS = ("delivery", "return", "repair", "invoice", "advice", "complaint", "account")


def make_support(
    chance: Chance, people: People, contacts: Contacts, entries: Entries, messages: pa.Array
) -> Made:
    """The cases, opened when the record was created; `messages` is what each caller wrote."""
    rng = chance.stream("support")
    rows = soil(draft(people, contacts, entries.who, entries.created), RATES, people, rng)
    n = len(rows)
    way = pa.array(draw(rng, [0.6, 0.28, 0.07, 0.05], n))
    capitals = join(pc.utf8_upper(rows.last_name), " ", rows.first_name)
    caller = pc.choose(
        way,
        capitals,
        join(rows.first_name, " ", rows.last_name),
        join(rows.last_name, ", ", rows.first_name),
        rows.last_name,
    )
    told = rng.random(n) >= NO_IDENTIFIER_SHARE
    which = draw(rng, _TOLD_SHARES, n)
    ids = numbered(300_001, n, "SC-")
    table = pa.table(
        {
            "case_id": ids,
            "caller": filled(caller, 0.97, rng),
            "phone": phones(
                filled(rows.mobile, told & (which != 1), rng),
                (0.3, 0.25, 0.05, 0.3, 0.06, 0.04, 0.0),
                rng,
            ),
            "order_email": filled(rows.email, told & (which != 0), rng),
            "topic": pa.array(TOPICS).take(pa.array(rng.integers(0, len(TOPICS), n))),
            "opened_at": written(times(entries.created), "%Y-%m-%d %H:%M:%S"),
            "message": messages,
        }
    )
    return Made("support", table, ids, rows.who)


def write_support(folder: Path, chance: Chance, made: Made) -> None:
    """data/support.csv, with a case that lost its number and one cut short."""
    rng = chance.stream("support file")
    lines = (",UNKNOWN,,,delivery,2026-01-05 10:00:00,", "SC-x,half a ca")
    broken = dict(zip(places(rng, len(made.table), len(lines)), lines, strict=True))
    write_csv(folder / "data" / "support.csv", made.table, encoding="utf-8-sig", broken=broken)
