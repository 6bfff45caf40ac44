"""Edits of the codebook, written to the brand's codebook.toml whole or not at all.

The journal is left alone: codes made by hand are read in the words of the new codebook by
`[migrations]`. The build in force keeps what it told; the next one codes anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from connu.app.coding import has_build
from connu.app.reading import opened_build
from connu.app.said_statements import said_statements
from connu.app.themes import (
    ThemeLine,
    find_proposal,
    proposal_notes,
    proposed_theme,
    theme_lines,
)
from connu.journal.journal import open_journal
from connu.kernel.errors import SettingsError, UsageError
from connu.ledger.files import io_error, write_atomically
from connu.understand import codebook_edits
from connu.understand.codebook import FILE_NAME, Codebook, read_codebook
from connu.understand.codebook_edits import Edited
from connu.understand.codebook_file import edited_text
from connu.understand.coverage import TOLD
from connu.understand.theme_split import LEAST_PART, ThemeSplit, split_theme

if TYPE_CHECKING:
    from connu.app.brand import Brand

_SPLIT_FROM = 20_000


@dataclass(frozen=True)
class ThemeEdit:
    """An edit, done.

    Attributes:
        what: accepted, merged, renamed, split or dropped.
        version: the codebook's, now.
        file: where it was written. made: it is new.
        themes: what the codebook has now because of it.
        effects: what the next build will do, a sentence each.
    """

    what: str
    version: int
    file: Path
    made: bool
    themes: tuple[str, ...]
    effects: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The edit as JSON."""
        return asdict(self) | {"file": str(self.file)}


def accept_theme(
    brand: Brand,
    name: str,
    *,
    new: str | None = None,
    dimension: str | None = None,
    purpose: str = "service",
) -> ThemeEdit:
    """Take a proposal into the codebook.

    Args:
        brand: whose.
        name: of the proposal.
        new: what it is to be called; its name as proposed when None.
        dimension: its own; that of the nearest theme when None.
        purpose: what was proposed for.

    Raises:
        UsageError: nothing of that name is proposed, or the new name is taken.
        SettingsError: the file cannot be edited; it is as it was.
    """
    if dimension is not None:
        codebook_edits.check_dimension(dimension)
    codebook, proposal = find_proposal(brand, name, purpose)
    theme = proposed_theme(proposal, new)
    if dimension is not None:
        theme = replace(theme, dimension=dimension)
    edited = codebook_edits.accepted(codebook, theme)
    effects = [
        f"«{theme.name}» will be told by its seeds and definition: edit both, they are drafts",
        f"{proposal.statements:,} statements were it, {proposal.met:,} met and "
        f"{proposal.unmet:,} unmet",
        "8 to 32 labels make it reliable: connu code",
    ]
    notes = {theme.name: proposal_notes(proposal)}
    return _write(brand, "accepted", codebook, edited, effects, notes)


def merge_themes(brand: Brand, names: Sequence[str], into: str) -> ThemeEdit:
    """Several themes as one.

    Raises:
        UsageError: there are no two such themes, or the name is taken.
        SettingsError: the file cannot be edited; it is as it was.
    """
    codebook = read_codebook(brand.folder)
    edited = codebook_edits.merged(codebook, names, into)
    effects = _read_as(brand, codebook, edited)
    dimensions = {codebook.dimensions[name] for name in names}
    if len(dimensions) > 1:
        kept = edited.codebook.dimensions[into]
        effects.append(f"they were of {' and '.join(sorted(dimensions))}; it is of {kept}")
    return _write(brand, "merged", codebook, edited, effects)


def rename_theme(brand: Brand, old: str, new: str) -> ThemeEdit:
    """A theme by another name.

    Raises: as merge_themes.
    """
    codebook = read_codebook(brand.folder)
    edited = codebook_edits.renamed(codebook, old, new)
    return _write(brand, "renamed", codebook, edited, _read_as(brand, codebook, edited))


def drop_theme(brand: Brand, name: str) -> ThemeEdit:
    """A theme less.

    Raises: as merge_themes.
    """
    codebook = read_codebook(brand.folder)
    edited = codebook_edits.dropped(codebook, name)
    return _write(brand, "dropped", codebook, edited, _read_as(brand, codebook, edited))


def split_theme_into(
    brand: Brand, name: str, parts: Sequence[str], *, purpose: str = "service"
) -> ThemeEdit:
    """A theme in parts, its seeds and examples divided by how its statements cluster.

    Raises:
        UsageError: there is no such theme, a name is taken, or too little is said of it.
        SettingsError: the file cannot be edited; it is as it was.
    """
    codebook = read_codebook(brand.folder)
    theme = codebook.theme(name)
    # Names are refused before anything is read.
    codebook_edits.split(
        codebook, name, [replace(theme, name=part) for part in parts], parts[0] if parts else ""
    )
    found = _split(brand, codebook, name, parts, purpose)
    largest = int(np.argmax(found.sizes))
    heir = name if name in parts else found.parts[largest].name
    edited = codebook_edits.split(codebook, name, found.parts, heir)
    effects = []
    for part, size, words, stability in zip(
        found.parts, found.sizes, found.words, found.stability, strict=True
    ):
        told = ", ".join(words) or "no word of its own"
        effects.append(f"«{part.name}»: {size:,} statements, stability {stability:.2f}: {told}")
    labels = {line.name: line.labels for line in _lines(brand, codebook)}
    if labels.get(name):
        effects.append(
            f"{_verbatims(labels[name])} coded «{name}» by hand count as «{heir}»: code anew "
            f"those that are not, as in: connu code --theme {heir}"
        )
    effects.append("the definitions are drafts: edit them, and see whether seeds went right")
    return _write(brand, "split", codebook, edited, effects)


# ---------------------------------------------------------------------- within
def _split(
    brand: Brand, codebook: Codebook, name: str, parts: Sequence[str], purpose: str
) -> ThemeSplit:
    theme = codebook.theme(name)
    heard = None
    if has_build(brand):
        with opened_build(brand.folder, brand.settings, purpose) as reading:
            heard = said_statements(reading, codebook)
    rows = np.zeros(0, np.int64)
    if heard is not None:
        told = heard.statements.told[:, codebook.names.index(name)]
        rows = np.flatnonzero(told >= TOLD)
    if heard is None or len(rows) < LEAST_PART * len(parts):
        raise UsageError(
            f"{len(rows)} statements of «{name}» are too few to part it by",
            hint="build with more verbatims, or write the parts into codebook.toml by hand, with "
            "[migrations]",
            theme=name,
        )
    if len(rows) > _SPLIT_FROM:
        rows = np.sort(np.random.default_rng(0).choice(rows, _SPLIT_FROM, replace=False))
    some = heard.statements.take(rows)
    return split_theme(theme, parts, some.quotes, pa.array(some.language), some.verbatim)


def _read_as(brand: Brand, codebook: Codebook, edited: Edited) -> list[str]:
    """What codes and expectations of themes that are no more become."""
    effects: list[str] = []
    lines = {line.name: line for line in _lines(brand, codebook)}
    for name in codebook.names:
        if name in edited.codebook.names:
            continue
        became = edited.codebook.current(name)
        line = lines[name]
        as_what = f"«{became}»" if became else "nothing"
        if line.met is not None:
            n = line.met + (line.unmet or 0) + (line.unknown or 0)
            effects.append(f"{n:,} expectations told «{name}» will be told anew, as {as_what}")
        if line.labels:
            effects.append(
                f"{_verbatims(line.labels)} coded «{name}» by hand will be read as {as_what}; the "
                "journal keeps what was said"
            )
        answers = _answers(brand, name)
        if answers:
            effects.append(f"answers to «{name}» keep its name: {answers}")
    return effects


def _lines(brand: Brand, codebook: Codebook) -> tuple[ThemeLine, ...]:
    """Counts of all themes, whoever they are of: nothing but numbers is told."""
    if not has_build(brand):
        return tuple(ThemeLine(theme.name, theme.dimension) for theme in codebook.themes)
    with opened_build(brand.folder, brand.settings, "service") as reading:
        return theme_lines(brand, reading, codebook)


def _answers(brand: Brand, theme: str) -> int:
    with open_journal(brand.folder, brand.settings) as journal:
        return journal.answers()["theme"].to_pylist().count(theme)


def _verbatims(n: int) -> str:
    return "1 verbatim" if n == 1 else f"{n:,} verbatims"


def _write(
    brand: Brand,
    what: str,
    before: Codebook,
    edited: Edited,
    effects: Sequence[str],
    notes: dict[str, list[str]] | None = None,
) -> ThemeEdit:
    """Write the edit into the file, if it still says what the edit is of."""
    path = brand.folder / FILE_NAME
    raw = path.read_bytes() if path.exists() else None
    if read_codebook(brand.folder).digest() != before.digest():
        raise SettingsError(
            f"{FILE_NAME} changed while it was edited", hint="run the command again", file=path
        )
    text = None if raw is None else raw.decode("utf-8-sig")
    windows = text is not None and "\r\n" in text
    made = edited_text(
        None if text is None else text.replace("\r\n", "\n"), before, edited, notes=notes
    )
    if windows:
        made = made.replace("\n", "\r\n")
    try:
        write_atomically(path, made.encode("utf-8"))
    except OSError as error:
        raise io_error("the codebook could not be written", error) from error
    new = tuple(name for _, name in edited.renamed) + edited.added + edited.changed
    return ThemeEdit(what, edited.codebook.version, path, raw is None, new, tuple(effects))
