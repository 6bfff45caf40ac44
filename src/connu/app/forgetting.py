"""The right to be forgotten: whom it concerns, and the sources that must be searched too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connu.app.finding import name
from connu.app.inputs import input_files
from connu.app.reading import OpenBuild
from connu.engine.choice import open_engine
from connu.identify.model import LinkModel
from connu.journal.journal import Journal, open_journal
from connu.kernel.errors import ConnuError, SourceError, UsageError
from connu.kernel.settings import Settings
from connu.ledger.erasure import Forgotten, drop_derived, forget
from connu.ledger.expectations import CACHE_FOLDER


@dataclass(frozen=True)
class Target:
    """Whom a text names, before he is forgotten.

    Attributes:
        customer_id: who.
        records: how many records he has.
    """

    customer_id: str
    records: int


def target_of(reading: OpenBuild, settings: Settings, who: str) -> Target:
    """The one customer that a text names.

    Raises:
        NotFoundError: nobody answers to it.
        UsageError: several do: nobody is forgotten for another.
    """
    named = name(reading, settings, who)
    if len(named.customers) > 1:
        raise UsageError(
            f"{len(named.customers)} customers answer to that",
            hint="name one by his customer id or a record; connu show lists them",
        )
    whole = name(reading, settings, named.customers[0])
    return Target(named.customers[0], len(whole.records))


def forget_customer(folder: Path, settings: Settings, customer_id: str, by: str) -> Forgotten:
    """Forget a customer, and search the sources' files too: where he stands there is told.

    What endpoints answered of his words goes too; if that is cut short, the next build does it.

    Raises:
        NotFoundError: there is no such customer.
        BuildError: a build is running.
        JournalError: the journal refuses; nothing else was done.
    """
    with open_journal(folder, settings) as journal:
        done = forget(
            folder,
            journal,
            customer_id,
            by=by,
            open_engine=lambda place: open_engine(settings.engine, place),
            also_search=_sources(settings, folder),
            unlearn=lambda text, own: LinkModel.from_json(text).without(own).to_json(),
        )
        _forget_answers(folder, settings, journal)
    return done


def _forget_answers(folder: Path, settings: Settings, journal: Journal) -> None:
    """Keep what endpoints answered of those who stay; nothing, where nobody can say whose it is."""
    if not (folder / ".connu" / CACHE_FOLDER).is_dir():
        return
    from connu.app.answers_kept import keep_answers
    from connu.app.heard_build import heard_build
    from connu.understand.codebook import read_codebook

    try:
        codebook = read_codebook(folder)
        heard, _ = heard_build(folder, settings, journal, codebook)
        keep_answers(folder, settings, codebook, heard)
    except ConnuError:
        drop_derived(folder)


def _sources(settings: Settings, folder: Path) -> list[Path]:
    """The sources' files; those that are gone cannot hold him."""
    try:
        return [path for _, path in input_files(settings, folder)]
    except SourceError:
        return []
