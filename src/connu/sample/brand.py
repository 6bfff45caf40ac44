"""The sample brand, whole: Maison Claire, a French retailer of cameras, consoles, audio, books …

Everything is invented; what is true is written beside. The same size and seed give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.kernel.progress import Progress
from connu.kernel.settings import FILE_NAME
from connu.sample import meanings, outcomes, truth, voices
from connu.sample.accounts import make_accounts, write_accounts
from connu.sample.catalogue import write_catalogue
from connu.sample.chance import Chance, Ints
from connu.sample.clicks import Clicks, make_clicks
from connu.sample.crm import make_crm, write_crm
from connu.sample.loyalty import make_loyalty, write_loyalty
from connu.sample.poll import knows_me, make_poll, write_poll
from connu.sample.records import Made
from connu.sample.shop import write_shop
from connu.sample.social import make_social, write_social
from connu.sample.support import make_support, write_support
from connu.sample.unsubscribes import make_unsubscribes, write_unsubscribes
from connu.sample.visits import Visits, make_visits
from connu.sample.weblog import Behind, look_behind, tied, write_weblog
from connu.sample.world import World, make_world, sign_up_cookies

PEOPLE = 20_000
FEWEST = 100
EVENTS_PER_PERSON = 20.0


@dataclass(frozen=True)
class BrandMade:
    """What was made.

    Attributes:
        folder: the brand's folder.
        people: how many people the sources know; visitors nobody knows come on top.
        seed: what it was made from.
        rows: rows written per source of connu.toml, and per file of truth/.
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
        world = make_world(chance, people)
        step.note(f"{people:,} known, {len(world.people) - people:,} others")
    with progress.stage("people sources") as step:
        messages = voices.make_messages(
            chance, world.people, world.contacts, world.entries["support"], world.needs.content
        )
        sources = _people_sources(folder, chance, world, messages.texts.text)
        made.rows.update({source.source: len(source.table) for source in sources.values()})
        step.note(f"{sum(made.rows.values()):,} records")
    with progress.stage("web log and orders") as step:
        visits, clicks, behind = _web(folder, chance, world, events_per_person, made)
        made.rows["products"] = write_catalogue(folder, chance, world.catalogue)
        made.rows["orders"] = write_shop(
            folder,
            chance,
            world.needs,
            world.contacts,
            world.logins,
            sources["loyalty"],
            world.catalogue,
        )
        step.note(f"{len(clicks):,} clicks in {len(visits):,} visits")
    with progress.stage("verbatims") as step:
        spoken = [*_voices(folder, chance, world, sources), messages]
        made.rows.update({voice.source: len(voice.ids) for voice in spoken})
        known = knows_me(chance, world.people, world.needs)
        poll = make_poll(chance, world.people, world.contacts, world.logins, known)
        write_poll(folder, poll)
        made.rows[poll.source] = len(poll.table)
        step.note(f"{sum(len(voice.ids) for voice in spoken):,} texts")
    with progress.stage("truth"):
        made.rows.update(_truth(folder, world, sources, visits, behind, spoken, known))
    (folder / FILE_NAME).write_text(settings, encoding="utf-8")
    return made


def _people_sources(
    folder: Path, chance: Chance, world: World, messages: pa.Array
) -> dict[str, Made]:
    """Make and write the people sources."""
    people, contacts, entries = world.people, world.contacts, world.entries
    crm = make_crm(chance, people, contacts, entries["crm"])
    write_crm(folder, chance, crm)
    accounts = make_accounts(
        chance, people, contacts, entries["accounts"], world.logins, sign_up_cookies(chance, world)
    )
    write_accounts(folder, chance, accounts)
    loyalty = make_loyalty(chance, people, contacts, entries["loyalty"])
    write_loyalty(folder, loyalty)
    support = make_support(chance, people, contacts, entries["support"], messages)
    write_support(folder, chance, support)
    social = make_social(chance, people, contacts, entries["social"])
    write_social(folder, social)
    unsubscribes = make_unsubscribes(chance, people, contacts)
    write_unsubscribes(folder, unsubscribes)
    made = (crm, accounts, loyalty, support, social, unsubscribes)
    return {source.source: source for source in made}


def _web(
    folder: Path, chance: Chance, world: World, events_per_person: float, made: BrandMade
) -> tuple[Visits, Clicks, Behind]:
    """Make the visits and write the web log."""
    visits = make_visits(
        chance,
        world.people,
        world.tastes,
        world.needs,
        world.devices,
        world.logins,
        events_per_person,
    )
    clicks = make_clicks(chance, visits, world.needs, world.tastes, world.catalogue)
    behind = look_behind(chance, visits, clicks)
    made.rows["web"] = write_weblog(
        folder,
        chance,
        world.people,
        world.contacts,
        world.logins,
        world.needs,
        visits,
        clicks,
        behind,
        world.catalogue,
    )
    return visits, clicks, behind


def _voices(
    folder: Path, chance: Chance, world: World, sources: dict[str, Made]
) -> list[voices.Voice]:
    """Make and write surveys, reviews and posts."""
    people, contacts, needs = world.people, world.contacts, world.needs
    made = [
        voices.make_surveys(chance, people, contacts, sources["loyalty"], needs),
        voices.make_reviews(chance, people, world.logins, needs, world.catalogue),
        voices.make_posts(chance, people, world.entries["social"], sources["social"], needs),
    ]
    voices.write_voices(folder, made)
    return made


def _truth(
    folder: Path,
    world: World,
    sources: dict[str, Made],
    visits: Visits,
    behind: Behind,
    spoken: list[voices.Voice],
    known: Ints,
) -> dict[str, int]:
    """Write truth/; returns the rows of the files whose size says something."""
    signed_up = sources["accounts"].table["cookie"].combine_chunks()
    met = tied(behind, signed_up)
    rows = {
        "truth/identities.csv": truth.write_identities(folder, list(sources.values())),
        "truth/people.csv": truth.write_people(folder, world.people, known),
        "truth/visitors.csv": outcomes.write_visitors(folder, world.people, visits, behind, met),
        "truth/intents.csv": outcomes.write_intents(folder, world.needs, world.catalogue),
        "truth/statements.csv": meanings.write_statements(folder, spoken),
    }
    outcomes.write_staying(folder, world.people, world.needs)
    outcomes.write_interests(folder, world.people, world.tastes)
    meanings.write_drivers(folder)
    truth.write_readme(folder)
    return rows


def _refuse_other_brand(folder: Path, settings: str) -> None:
    path = folder / FILE_NAME
    if path.exists() and path.read_text(encoding="utf-8") != settings:
        raise UsageError(
            f"there is already a brand in «{folder}»",
            hint="choose another folder, or remove that one",
        )
