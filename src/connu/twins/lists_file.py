"""One file that holds an index of people: written whole, read by mapping.

Head (64 bytes): magic, version, check of what precedes the vectors, people, dimensions, lists,
probes, all little-endian. Then centres, starts, rows, vectors, each on a boundary of 64 bytes. The
vectors are not checked (that would read them all); a length that does not fit is.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from connu.kernel.errors import BuildError
from connu.twins.lists import Lists

MAGIC = b"connu-nb"
VERSION = 1
HEAD = struct.Struct("<8sIIqqqq16x")  # 64 bytes


def write(path: Path, people: Lists, centres: np.ndarray, probes: int) -> None:
    """Write the file under a name of its own, then put it in the place of `path` at once."""
    sizes = (people.rows.size, people.dimension, people.count, probes)
    arrays = (centres, people.starts, people.rows, people.flat)
    check = 0
    for array in arrays[:-1]:
        check = zlib.crc32(np.ascontiguousarray(array).data, check)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(
                HEAD.pack(MAGIC, VERSION, zlib.crc32(struct.pack("<4q", *sizes), check), *sizes)
            )
            for array in arrays:
                file.write(np.ascontiguousarray(array).data)
                file.write(bytes(-file.tell() % 64))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path, mapped: bool) -> tuple[Lists, np.ndarray, int]:
    """What `write` wrote: people, centres, probes.

    Args:
        path: the file.
        mapped: leave the vectors in the file, to be paged in as needed; otherwise read them.

    Raises:
        BuildError: no such file, another version, or a file that is cut or altered.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if mapped else file.read()
    except FileNotFoundError:
        raise _broken(path, "is missing") from None
    except (OSError, ValueError):  # ValueError: nothing to map
        raise _broken(path, "cannot be read") from None
    if len(data) < HEAD.size or data[: len(MAGIC)] != MAGIC:
        raise _broken(path, "is not an index of connu's")
    _, version, check, n, d, lists, probes = HEAD.unpack_from(data)
    if version != VERSION:
        raise _broken(path, f"was written in format {version}, this connu reads {VERSION}")
    if min(n, d - 1, lists - 1, probes - 1) < 0 or probes > lists:
        raise _broken(path, "is damaged")
    at, arrays = HEAD.size, []
    for kind, size in (("<f4", lists * d), ("<i8", lists + 1), ("<u4", n), ("<f4", n * d)):
        nbytes = size * np.dtype(kind).itemsize
        if at + nbytes > len(data):
            raise _broken(path, "is cut short")
        arrays.append(np.frombuffer(data, kind, size, at))
        at += nbytes + -nbytes % 64
    if at != len(data):
        raise _broken(path, "is damaged")
    centres, starts, rows, flat = arrays
    found = 0
    for array in arrays[:-1]:
        found = zlib.crc32(array.data, found)
    if zlib.crc32(struct.pack("<4q", n, d, lists, probes), found) != check:
        raise _broken(path, "is damaged")
    return Lists(flat, starts, rows, d), centres.reshape(lists, d), probes


def _broken(path: Path, what: str) -> BuildError:
    return BuildError(
        f"the index of twins {path.name} {what}",
        hint="run `connu build`, which makes it anew",
        file=path,
    )
