"""The secret key of the tombstones: 32 random bytes, readable by their owner alone.

It lies beside the journal, not in it: a copy of the journal alone tells nothing about who was
forgotten, not even to somebody who guesses.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from connu.kernel.errors import JournalError

KEY_BYTES = 32


def read_key(path: Path) -> bytes | None:
    """The key, or None when there is no such file. A file open to others is closed to them.

    Raises:
        JournalError: the file cannot be read or is not a key.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(
            f"the journal's key cannot be read: {error.strerror}",
            hint="check who owns the file and that it is no link",
            file=path,
        ) from None
    try:
        if os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
        key = os.read(handle, KEY_BYTES + 1)
    except OSError as error:
        raise JournalError(
            f"the journal's key cannot be read: {error.strerror}", file=path
        ) from None
    finally:
        os.close(handle)
    if len(key) != KEY_BYTES:
        raise JournalError(
            "the journal's key is damaged",
            hint="put the file back from a backup",
            file=path,
        )
    return key


def make_key(path: Path) -> bytes:
    """Make the key, or take the one another process made first; on the disk before it returns.

    Raises:
        JournalError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_bytes(KEY_BYTES))
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, path)  # fails when there is one: the first wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise JournalError(
            f"the journal's key cannot be written: {error.strerror}", file=path
        ) from None
    key = read_key(path)
    assert key is not None
    return key
