"""The truth beside the data: never under data/, so that no build can read it by accident."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Ints
from connu.sample.formats import write_csv
from connu.sample.homes import AREAS
from connu.sample.moments import dates
from connu.sample.people import AGE_BANDS, OCCUPATIONS, People
from connu.sample.records import Made, join, pick
from connu.sample.words import first_names, surnames


def labels(who: Ints) -> pa.Array:
    """The names of people in all truth files: row 12 is P0000012; null for nobody (-1)."""
    text = pa.array(np.maximum(who, 0)).cast(pa.string())
    named = join("P", pc.utf8_lpad(text, 7, "0"))
    return pc.if_else(pa.array(np.asarray(who) >= 0), named, pa.scalar(None, pa.string()))


def write_identities(folder: Path, sources: list[Made]) -> int:
    """truth/identities.csv: source, record_id, person. Rows without an id are not in it.

    A row nobody is behind is a person of its own (T…): it must be joined to no customer.
    """
    parts, tests = [], 0
    for made in sources:
        nobody = made.who < 0
        own = join("T", pa.array(tests + np.cumsum(nobody)).cast(pa.string()))
        tests += int(nobody.sum())
        person = pc.if_else(pa.array(nobody), own, labels(made.who))
        part = pa.table(
            {
                "source": pa.array([made.source] * len(nobody)),
                "record_id": made.record_id,
                "person": person,
            }
        ).filter(made.record_id.is_valid())
        parts.append(
            part.group_by(["source", "record_id", "person"], use_threads=False).aggregate([])
        )
    table = pa.concat_tables(parts)
    write_csv(folder / "truth" / "identities.csv", table)
    return len(table)


def write_people(folder: Path, people: People) -> None:
    """truth/people.csv: who everybody truly is, and truth/households.csv: who lives with whom."""
    who = np.arange(len(people))
    home = pa.array(people.home)
    table = pa.table(
        {
            "person": labels(who),
            "known": pc.if_else(pa.array(people.known), "yes", "no"),
            "first_name": first_names().words.take(pa.array(people.first)),
            "last_name": surnames().words.take(pa.array(people.last)),
            "maiden_name": surnames().words.take(
                pa.array(people.maiden, mask=people.maiden == people.last)
            ),
            "sex": pc.if_else(pa.array(people.female), "female", "male"),
            "birth_date": pa.array(dates(people.birth)),
            "age_band": pick(AGE_BANDS, people.band),
            "occupation": pick(OCCUPATIONS, people.occupation),
            "area": pick(AREAS, people.area),
            "postcode": people.homes.postcode.take(home),
            "town": people.homes.town.take(home),
            "country": people.homes.country.take(home),
        }
    )
    write_csv(folder / "truth" / "people.csv", table)
    together = np.argsort(people.household, kind="stable")
    together = together[np.bincount(people.household)[people.household[together]] > 1]
    household = pa.array(people.household[together]).cast(pa.string())
    write_csv(
        folder / "truth" / "households.csv",
        pa.table(
            {
                "household": join("H", household),
                "person": labels(together),
            }
        ),
    )
