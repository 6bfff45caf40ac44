"""Files of labels: one verbatim's codes a line, as people make them in other programs.

    {"id": "r-17", "themes": ["price"], "polarity": {"price": -1}, "status": {"price": "unmet"}}

Strict: every line is checked, and a line that is wrong is told by file, line, what and remedy. The
same lines are written by an export, so that labels go from one brand's folder to another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from connu.kernel.errors import SourceError, UsageError
from connu.understand.code_checks import checked_codes
from connu.understand.codes import Codes

#: What a line may hold; what is not like one of these words is passed over, and told.
MEMBERS = ("id", "themes", "polarity", "status", "statements", "coder")
_NEAR = 0.75
_LONGEST_LINE = 1 << 24


@dataclass(frozen=True)
class Label:
    """One good line.

    Attributes:
        line: its number in the file, from 1.
        id: as written: a verbatim's id, or source:id.
        codes: what it says.
        quotes: of its statements, by place; see `checked_codes`.
        coder: who says so, where the line names him.
    """

    line: int
    id: str
    codes: Codes
    quotes: dict[int, str] = field(default_factory=dict)
    coder: str | None = None


@dataclass(frozen=True)
class BadLine:
    """One line that is wrong.

    Attributes:
        line: its number in the file, from 1.
        what: is wrong.
        remedy: against it.
        content: the line.
    """

    line: int
    what: str
    remedy: str | None
    content: str


@dataclass(frozen=True)
class Labels:
    """A file of labels, read.

    Attributes:
        good: lines that can be understood, in order.
        bad: those that cannot.
        passed_over: members that connu does not know and did not look at.
    """

    good: list[Label]
    bad: list[BadLine]
    passed_over: frozenset[str]


def read_labels(path: Path, themes: Collection[str]) -> Labels:
    """Read a file of labels. 20 µs a line.

    Args:
        path: JSON Lines, UTF-8.
        themes: the codebook's.

    Raises:
        SourceError: there is no such file, or it cannot be read.
    """
    good: list[Label] = []
    bad: list[BadLine] = []
    passed_over: set[str] = set()
    decoder = msgspec.json.Decoder()
    for line, raw in numbered_lines(path):
        try:
            said = object_of(decoder, raw)
            passed_over.update(unknown_members(said))
            codes, quotes = checked_codes(said, themes)
            good.append(Label(line, id_of(said), codes, quotes, _coder(said)))
        except UsageError as error:
            bad.append(bad_line(line, error, raw))
    return Labels(good, bad, frozenset(passed_over))


def bad_line(line: int, error: UsageError, raw: bytes) -> BadLine:
    """A line that is wrong, with its content as far as it is text."""
    return BadLine(line, error.message, error.hint, raw.decode("utf-8", "replace"))


def raw_lines(path: Path, wanted: Collection[int]) -> dict[int, bytes]:
    """The content of some lines, by number."""
    return {line: raw for line, raw in numbered_lines(path) if line in wanted}


def label_line(id: str, codes: Codes, coder: str | None = None) -> bytes:
    """One line of a file of labels, with its end."""
    told: dict[str, Any] = {"id": id, **msgspec.to_builtins(codes)}
    if coder is not None:
        told["coder"] = coder
    return msgspec.json.encode(told) + b"\n"


def write_bad_lines(path: Path, bad: Iterable[BadLine]) -> None:
    """Write lines that were set aside: line, what, remedy, content."""
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in bad))


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and content of every line that is not empty.

    Raises:
        SourceError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(_LONGEST_LINE):
                number += 1
                raw = raw.strip().removeprefix(b"\xef\xbb\xbf")
                if raw:
                    yield number, raw
    except OSError as error:
        raise SourceError(
            f"the file of labels cannot be read: {error.strerror}",
            hint="give the path of a file of JSON lines",
            file=path,
        ) from None


def object_of(decoder: msgspec.json.Decoder[Any], raw: bytes) -> dict[str, Any]:
    """The JSON object that a line is.

    Raises:
        UsageError: it is none.
    """
    example = 'one JSON object a line, as {"id": "17", "themes": ["delivery"]}'
    try:
        said = decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        where = str(error) if isinstance(error, msgspec.MsgspecError) else "it is not UTF-8"
        raise UsageError(f"the line is no JSON ({where})", hint=example) from None
    if not isinstance(said, dict):
        raise UsageError("the line is no JSON object", hint=example)
    return said


def unknown_members(said: dict[str, Any], known: Sequence[str] = MEMBERS) -> list[str]:
    """Members that connu does not know; one that is nearly known is an error.

    Args:
        said: a line.
        known: what a line may hold.

    Raises:
        UsageError: a member is nearly known.
    """
    unknown = [member for member in said if member not in known]
    for member in unknown:
        near = get_close_matches(member.lower(), known, n=1, cutoff=_NEAR)
        if near:
            raise UsageError(f"there is no member «{member}»", hint=f"did you mean «{near[0]}»?")
    return unknown


def id_of(said: dict[str, Any]) -> str:
    """The id of a line.

    Raises:
        UsageError: it names none.
    """
    id = said.get("id")
    if type(id) is int:
        return str(id)
    if not isinstance(id, str) or not id:
        raise UsageError("«id» is missing", hint="give the verbatim's id, or source:id")
    return id


def _coder(said: dict[str, Any]) -> str | None:
    coder = said.get("coder")
    if coder is None:
        return None
    if not isinstance(coder, str) or not coder.strip():
        raise UsageError("«coder» is no name", hint="write who coded it, or leave it out")
    return coder.strip()
