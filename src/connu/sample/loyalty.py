"""Loyalty cards: Parquet with typed columns. One card per person: the source is `unique`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.chance import Chance
from connu.sample.contacts import Contacts
from connu.sample.formats import phones, write_parquet
from connu.sample.homes import AREAS
from connu.sample.membership import Entries
from connu.sample.moments import times
from connu.sample.noise import Rates, draft, filled, soil
from connu.sample.people import OCCUPATIONS, People
from connu.sample.records import Made, join, pick

RATES = Rates(
    nickname=0.01,
    typo=0.015,
    misheard=0.02,
    unaccented=0.5,
    upper=0.55,
    lower=0.0,
    swapped=0.01,
    initial=0.02,
    day_month=0.01,
    placeholder=0.015,
    wrong_digit=0.01,
    junk=0.003,
)
FILLED = {
    "birth_date": 0.88,
    "postcode": 0.9,
    "city": 0.8,
    "email": 0.35,
    "phone": 0.30,
    "csp": 0.55,
    "habitat": 0.60,
    "name": 0.985,
}
HABITATS = dict(zip(AREAS, ("ville", "périurbain", "campagne"), strict=True))


def make_loyalty(chance: Chance, people: People, contacts: Contacts, entries: Entries) -> Made:
    """The rows of the card file; the card's number says nothing of its holder."""
    rng = chance.stream("loyalty")
    rows = soil(draft(people, contacts, entries.who, entries.updated), RATES, people, rng)
    n = len(rows)
    card = card_numbers(chance, n)
    points = np.floor(rng.gamma(0.9, 420, n) * np.exp(0.4 * people.activity[rows.who]))
    table = pa.table(
        {
            "card_no": card,
            "first_name": filled(rows.first_name, FILLED["name"], rng),
            "last_name": filled(rows.last_name, FILLED["name"], rng),
            "birth_date": filled(rows.birth, FILLED["birth_date"], rng),
            "postcode": filled(rows.postcode, FILLED["postcode"], rng),
            "city": filled(rows.town, FILLED["city"], rng),
            "email": filled(rows.email, FILLED["email"], rng),
            "phone": phones(
                filled(rows.mobile, FILLED["phone"], rng), (0.8, 0.1, 0.0, 0.1, 0.0, 0.0, 0.0), rng
            ),
            "csp": filled(pick(OCCUPATIONS, people.occupation[rows.who]), FILLED["csp"], rng),
            "habitat": filled(
                pick(tuple(HABITATS.values()), people.area[rows.who]), FILLED["habitat"], rng
            ),
            "points": pa.array(points.astype(np.int32)),
            "joined_on": times(entries.created),
            "updated_on": times(entries.updated),
        }
    )
    return Made("loyalty", table, card, rows.who)


def card_numbers(chance: Chance, count: int) -> pa.Array:
    """Distinct 13-digit card numbers, in no order."""
    start = int(chance.stream("cards").integers(10**7))
    number = 2_950_000_000_000 + (start + np.arange(count) * 611_953) % 99_999_989
    return join(pa.array(number).cast(pa.string()))


def write_loyalty(folder: Path, made: Made) -> None:
    """data/loyalty.parquet."""
    write_parquet(folder / "data" / "loyalty.parquet", made.table)
