"""NPS: how many would recommend the brand less how many would not, with an interval, by segment.

Answers are 0 to 10: promoters say 9 or 10, detractors 6 or less. That difference of shares, of some
hundreds of people, moves by ten points from month to month by chance alone; the interval says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from connu.understand.estimate import LEVEL, Estimate, z_of

#: What the adjusted-Wald interval adds: answers in all, and promoters and detractors each.
_ADDED, _EACH = 3.0, 0.75


class Nps(msgspec.Struct, frozen=True):
    """The NPS of somebody.

    Attributes:
        segment: whose, or None: everybody's.
        nps: promoters less detractors, of 100 answers, -100 to 100. An interval of -100 to 100
            stands for no answer at all.
        promoters, passives, detractors: how many.
        answers: their sum. left_out: how many gave nothing, or something else than 0, 1 … 10.
        beyond_rest: the segment's NPS less that of everybody else; None for everybody, and where
            there is nobody else.
    """

    segment: str | None
    nps: Estimate
    promoters: int
    passives: int
    detractors: int
    answers: int
    left_out: int
    beyond_rest: Estimate | None = None


def nps(
    scores: ArrayLike,
    segments: pa.Array | Sequence[Any] | None = None,
    *,
    level: float = LEVEL,
) -> list[Nps]:
    """The NPS of everybody and of each segment, with adjusted-Wald intervals.

    Args:
        scores: (n,) 0-10; NaN: no answer.
        segments: (n,) of which each answer is, None for none; a period serves as well.
        level: confidence.

    Returns:
        Everybody first, then segments by name.

    Source: F. Reichheld, The one number you need to grow, HBR (December 2003); Agresti & Min,
        Biometrics 61 (2005) (adjusted Wald); B. Rocks, Interval estimation for the net promoter
        score, The American Statistician 70 (2016); Sauro & Lewis, Quantifying the User Experience
        (add 3 answers, ¾ of a promoter, ¾ of a detractor).

    >>> everybody = nps([10] * 19 + [8] * 8 + [3] * 9)[0]
    >>> round(everybody.nps.value), round(everybody.nps.low), round(everybody.nps.high)
    (28, 0, 52)
    """
    answered = np.asarray(scores, np.float64)
    told = np.isin(answered, np.arange(11))
    kind = np.where(told, (answered >= 7).astype(np.int64) + (answered >= 9), 3)
    names: list[Any] = []
    place = np.full(len(answered), -1)
    if segments is not None:
        column = segments if isinstance(segments, pa.Array) else pa.array(segments)
        coded = column.dictionary_encode()
        place = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        names = coded.dictionary.to_pylist()
    cells = np.bincount((place + 1) * 4 + kind, minlength=4 * (len(names) + 1)).reshape(-1, 4)
    everybody = cells.sum(axis=0)
    found = [_nps(None, everybody, None, level)]
    for name, row in sorted(zip(map(str, names), cells[1:], strict=True), key=lambda r: r[0]):
        found.append(_nps(name, row, everybody - row, level))
    return found


def _nps(name: str | None, cells: np.ndarray, rest: np.ndarray | None, level: float) -> Nps:
    """Of counts of detractors, passives, promoters and what is left out."""
    low, passive, high, left_out = (int(c) for c in cells)
    answers = low + passive + high
    value, middle, error = _score(cells)
    beyond = None
    if rest is not None and answers and rest[:3].sum():
        other, other_middle, other_error = _score(rest)
        both = float(np.hypot(error, other_error))
        beyond = _interval(value - other, middle - other_middle, both, 200.0, level)
    interval = _interval(value, middle, error, 100.0, level)
    if not answers:
        interval = Estimate(0.0, -100.0, 100.0)
    return Nps(name, interval, high, passive, low, answers, left_out, beyond)


def _score(cells: np.ndarray) -> tuple[float, float, float]:
    """The NPS, the adjusted one and its standard error, all of 100 answers."""
    low, passive, high = (float(c) for c in cells[:3])
    answers = low + passive + high
    more = answers + _ADDED
    up, down = (high + _EACH) / more, (low + _EACH) / more
    error = np.sqrt((up + down - (up - down) ** 2) / more)
    value = 100 * (high - low) / answers if answers else 0.0
    return value, 100 * (up - down), float(100 * error)


def _interval(value: float, middle: float, error: float, most: float, level: float) -> Estimate:
    # All of a few answers alike lie outside the adjusted interval: then it reaches to them.
    half = z_of(level) * error
    low, high = max(-most, middle - half), min(most, middle + half)
    return Estimate(value, min(low, value), max(high, value))
