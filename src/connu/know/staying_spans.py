"""Spans: which pasts to stand in, and how far to look from there, to learn what comes next."""

from __future__ import annotations

from dataclasses import dataclass

#: Of the known days before the end: how far the furthest look goes, and the nearer ones beside it.
_REACHES = (0.5, 1 / 3, 0.25)
#: Of the known days: how long each of the last few looks is that follow one another.
_TURN, _TURNS = 1 / 6, 3
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


def turns_until(first: int, end: int) -> list[Span]:
    """Short looks that follow one another without overlap, the last one ends on a day.

    Their futures are different days: whether a model says too much or too little in all of them
    is a habit, in one of them only a season. None where they would be too short.
    """
    days = int((end - first) * _TURN)
    if days < _LEAST_DAYS:
        return []
    return [Span(end - turn * days, days) for turn in range(_TURNS, 0, -1)]


def held_out(first: int, end: int, horizons: tuple[int, ...]) -> list[Span]:
    """What is kept aside to judge by: of each horizon the last look, a third of the days at most.

    Returns:
        Per horizon; the same look where it stands for several that are too long. All end at `end`.
    """
    longest = max((end - first) // 3, 1)
    return [Span(end - min(h, longest), min(h, longest)) for h in horizons]
