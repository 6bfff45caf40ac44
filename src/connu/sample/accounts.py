"""Web accounts: JSON Lines, one object per login, as the shop's web site exports them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.chance import Chance, Floats, Ints, draw
from connu.sample.contacts import Contacts
from connu.sample.formats import json_lines, phones, places, write_lines
from connu.sample.membership import Entries
from connu.sample.moments import times, written
from connu.sample.noise import Rates, draft, filled, soil
from connu.sample.people import People
from connu.sample.records import Made, join, numbered
from connu.sample.words import first_names

RATES = Rates(
    nickname=0.06,
    typo=0.015,
    misheard=0.004,
    unaccented=0.25,
    upper=0.03,
    lower=0.20,
    swapped=0.01,
    initial=0.02,
    day_month=0.0,
    placeholder=0.01,
    wrong_digit=0.01,
    junk=0.002,
)
FILLED = {
    "email": 0.99,
    "first_name": 0.88,
    "last_name": 0.86,
    "phone": 0.38,
    "birthday": 0.22,
    "postcode": 0.45,
    "cookie": 0.55,
}
AGAIN_EXPORTED_SHARE = 0.002
PEOPLE_PER_STAFF = 5_000


@dataclass(frozen=True)
class Logins:
    """The accounts as the web site knows them: one row per account, by the time of creation.

    Attributes:
        who: the person. created: day number. login: the account's name.
    """

    who: Ints
    created: Floats
    login: pa.Array


def make_logins(chance: Chance, people: People, entries: Entries) -> Logins:
    """Logins: a first name and a number of its own, as the site proposes them."""
    rng = chance.stream("logins")
    n = len(entries)
    span = max(90_000, n * 3)
    number = 10_000 + (np.arange(n) * 7_919 + int(rng.integers(span))) % span
    # 7,919 is prime and does not divide the span: the numbers are all different.
    folded = first_names().folded.take(pa.array(people.first[entries.who]))
    return Logins(entries.who, entries.created, join(folded, pa.array(number).cast(pa.string())))


def staff_logins(people: People) -> pa.Array:
    """The web team's own accounts, at least two: no customers."""
    return numbered(1, max(2, int(people.known.sum()) // PEOPLE_PER_STAFF), "equipe-web-")


def make_accounts(
    chance: Chance,
    people: People,
    contacts: Contacts,
    entries: Entries,
    logins: Logins,
    cookies: pa.Array,
) -> Made:
    """The rows of the export; `cookies` is the device on which each account was opened."""
    rng = chance.stream("accounts")
    rows = soil(draft(people, contacts, entries.who, entries.updated), RATES, people, rng)
    n = len(rows)
    newsletter = draw(rng, [0.45, 0.40, 0.15], n)
    updated = written(times(entries.updated), "%Y-%m-%dT%H:%M:%SZ")
    table = pa.table(
        {
            "login": logins.login,
            "email": filled(rows.email, FILLED["email"], rng),
            "first_name": filled(rows.first_name, FILLED["first_name"], rng),
            "last_name": filled(rows.last_name, FILLED["last_name"], rng),
            "phone": phones(
                filled(rows.mobile, FILLED["phone"], rng),
                (0.35, 0.1, 0.02, 0.5, 0.02, 0.01, 0.0),
                rng,
            ),
            "birthday": written(filled(rows.birth, FILLED["birthday"], rng), "%Y-%m-%d"),
            "postcode": filled(rows.postcode, FILLED["postcode"], rng),
            "cookie": filled(cookies, FILLED["cookie"], rng),
            "newsletter": pa.array([True, False, None]).take(pa.array(newsletter)),
            "personal_offers": pa.array([True, False, None]).take(
                pa.array(np.where(rng.random(n) < 0.7, newsletter, 1))
            ),
            "created_at": written(times(entries.created), "%Y-%m-%dT%H:%M:%SZ"),
            "updated_at": updated,
        }
    )
    again = np.flatnonzero(rng.random(n) < AGAIN_EXPORTED_SHARE)
    order = np.sort(np.r_[np.arange(n), again], kind="stable")
    staff = _staff_rows(table.schema, staff_logins(people))
    return Made(
        "accounts",
        pa.concat_tables([staff, table.take(pa.array(order))]),
        pa.concat_arrays([staff["login"].combine_chunks(), logins.login.take(pa.array(order))]),
        np.r_[np.full(len(staff), -1), rows.who[order]],
    )


def _staff_rows(schema: pa.Schema, logins: pa.Array) -> pa.Table:
    """What the web team's accounts look like in the export."""
    opened = pa.array(["2020-01-06T09:00:00Z"] * len(logins))
    told = {
        "login": logins,
        "email": join(logins, "@maison-claire.example"),
        "first_name": pa.array(["Équipe"] * len(logins)),
        "last_name": pa.array(["Web"] * len(logins)),
        "created_at": opened,
        "updated_at": opened,
    }
    return pa.table(
        {f.name: told.get(f.name, pa.nulls(len(logins), f.type)) for f in schema}, schema=schema
    )


def write_accounts(folder: Path, chance: Chance, made: Made) -> None:
    """data/accounts.jsonl, with a line the export cut off and one without a login."""
    rng = chance.stream("accounts file")
    lines = ('{"login": "jean9", "email": "jean9@exam', '{"email": "nobody@example.org"}', "null")
    broken = dict(zip(places(rng, len(made.table), len(lines)), lines, strict=True))
    write_lines(folder / "data" / "accounts.jsonl", json_lines(made.table), broken=broken)
