"""Builds: each one immutable, written aside, published by one rename.

    .connu/lock                 held by flock while a build is written; names the process and since
    .connu/current              the id of the build in force; replaced by rename
    .connu/builds/<id>/         a published build
    .connu/builds/.<id>.tmp/    a draft: the engine's workspace; cleaned when its process is gone

A process killed at any moment leaves `current` untouched or replaced, never half-written, and the
lock falls with the process. What it left behind is cleaned by the next `begin`. A build id is its
time in UTC to the millisecond, always later than every id before it, so ids sort by time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from connu.kernel.clock import now_utc
from connu.kernel.errors import BuildError
from connu.ledger.build import BUILD_FORMAT, Build, id_of, moment_of
from connu.ledger.files import fsync_folder, fsync_tree, io_error, write_atomically
from connu.ledger.intents import INTENTS_FOLDER
from connu.ledger.lock import Lock
from connu.ledger.scorecards import KEPT_CARD
from connu.ledger.twins import TWINS_FOLDER

__all__ = ["COMPANIONS", "Build", "Builds", "Draft"]

#: Beside the tables, kept whenever they are there: files, and folders with all that is in them.
COMPANIONS = ("serving.sqlite", "model.json", KEPT_CARD, TWINS_FOLDER, INTENTS_FOLDER)

_ID = re.compile(r"\d{8}T\d{9}Z")


class Draft:
    """A build under way: a workspace nobody reads, and the lock. Leave it published or abandoned.

    As a context manager it is abandoned when the block raises or never publishes.
    """

    def __init__(self, builds: Builds, id: str, lock: Lock) -> None:
        self.id = id
        self.workspace = builds.root / f".{id}.tmp"
        self._builds = builds
        self._lock: Lock | None = lock

    def publish(self, keep: Iterable[str], trace: dict[str, Any], *, alone: bool = False) -> Build:
        """Make the draft the build in force, at once and whole; then drop builds beyond the last N.

        The engine's other tables and its spill are deleted, what is kept is on the disk before
        the folder gets its name. Close the engine before: its views point into the workspace.

        Args:
            keep: names of the tables to publish (`<name>.parquet` in the workspace); the serving
                index and the models are kept whenever they are there.
            trace: counts, timings, settings digest, versions, rejected rows; JSON, nothing
                personal.
            alone: no earlier build may remain (somebody was forgotten): they are deleted now, or
                by the next `begin` if this process ends before.

        Raises:
            BuildError: a table to keep was never made, the disk is full or refuses. The last
                build stays in force.
        """
        lock = self._held()
        tables = sorted(set(keep))
        final = self._builds.root / self.id
        try:
            about = self._about(tables, trace) | {"alone": alone}
            self._strip({f"{table}.parquet" for table in tables} | set(COMPANIONS))
            write_atomically(
                self.workspace / "build.json",
                json.dumps(about, indent=1, ensure_ascii=False, default=str).encode(),
            )
            fsync_tree(self.workspace)
            self.workspace.rename(final)
            try:
                fsync_folder(self._builds.root)
                write_atomically(self._builds.current_file, self.id.encode())
            except OSError:
                final.rename(self.workspace)  # never in force: it goes with the draft
                raise
        except OSError as error:
            raise io_error("the build could not be published", error) from error
        self._lock = None
        try:
            with suppress(OSError, BuildError):  # it is published: older builds can wait
                self._builds.prune(1 if alone else None)
        finally:
            lock.release()
        return Build(self.id, final, about)

    def abandon(self) -> None:
        """Delete the draft and let the next build begin; the last build stays in force."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        try:
            shutil.rmtree(self.workspace, ignore_errors=True)
        finally:
            lock.release()

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abandon()

    def _held(self) -> Lock:
        if self._lock is None:
            raise BuildError("this draft was already published or abandoned", build=self.id)
        return self._lock

    def _about(self, tables: list[str], trace: dict[str, Any]) -> dict[str, Any]:
        missing = [t for t in tables if not (self.workspace / f"{t}.parquet").is_file()]
        if missing:
            raise BuildError(
                f"the build has not made the table «{missing[0]}»", table=missing[0], build=self.id
            )
        return {
            "id": self.id,
            "format": BUILD_FORMAT,
            "published": now_utc().isoformat(),
            "tables": {t: (self.workspace / f"{t}.parquet").stat().st_size for t in tables},
            "trace": trace,
        }

    def _strip(self, keep: set[str]) -> None:
        for path in self.workspace.iterdir():
            if path.name not in keep:
                _remove_tree(path)


class Builds:
    """The builds of a brand's folder.

    Args:
        folder: the brand's folder.
        last: how many published builds to keep, the one in force included (at least 1).
    """

    def __init__(self, folder: Path, *, last: int = 3) -> None:
        self.home = Path(folder) / ".connu"
        self.root = self.home / "builds"
        self.current_file = self.home / "current"
        self.last = max(1, last)

    def begin(self, clock: Callable[[], datetime] = now_utc) -> Draft:
        """Take the lock, clean what a dead build left, and open a workspace.

        Raises:
            BuildError: another build is running (since when, which process), or the folder cannot
                be written.
        """
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.mkdir(mode=0o700, exist_ok=True)
            lock = Lock.take(
                self.home / "lock",
                {"pid": os.getpid(), "host": socket.gethostname(), "since": clock().isoformat()},
            )
        except OSError as error:
            raise io_error("the brand's folder cannot be written", error) from error
        try:
            self._clean()
            draft = Draft(self, self._next_id(clock()), lock)
            draft.workspace.mkdir(mode=0o700)
        except OSError as error:
            lock.release()
            raise io_error("the workspace of a build cannot be made", error) from error
        except BaseException:
            lock.release()
            raise
        return draft

    def current(self) -> Build:
        """The build in force.

        Raises:
            BuildError: there is none, or its folder is gone or broken.
        """
        id = self._current_id()
        if id is None:
            raise BuildError("there is no build yet", hint="run: connu build")
        return self._read(id)

    def list(self) -> Sequence[Build]:
        """Every published build that can be read, the oldest first; at most the last N."""
        current = self._current_id()
        found = []
        for id in self._ids():
            if current is None or id <= current:
                try:
                    found.append(self._read(id))
                except BuildError:
                    continue
        return found

    def clean(self) -> Sequence[str]:
        """Delete what dead builds left behind, now instead of at the next `begin`.

        Returns:
            The names of the folders deleted; none while a build is running.
        """
        try:
            before = set(os.listdir(self.root))
            self.begin().abandon()
            return sorted(before - set(os.listdir(self.root)))
        except (FileNotFoundError, BuildError):
            return []
        except OSError as error:
            raise io_error("the builds cannot be cleaned", error) from error

    def prune(self, last: int | None = None) -> Sequence[str]:
        """Delete builds before the last N, never the one in force; returns the ids deleted.

        Only while a draft of this brand is held or just published: nobody else may delete.
        """
        current = self._current_id()
        keep = self.last if last is None else max(1, last)
        older = [id for id in self._ids() if current is not None and id < current]
        gone = older[: max(0, len(older) - (keep - 1))]
        for id in gone:
            self._remove(id)
        return gone

    # ------------------------------------------------------------------ within
    def _current_id(self) -> str | None:
        try:
            id = self.current_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise io_error("the name of the build in force cannot be read", error) from error
        except UnicodeDecodeError:
            id = ""
        if not _ID.fullmatch(id):
            raise BuildError(
                "the file naming the build in force is broken",
                hint="run: connu build",
                file=self.current_file,
            )
        return id

    def _ids(self) -> Sequence[str]:
        try:
            names = os.listdir(self.root)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise io_error("the builds cannot be listed", error) from error
        return sorted(name for name in names if _ID.fullmatch(name))

    def _read(self, id: str) -> Build:
        path = self.root / id
        try:
            about = json.loads((path / "build.json").read_bytes())
            tables, form = about["tables"], about["format"]
            whole = all((path / f"{table}.parquet").is_file() for table in tables)
        except PermissionError as error:
            raise io_error(f"the build {id} cannot be read", error) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BuildError(
                f"the build {id} is missing or broken", hint="run: connu build", build=id
            ) from error
        if form != BUILD_FORMAT:
            raise BuildError(
                f"the build {id} was made by another version of connu",
                hint="run: connu build",
                build=id,
            )
        if not whole:
            raise BuildError(f"the build {id} has lost tables", hint="run: connu build", build=id)
        return Build(id, path, about)

    def _next_id(self, now: datetime) -> str:
        # A clock set back, or fixed, must not make two builds of one name nor an earlier one.
        taken = self._ids()
        moment = now.astimezone(UTC)
        if taken:
            moment = max(moment, moment_of(taken[-1]) + timedelta(milliseconds=1))
        return id_of(moment)

    def _clean(self) -> None:
        """Under the lock: no draft is alive, and no build after `current` was ever in force."""
        for name in os.listdir(self.root):
            if name.startswith(".") and name.endswith((".tmp", ".gone")):
                _remove_tree(self.root / name)
        for path in self.home.glob(".current.*.new"):
            path.unlink(missing_ok=True)
        try:
            current = self._current_id()
        except BuildError:
            return  # a broken name: the build that begins replaces it; nothing is deleted
        if current is not None and (self.root / current).is_dir():
            for id in self._ids():
                if id > current:
                    self._remove(id)
            with suppress(BuildError):
                if self._read(current).about.get("alone"):
                    self.prune(1)

    def _remove(self, id: str) -> None:
        # Renamed first: a build is whole under its name, or not there.
        gone = self.root / f".{id}.gone"
        try:
            (self.root / id).rename(gone)
        except FileNotFoundError:
            return
        _remove_tree(gone)


def _remove_tree(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path)
