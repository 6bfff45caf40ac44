"""The cache: where models that were made once wait, in the user's own cache folder.

Entries are folders named by a digest of all they were made from; one appears whole, by a rename, so
that two processes may make the same one and a crash leaves none by halves. Whatever is in it can be
made again: it may be deleted at any time. It never holds a customer's words.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from connu.kernel.errors import ModelError

#: The variable that names another folder.
VARIABLE = "CONNU_CACHE"


def cache_folder() -> Path:
    """CONNU_CACHE, or `connu` in the platform's folder for caches."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "connu"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "connu" / "Cache"
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "connu"


def cached(kind: str, digest: str, make: Callable[[Path], None]) -> Path:
    """The folder of an entry; made first where there is none.

    Args:
        kind: what it is, a word: the first part of its path.
        digest: of all it is made from: another content has another name.
        make: fills an empty folder that is given.

    Raises:
        ModelError: the cache cannot be written; the hint names the variable.
    """
    place = cache_folder() / kind / digest
    if place.is_dir():
        return place
    made: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{digest[:12]}.", dir=place.parent))
        make(made)
        try:
            made.rename(place)
        except OSError:
            if not place.is_dir():  # else somebody else was faster, with the same content
                raise
    except OSError as error:
        raise ModelError(
            f"cannot write the cache: {error.strerror}",
            hint=f"set {VARIABLE} to a folder that can be written",
            file=place.parent,
        ) from None
    finally:
        if made is not None and made.exists():
            shutil.rmtree(made, ignore_errors=True)
    return place
