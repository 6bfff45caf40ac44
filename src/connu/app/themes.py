"""Themes: the codebook in force, how the build told it, what escapes it, what is proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from connu.app.coding import has_build
from connu.app.hand_codes import hand_codes
from connu.app.reading import Reading, opened_build
from connu.app.said_statements import Listened, said_statements
from connu.engine.sql import literal
from connu.journal.journal import open_journal
from connu.kernel.errors import UsageError, did_you_mean
from connu.ledger.files import io_error, write_atomically
from connu.understand.codebook import FILE_NAME, Codebook, Theme, read_codebook
from connu.understand.codebook_file import codebook_text
from connu.understand.corpus import corpus_of
from connu.understand.coverage import Coverage, coverage_of
from connu.understand.induction import Induced, Proposal, induce_themes
from connu.understand.telling_words import telling_part

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Proposals told where nobody says how many.
PROPOSED = 8
NO_BUILD = "there is no build yet: connu build"
NO_LISTENING = "the build in force listened to nobody: connu build"
_COUNTS = (
    "SELECT theme, status, count(*) AS expectations FROM ({expectations}) AS e"
    f" WHERE coalesce(addressee, {literal('brand')}) = {literal('brand')}"
    " GROUP BY theme, status"
)
_FIGURES = (
    "SELECT theme, measure, figure, low, high FROM ({reliability}) AS r"
    " WHERE theme IS NOT NULL ORDER BY theme, measure"
)


@dataclass(frozen=True)
class ThemeLine:
    """A theme, and how it fares.

    Attributes:
        name, dimension: which.
        met, unmet, unknown: expectations of the build; None: it does not say.
        labels: verbatims that somebody coded by it, of this build.
        reliability: measure → (figure, low, high), where it was measured.
    """

    name: str
    dimension: str
    met: int | None = None
    unmet: int | None = None
    unknown: int | None = None
    labels: int = 0
    reliability: dict[str, tuple[float | None, float | None, float | None]] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class CodebookView:
    """The codebook in force.

    Attributes:
        version: its number.
        file: the brand's own; None: connu's default is in force.
        themes: in their order.
        coverage: of the build's statements; None: see `silence`.
        induced: what is proposed; None: see `silence`, or nothing was asked.
        left_out: statements of those who did not grant the purpose.
        silence: why there are no counts.
    """

    version: int
    file: Path | None
    themes: tuple[ThemeLine, ...]
    coverage: Coverage | None = None
    induced: Induced | None = None
    left_out: int = 0
    silence: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The view as JSON."""
        told = asdict(self)
        told["file"] = None if self.file is None else str(self.file)
        if self.coverage is not None:
            told["coverage"]["covered_share"] = self.coverage.covered_share
        if self.induced is not None:
            for plain, one in zip(
                told["induced"]["proposals"], self.induced.proposals, strict=True
            ):
                plain["stable"] = one.stable
        return told


def codebook_view(
    brand: Brand, *, propose: int = PROPOSED, purpose: str = "service"
) -> CodebookView:
    """The codebook in force, with counts, coverage and proposals.

    Args:
        brand: whose.
        propose: proposals at most; 0: none are sought, which takes no time.
        purpose: words of those who did not grant it are not read.

    Raises:
        SettingsError: the brand's codebook says what cannot be.
        PurposeError: nobody knows the purpose.
    """
    codebook = read_codebook(brand.folder)
    file = own_file(brand)
    if not has_build(brand):
        lines = tuple(ThemeLine(theme.name, theme.dimension) for theme in codebook.themes)
        return CodebookView(codebook.version, file, lines, silence=NO_BUILD)
    with opened_build(brand.folder, brand.settings, purpose) as reading:
        lines = theme_lines(brand, reading, codebook)
        heard = said_statements(reading, codebook)
        left_out = reading.reader.left_out("statements") if heard is not None else 0
    if heard is None or not len(heard.statements):
        refused = f"nobody who was listened to granted «{purpose}»"
        silence = refused if left_out else NO_LISTENING
        return CodebookView(codebook.version, file, lines, left_out=left_out, silence=silence)
    induced = induce_themes(codebook, heard.statements, most=propose) if propose else None
    return CodebookView(
        codebook.version, file, lines, _coverage(codebook, heard), induced, left_out
    )


def theme_lines(brand: Brand, reading: Reading, codebook: Codebook) -> tuple[ThemeLine, ...]:
    """Every theme with its counts, labels and reliability."""
    counts: Counter[tuple[str, str]] = Counter()
    figures: dict[str, dict[str, tuple[float | None, float | None, float | None]]] = {}
    listened = reading.build.has("expectations")
    if listened:
        rows = reading.rows(_COUNTS.format(expectations=reading.sql("expectations")))
        for row in rows:
            name = codebook.current(row["theme"] or "")
            if name is not None:
                counts[name, row["status"] or "unknown"] += row["expectations"]
    if reading.build.has("expectation_reliability"):
        for row in reading.rows(
            _FIGURES.format(reliability=reading.sql("expectation_reliability"))
        ):
            # Of a theme that was merged the figures say nothing: only those by its own name do.
            figures.setdefault(row["theme"], {})[row["measure"]] = (
                row["figure"], row["low"], row["high"],
            )  # fmt: skip
    labels = _labels(brand, reading, codebook)
    return tuple(
        ThemeLine(
            theme.name,
            theme.dimension,
            met=counts[theme.name, "met"] if listened else None,
            unmet=counts[theme.name, "unmet"] if listened else None,
            unknown=counts[theme.name, "unknown"] if listened else None,
            labels=labels.get(theme.name, 0),
            reliability=figures.get(theme.name, {}),
        )
        for theme in codebook.themes
    )


def find_proposal(brand: Brand, name: str, purpose: str) -> tuple[Codebook, Proposal]:
    """A proposal by its name, sought as `codebook_view` does.

    Raises:
        UsageError: there is none of that name; the nearest is named, or why there is none.
    """
    # The name of a proposal does not depend on how many are shown.
    view = codebook_view(brand, propose=1_000, purpose=purpose)
    proposals = () if view.induced is None else view.induced.proposals
    for proposal in proposals:
        if proposal.name == name:
            return read_codebook(brand.folder), proposal
    names = [proposal.name for proposal in proposals]
    hint = did_you_mean(name, names) if names else view.silence or "nothing is proposed"
    raise UsageError(f"no theme «{name}» is proposed", hint=hint)


def proposed_theme(proposal: Proposal, name: str | None = None) -> Theme:
    """A proposal as a theme for a person to edit. No customer's sentence enters it: the codebook
    outlives what they said, and who leaves takes his words along."""
    by: dict[str, list[str]] = {}
    shown: dict[str, list[str]] = {}
    for word in proposal.words:
        by.setdefault(word.language, []).append(word.word)
        shown.setdefault(word.language, []).append(word.shown)
    lead = {"fr": "Ce que les clients disent de : ", "en": "What customers say of: "}
    return Theme(
        name or proposal.name,
        proposal.dimension,
        {k: f"{lead.get(k, lead['en'])}{', '.join(words)}." for k, words in shown.items()},
        {},
        {k: tuple(words) for k, words in by.items()},
    )


def proposal_notes(proposal: Proposal) -> list[str]:
    """What stands above a proposal in the file."""
    near = f"nearest: {proposal.nearest} ({proposal.likeness:.2f})"
    return [
        f"Proposed from {proposal.statements} statements of {proposal.verbatims} verbatims; "
        f"stability {proposal.stability:.2f}; {near}.",
        "Write the definition and some examples anew, in your own words, and take out wrong seeds.",
    ]


def write_proposals(view: CodebookView, path: Path) -> int:
    """Write the proposals as a codebook to edit; returns how many.

    Raises:
        UsageError: it would replace the codebook in force, or there is nothing to write.
        BuildError: the file cannot be written.
    """
    proposals = () if view.induced is None else view.induced.proposals
    if not proposals:
        raise UsageError(
            "there is nothing to write: no theme is proposed", hint=view.silence, file=path
        )
    themes = [proposed_theme(one) for one in proposals]
    notes = {one.name: proposal_notes(one) for one in proposals}
    return write_themes(path, themes, notes, "connu themes")


def write_themes(
    path: Path, themes: Sequence[Theme], notes: Mapping[str, list[str]], by: str
) -> int:
    """Write themes that somebody may take as a codebook to edit; returns how many.

    Args:
        path: the file.
        themes: proposed.
        notes: theme → what stands above it.
        by: which command proposes them.

    Raises:
        UsageError: it would replace the codebook in force.
        BuildError: the file cannot be written.
    """
    if path.name == FILE_NAME and path.exists():
        raise UsageError(
            f"{FILE_NAME} is there already and is not replaced by proposals",
            hint="give another name, as in -o proposals.toml; or: connu themes --accept NAME",
            file=path,
        )
    text = codebook_text(
        themes,
        notes,
        (f"Themes proposed by {by}, over connu's own (default = true). Keep, edit or take",
         "out what stands here, then save it as codebook.toml beside connu.toml."),
    )  # fmt: skip
    try:
        write_atomically(path, text.encode("utf-8"))
    except OSError as error:
        raise io_error("the proposals could not be written", error) from error
    return len(themes)


def own_file(brand: Brand) -> Path | None:
    """The brand's own codebook, if it has one."""
    path = brand.folder / FILE_NAME
    return path if path.exists() else None


# ---------------------------------------------------------------------- within
def _coverage(codebook: Codebook, heard: Listened) -> Coverage:
    statements = heard.statements
    words = telling_part(corpus_of(statements.quotes, statements.language))
    telling = pc.not_equal(words, "").to_numpy(zero_copy_only=False)
    return coverage_of(codebook, statements.told, telling, heard.language)


def _labels(brand: Brand, reading: Reading, codebook: Codebook) -> dict[str, int]:
    """Theme → verbatims of the build that somebody coded by it."""
    if not reading.build.has("verbatims"):
        return {}
    with open_journal(brand.folder, brand.settings) as journal:
        codes, digest = journal.codes(), journal.digester()
    held = hand_codes(reading.engine, codes, digest, codebook, reading.sql("verbatims"))
    return {theme: len(verbatims) for theme, verbatims in held.themes().items()}
