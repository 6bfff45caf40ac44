"""Figures as bars of text: for a terminal, and for a page that is printed."""

from __future__ import annotations

from collections.abc import Sequence

#: Eighths of a block, from nothing to whole.
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def bar(share: float, width: int = 20) -> str:
    """A share (0–1) as a bar, to an eighth of a character.

    >>> bar(0.5, 4), bar(0.0, 4), bar(1.0, 3)
    ('██', '', '███')
    """
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    whole, part = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[part] if part else "")


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """Values as one line of small columns, from `low` (lowest) to `high` (whole).

    >>> sparkline([0.5, 0.75, 1.0], 0.5, 1.0)
    '▁▅█'
    """
    span = (high - low) or 1.0
    places = [round((value - low) / span * (len(_HEIGHTS) - 1)) for value in values]
    return "".join(_HEIGHTS[min(len(_HEIGHTS) - 1, max(0, place))] for place in places)
