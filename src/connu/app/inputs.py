"""The digest of a build's inputs: equal inputs give equal builds, so that nothing need be done.

Inputs are the content of the sources' files, the settings, the journal and connu's own code.
A database source has no digest: reading it whole is what the build itself does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

import connu
from connu.journal.journal import Journal
from connu.kernel.settings import Settings


def input_digest(settings: Settings, files: Iterable[tuple[str, Path]], journal: str) -> str | None:
    """A digest of everything a build depends on.

    Costs one read of every source file (about 1 GB/s).

    Args:
        settings: the brand's settings.
        files: source name and path of every file the sources read.
        journal: a digest of the journal's content.

    Returns:
        Hexadecimal digits, or None when a source is a database.

    Raises:
        FileNotFoundError: a file vanished.
    """
    if any(source.url is not None for source in settings.sources.values()):
        return None
    whole = hashlib.blake2b(digest_size=16)
    whole.update(code_digest().encode())
    whole.update(msgspec.json.encode(settings, order="deterministic"))
    whole.update(journal.encode())
    for source, path in sorted(files, key=lambda pair: (pair[0], str(pair[1]))):
        whole.update(f"\0{source}\0{path.name}\0".encode())
        whole.update(_file_digest(path))
    return whole.hexdigest()


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
    """A digest of what a build takes from the journal: joins, splits, tombstones.

    Consents are not part of it: they count when a build is read, not when it is made.
    """
    whole = hashlib.blake2b(digest_size=16)
    for said in (journal.joins(), journal.splits(), sorted(journal.tombstones())):
        whole.update(repr(said).encode() + b"\0")
    return whole.hexdigest()
