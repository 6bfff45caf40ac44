"""The sample brand, whole: Maison Claire, a French retailer of cameras, consoles, audio, books …

Everything is invented; what is true is written beside. The same size and seed give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.kernel.progress import Progress
from connu.kernel.settings import FILE_NAME
from connu.sample.accounts import make_accounts, make_logins, write_accounts
from connu.sample.chance import Chance
from connu.sample.contacts import make_contacts
from connu.sample.crm import make_crm, write_crm
from connu.sample.loyalty import make_loyalty, write_loyalty
from connu.sample.membership import make_entries
from connu.sample.people import make_people
from connu.sample.social import make_social, write_social
from connu.sample.support import make_support, write_support
from connu.sample.truth import write_identities, write_people
from connu.sample.unsubscribes import make_unsubscribes, write_unsubscribes

PEOPLE = 20_000
FEWEST = 100


@dataclass(frozen=True)
class BrandMade:
    """What was made.

    Attributes:
        folder: the brand's folder.
        people: how many people sources know; visitors nobody knows come on top.
        seed: what it was made from.
        rows: rows per file of data/ and truth/, by path.
    """

    folder: Path
    people: int
    seed: int
    rows: dict[str, int]


def make_brand(
    folder: Path, *, people: int = PEOPLE, seed: int = 1, progress: Progress
) -> BrandMade:
    """Make the sample brand in `folder`: connu.toml, data/ and truth/.

    Cost: linear in `people`.

    Args:
        folder: made if it is not there; files of an earlier sample are overwritten.
        people: how many people the sources know, at least 100.
        seed: the same people and seed give the same bytes.
        progress: told file by file.

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
    rows: dict[str, int] = {}
    with progress.stage("people") as step:
        truth = make_people(chance, people)
        contacts = make_contacts(chance, truth)
        entries = make_entries(chance, truth)
        logins = make_logins(chance, truth, entries["accounts"])
        step.note(f"{people:,} known people, {len(truth) - people:,} others")
    with progress.stage("people sources", total=6) as step:
        sources = [make_crm(chance, truth, contacts, entries["crm"])]
        write_crm(folder, chance, sources[-1])
        step.advance()
        nothing = pa.nulls(len(logins.who), pa.string())
        sources.append(make_accounts(chance, truth, contacts, entries["accounts"], logins, nothing))
        write_accounts(folder, chance, sources[-1])
        step.advance()
        sources.append(make_loyalty(chance, truth, contacts, entries["loyalty"]))
        write_loyalty(folder, sources[-1])
        step.advance()
        quiet = pa.nulls(len(entries["support"]), pa.string())
        sources.append(make_support(chance, truth, contacts, entries["support"], quiet))
        write_support(folder, chance, sources[-1])
        step.advance()
        sources.append(make_social(chance, truth, contacts, entries["social"]))
        write_social(folder, sources[-1])
        step.advance()
        sources.append(make_unsubscribes(chance, truth, contacts))
        write_unsubscribes(folder, sources[-1])
        step.advance()
    with progress.stage("truth") as step:
        rows["truth/identities.csv"] = write_identities(folder, sources)
        write_people(folder, truth)
    rows |= {made.source: len(made.table) for made in sources}
    (folder / FILE_NAME).write_text(settings, encoding="utf-8")
    return BrandMade(folder, people, seed, rows)


def _refuse_other_brand(folder: Path, settings: str) -> None:
    path = folder / FILE_NAME
    if path.exists() and path.read_text(encoding="utf-8") != settings:
        raise UsageError(f"there is already a brand in «{folder}»", hint="choose an empty folder")
