"""The truth about expectations: a file of verbatims that somebody coded, read as arrays.

    {"id": "r-17", "themes": ["price"], "polarity": {"price": -1}, "status": {"price": "unmet"}}
    {"id": "r-18", "statements": [{"start": 0, "end": 13, "theme": "quality", "status": "met"}]}
    {"id": "x-1", "text": "…", "labels": ["price"], "sent": {"price": -1}, "split": "test"}

Lines as an import of labels takes them, or as public sets come: `labels` are themes, `sent` their
polarity. `text` brings the verbatim along, so that no build is needed; `split` says which lines may
be learnt from (all but «test»).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from connu.app.labels import id_of, numbered_lines, object_of, unknown_members
from connu.kernel.errors import SourceError, UsageError
from connu.understand.code_checks import checked_codes, placed
from connu.understand.codebook import Codebook
from connu.understand.codes import Codes

#: What a line may hold; what is not like one of these words is passed over, and told.
MEMBERS = ("id", "text", "themes", "labels", "polarity", "sent", "status", "statements", "split")
#: The lines of this split are judged, all others may be learnt from.
JUDGED = "test"
_PUBLIC = {"labels": "themes", "sent": "polarity"}
_TOLD = 8


@dataclass(frozen=True)
class TruthLine:
    """One verbatim, coded.

    Attributes:
        line: its number in the file, from 1.
        id: a verbatim's id, or source:id.
        codes: what is so. quotes: of statements, where only those are given.
        text: None where the line brings none.
        split: None where it says none.
        located: whether it says in which stretches.
    """

    line: int
    id: str
    codes: Codes
    quotes: dict[int, str]
    text: str | None
    split: str | None
    located: bool


@dataclass(frozen=True)
class TruthFile:
    """A file, read.

    Attributes:
        path: of it.
        lines: of every id the last, in the order of the file.
        repeated: lines that a later one replaces.
        passed_over: members that connu does not know and did not look at.
    """

    path: Path
    lines: list[TruthLine]
    repeated: int
    passed_over: list[str]

    @property
    def with_texts(self) -> bool:
        """Whether every line brings its text."""
        return all(one.text is not None for one in self.lines)

    @property
    def judged(self) -> np.ndarray | None:
        """bool (lines,): which are to be judged; None where no line says so."""
        test = np.array([one.split == JUDGED for one in self.lines], np.bool_)
        return test if test.any() and not test.all() else None


def read_expectation_truth(path: Path, codebook: Codebook) -> TruthFile:
    """Read a truth. 20 µs a line.

    Args:
        path: JSON Lines, UTF-8.
        codebook: whose themes, of today or of older versions, it names.

    Raises:
        SourceError: the file cannot be read, holds nothing, or a line of it is wrong: the first is
            told, with its remedy.
    """
    known = [*codebook.names, *codebook.migrations]
    decoder = msgspec.json.Decoder()
    found: dict[str, TruthLine] = {}
    wrong: list[tuple[int, UsageError]] = []
    passed_over: set[str] = set()
    lines = 0
    for number, raw in numbered_lines(path):
        lines += 1
        try:
            said = object_of(decoder, raw)
            passed_over.update(unknown_members(said, MEMBERS))
            one = _line(number, said, known, codebook)
            found.pop(one.id, None)  # the last counts, at the last's place
            found[one.id] = one
        except UsageError as error:
            wrong.append((number, error))
    if wrong:
        raise wrong_lines(path, wrong)
    if not found:
        raise SourceError(
            f"{path.name} holds no line",
            hint='one JSON object a line, as {"id": "17", "themes": ["delivery"]}',
            file=path,
        )
    return TruthFile(path, list(found.values()), lines - len(found), sorted(passed_over))


def wrong_lines(path: Path, wrong: Sequence[tuple[int, UsageError]]) -> SourceError:
    """The first line that is wrong, with its remedy, and which others are."""
    (line, first), *others = wrong
    remedy = [] if first.hint is None else [first.hint]
    if others:
        told = ", ".join(str(number) for number, _ in others[:_TOLD])
        more = f" and {len(others) - _TOLD:,} others" if len(others) > _TOLD else ""
        which = "1 more line is" if len(others) == 1 else f"{len(others):,} more lines are"
        remedy.append(f"{which} wrong ({told}{more})")
    return SourceError(
        f"{path.name}, line {line}: {first.message}",
        hint="; ".join(remedy) or None,
        file=path,
        line=line,
        wrong_lines=len(wrong),
    )


def _line(number: int, said: dict[str, Any], known: Sequence[str], codebook: Codebook) -> TruthLine:
    for public, ours in _PUBLIC.items():
        if public in said:
            if ours in said:
                raise UsageError(
                    f"both «{public}» and «{ours}» are given", hint=f"leave «{public}» out"
                )
            said[ours] = said.pop(public)
    statements = said.get("statements")
    if statements == [] and "themes" not in said:
        said["themes"] = []  # coded by stretches, and there is none
    codes, quotes = checked_codes(said, known)
    text = said.get("text")
    if text is not None:
        if not isinstance(text, str):
            raise UsageError("«text» is no text", hint="write it as a JSON string")
        codes, quotes = placed(codes, quotes, text), {}
    split = said.get("split")
    if split is not None and not isinstance(split, str):
        raise UsageError("«split» is no word", hint=f"as in «train» and «{JUDGED}»")
    return TruthLine(
        number, id_of(said), codes.migrated(codebook.current) if not quotes else codes, quotes,
        text, split, statements is not None,
    )  # fmt: skip
