"""The database under the journal: SQLite in WAL mode, or PostgreSQL, behind SQLAlchemy.

Writers take turns: SQLite's by BEGIN IMMEDIATE and a patient lock, PostgreSQL's by its own. What
was committed is on the disk. Errors never quote a statement's values.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from connu.journal import tables
from connu.kernel.errors import JournalError, MissingExtraError, SettingsError

#: How long a writer waits for the one before him.
PATIENCE_SECONDS = 30
#: PostgreSQL: those who make or migrate a journal take turns.
_TURN = 0x636F6E6E75
#: Tables that forgetting deletes from.
_SCRUBBED = (tables.decisions, tables.consents, tables.codes, tables.confirmations)


class Store:
    """An open journal database, at the last version.

    Args:
        url: SQLAlchemy URL; a relative SQLite path is relative to `folder`.
        folder: the brand's folder.

    Raises:
        JournalError: it cannot be opened, is no journal, or is of a later connu.
        MissingExtraError: PostgreSQL without its driver.
        SettingsError: the URL cannot be understood, or names a database that keeps nothing.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._url = _parsed(url, folder)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _touch(Path(str(self._url.database)))
        try:
            self._engine = sa.create_engine(
                self._url,
                hide_parameters=True,
                connect_args={"timeout": PATIENCE_SECONDS} if self.is_sqlite else {},
            )
        except NoSuchModuleError:
            raise SettingsError(
                f"connu knows no database «{self._url.drivername}»",
                hint="[journal] url begins with sqlite:/// or postgresql://",
            ) from None
        except ModuleNotFoundError:
            raise MissingExtraError(
                "PostgreSQL needs its driver", hint="pip install 'connu[postgresql]'"
            ) from None
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare)
            event.listen(self._engine, "begin", _begin)
        driver: Any = self._engine.dialect.dbapi
        self._errors = (SQLAlchemyError, UnicodeError, driver.Error)
        self._migrate()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read with; it sees one moment.

        Raises:
            JournalError: the database refuses.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except self._errors as error:
            raise self._error(error) from None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: on the disk when the block ends well, else never happened.

        Raises:
            JournalError: the database refuses, or another writer took too long.
        """
        try:
            with (
                self._engine.connect().execution_options(connu_writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except self._errors as error:
            raise self._error(error) from None

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the database's files: free pages, WAL, dead tuples.

        Raises:
            JournalError: a reader holds on to the old pages; run it again.
        """
        try:
            outside = {"connu_bare": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
            with self._engine.connect().execution_options(**outside) as c:
                if not self.is_sqlite:
                    names = ", ".join(t.name for t in _SCRUBBED)
                    c.exec_driver_sql(f"VACUUM FULL {names}")
                    return
                c.exec_driver_sql("VACUUM")
                limit = time.monotonic() + PATIENCE_SECONDS
                while c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                    if time.monotonic() > limit:
                        raise JournalError(
                            "another process keeps reading the journal's old pages",
                            hint="stop it and forget again",
                            file=self._url.database,
                        )
                    time.sleep(0.05)
        except self._errors as error:
            raise self._error(error) from None

    def check(self) -> None:
        """Read the whole database and check that it holds together.

        Raises:
            JournalError: it does not.
        """
        with self.reading() as connection:
            if self.is_sqlite:
                found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
                if found != "ok":
                    raise self._broken()
            for table in tables.metadata.sorted_tables:
                connection.execute(sa.select(sa.func.count()).select_from(table))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # ------------------------------------------------------------------ within
    def _migrate(self) -> None:
        last = 1 + len(tables.MIGRATIONS)
        if self._version() == last:
            return
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
            version = _version(connection)
            if version is None:
                tables.metadata.create_all(connection)
                connection.execute(tables.about.insert().values(version=last))
                return
            if version > last:
                raise JournalError(
                    f"the journal was written by a later connu (version {version})",
                    hint="upgrade connu",
                    file=self._url.database,
                )
            for step in tables.MIGRATIONS[version - 1 :]:
                step(connection)
            connection.execute(tables.about.update().values(version=last))

    def _version(self) -> int | None:
        with self.reading() as connection:
            return _version(connection)

    def _broken(self) -> JournalError:
        return JournalError(
            "the journal is damaged",
            hint="put it back from a backup; or move it away, and decisions, consents, codes "
            "taken by hand and what customers confirmed are lost",
            file=self._url.database,
        )

    def _error(self, error: Exception) -> JournalError:
        # The driver's own text may quote values (PostgreSQL does): it is sorted, never shown.
        if isinstance(error, UnicodeError):
            return JournalError("the journal keeps text only, and this is no valid text")
        said = str(getattr(error, "orig", error)).lower()
        if any(word in said for word in ("malformed", "not a database", "no such table")):
            return self._broken()
        for words, message, hint in _REFUSALS:
            if any(word in said for word in words):
                return JournalError(message, hint=hint, file=self._url.database)
        return JournalError(
            f"the journal's database stopped with {type(error).__name__}",
            hint="see that the database runs and [journal] url is right",
            database=self._url.render_as_string(hide_password=True),
        )


_REFUSALS = (
    (("locked", "busy"), "another process keeps writing to the journal", "try again"),
    (("full", "no space"), "the journal cannot be written: the disk is full", "free some space"),
    (
        ("disk i/o error",),
        "the journal's disk refuses to read or write",
        "check that the disk is not full and is sound",
    ),
    (
        ("readonly", "read-only", "unable to open", "permission denied"),
        "the journal cannot be opened or written",
        "check the owner and the rights of the file and its folder",
    ),
    (
        ("connection", "connect to", "could not translate", "password", "does not exist"),
        "the journal's database does not answer",
        "see that it runs and that [journal] url is right",
    ),
)


def _parsed(url: str, folder: Path) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise SettingsError(
            "[journal] url is no database URL",
            hint="as in: postgresql://user@host/database",
            setting="journal.url",
        ) from None
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise SettingsError(
                "a journal in memory keeps nothing",
                hint="name a file: sqlite:///journal.db",
                setting="journal.url",
            )
        return parsed.set(database=str(Path(folder).resolve() / str(parsed.database)))
    return parsed


def _touch(path: Path) -> None:
    """Make the file with its rights before SQLite does: nobody else reads a journal."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "its path is no path")
        raise JournalError(
            f"the journal cannot be opened: {why}",
            hint="check the owner and the rights of the file and its folder",
            file=path,
        ) from None


def _prepare(dbapi_connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions itself (_begin): the driver must not.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1000}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")
    finally:
        cursor.close()


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("connu_bare"):  # VACUUM runs outside any transaction
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("connu_writes") else "BEGIN")


def _version(connection: sa.Connection) -> int | None:
    if not sa.inspect(connection).has_table(tables.about.name):
        return None
    return connection.execute(sa.select(tables.about.c.version)).scalar()
