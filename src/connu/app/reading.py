"""A build opened for reading: an engine in a folder of its own, a reader for one purpose."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connu.engine.choice import open_engine
from connu.engine.protocol import Engine
from connu.govern import purposes
from connu.govern.sensitive import declared_sensitive
from connu.journal.journal import open_journal
from connu.kernel.errors import BuildError
from connu.kernel.settings import Settings
from connu.ledger.build import Build
from connu.ledger.builds import Builds
from connu.ledger.reading import Reader

_PREFIX = ".reading-"


@dataclass(frozen=True)
class OpenBuild:
    """A build opened whole, for a person's rights: see `opened_for_rights`.

    Attributes:
        build: the build in force when it was opened.
        engine: where its tables are mounted.
    """

    build: Build
    engine: Engine

    def sql(self, table: str) -> str:
        """The query of a table's rows.

        Raises:
            NotFoundError: the build has no such table.
        """
        self.build.file(table)
        return f"SELECT * FROM {table}"

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, few, as dictionaries."""
        return self.engine.collect(sql).to_pylist()


@dataclass(frozen=True)
class Reading(OpenBuild):
    """A build opened for a purpose.

    Attributes:
        reader: hands out its tables, without those who may not be read.
    """

    reader: Reader

    def sql(self, table: str) -> str:
        """The query of a table's rows, all columns, in no order, the purpose's condition inside."""
        return self.reader.sql(table, sort=False, whole=True)


@contextmanager
def opened_build(folder: Path, settings: Settings, purpose: str) -> Iterator[Reading]:
    """Open the build in force for a purpose.

    Args:
        folder: the brand's folder.
        settings: its settings.
        purpose: what the data will be used for.

    Raises:
        BuildError: there is no build.
        PurposeError: the brand does not know the purpose.
    """
    build = Builds(folder).current()
    with open_journal(folder, settings) as journal:
        consents = journal.consents()
    with workspace(folder) as place:
        engine = open_engine(settings.engine, place)
        try:
            reader = Reader(
                build,
                engine,
                purpose,
                consents,
                known=purposes.of_brand(settings),
                sensitive=declared_sensitive(settings),
            )
            yield Reading(build, engine, reader)
        finally:
            engine.close()


@contextmanager
def opened_for_rights(folder: Path, settings: Settings) -> Iterator[OpenBuild]:
    """Open the build in force whole, for what a person may always ask: to grant, to withdraw, to
    be forgotten. He must be found whatever he refused; nothing read here is shown.

    Raises:
        BuildError: there is no build.
    """
    build = Builds(folder).current()
    with workspace(folder) as place:
        engine = open_engine(settings.engine, place)
        try:
            build.mount(engine)
            yield OpenBuild(build, engine)
        finally:
            engine.close()


@contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A folder under .connu for what an engine spills; gone afterwards, whatever happens.

    It is in the brand's folder, not in the system's: what a killed process leaves there is found
    by `connu forget` and swept by the next read.
    """
    home = folder / ".connu"
    _sweep(home)
    try:
        home.mkdir(mode=0o700, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=home))
    except OSError as error:
        raise BuildError(
            f"connu cannot write to its folder: {error.strerror}",
            hint="check the folder's rights and that the disk is not full",
            file=home,
        ) from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sweep(home: Path) -> None:
    for left in home.glob(f"{_PREFIX}*"):
        pid = left.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
