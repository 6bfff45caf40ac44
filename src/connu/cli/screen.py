"""What goes to the screen: results on standard output, everything else on standard error.

Results must stay clean for pipes: counts, advice and progress never go to standard output when
`--json` is asked.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

#: What would steer a terminal or turn the direction of writing.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Width of a page that is not a terminal: wide enough that no identifier is cut.
_PIPE_WIDTH = 160


def out() -> Console:
    """The console of results (standard output)."""
    return _console(sys.stdout.isatty(), stderr=False)


def err() -> Console:
    """The console of progress, advice and errors (standard error)."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(terminal: bool, stderr: bool) -> Console:
    from rich.console import Console

    told = terminal or "COLUMNS" in os.environ
    width = None if told else _PIPE_WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=not told, width=width)


def print_json(value: Any) -> None:
    """One JSON document on standard output, keys as given, times in ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return str(value)


def plain(text: str) -> str:
    """A text that only shows itself: neither the terminal nor Rich is told to do anything."""
    from rich.markup import escape

    return escape(still(text))


def still(text: str) -> str:
    r"""A text that does not steer the terminal; what Rich reads as markup is still to be escaped.

    >>> still("\x1b[2J one\r\ntwo")
    '·[2J one\ntwo'
    """
    return _STEERING.sub("·", text.replace("\r\n", "\n"))


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[str] = (),
    title: str | None = None,
) -> Table:
    """A plain table: no frame, headers underlined by a rule, numbers to the right.

    Args:
        headers: column titles.
        rows: cells; None is shown as nothing, numbers with thousands apart.
        right: titles of the columns that align to the right.
        title: a line above.
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for header in headers:
        made.add_column(header, justify="right" if header in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(escape(still(shown(cell))) for cell in row))
    return made


def shown(cell: Any) -> str:
    """A cell as text.

    >>> shown(None), shown(1234567), shown("a")
    ('', '1,234,567', 'a')
    """
    if cell is None:
        return ""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return str(cell)


def percent(probability: float | None) -> str:
    """A probability, never rounded to certainty, nor to nothing.

    >>> percent(0.99996), percent(0.5), percent(0.0004), percent(1.0), percent(None)
    ('>99.9 %', '50.0 %', '<0.1 %', '100 %', '')
    """
    if probability is None:
        return ""
    if probability >= 1.0:
        return "100 %"
    if probability > 0.999:
        return ">99.9 %"
    if 0.0 < probability < 0.001:
        return "<0.1 %"
    return f"{100 * probability:.1f} %"


def duration(seconds: float) -> str:
    """A time a person reads at once.

    >>> duration(0.04), duration(3.21), duration(75)
    ('0.0 s', '3.2 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
