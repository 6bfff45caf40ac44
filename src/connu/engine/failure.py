"""What went wrong in an engine, told without the data it met.

Drivers quote the cell they stumbled on («could not convert string … to INT32») and the query with
its values. Here only the kind of the error, the names of tables and columns, and the file survive.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

from connu.kernel.errors import EngineError

_FULL = "free space on the disk, or give connu another place; the last build is untouched"
_FILE = re.compile(r"(?:file|pattern|read)\s+\\?[\"']([^\"'\\]+)\\?[\"']")
_FULL_TEXT = re.compile(r"no space left|disk quota|file too large|out of disk", re.IGNORECASE)


def engine_error(error: Exception) -> EngineError:
    """A driver's error as ours: what it is, which file, what to do.

    Args:
        error: raised by DuckDB; its text is read, never passed on whole.
    """
    kind = type(error).__name__
    text = str(error)
    if kind == "OutOfMemoryException":
        return EngineError(
            "the memory does not suffice",
            hint="raise [engine] memory_gb, or free memory",
            cause=kind,
        )
    if _FULL_TEXT.search(text):
        return EngineError("the disk is full", hint=_FULL, cause=kind)
    if kind == "InterruptException":
        return EngineError("the query was interrupted", cause=kind)
    if kind == "IOException":
        return _file_error(text, kind)
    if kind == "InvalidInputException" and "magic bytes" in text:
        return EngineError("the file is not a Parquet file", file=_file_in(text), cause=kind)
    if kind in ("CatalogException", "BinderException", "ParserException"):
        return EngineError(f"the engine refused a query: {_first_words(text)}", cause=kind)
    if kind in ("ConversionException", "OutOfRangeException"):
        return EngineError("a value does not have the type the query asks for", cause=kind)
    return EngineError(f"the engine stopped with {kind}", cause=kind)


def unreadable(what: str, path: Path, error: OSError) -> EngineError:
    """The operating system's refusal, as ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EngineError("the disk is full", hint=_FULL, file=path)
    return EngineError(f"cannot {what}: {error.strerror or 'unknown reason'}", file=path)


def _file_error(text: str, kind: str) -> EngineError:
    file = _file_in(text)
    if re.search(r"no files found|no such file|does not exist", text, re.IGNORECASE):
        return EngineError(
            "a file is not there (any more)",
            hint="check the path, and that nothing moved the file during the run",
            file=file,
            cause=kind,
        )
    if re.search(r"permission denied|access is denied", text, re.IGNORECASE):
        return EngineError(
            "a file may not be read or written", hint="check its rights", file=file, cause=kind
        )
    return EngineError("a file cannot be read or written", file=file, cause=kind)


def _file_in(text: str) -> str | None:
    found = _FILE.search(text)
    return found[1] if found else None


def _first_words(text: str) -> str:
    """The message's first line without the literals and without the query under it."""
    line = text.split("\n", 1)[0].split(": ", 1)[-1]
    return re.sub(r"'(?:[^']|'')*'", "'…'", line).strip().rstrip(".!")


def spark_error(error: Exception) -> EngineError:
    """Spark's error as ours: its condition's name, never its text.

    Args:
        error: raised by PySpark or by the gateway to Java.
    """
    condition = getattr(error, "getCondition", lambda: None)()
    text = str(error)
    kind = str(condition or type(error).__name__)
    if _FULL_TEXT.search(text):
        return EngineError("the disk is full", hint=_FULL, cause=kind)
    if kind.startswith("PATH_NOT_FOUND") or "FileNotFoundException" in text:
        return EngineError("a file is not there (any more)", cause=kind)
    if kind.startswith("CAST_INVALID_INPUT"):
        return EngineError("a value does not have the type the query asks for", cause=kind)
    return EngineError(f"Spark stopped with {kind}", cause=kind)
