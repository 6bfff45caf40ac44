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
from connu.sample.portraits import portraits
from connu.sample.records import Made, join, pick
from connu.sample.words import first_names, surnames


def labels(who: Ints) -> pa.Array:
    """The names of people in all truth files: row 12 is P0000012; null for nobody (-1)."""
    text = pa.array(np.maximum(who, 0)).cast(pa.string())
    named = join("P", pc.utf8_lpad(text, 7, "0"))
    return pc.if_else(pa.array(np.asarray(who) >= 0), named, pa.scalar(None, pa.string()))


def write_identities(folder: Path, sources: list[Made]) -> int:
    """truth/identities.csv: source, record_id, person. Rows without an id are not in it.

    A row nobody is behind (a test, the web team) is a person of its own: T….
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


def write_people(folder: Path, people: People, knows_me: Ints) -> int:
    """truth/people.csv: who everybody truly is, and truth/households.csv: who lives with whom.

    Args:
        folder: the brand's.
        people: everybody.
        knows_me: what each would answer to whether the brand knows him, 0-10.

    Returns:
        The people written.
    """
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
            **portraits(people),
            "knows_me": pa.array(knows_me, mask=~people.known),
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
    return len(table)


def write_readme(folder: Path) -> None:
    """truth/README.md: what each file says."""
    (folder / "truth" / "README.md").write_text(README, encoding="utf-8")


README = """# What is really so

The sample brand's truth, for evaluation alone: no source reads it. People are named P0000000 …;
«known» people have a record in a source, the others are seen only as visitors. The data end on
1 July 2026 (UTC).

- identities.csv – per record of a people source: source, record_id, person (T…: the shop's own,
  tests and staff).
- people.csv – per person: whether known, names, sex, birth date, age band when the data end,
  occupation, area, where he lives; occupation_class, place and profile.… as twins tell them;
  knows_me: what a known person answers, or would, to whether the brand knows him (0 to 10).
- households.csv – per member of a household of several.
- visitors.csv – per cookie of the web log: the person who uses it most and his profile; its kind
  (person, shared, kiosk, robot, staff); how many people use it; whether he is known; whether the
  cookie ever met a login or an e-mail (tied); its events. Columns are named as the attributes
  that twins tell.
- intents.csv – per purchase in the year after the data end: person, category, product, since when
  he was interested, when and where he bought, value.
- staying.csv – per known person: needs per year, chance to leave after a purchase, contentment,
  whether still active, purchases so far, purchases and value in the next 91 and 365 days.
- interests.csv – the four favourite categories of each person.
- statements.csv – per statement in a text: start and end (characters), quote, dimension, theme,
  polarity, status, form, addressee, basis.
- verbatims.csv – per text: person, language, number of statements.
- expectations.jsonl – per text with an expectation of the brand: themes, polarity and status.
- drivers.csv – per theme: what it does to a rating (stars), how often it is met and spoken of.

Statements: praise is met; complaint, regret, lack and comparison are unmet; what should be or is
wished for is unknown. Advice to other customers has the addressee «peers», demands on makers,
couriers and others «other»: no expectations of the brand. Form «none»: plain telling.
"""
