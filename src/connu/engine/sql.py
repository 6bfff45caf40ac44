"""Words of SQL made safe: names and texts that come from a brand's settings or files."""

from __future__ import annotations

import re

from connu.kernel.errors import EngineError

_TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


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


def table_name(name: str) -> str:
    """`name`, if a table may be called so: it is also the name of its file.

    Raises:
        EngineError: the name is not a plain word.
    """
    if not _TABLE_NAME.fullmatch(name):
        raise EngineError(
            "a table's name is a word of letters, digits and _ that does not begin with a digit",
            table=name,
        )
    return name
