"""Queries as they are read: each clause on a line of its own."""

from __future__ import annotations

import re
import textwrap

#: What stands in quotes, or a clause that begins.
_PIECE = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*")"""
    r"|[ \t\n]+(?=(?:SELECT|FROM|WHERE|GROUP BY|ORDER BY|HAVING|(?:LEFT |CROSS )?JOIN|UNION ALL)\b)"
)


def laid_out(query: str) -> str:
    """A query with its clauses on lines of their own; what it says stays the same.

    >>> print(laid_out("SELECT ' FROM ' AS word FROM facts WHERE x"))
    SELECT ' FROM ' AS word
    FROM facts
    WHERE x
    """
    flush = textwrap.dedent(query).strip()
    if "\n" in flush:
        return flush
    return _PIECE.sub(lambda found: found.group(1) or "\n", flush)
