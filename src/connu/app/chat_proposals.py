"""Codes that a chat model proposes for what a person should code next: asked for, and told again.

What may be read for the purpose is sent, masked as it is shown, one text a request. Proposals wait
in a cache for the desk; the journal holds only what a person says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from connu.app.chats import asked_chat
from connu.app.hand_codes import hand_codes
from connu.app.reading import opened_build
from connu.app.to_code import queue_of, read_page
from connu.journal.journal import open_journal
from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent
from connu.understand.chat import Chat
from connu.understand.chat_codes import Proposal, codes_cost, known_codes, propose_codes
from connu.understand.codebook import read_codebook
from connu.understand.codes import CodedStatement, Codes, coded
from connu.understand.endpoint import Cost

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Texts asked of at once; where all of them fail, no more are asked.
_PART = 24


@dataclass(frozen=True)
class Asking:
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

    def ask(self, progress: Progress | None = None) -> Asked:
        """Ask, and keep what is proposed in the cache.

        Raises:
            ModelError: the cache cannot be written.
        """
        made: list[Proposal] = []
        with (progress or Silent()).stage("ask the chat model", len(self.texts)) as step:
            for first in range(0, len(self.texts), _PART):
                heed()
                part = self.texts[first : first + _PART]
                told = propose_codes(self.chat, part, [True] * len(part))
                made += [one for one in told if one is not None]
                step.advance(len(part))
                if all(one is not None and one.failure is not None for one in told):
                    break
        refused: Counter[str] = Counter()
        for one in made:
            refused.update({str(reason): n for reason, n in one.refused.items()})
        failures = [one.failure for one in made if one.failure is not None]
        return Asked(
            texts=len(self.texts),
            proposed=sum(bool(one.statements) for one in made),
            statements=sum(len(one.statements) for one in made),
            refused=dict(sorted(refused.items())),
            failed=len(failures) + len(self.texts) - len(made),
            failures=list(dict.fromkeys(failures)),
            cost=self.cost,
        )


@dataclass(frozen=True)
class Asked:
    """What came of asking.

    Attributes:
        texts: asked of, or answered before.
        proposed: of them with codes.
        statements: proposed, each at an exact quote.
        refused: what was refused of the answers, by reason.
        failed: texts without an answer.
        failures: why.
        cost: as told before.
    """

    texts: int
    proposed: int
    statements: int
    refused: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    cost: Cost | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)


def asking_codes(brand: Brand, most: int, *, purpose: str = "service") -> Asking:
    """What would be asked of the chat model; nothing is sent.

    Args:
        brand: whose.
        most: verbatims, the most informative first, which nobody coded since the build.
        purpose: who did not grant it is not asked about.

    Raises:
        SettingsError: [understand] names no chat model, or no endpoint.
        MissingExtraError: the extra `endpoint` is not installed.
        BuildError: there is no build.
        NotFoundError: it does not say what to code next.
        PurposeError: nobody knows the purpose.
    """
    codebook = read_codebook(brand.folder)
    chat = asked_chat(brand.settings, brand.folder, codebook)
    with (
        open_journal(brand.folder, brand.settings) as journal,
        opened_build(brand.folder, brand.settings, purpose) as reading,
    ):
        digest = journal.digester()
        verbatims = reading.sql("verbatims")
        held = hand_codes(reading.engine, journal.codes(), digest, codebook, verbatims).table
        done = set(zip(held["source"].to_pylist(), held["row"].to_pylist(), strict=True))
        queue = queue_of(reading, done)[:most]
        page = read_page(reading, queue, digest, hidden=True)
    texts = tuple(page[one.key].text for one in queue)
    said = brand.settings.understand
    return Asking(
        chat, said.chat_model or "", said.endpoint_url or "", texts,
        codes_cost(chat, texts, [True] * len(texts)),
    )  # fmt: skip


def proposed_before(chat: Chat, text: str) -> Codes | None:
    """What a chat model proposed for a masked text before; None: it was not asked."""
    known = known_codes(chat, text)
    return None if known is None else proposed_codes(known.statements)


def proposed_codes(statements: tuple[CodedStatement, ...]) -> Codes:
    """Statements as codes of the whole: what they agree about is said of the theme.

    >>> one = CodedStatement(0, 4, "price", "negative", "unmet", addressee="brand")
    >>> proposed_codes((one,)).status
    {'price': 'unmet'}
    """
    whole = coded({one.theme for one in statements}, statements=statements)
    polarity = {theme: whole.polarity_of(theme) for theme in whole.themes}
    status = {theme: whole.status_of(theme) for theme in whole.themes}
    return coded(
        whole.themes,
        {theme: word for theme, word in polarity.items() if word},
        {theme: word for theme, word in status.items() if word},
        statements,
    )
