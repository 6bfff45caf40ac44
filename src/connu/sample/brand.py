"""The sample brand, whole: Maison Claire, a French retailer of cameras, consoles, audio, books …

Everything is invented; what is true is written beside. The same size and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.kernel.errors import UsageError
from connu.kernel.progress import Progress
from connu.kernel.settings import FILE_NAME
from connu.sample import outcomes
from connu.sample.accounts import Logins, make_accounts, make_logins, write_accounts
from connu.sample.catalogue import make_catalogue, write_catalogue
from connu.sample.chance import Chance, Floats
from connu.sample.clicks import make_clicks
from connu.sample.contacts import Contacts, make_contacts
from connu.sample.crm import make_crm, write_crm
from connu.sample.devices import Devices, cookie_text, make_devices
from connu.sample.loyalty import make_loyalty, write_loyalty
from connu.sample.membership import Entries, make_entries
from connu.sample.moments import CUT_OFF
from connu.sample.needs import make_needs
from connu.sample.people import People, make_people
from connu.sample.records import Made
from connu.sample.shop import write_shop
from connu.sample.social import make_social, write_social
from connu.sample.support import make_support, write_support
from connu.sample.tastes import make_tastes
from connu.sample.truth import write_identities, write_people
from connu.sample.unsubscribes import make_unsubscribes, write_unsubscribes
from connu.sample.visits import make_visits
from connu.sample.weblog import look_behind, tied, write_weblog

PEOPLE = 20_000
FEWEST = 100
EVENTS_PER_PERSON = 20.0
#: Accounts opened earlier have no cookie left.
OLDEST_COOKIE_DAY = -300


@dataclass(frozen=True)
class BrandMade:
    """What was made.

    Attributes:
        folder: the brand's folder.
        people: how many people the sources know; visitors nobody knows come on top.
        seed: what it was made from.
        rows: rows written per source, and per file of the truth.
    """

    folder: Path
    people: int
    seed: int
    rows: dict[str, int] = field(default_factory=dict)


def make_brand(
    folder: Path,
    *,
    people: int = PEOPLE,
    seed: int = 1,
    events_per_person: float = EVENTS_PER_PERSON,
    progress: Progress,
) -> BrandMade:
    """Make the sample brand in `folder`: connu.toml, data/ and truth/.

    Cost: linear in `people` and in events.

    Args:
        folder: made if it is not there; files of an earlier sample are overwritten.
        people: how many people the sources know, at least 100.
        seed: the same people, seed and events give the same bytes.
        events_per_person: about how many rows of the web log there are per known person.
        progress: told what is being made.

    Raises:
        UsageError: fewer than 100 people, or the folder holds another brand's connu.toml.
    """
    folder = Path(folder)
    if people < FEWEST:
        raise UsageError(
            f"the sample brand needs at least {FEWEST} people",
            hint=f"connu demo DIR --people {FEWEST}",
        )
    settings = files("connu.sample").joinpath(FILE_NAME).read_text(encoding="utf-8")
    _refuse_other_brand(folder, settings)
    chance = Chance(seed)
    made = BrandMade(folder, people, seed)
    with progress.stage("people") as step:
        truth = make_people(chance, people)
        contacts = make_contacts(chance, truth)
        entries = make_entries(chance, truth)
        logins = make_logins(chance, truth, entries["accounts"])
        devices = make_devices(chance, truth)
        step.note(f"{people:,} known people, {len(truth) - people:,} others")
    with progress.stage("people sources", total=6) as step:
        cookies = _sign_up_cookies(chance, truth, devices, logins)
        sources = []
        for source in _people_sources(chance, folder, truth, contacts, entries, logins, cookies):
            sources.append(source)
            step.advance()
        made.rows.update({source.source: len(source.table) for source in sources})
    by_name = {source.source: source for source in sources}
    with progress.stage("behaviour", total=4) as step:
        catalogue = make_catalogue(chance)
        made.rows["products"] = write_catalogue(folder, chance, catalogue)
        tastes = make_tastes(chance, truth)
        needs = make_needs(chance, truth, tastes, catalogue, _entered(chance, truth, entries))
        step.advance()
        visits = make_visits(chance, truth, tastes, needs, devices, logins, events_per_person)
        clicks = make_clicks(chance, visits, needs, tastes, catalogue)
        behind = look_behind(chance, visits, clicks)
        step.advance()
        made.rows["web"] = write_weblog(
            folder, chance, truth, contacts, logins, needs, visits, clicks, behind, catalogue
        )
        step.advance()
        made.rows["orders"] = write_shop(
            folder, chance, needs, contacts, logins, by_name["loyalty"], catalogue
        )
        step.advance()
    with progress.stage("truth") as step:
        made.rows["truth/identities.csv"] = write_identities(folder, sources)
        write_people(folder, truth)
        signed_up = by_name["accounts"].table["cookie"].combine_chunks()
        made.rows["truth/visitors.csv"] = outcomes.write_visitors(
            folder, truth, visits, behind, tied(behind, signed_up)
        )
        made.rows["truth/intents.csv"] = outcomes.write_intents(folder, needs, catalogue)
        outcomes.write_staying(folder, truth, needs)
        outcomes.write_interests(folder, truth, tastes)
    (folder / FILE_NAME).write_text(settings, encoding="utf-8")
    return made


def _people_sources(
    chance: Chance,
    folder: Path,
    people: People,
    contacts: Contacts,
    entries: dict[str, Entries],
    logins: Logins,
    cookies: pa.Array,
) -> Iterator[Made]:
    """Make and write each people source in turn."""
    crm = make_crm(chance, people, contacts, entries["crm"])
    write_crm(folder, chance, crm)
    yield crm
    accounts = make_accounts(chance, people, contacts, entries["accounts"], logins, cookies)
    write_accounts(folder, chance, accounts)
    yield accounts
    loyalty = make_loyalty(chance, people, contacts, entries["loyalty"])
    write_loyalty(folder, loyalty)
    yield loyalty
    quiet = pa.nulls(len(entries["support"]), pa.string())
    support = make_support(chance, people, contacts, entries["support"], quiet)
    write_support(folder, chance, support)
    yield support
    social = make_social(chance, people, contacts, entries["social"])
    write_social(folder, social)
    yield social
    unsubscribes = make_unsubscribes(chance, people, contacts)
    write_unsubscribes(folder, unsubscribes)
    yield unsubscribes


def _entered(chance: Chance, people: People, entries: dict[str, Entries]) -> Floats:
    """The day each person first dealt with the brand; a visitor's first visit."""
    rng = chance.stream("entered")
    first = np.full(len(people), np.inf)
    for source in entries.values():
        np.minimum.at(first, source.who, source.created)
    return np.where(people.known, first, rng.uniform(0, CUT_OFF, len(people)))


def _sign_up_cookies(chance: Chance, people: People, devices: Devices, logins: Logins) -> pa.Array:
    """The cookie on which each account was opened; null for those opened too long ago."""
    rng = chance.stream("sign-up cookies")
    slot = devices.slot(people, logins.who, rng)
    keys = devices.cookie_key(logins.who, slot, logins.created)
    late = pa.array(logins.created >= OLDEST_COOKIE_DAY)
    return pc.if_else(late, cookie_text(chance.seed, keys), pa.scalar(None, pa.string()))


def _refuse_other_brand(folder: Path, settings: str) -> None:
    path = folder / FILE_NAME
    if path.exists() and path.read_text(encoding="utf-8") != settings:
        raise UsageError(f"there is already a brand in «{folder}»", hint="choose an empty folder")
