"""Codes: what one person says of one verbatim – its themes, each with polarity and status.

The shape in which the journal keeps them and files of labels bring them. Statements – stretches of
the text, with codes of their own – may go with them. Nothing of the text is in it.

A verbatim with no theme is coded too: it speaks of nothing in the codebook.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from connu.kernel.errors import JournalError


class CodedStatement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a verbatim coded by hand.

    Attributes:
        start, end: in code points of the text: text[start:end].
        theme: of the codebook.
        polarity, status, form, addressee, relation: as in `ledger.expectations`; None: not said.
    """

    start: int
    end: int
    theme: str
    polarity: str | None = None
    status: str | None = None
    form: str | None = None
    addressee: str | None = None
    relation: str | None = None


class Codes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person says of one verbatim.

    Attributes:
        themes: what it speaks of, sorted; empty: nothing in the codebook.
        polarity: theme → positive, negative or neutral, where he said it.
        status: theme → met, unmet or unknown, where he said it.
        statements: the stretches he coded, in the order of the text; empty: he coded the whole.
    """

    themes: tuple[str, ...]
    polarity: dict[str, str] = {}
    status: dict[str, str] = {}
    statements: tuple[CodedStatement, ...] = ()

    def to_json(self) -> str:
        """The codes as the journal keeps them: the same codes give the same text."""
        return _ENCODER.encode(self).decode()

    def polarity_of(self, theme: str) -> str | None:
        """The polarity of a theme: as said, or as all its statements say."""
        return self.polarity.get(theme) or self._agreed(theme, "polarity")

    def status_of(self, theme: str) -> str | None:
        """The status of a theme: as said, or as all its statements say."""
        return self.status.get(theme) or self._agreed(theme, "status")

    def migrated(self, current: Callable[[str], str | None]) -> Codes:
        """The codes by a later codebook: themes renamed or merged, and without those that are no
        more. What two merged themes disagree about is left unsaid.

        Args:
            current: `Codebook.current`.
        """
        now = {theme: current(theme) for theme in self.themes}
        if all(theme == new for theme, new in now.items()):
            return self
        statements = [
            msgspec.structs.replace(one, theme=new)
            for one in self.statements
            if (new := now[one.theme]) is not None
        ]
        return coded(
            [new for new in now.values() if new is not None],
            _merged(self.polarity, now),
            _merged(self.status, now),
            statements,
        )

    def _agreed(self, theme: str, word: str) -> str | None:
        said = {getattr(one, word) for one in self.statements if one.theme == theme}
        return said.pop() if len(said) == 1 else None


def _merged(said: Mapping[str, str], now: Mapping[str, str | None]) -> dict[str, str]:
    """By new theme what was said of its old ones, where they agree."""
    by: dict[str, set[str]] = {}
    for theme, value in said.items():
        new = now[theme]
        if new is not None:
            by.setdefault(new, set()).add(value)
    return {theme: values.pop() for theme, values in sorted(by.items()) if len(values) == 1}


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Codes)


def coded(
    themes: Collection[str],
    polarity: Mapping[str, str] | None = None,
    status: Mapping[str, str] | None = None,
    statements: Collection[CodedStatement] = (),
) -> Codes:
    """Codes in their one order: themes sorted, statements as they stand in the text.

    >>> coded(["price", "app", "price"], {"price": "negative"}).to_json()
    '{"themes":["app","price"],"polarity":{"price":"negative"}}'
    """
    ordered = sorted(statements, key=lambda one: (one.start, one.end, one.theme))
    return Codes(
        tuple(sorted(set(themes))), dict(polarity or {}), dict(status or {}), tuple(ordered)
    )


def codes_from_json(text: str) -> Codes:
    """The codes that the journal kept.

    Raises:
        JournalError: they cannot be read.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError):
        raise JournalError(
            "codes made by hand cannot be read from the journal",
            hint="a later connu wrote them: upgrade connu; or put the journal back from a backup",
        ) from None
