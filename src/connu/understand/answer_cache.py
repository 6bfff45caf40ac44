"""Caches of answers, by content: what an endpoint said once is not asked and not paid for again.

They lie in a folder of the brand's, hold digests, vectors and codes but no texts, and forget what
the brand has no more (`keep`): a deleted text takes its vector and its codes along.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from connu.kernel.errors import ModelError

#: Bytes of a digest; of what stands before the records, the width.
_DIGEST, _HEAD = 32, 4


def content_key(*parts: str) -> bytes:
    """A digest of texts in their order, 32 bytes.

    >>> content_key("a", "b") == content_key("ab", "")
    False
    """
    made = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace")
        made.update(len(data).to_bytes(8, "little") + data)
    return made.digest()


class VectorCache:
    """Vectors by digest, in one file: records of a digest and float32 numbers, one after another.

    A record that a crash left by halves is not read, and is written over.

    Args:
        path: the file; made when something is added.

    Raises:
        ModelError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[bytes, int] = {}
        self._records = np.zeros(0, _record(0))
        self._read()

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """The keys that are not known, in their order."""
        return [key for key in keys if key not in self._places]

    def rows(self, keys: Sequence[bytes]) -> np.ndarray:
        """float32 (n, width); every key must be known."""
        places = np.array([self._places[key] for key in keys], np.int64)
        made: np.ndarray = self._records["row"][places]
        return made

    def add(self, keys: Sequence[bytes], rows: np.ndarray) -> None:
        """Keep vectors, float32 (n, width).

        Raises:
            ModelError: of another width than those that are there; the file cannot be written.
        """
        if not len(keys):
            return
        width = self._records["row"].shape[1]
        if width and rows.shape[1] != width:
            raise ModelError(
                f"the endpoint gives vectors of {rows.shape[1]} numbers, once of {width}",
                hint=f"the model is another under the same name: delete {self._path}",
                file=self._path,
            )
        width = rows.shape[1]
        records = np.zeros(len(keys), _record(width))
        records["key"] = np.frombuffer(b"".join(keys), np.void(_DIGEST).dtype)
        records["row"] = rows
        self._records = np.zeros(0, _record(width))  # lets the file go
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                end = file.tell()
                if end < _HEAD:
                    file.truncate(0)
                    file.write(width.to_bytes(_HEAD, "little"))
                elif (end - _HEAD) % records.itemsize:
                    file.truncate(end - (end - _HEAD) % records.itemsize)
                file.write(records.tobytes())
        except OSError as error:
            raise _unusable(self._path, error) from None
        self._read()

    def keep(self, keys: Iterable[bytes]) -> int:
        """Forget all but these; how many were forgotten."""
        places = sorted(self._places[key] for key in set(keys) if key in self._places)
        gone = len(self._places) - len(places)
        if gone:
            kept = self._records[np.array(places, np.int64)]
            width = kept["row"].shape[1]
            self._records = np.zeros(0, _record(width))
            replaced(self._path, width.to_bytes(_HEAD, "little") + kept.tobytes())
            self._read()
        return gone

    def _read(self) -> None:
        """Look at the file as it is now, without holding it in memory."""
        self._places, self._records = {}, np.zeros(0, _record(0))
        try:
            size = self._path.stat().st_size
            if size < _HEAD:
                return
            with self._path.open("rb") as file:
                width = int.from_bytes(file.read(_HEAD), "little")
            record = _record(width)
            count = (size - _HEAD) // record.itemsize
            if not count:
                return
            self._records = np.memmap(self._path, record, "r", _HEAD, (count,))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unusable(self._path, error) from None
        keys = self._records["key"].tobytes()
        for place in range(count):
            self._places[keys[place * _DIGEST : (place + 1) * _DIGEST]] = place


class AnswerCache:
    """Answers by digest, a small file each.

    Args:
        folder: made when something is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: bytes) -> bytes | None:
        """What was kept, or None."""
        try:
            return self._place(key).read_bytes()
        except OSError:
            return None

    def put(self, key: bytes, answer: bytes) -> None:
        """Keep an answer.

        Raises:
            ModelError: it cannot be written.
        """
        replaced(self._place(key), answer)

    def keep(self, keys: Iterable[bytes]) -> int:
        """Forget all but these; how many were forgotten."""
        wanted = {key.hex() for key in keys}
        gone = [path for path in self._folder.glob("*.json") if path.stem not in wanted]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def known(self, keys: Iterable[bytes]) -> Mapping[bytes, bool]:
        """Which keys are known."""
        return {key: self._place(key).exists() for key in keys}

    def _place(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}.json"


def replaced(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all.

    Raises:
        ModelError: it cannot be written.
    """
    made = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(made, path)
    except OSError as error:
        if made:
            Path(made).unlink(missing_ok=True)
        raise _unusable(path, error) from None


def _record(width: int) -> np.dtype:
    return np.dtype([("key", f"V{_DIGEST}"), ("row", "<f4", (width,))])


def _unusable(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the cache of answers cannot be used: {error.strerror}",
        hint="look at the folder's permissions and the room on the disk",
        file=path,
    )
