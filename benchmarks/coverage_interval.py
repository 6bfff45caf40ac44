"""An interval as it is published, beside the truth."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """An interval as published, and the truth.

    Attributes:
        figure: what it is of, alike in all brands: the coverage is counted by it.
        of: which one of them: an attribute and value, a theme, a horizon.
        value, low, high: as published.
        people: it was measured on.
        true: the same figure on those it is claimed for.
        beyond: how many these are.
    """

    figure: str
    of: str
    value: float
    low: float
    high: float
    people: int
    true: float
    beyond: int
