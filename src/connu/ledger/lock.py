"""One build at a time: a file lock that falls with its process, however the process ends."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from connu.kernel.errors import BuildError


class Lock:
    """An exclusive lock on a file that says who holds it. The file itself is never deleted:
    deleting a locked file lets two processes hold two files of one name."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, path: Path, about: dict[str, object]) -> Lock:
        """Take the lock, or say who has it.

        Args:
            path: the lock's file, made when absent.
            about: who takes it: pid, since (ISO time), host.

        Raises:
            BuildError: somebody holds it; names the process and since when.
            OSError: the file cannot be opened or written.
        """
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _busy(handle) from None
            content = json.dumps(about).encode()
            os.ftruncate(handle, 0)
            os.pwrite(handle, content, 0)
        except BaseException:
            os.close(handle)
            raise
        return cls(handle)

    def release(self) -> None:
        """Let the next one in; twice is once."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            try:
                os.ftruncate(handle, 0)
            finally:
                os.close(handle)


def _busy(handle: int) -> BuildError:
    try:
        about = json.loads(os.pread(handle, 4096, 0))
        pid, since, host = about["pid"], about["since"], about.get("host")
    except (OSError, ValueError, KeyError, TypeError):
        return BuildError("another build is running", hint="wait until it has ended")
    return BuildError(
        f"another build is running since {since} (process {pid})",
        hint="wait until it has ended, or stop that process",
        pid=pid,
        since=since,
        host=host,
    )
