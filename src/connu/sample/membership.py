"""Who appears in which source, how often and since when. Every known person appears at least once.

Sources overlap as they do in life: the young have a web account, the older a loyalty card, few
write to support, fewer still on social networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.sample.chance import Chance, Floats, Ints
from connu.sample.moments import CUT_OFF
from connu.sample.people import People

#: Shares of known people by source, before the shift by age.
SHARES = {"crm": 0.62, "accounts": 0.62, "support": 0.20, "loyalty": 0.46, "social": 0.14}
#: Shares of a source's people who appear in it once more.
AGAIN = {"crm": 0.05, "accounts": 0.06, "support": 0.35, "loyalty": 0.0, "social": 0.15}
#: What age adds to the log-odds, by band.
_AGE = {
    "crm": (-0.5, -0.2, 0.1, 0.2, 0.2),
    "accounts": (0.6, 0.5, 0.2, -0.3, -1.0),
    "support": (-0.3, 0.0, 0.1, 0.1, 0.0),
    "loyalty": (-0.8, -0.3, 0.1, 0.3, 0.4),
    "social": (0.9, 0.6, 0.0, -0.7, -1.4),
}
_EARLIEST = {"crm": -2500, "accounts": -1500, "support": -500, "loyalty": -2500, "social": -600}


@dataclass(frozen=True)
class Entries:
    """The records of one source, by the time they were created.

    Attributes:
        who: the person of each record.
        created: day number. updated: day of the last change, what the record shows.
    """

    who: Ints
    created: Floats
    updated: Floats

    def __len__(self) -> int:
        return len(self.who)


def make_entries(chance: Chance, people: People) -> dict[str, Entries]:
    """The records of each people source. Cost: linear in people."""
    rng = chance.stream("membership")
    known = np.flatnonzero(people.known)
    busy = 0.25 * people.activity[known]
    chosen = {}
    for source, share in SHARES.items():
        odds = np.log(share / (1 - share)) + np.array(_AGE[source])[people.band[known]] + busy
        chosen[source] = rng.random(len(known)) < 1 / (1 + np.exp(-odds))
    nowhere = ~np.logical_or.reduce(list(chosen.values()))
    fallback = rng.choice(3, size=len(known), p=[0.45, 0.35, 0.2])
    for code, source in enumerate(("crm", "accounts", "loyalty")):
        chosen[source] |= nowhere & (fallback == code)
    return {source: _entries(source, known[at], rng) for source, at in chosen.items()}


def _entries(source: str, who: Ints, rng: np.random.Generator) -> Entries:
    again = who[rng.random(len(who)) < AGAIN[source]]
    once_more = again[rng.random(len(again)) < AGAIN[source]]
    everyone = np.concatenate([who, again, once_more])
    created = _opening_hours(rng.uniform(_EARLIEST[source], CUT_OFF, len(everyone)), rng)
    later = _opening_hours(created + 1 + rng.exponential(400, len(created)), rng)
    later = np.where(later < CUT_OFF, later, created)
    updated = np.where(rng.random(len(created)) < 0.5, later, created)
    order = np.argsort(created, kind="stable")
    return Entries(everyone[order], created[order], updated[order])


def _opening_hours(days: Floats, rng: np.random.Generator) -> Floats:
    """The same days, at an hour between 7 and 20 UTC, most often around three."""
    hour = 7 + 13 * rng.beta(2.2, 1.8, len(days))
    return np.floor(days) + hour / 24
