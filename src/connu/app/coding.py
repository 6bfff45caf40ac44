"""Coding by hand: who codes, and labels that come from a file, all of them or none."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connu.app.labels import (
    BadLine,
    Label,
    Labels,
    bad_line,
    raw_lines,
    read_labels,
    write_bad_lines,
)
from connu.app.reading import opened_for_rights
from connu.app.verbatim_ids import NamedVerbatim, named_verbatims, unknown_verbatim
from connu.journal.codes import Code
from connu.journal.journal import Journal, open_journal
from connu.kernel.errors import SourceError, UsageError
from connu.ledger.builds import Builds
from connu.understand.code_checks import placed
from connu.understand.codebook import Codebook, read_codebook
from connu.understand.codes import codes_from_json

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Under which the journal notes that labels came from a file.
BY_IMPORT = "import"
_TOLD = 8


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Attributes:
        lines: of the file that hold something.
        written: codes new to the journal.
        same: codes that the journal held already.
        repeated: lines that a later line of the same coder and verbatim replaces.
        awaiting: verbatims that no build knows yet; the next one looks for them.
        skipped: bad lines set aside.
        set_aside: the file they are in.
        themes: theme → labels in the file.
        passed_over: members of lines that connu does not know and did not look at.
    """

    lines: int
    written: int
    same: int
    repeated: int
    awaiting: int
    skipped: int = 0
    set_aside: Path | None = None
    themes: dict[str, int] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """What was done, as JSON."""
        plain = asdict(self)
        plain["set_aside"] = None if self.set_aside is None else str(self.set_aside)
        return plain


def this_coder(name: str | None = None) -> str:
    """Who codes: as said, or whoever is logged in."""
    if name is not None:
        if not name.strip():
            raise UsageError("a coder has a name", hint="as in: --coder anne")
        return name.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return "cli"


def import_labels(
    brand: Brand, path: str | Path, *, coder: str | None = None, skip_bad: bool = False
) -> Imported:
    """Keep the labels of a file in the journal: all of them in one transaction, or none.

    The same lines again change nothing. 10,000 lines take about a second.

    Args:
        brand: whose.
        path: JSON Lines, see `connu.app.labels`.
        coder: whose labels they are, where a line does not name him; whoever is logged in.
        skip_bad: set bad lines aside in a file beside it, FILE.bad.jsonl, and keep the others.

    Raises:
        SourceError: no such file, or a line of it is wrong: the first is told, with its remedy.
        JournalError: the journal refuses; nothing was kept.
    """
    path = Path(path)
    name = this_coder(coder)
    codebook = read_codebook(brand.folder)
    labels = read_labels(path, [*codebook.names, *codebook.migrations])
    with open_journal(brand.folder, brand.settings) as journal:
        said, bad, awaiting = _codes(brand, journal, codebook, labels, path, name)
        if bad and not skip_bad:
            raise _refused(path, bad)
        aside = path.with_name(f"{path.stem}.bad.jsonl") if bad else None
        if aside is not None:
            write_bad_lines(aside, bad)
        written = journal.code(said, BY_IMPORT)
    distinct = len({(code.coder, code.source, code.verbatim_id) for code in said})
    return Imported(
        lines=len(labels.good) + len(labels.bad),
        written=written,
        same=distinct - written,
        repeated=len(said) - distinct,
        awaiting=awaiting,
        skipped=len(bad),
        set_aside=aside,
        themes=_counts(said),
        passed_over=sorted(labels.passed_over),
    )


def has_build(brand: Brand) -> bool:
    """Whether there is a build in force."""
    return Builds(brand.folder).current_file.exists()


# ---------------------------------------------------------------------- within
def _codes(
    brand: Brand, journal: Journal, codebook: Codebook, labels: Labels, path: Path, coder: str
) -> tuple[list[Code], list[BadLine], int]:
    """What the good lines say, every line that is wrong in order, and how many await a build."""
    digest = journal.digester()
    said: list[Code] = []
    wrong: list[tuple[int, UsageError]] = []
    awaiting = 0
    named = _named(brand, [label.id for label in labels.good])
    for label, found in zip(labels.good, named, strict=True):
        try:
            said.append(_code(label, found, codebook, digest, coder))
            awaiting += isinstance(found, NamedVerbatim) and found.text is None
        except UsageError as error:
            wrong.append((label.line, error))
    raw = raw_lines(path, {line for line, _ in wrong}) if wrong else {}
    bad = labels.bad + [bad_line(line, error, raw.get(line, b"")) for line, error in wrong]
    return said, sorted(bad, key=lambda one: one.line), awaiting


def _named(brand: Brand, ids: Sequence[str]) -> list[NamedVerbatim | UsageError]:
    """The verbatims of the ids: of the build, or, before any, as the ids say."""
    if not ids:
        return []
    if has_build(brand):
        # Whole, as for a person's rights: nothing of a text is shown, and whose it is counts when
        # the codes are read.
        with opened_for_rights(brand.folder, brand.settings) as reading:
            return named_verbatims(reading.engine, ids)
    sources = [name for name, one in brand.settings.sources.items() if one.kind == "verbatims"]
    return [unknown_verbatim(id, sources) for id in ids]


def _code(
    label: Label,
    found: NamedVerbatim | UsageError,
    codebook: Codebook,
    digest: Callable[[str], bytes],
    coder: str,
) -> Code:
    if isinstance(found, UsageError):
        raise found
    codes = placed(label.codes, label.quotes, found.text).migrated(codebook.current)
    return Code(
        found.source,
        found.verbatim_id,
        None if found.text is None else digest(found.text),
        codes.to_json(),
        label.coder or coder,
        str(codebook.version),
    )


def _refused(path: Path, bad: Sequence[BadLine]) -> SourceError:
    """The first line that is wrong, and how many more there are."""
    first, *others = bad
    remedy = [] if first.remedy is None else [first.remedy]
    if others:
        told = ", ".join(str(one.line) for one in others[:_TOLD])
        more = f" and {len(others) - _TOLD:,} others" if len(others) > _TOLD else ""
        which = "1 more line is" if len(others) == 1 else f"{len(others):,} more lines are"
        remedy.append(f"{which} wrong ({told}{more})")
    remedy.append("nothing was kept; --skip-bad keeps the good lines and sets the others aside")
    return SourceError(
        f"{path.name}, line {first.line}: {first.what}",
        hint="; ".join(remedy),
        file=path,
        line=first.line,
        wrong_lines=len(bad),
    )


def _counts(said: Sequence[Code]) -> dict[str, int]:
    """Theme → verbatims that the labels code by it."""
    found = Counter(
        theme
        for theme, *_ in {
            (theme, code.source, code.verbatim_id)
            for code in said
            if code.codes is not None
            for theme in codes_from_json(code.codes).themes
        }
    )
    return dict(sorted(found.items()))
