"""Files that are whole or not there: written aside, brought to the disk, renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connu.kernel.errors import BuildError

_REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the quota is used up: free some space",
    errno.EACCES: "connu may not write there: check the folder's owner and rights",
    errno.EPERM: "connu may not write there: check the folder's owner and rights",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EEXIST: "something of that name is in the way",
}


def io_error(what: str, error: OSError) -> BuildError:
    """A BuildError for what the operating system refused: which file, why, what to do."""
    return BuildError(
        f"{what}: {error.strerror or type(error).__name__}",
        hint=_REMEDIES.get(error.errno or 0),
        file=error.filename,
    )


def fsync_file(path: Path) -> None:
    """Bring a file to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_folder(path: Path) -> None:
    """Bring a folder's names to the disk, where the system can."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def fsync_tree(folder: Path) -> None:
    """Bring a folder's files, its folders' files, and all their names to the disk."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            fsync_tree(path)
        else:
            fsync_file(path)
    fsync_folder(folder)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it replaces `path`, on the disk, when the block ends well.

    The suffix is kept, so that a writer that looks at it does the same. Nothing is left behind
    when the block raises. A symbolic link is followed: its target is replaced.
    """
    target = Path(os.path.realpath(path))
    fresh = target.with_name(f".{target.stem[:80]}.{os.getpid()}.new{target.suffix}")
    try:
        yield fresh
        fsync_file(fresh)
        fresh.replace(target)
        fsync_folder(target.parent)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by `content`: a reader sees the old or the new, never a part."""
    with replacing(path) as fresh:
        fresh.write_bytes(content)
