"""The poll: «does Maison Claire know you?», asked of customers drawn at random, from 0 to 10.

What everybody would answer is true whether he is asked or not, and stands in truth/people.csv; the
answers asked are those. Some three in ten say 7 or more: fewer than the brand believes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.accounts import Logins
from connu.sample.chance import Chance, Floats, Ints
from connu.sample.contacts import Contacts
from connu.sample.formats import write_csv
from connu.sample.moments import CUT_OFF, times, written
from connu.sample.needs import Needs
from connu.sample.people import People
from connu.sample.records import Made, numbered

#: Customers asked: so many, or a fifth of all where that is fewer.
MOST, SHARE = 400, 0.2
_DAYS = 30  # in which they answer


def knows_me(chance: Chance, people: People, needs: Needs) -> Ints:
    """What each person would answer, 0-10: more the busier and the more content he is."""
    rng = chance.stream("knows me")
    felt = 4.8 + 1.6 * people.activity + 1.1 * _standing(needs.content)
    return np.clip(np.round(felt + rng.normal(0, 2.0, len(people))), 0, 10).astype(np.int64)


def make_poll(
    chance: Chance, people: People, contacts: Contacts, logins: Logins, answers: Ints
) -> Made:
    """One row per customer asked, all of whom answer: an e-mail, his login where he has one."""
    rng = chance.stream("poll")
    known = np.flatnonzero(people.known)
    who = rng.choice(known, min(MOST, int(len(known) * SHARE)), replace=False)
    day = np.sort(CUT_OFF - _DAYS * rng.random(len(who)))
    holds = np.full(len(people), -1)
    holds[logins.who[::-1]] = np.arange(len(logins.who))[::-1]
    ids = numbered(1, len(who), "S", 5)
    table = pa.table(
        {
            "ref": ids,
            "date": written(times(day), "%d/%m/%Y %H:%M"),
            "mail": contacts.email_of(who, day),
            "compte": logins.login.take(pa.array(holds[who], mask=holds[who] < 0)),
            "vous_connait": pa.array(answers[who]),
        }
    )
    return Made("poll", table, ids, who)


def write_poll(folder: Path, made: Made) -> None:
    """data/sondage.csv."""
    write_csv(folder / "data" / "sondage.csv", made.table, delimiter=";")


def _standing(values: Floats) -> Floats:
    """Values less their mean, in standard deviations."""
    return (values - values.mean()) / max(float(values.std()), 1e-9)
