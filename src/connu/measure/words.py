"""Words: what a reader is told, in both languages that connu speaks."""

from __future__ import annotations

import msgspec

LANGUAGES = ("en", "fr")


class Words(msgspec.Struct, frozen=True):
    """One text, English and French, beside the figure that it names.

    >>> Words("customers", "clients").said("fr")
    'clients'
    """

    en: str
    fr: str

    def said(self, language: str) -> str:
        """The text in a language; English for one that connu does not speak."""
        return self.fr if language == "fr" else self.en

    def filled(self, **values: object) -> Words:
        """Both texts with what stands in braces filled in.

        >>> Words("{n} more", "{n} de plus").filled(n=3).fr
        '3 de plus'
        """
        return Words(self.en.format(**values), self.fr.format(**values))
