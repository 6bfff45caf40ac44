"""Themes that a chat model proposes: from verbatims of which the build tells no expectation.

What may be read for the purpose is sent, masked as it is shown. A theme needs exact quotes of two
texts, is shown with them, and changes nothing until somebody takes it into the codebook.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connu.app.chats import asked_chat
from connu.app.reading import Reading, opened_build
from connu.app.themes import write_themes
from connu.app.to_code import Asked, read_page
from connu.kernel.errors import NotFoundError, UsageError
from connu.understand.chat import Chat
from connu.understand.chat_themes import propose_themes, themes_cost
from connu.understand.codebook import Theme, read_codebook
from connu.understand.endpoint import Cost

if TYPE_CHECKING:
    from connu.app.brand import Brand

# An order that depends on nothing but the ids: the same build asks of the same verbatims.
_UNHELD = (
    'SELECT v.source, v."row", v.verbatim_id FROM ({verbatims}) AS v'
    ' WHERE v."text" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ({expectations}) AS e'
    ' WHERE e.source = v.source AND e."row" = v."row")'
    ' ORDER BY md5(v.source || chr(0) || v.verbatim_id), v."row" LIMIT {most}'
)


@dataclass(frozen=True)
class ProposedTheme:
    """A theme that somebody may take.

    Attributes:
        name, dimension, definition: as proposed.
        quotes: of masked texts, of two at least.
    """

    name: str
    dimension: str
    definition: dict[str, str]
    quotes: list[str]

    @property
    def theme(self) -> Theme:
        """The theme for a codebook: without a customer's words, which he may take back."""
        return Theme(self.name, self.dimension, self.definition)


@dataclass(frozen=True)
class ThemesAsked:
    """What came of asking.

    Attributes:
        texts: asked about.
        themes: proposed.
        refused: what was refused of the answers, by reason.
        failures: why answers are missing.
        cost: as told before.
    """

    texts: int
    themes: list[ProposedTheme]
    refused: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    cost: Cost | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)

    def write(self, path: Path) -> int:
        """Write the themes as a codebook to edit; returns how many.

        Raises:
            UsageError: there is none, or it would replace the codebook in force.
            BuildError: the file cannot be written.
        """
        if not self.themes:
            raise UsageError("there is nothing to write: no theme is proposed", file=path)
        notes = {one.name: [f"Proposed with {len(one.quotes)} quotes."] for one in self.themes}
        return write_themes(path, [one.theme for one in self.themes], notes, "a chat model")


@dataclass(frozen=True)
class AskingThemes:
    """What would be asked.

    Attributes:
        model, url: of whom.
        texts: masked, as they would be sent.
        cost: what it would take.
    """

    chat: Chat
    model: str
    url: str
    texts: tuple[str, ...]
    cost: Cost

    def ask(self) -> ThemesAsked:
        """Ask.

        Raises:
            ModelError: the cache cannot be written.
        """
        made = propose_themes(self.chat, self.texts, [True] * len(self.texts))
        themes = [
            ProposedTheme(
                one.name, one.dimension, dict(one.definition),
                [self.texts[place.text][place.start : place.end] for place in one.quotes],
            )
            for one in made.themes
        ]  # fmt: skip
        refused = {str(reason): n for reason, n in sorted(made.refused.items())}
        failures = list(dict.fromkeys(made.failures))
        return ThemesAsked(len(self.texts), themes, refused, failures, self.cost)


def asking_themes(brand: Brand, most: int, *, purpose: str = "service") -> AskingThemes:
    """What would be asked of the chat model; nothing is sent.

    Args:
        brand: whose.
        most: verbatims of which the build tells no expectation, drawn by their ids.
        purpose: who did not grant it is not asked about.

    Raises:
        SettingsError: [understand] names no chat model, or no endpoint.
        MissingExtraError: the extra `endpoint` is not installed.
        BuildError: there is no build.
        NotFoundError: it listened to nobody.
        PurposeError: nobody knows the purpose.
    """
    codebook = read_codebook(brand.folder)
    chat = asked_chat(brand.settings, brand.folder, codebook, themes=True)
    with opened_build(brand.folder, brand.settings, purpose) as reading:
        texts = _unheld(reading, most)
    said = brand.settings.understand
    cost = themes_cost(chat, texts, [True] * len(texts))
    return AskingThemes(chat, said.chat_model or "", said.endpoint_url or "", texts, cost)


def _unheld(reading: Reading, most: int) -> tuple[str, ...]:
    for table in ("verbatims", "expectations"):
        if not reading.build.has(table):
            raise NotFoundError(
                f"the build in force has no table «{table}»", hint="run: connu build"
            )
    sql = _UNHELD.format(
        verbatims=reading.sql("verbatims"), expectations=reading.sql("expectations"), most=most
    )
    page = [Asked(row["source"], row["row"], row["verbatim_id"]) for row in reading.rows(sql)]
    read = read_page(reading, page, lambda text: b"", hidden=True)
    return tuple(read[one.key].text for one in page)
