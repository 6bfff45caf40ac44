"""Social handles that follow or write to the brand: JSON Lines, little but a display name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Chance, draw, within
from connu.sample.contacts import Contacts
from connu.sample.formats import json_lines, write_lines
from connu.sample.membership import Entries
from connu.sample.moments import times, written
from connu.sample.noise import Rates, draft, filled, soil
from connu.sample.people import People
from connu.sample.records import Made, join, numbered, pick
from connu.sample.words import first_names, surnames

RATES = Rates(
    nickname=0.15,
    typo=0.005,
    misheard=0.002,
    unaccented=0.35,
    upper=0.03,
    lower=0.25,
    swapped=0.02,
    initial=0.04,
    day_month=0.0,
    placeholder=0.0,
    wrong_digit=0.0,
    junk=0.001,
)
FILLED = {"city": 0.45, "email": 0.40}
NETWORKS = ("twitter", "facebook", "instagram")
NETWORK_SHARES = (0.25, 0.35, 0.40)


def make_social(chance: Chance, people: People, contacts: Contacts, entries: Entries) -> Made:
    """The rows of the export; a person may hold several handles."""
    rng = chance.stream("social")
    rows = soil(draft(people, contacts, entries.who, entries.updated), RATES, people, rng)
    n = len(rows)
    network = draw(rng, NETWORK_SHARES, n)
    handle = handles(people, rows.who, rng)
    style = draw(rng, [0.66, 0.20, 0.14], n)
    full = join(rows.first_name, " ", rows.last_name)
    display = pc.choose(pa.array(style), full, rows.first_name, handle)
    ids = numbered(50_001, n, "soc-")
    nothing = pa.scalar(None, pa.string())
    columns = {
        name: pc.if_else(pa.array(network == code), join("@", handle), nothing)
        for code, name in enumerate(NETWORKS)
    }
    table = pa.table(
        {
            "id": ids,
            "network": pick(NETWORKS, network),
            **columns,
            "display_name": display,
            "city": filled(rows.town, FILLED["city"], rng),
            "email": filled(rows.email, FILLED["email"], rng),
            "followers": pa.array(np.floor(rng.lognormal(4.6, 1.3, n)).astype(np.int64)),
            "seen_at": written(times(entries.updated), "%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    return Made("social", table, ids, rows.who)


def handles(people: People, who: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Distinct handles, most of them made of the name."""
    n = len(who)
    first = first_names().folded.take(pa.array(people.first[who]))
    last = surnames().folded.take(pa.array(people.last[who]))
    number = pa.array(rng.integers(1, 9999, n)).cast(pa.string())
    way = pa.array(draw(rng, [0.35, 0.25, 0.2, 0.2], n))
    made = pc.choose(
        way,
        join(first, "_", last),
        join(first, last),
        join(first, number),
        join(pc.utf8_slice_codeunits(first, 0, 1), last, number),
    )
    rank = within(made.dictionary_encode().indices.to_numpy())
    return pc.if_else(pa.array(rank > 0), join(made, "_", pa.array(rank).cast(pa.string())), made)


def write_social(folder: Path, made: Made) -> None:
    """data/social.jsonl."""
    write_lines(folder / "data" / "social.jsonl", json_lines(made.table))
