"""Spans: which pasts to stand in, and how far to look from there, to learn what comes next."""

from __future__ import annotations

from dataclasses import dataclass

#: Of the known days before the end: how far the furthest look goes, and the nearer ones beside it.
_REACHES = (0.5, 1 / 3, 0.25, 1 / 6)
#: Days under which a span teaches nothing about a quarter.
_LEAST_DAYS = 7


@dataclass(frozen=True)
class Span:
    """A past moment (`cut`, first day not known then) and the days looked ahead from it."""

    cut: int
    days: int


def spans_until(first: int, end: int, horizons: tuple[int, ...]) -> list[Span]:
    """Spans whose futures all end on a day at the latest, ascending by cut.

    Each wished horizon that fits into half of the known days is looked at as it is; the shares of
    the known days stand for those that do not, and say how the error changes with the horizon.

    Args:
        first: day of the first transaction. end: first day that is not known.
        horizons: days wished.
    """
    known = end - first
    reaches = {int(known * share) for share in _REACHES} | {
        h for h in horizons if h <= known * _REACHES[0]
    }
    longest = max(horizons)
    return sorted(
        (Span(end - days, days) for days in reaches if _LEAST_DAYS <= days <= longest),
        key=lambda span: span.cut,
    )


def held_out(first: int, end: int, horizons: tuple[int, ...]) -> list[Span]:
    """What is kept aside to judge by: of each horizon the last look, a third of the days at most.

    Returns:
        Per horizon; the same look where it stands for several that are too long. All end at `end`.
    """
    longest = max((end - first) // 3, 1)
    return [Span(end - min(h, longest), min(h, longest)) for h in horizons]
