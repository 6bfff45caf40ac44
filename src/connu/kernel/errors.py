"""The errors connu raises, one tree.

    ConnuError                 exit 1   the root: message, hint, structured fields
    ├── UsageError             exit 2   the command line asks for what does not exist
    ├── SettingsError          exit 2   connu.toml: unknown word, wrong type, contradiction
    ├── SourceError            exit 3   a source cannot be read (file, row, column, remedy)
    ├── EngineError            exit 4   the engine refused: disk full, memory, bad SQL
    ├── JournalError           exit 4   the journal cannot be read or written
    ├── BuildError             exit 5   no build, a broken build, two builds at once
    ├── PurposeError           exit 6   a purpose nobody knows, a sensitive attribute
    ├── NotFoundError          exit 7   no such customer, record or table
    ├── MissingExtraError      exit 8   an optional part is not installed
    └── ModelError             exit 9   a model's files are not theirs, its endpoint does not answer

Exit codes are part of the public interface and never change meaning. An error never carries a
customer's data: fields name the place (source, file, row, column), never the value found there.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar

#: Words that somebody reads in one hint; more are for a list.
_READ = 30


class ConnuError(Exception):
    """Root of every error connu raises on purpose.

    Args:
        message: what is wrong, one sentence, without personal data.
        hint: the remedy, one sentence, or None.
        **fields: where it happened (source, file, row, column, stage …).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fields = {key: value for key, value in fields.items() if value is not None}

    def as_dict(self) -> dict[str, Any]:
        """The one JSON shape of an error: error, message, hint, and the fields."""
        shape = {"error": type(self).__name__, "message": self.message, "hint": self.hint}
        return shape | {k: str(value) for k, value in self.fields.items() if k not in shape}


class UsageError(ConnuError):
    """The command line asks for what does not exist."""

    exit_code = 2


class SettingsError(ConnuError):
    """connu.toml holds an unknown word, a wrong type or a contradiction."""

    exit_code = 2


class SourceError(ConnuError):
    """A source cannot be read; fields: source, file, row, column."""

    exit_code = 3


class EngineError(ConnuError):
    """The engine refused a read, a query or a write."""

    exit_code = 4


class JournalError(ConnuError):
    """The journal cannot be read or written."""

    exit_code = 4


class BuildError(ConnuError):
    """There is no build, the build is broken, or another build is running."""

    exit_code = 5


class PurposeError(ConnuError):
    """A purpose nobody knows, or an attribute that must not be used."""

    exit_code = 6


class NotFoundError(ConnuError):
    """No such customer, record, identifier or table."""

    exit_code = 7


class MissingExtraError(ConnuError):
    """An optional part is not installed; the hint names the extra."""

    exit_code = 8


class ModelError(ConnuError):
    """A language model's files are not what they should be, or its endpoint does not answer."""

    exit_code = 9


def did_you_mean(word: str, known: Iterable[str], listed: str | None = None) -> str:
    """'did you mean «x»?' for the nearest known word, or the list of known words.

    Args:
        word: as typed.
        known: what it may be.
        listed: the command that lists them, told in place of a list nobody would read.

    >>> did_you_mean("emial", ["email", "phone"])
    'did you mean «email»?'
    >>> did_you_mean("zzz", ["email", "phone"])
    'known: email, phone'
    >>> did_you_mean("zzz", map(str, range(99)), "connu scorecard --names")
    'all 99 are listed by: connu scorecard --names'
    """
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean «{near[0]}»?"
    if listed is not None and len(names) > _READ:
        return f"all {len(names)} are listed by: {listed}"
    return "known: " + ", ".join(names)
