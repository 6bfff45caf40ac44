"""The digest of a build's inputs: equal inputs give equal builds, so that nothing need be done.

Inputs are the content of the sources' files, the settings, the journal and connu's own code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

import connu
from connu.app.corrections import build_words
from connu.journal.journal import Journal
from connu.kernel.settings import Settings
from connu.ledger.expectations import TAUGHT_FOLDER, TAUGHT_PAGE
from connu.sources.locations import files_of
from connu.twins.learnable import PURPOSES
from connu.understand.codebook import FILE_NAME as CODEBOOK_FILE


def input_digest(settings: Settings, folder: Path, journal: Journal) -> str | None:
    """A digest of everything a build depends on.

    Costs one read of every source file (about 1 GB/s).

    Args:
        settings: the brand's settings.
        folder: its folder.
        journal: its journal.

    Returns:
        Hexadecimal digits, or None when a source is a database of a server: reading it whole is
        what the build itself does.

    Raises:
        FileNotFoundError: a file vanished.
    """
    if any(
        source.url is not None and sqlite_file(source.url, folder) is None
        for source in settings.sources.values()
    ):
        return None
    whole = hashlib.blake2b(digest_size=16)
    whole.update(code_digest().encode())
    whole.update(msgspec.json.encode(settings, order="deterministic"))
    whole.update(journal_digest(journal).encode())
    page = taught_page(folder)
    if settings.understand.encoder == TAUGHT_FOLDER and page.is_file():
        whole.update(_file_digest(page))
    for name, path in sorted(input_files(settings, folder)):
        whole.update(f"\0{name}\0{path.name}\0".encode())
        whole.update(_file_digest(path))
    return whole.hexdigest()


def input_files(settings: Settings, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of every file that the sources read, of those with audited visitors, and of
    the brand's own codebook.

    Raises:
        SourceError: a source names a file that is not there.
    """
    for name, attribute in settings.attributes.items():
        # One that is not there is told by who reads it.
        if attribute.audited is not None and (folder / attribute.audited).is_file():
            yield f"attributes.{name}", folder / attribute.audited
    if (folder / CODEBOOK_FILE).is_file():
        yield "codebook", folder / CODEBOOK_FILE
    for name, source in settings.sources.items():
        if source.path is not None:
            for path in files_of(name, source, folder):
                yield name, path
        elif source.url is not None:
            database = sqlite_file(source.url, folder)
            if database is not None and database.is_file():
                yield name, database
                log = database.with_name(database.name + "-wal")
                if log.is_file():
                    yield name, log


def taught_page(folder: Path) -> Path:
    """The page beside the brand's taught model: another model has another page."""
    return folder / ".connu" / TAUGHT_FOLDER / TAUGHT_PAGE


def sqlite_file(url: str, folder: Path) -> Path | None:
    """The file of a SQLite URL; None for any other database.

    >>> sqlite_file("sqlite:///data/shop.db", Path("brand"))
    PosixPath('brand/data/shop.db')
    >>> sqlite_file("postgresql://server/shop", Path("brand")) is None
    True
    """
    scheme, _, rest = url.partition(":///")
    path = rest.partition("?")[0]
    if scheme.partition("+")[0] != "sqlite" or not path:
        return None
    return folder / path


def _file_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """A digest of connu's own code: another connu may give another build of the same input."""
    root = Path(connu.__file__).parent
    whole = hashlib.blake2b(connu.__version__.encode(), digest_size=16)
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".csv", ".toml") and path.is_file():
            whole.update(str(path.relative_to(root)).encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def journal_digest(journal: Journal) -> str:
    """A digest of what a build takes from the journal: joins, splits, tombstones, the codes in
    force (who said what of which text, not when), what customers said of what is told of them, and
    what was said of the purposes without which nobody is anybody's twin.

    Other consents are not part of it: they count when a build is read, not when it is made. Nor are
    answers: they are shown beside a build.
    """
    whole = hashlib.blake2b(digest_size=16)
    consents = journal.consents()
    twins = consents.filter(pc.is_in(consents["purpose"], pa.array(PURPOSES))).to_pylist()
    said_of_twins = sorted(repr(sorted(consent.items())) for consent in twins)
    codes = journal.codes().drop_columns(["id", "by", "at"]).to_pylist()
    said_by_hand = [repr(list(code.values())) for code in codes]
    confirmations = build_words(journal.confirmations()).drop_columns(["by", "survey", "via"])
    said_of_facts = [repr(list(one.values())) for one in confirmations.to_pylist()]
    decided = (journal.joins(), journal.splits(), sorted(journal.tombstones()))
    for said in (*decided, said_of_twins, said_by_hand, said_of_facts):
        whole.update(repr(said).encode() + b"\0")
    return whole.hexdigest()
