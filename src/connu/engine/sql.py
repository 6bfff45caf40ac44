"""Words of SQL made safe: names and texts that come from a brand's settings or files."""

from __future__ import annotations


def quoted(word: str) -> str:
    """A SQL identifier, quoted.

    >>> quoted("social.twitter")
    '"social.twitter"'
    """
    return '"' + word.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A SQL string literal.

    >>> print(literal("l'Oise"))
    'l''Oise'
    """
    return "'" + text.replace("'", "''") + "'"
