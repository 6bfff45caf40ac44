"""Markdown that a value cannot break out of: no mark, no link, no HTML, no cell of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: What would begin something in Markdown or HTML – a mark, a cell, a tag, a formula, a link, a
#: mention – is written as an entity: it is read as itself everywhere, and no program that splits a
#: row at its bars meets one that is no border.
_MARKS = re.compile(
    r"[\\`*\[\]<>|~&$]|(?<!\w)_|_(?!\w)|://|(?<=www)\.|(?<!\w)@(?=\w)", re.IGNORECASE
)
#: A line that begins so would be a heading, a list or a rule.
_START = re.compile(r"^(\d*)([#.)]|[-+:=](?=[\s=:-]|$))(?!\d)")


def text(value: str) -> str:
    """A value as Markdown that shows it and does nothing else, on one line.

    >>> text("a|b <script> `x`")
    'a&#124;b &#60;script&#62; &#96;x&#96;'
    >>> text("- one"), text("2. two"), text("98.5 % of after_sales (HR@20)")
    ('&#45; one', '2&#46; two', '98.5 % of after_sales (HR@20)')
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    made = _MARKS.sub(lambda found: _entity(found[0][0]) + found[0][1:], plain)
    return _START.sub(lambda found: found[1] + _entity(found[2]), made)


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> str:
    """A table; every row has a cell for each header.

    Args:
        headers: titles.
        rows: cells, values as they are.
        right: titles of the columns that align to the right.

    >>> print(table(("of", "value"), [("all", "0.5")], right=("value",)))
    | of | value |
    | --- | ---: |
    | all | 0.5 |
    """
    rules = ["---:" if header in right else "---" for header in headers]
    lines = [[text(cell) for cell in row] for row in (headers, *rows)]
    lines.insert(1, rules)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bullets(lines: Sequence[str]) -> str:
    """A list of values.

    >>> bullets(["kept", "# not a heading"])
    '- kept\\n- &#35; not a heading'
    """
    return "\n".join(f"- {text(line)}" for line in lines)


def _entity(sign: str) -> str:
    return f"&#{ord(sign)};"
