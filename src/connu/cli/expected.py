"""What one customer or visitor expects, on his page: a line a theme, with his words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

#: Of a longer quote, what a page shows (code points).
_LONG = 120


def print_expected(console: Console, expected: Sequence[dict[str, Any]]) -> None:
    """The part of a page that says what somebody expects; nothing where he said nothing."""
    from connu.cli.screen import percent, still, table

    if not expected:
        return
    rows = [
        (
            still(one["theme"]),
            spoken_status(one["status"], one["wished"]),
            _clipped(still(" ".join((one["quote"] or "").split()))),
            "" if one["time"] is None else f"{one['time']:%Y-%m-%d}",
            percent(one["probability"]),
        )
        for one in expected
    ]
    headers = ("theme", "", "his words", "date", "sure")
    console.print(table(headers, rows, right=("sure",), title="[bold]what he expects[/]"))


def spoken_status(status: str | None, wished: bool | None) -> str:
    """Whether it is met, and whether he asks for it.

    >>> spoken_status("unmet", True), spoken_status("met", False), spoken_status("unknown", True)
    ('unmet, wished', 'met', 'wished')
    """
    told = [] if status in (None, "unknown") else [str(status)]
    return ", ".join(told + (["wished"] if wished else [])) or "spoken of"


def _clipped(quote: str) -> str:
    return quote if len(quote) <= _LONG else quote[: _LONG - 1] + "…"
