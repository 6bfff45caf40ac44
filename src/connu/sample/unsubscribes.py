"""The mailing tool's list of people who want no more mail: tabs, an e-mail and a date.

Consent given in the customer file and withdrawn here: the later word counts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.chance import Chance
from connu.sample.contacts import Contacts
from connu.sample.formats import write_csv
from connu.sample.moments import CUT_OFF, times, written
from connu.sample.people import People
from connu.sample.records import Made, numbered, pick

UNSUBSCRIBED_SHARE = 0.05  # of known people


def make_unsubscribes(chance: Chance, people: People, contacts: Contacts) -> Made:
    """One row per withdrawal, by date."""
    rng = chance.stream("unsubscribes")
    known = np.flatnonzero(people.known)
    who = known[rng.random(len(known)) < UNSUBSCRIBED_SHARE]
    day = np.sort(rng.uniform(-200, CUT_OFF, len(who)))
    who = who[rng.permutation(len(who))]
    ids = numbered(1, len(who), "D", 6)
    reasons = ("trop de messages", "offres sans intérêt", "vie privée", None)
    table = pa.table(
        {
            "ref": ids,
            "email": contacts.email_of(who, day),
            "optin": pa.array(["non"] * len(who)),
            "motif": pick(reasons, rng.integers(0, len(reasons), len(who))),
            "date": written(times(day), "%d/%m/%Y %H:%M"),
        }
    )
    return Made("unsubscribes", table, ids, who)


def write_unsubscribes(folder: Path, made: Made) -> None:
    """data/desabonnements.csv."""
    write_csv(folder / "data" / "desabonnements.csv", made.table, delimiter="\t")
