"""Too few to be shown: a figure about fewer than K_LEAST people is a person, not a statistic."""

from __future__ import annotations

import msgspec

#: The fewest people a cell may speak of.
K_LEAST = 10


class Cell(msgspec.Struct, frozen=True):
    """One part of a breakdown.

    Attributes:
        label: the part.
        value: how many, or None where it is hidden.
        hidden: it speaks of fewer than K_LEAST people, or would give away one that does.
    """

    label: str
    value: int | None
    hidden: bool = False


def hide_few(rows: list[tuple[str, int]], least: int = K_LEAST) -> list[Cell]:
    """Cells of people, those of fewer than `least` hidden; nobody is nothing to hide.

    One hidden cell alone could be had by taking the others from the whole: then the next smallest
    is hidden too.

    >>> [cell.value for cell in hide_few([("crm", 100), ("shop", 40), ("web", 3)])]
    [100, None, None]
    """
    few = {label for label, n in rows if 0 < n < least}
    if len(few) == 1:
        others = [(n, label) for label, n in rows if n >= least]
        few |= {label for _, label in sorted(others)[:1]}
    return [Cell(label, None, True) if label in few else Cell(label, n) for label, n in rows]
