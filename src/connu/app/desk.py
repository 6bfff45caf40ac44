"""The coding desk: what a person should code next, and every answer kept in the journal at once.

Whoever codes a verbatim a second time, so that two coders can be compared, sees neither the other's
codes nor the machine's: an opinion that was seen is no second opinion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from connu.app.chat_proposals import proposed_before
from connu.app.chats import open_chat
from connu.app.hand_codes import hand_codes
from connu.app.reading import Reading, opened_build
from connu.app.to_code import Asked, Key, ToCode, queue_of, read_page
from connu.journal.codes import Code
from connu.journal.journal import Journal, open_journal
from connu.kernel.errors import UsageError, did_you_mean
from connu.understand.chat import Chat
from connu.understand.codebook import Codebook, read_codebook
from connu.understand.codes import Codes, codes_from_json

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Under which the journal notes that codes were made at the desk.
BY_DESK = "cli"
#: Labels of a theme: from how many the machine learns it, and how many bring it where it can get.
ENOUGH, PLENTY = 16, 32
#: Verbatims read at once.
_PAGE_ROWS = 40


class Desk:
    """An open desk: verbatims by place from 0, the most informative first.

    Attributes:
        codebook: by which is coded.
        coder: who codes.
        hidden: whether others' codes and the machine's are hidden.

    Where a chat model proposed codes (`connu code --propose`), they are shown, and no more.
    """

    def __init__(
        self,
        reading: Reading,
        journal: Journal,
        codebook: Codebook,
        coder: str,
        *,
        theme: str | None = None,
        second: bool = False,
        chat: Chat | None = None,
    ) -> None:
        if theme is not None and theme not in codebook.names:
            raise UsageError(
                f"the codebook has no theme «{theme}»", hint=did_you_mean(theme, codebook.names)
            )
        self.codebook, self.coder, self.hidden = codebook, coder, second
        self._reading, self._journal = reading, journal
        self._chat = None if second else chat
        self._digest = journal.digester()
        self._said: dict[tuple[str, Key], Codes] = {}
        ids: dict[Key, Asked] = {}
        verbatims = reading.sql("verbatims")
        held = hand_codes(reading.engine, journal.codes(), self._digest, codebook, verbatims)
        for row in held.table.to_pylist():
            asked = Asked(row["source"], row["row"], row["verbatim_id"])
            ids[asked.key] = asked
            self._said[row["coder"], asked.key] = codes_from_json(row["codes"])
        if second:
            others = [asked for key, asked in ids.items() if (coder, key) not in self._said]
            self._queue = sorted(others, key=_shuffled)
        else:
            self._queue = queue_of(reading, set(ids), theme)
        self._pages: dict[int, dict[Key, ToCode]] = {}

    def __len__(self) -> int:
        return len(self._queue)

    def at(self, place: int) -> ToCode:
        """The verbatim at a place, with what this coder said of it by now.

        Raises:
            IndexError: there are not so many.
        """
        asked = self._queue[place]
        page = place // _PAGE_ROWS
        if page not in self._pages:
            some = self._queue[page * _PAGE_ROWS : (page + 1) * _PAGE_ROWS]
            self._pages[page] = read_page(self._reading, some, self._digest, hidden=self.hidden)
        shown = self._pages[page][asked.key]
        proposed = None if self._chat is None else proposed_before(self._chat, shown.text)
        return replace(shown, mine=self._said.get((self.coder, asked.key)), chat=proposed)

    def keep(self, shown: ToCode, codes: Codes) -> None:
        """Keep this coder's codes of a verbatim: they are on the disk when this returns."""
        self._write(shown, codes.to_json())
        self._said[self.coder, shown.asked.key] = codes

    def take_back(self, shown: ToCode) -> None:
        """Take this coder's codes of a verbatim back, as if he had not coded it."""
        self._write(shown, None)
        self._said.pop((self.coder, shown.asked.key), None)

    def labels(self) -> dict[str, int]:
        """Theme → verbatims that somebody coded by it, in the codebook's order."""
        found: dict[str, set[Key]] = {theme: set() for theme in self.codebook.names}
        for (_, key), codes in self._said.items():
            for theme in codes.themes:
                found.setdefault(theme, set()).add(key)
        return {theme: len(found[theme]) for theme in self.codebook.names}

    def coded(self) -> int:
        """How many verbatims this coder has coded."""
        return sum(coder == self.coder for coder, _ in self._said)

    def _write(self, shown: ToCode, codes: str | None) -> None:
        said = Code(
            shown.asked.source,
            shown.asked.verbatim_id,
            shown.digest,
            codes,
            self.coder,
            str(self.codebook.version),
        )
        self._journal.code([said], BY_DESK)


@contextmanager
def open_desk(
    brand: Brand,
    coder: str,
    *,
    purpose: str = "service",
    theme: str | None = None,
    second: bool = False,
) -> Iterator[Desk]:
    """Open the desk of a brand.

    Args:
        brand: whose.
        coder: who codes.
        purpose: what the texts are read for.
        theme: only verbatims of which this theme is in doubt.
        second: verbatims that another coder coded; his codes and the machine's are hidden.

    Raises:
        BuildError: there is no build.
        NotFoundError: it was made before connu knew what to code next.
        PurposeError: nobody knows the purpose.
        UsageError: the codebook has no such theme.
    """
    codebook = read_codebook(brand.folder)
    with (
        open_journal(brand.folder, brand.settings) as journal,
        opened_build(brand.folder, brand.settings, purpose) as reading,
    ):
        chat = open_chat(brand.settings, brand.folder, codebook, asks=False)
        yield Desk(reading, journal, codebook, coder, theme=theme, second=second, chat=chat)


def _shuffled(asked: Asked) -> bytes:
    """An order that depends on nothing but the ids: what is coded twice is a fair sample."""
    return hashlib.sha256(f"{asked.source}\0{asked.verbatim_id}".encode()).digest()
