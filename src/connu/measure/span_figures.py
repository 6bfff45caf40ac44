"""Expectation F1: whether what a customer expects was found where he says it.

The strictest figure: a prediction counts only if theme (and with it dimension) and status agree,
both are said to the brand, the stretches overlap by half of the longer one, each is matched once,
and the quote is what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from connu.measure.theme_figures import Found, found

#: Of the longer of two stretches, the share that both must hold.
OVERLAP = 0.5


@dataclass(frozen=True)
class Spans:
    """Statements with their codes, one a row.

    Attributes:
        verbatim: int64 (n,), from 0 on.
        start, end: int64 (n,), in code points of the verbatim.
        theme, status: int64 (n,), numbered alike on both sides.
        brand: bool (n,): whether the addressee is the brand.
        exact: bool (n,): whether the quote is the text between start and end.
    """

    verbatim: np.ndarray
    start: np.ndarray
    end: np.ndarray
    theme: np.ndarray
    status: np.ndarray
    brand: np.ndarray
    exact: np.ndarray

    def __len__(self) -> int:
        return len(self.verbatim)


class SpanScore(msgspec.Struct, frozen=True):
    """How rightly expectations are found in texts.

    Attributes:
        verbatims: judged.
        expectation: found with everything right; its f1 is the expectation F1.
        theme: the same whatever the status. span: whatever theme and status.
        inexact: quotes told that are not the text where they stand.
    """

    verbatims: int
    expectation: Found
    theme: Found
    span: Found
    inexact: int


def span_score(told: Spans, truth: Spans, verbatims: int) -> SpanScore:
    """Judge expectations.

    Args:
        told, truth: both sides; what is not said to the brand counts on neither.
        verbatims: how many were judged, with those of which nothing is said.
    """

    def counted(theme: bool, status: bool) -> Found:
        _, truths = matched(told, truth, theme=theme, status=status)
        right = np.bincount(truth.verbatim[truths], minlength=verbatims)
        return found(
            right,
            np.bincount(told.verbatim[told.brand], minlength=verbatims),
            np.bincount(truth.verbatim[truth.brand], minlength=verbatims),
        )

    return SpanScore(
        verbatims, counted(True, True), counted(True, False), counted(False, False),
        int((~told.exact).sum()),
    )  # fmt: skip


def matched(
    told: Spans, truth: Spans, *, theme: bool = True, status: bool = True, brand: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are matched, one to one, the widest overlaps first: int64 (m,), int64 (m,).

    Args:
        told, truth: both sides.
        theme, status: whether they must agree.
        brand: whether both must be said to the brand.
    """
    by: dict[int, list[int]] = {}
    for row in np.flatnonzero(truth.brand) if brand else range(len(truth)):
        by.setdefault(int(truth.verbatim[row]), []).append(int(row))
    asked = told.exact & told.brand if brand else told.exact
    pairs: list[tuple[float, int, int]] = []
    for row in np.flatnonzero(asked).tolist():
        for other in by.get(int(told.verbatim[row]), ()):
            if theme and told.theme[row] != truth.theme[other]:
                continue
            if status and told.status[row] != truth.status[other]:
                continue
            share = _overlap(told, row, truth, other)
            if share >= OVERLAP:
                pairs.append((-share, row, other))
    left: set[int] = set()
    right: set[int] = set()
    chosen = []
    for _, row, other in sorted(pairs):
        if row not in left and other not in right:
            left.add(row)
            right.add(other)
            chosen.append((row, other))
    made = np.array(sorted(chosen), np.int64).reshape(-1, 2)
    return made[:, 0], made[:, 1]


def _overlap(told: Spans, row: int, truth: Spans, other: int) -> float:
    """What both hold, as a share of the longer."""
    longer = max(told.end[row] - told.start[row], truth.end[other] - truth.start[other])
    both = min(told.end[row], truth.end[other]) - max(told.start[row], truth.start[other])
    return float(both / longer) if longer > 0 else 0.0
