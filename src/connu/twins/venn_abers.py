"""Calibration without a shape: Venn–Abers, isotonic regression that knows how unsure it is."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numba import njit

from connu.twins.scores import checked, checked_pair, log_odds, spread_out

#: Steps of one such piece are one: a curve of a million people stays a few thousand knots.
_SAME = 1e-4


class VennAbersCalibrator:
    """Inductive Venn–Abers, one class against the rest, every answer worked out in advance.

    Isotonic regression is fitted twice for each possible score: with the person asked about added
    as a "no" (p0) and as a "yes" (p1). One of the two is calibrated whatever the distribution;
    their merger p1 / (1 − p0 + p1) is near both and never 0 or 1. `transform` joins the merged
    steps by straight lines through their middles, because a staircase ties thousands of people of
    unequal scores; `interval` gives the steps themselves, as the theorem has
    them, rounded outwards by at most 1e-4.

    Attributes:
        knots_: per curve, (log odds rising, merged probability never falling), float64 (m,) each.
        low_: per curve, (log odds from which it holds, p0).
        high_: per curve, (log odds up to which it holds, p1).

    Source: Vovk, Petej & Fedorova, Large-scale probabilistic predictors with and without
        guarantees of validity (NIPS 2015), algorithms 1–4; more classes normalised one against
        the rest, as Manokhin (COPA 2017).
    """

    classes_: int
    knots_: list[tuple[np.ndarray, np.ndarray]]
    low_: list[tuple[np.ndarray, np.ndarray]]
    high_: list[tuple[np.ndarray, np.ndarray]]

    def fit(self, scores: np.ndarray, y: np.ndarray) -> Self:
        """Work out both isotonic fits for every score.

        Args:
            scores: held-out logits or log-probabilities (n, k); infinite ones are clipped.
            y: codes (n,) into the k columns; classes may be absent.

        Raises:
            UsageError: shapes that do not go together, NaN.

        Cost: a sort of n and four passes, per curve.
        """
        values, codes = checked_pair(scores, y)
        self.classes_ = values.shape[1]
        odds = log_odds(values)
        of = [1] if self.classes_ == 2 else range(self.classes_)
        self.knots_, self.low_, self.high_ = [], [], []
        for j, c in enumerate(of):
            knots, low, high = _curve(odds[:, j], codes == c)
            self.knots_.append(knots)
            self.low_.append(low)
            self.high_.append(high)
        return self

    def transform(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) of scores (n, k); rows sum to one.

        Cost: 6 to 10 million rows a second for two classes.
        """
        odds = log_odds(checked(scores))
        for j, (at, value) in enumerate(self.knots_):
            odds[:, j] = np.interp(odds[:, j], at, value)
        return spread_out(odds, self.classes_)

    def interval(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(p0, p1): what the two isotonic fits say; wide where few people are known.

        Returns:
            Two float64 arrays: (n,) of class 1 for two classes, else (n, k), each class against
            the rest, not normalised.
        """
        odds = log_odds(checked(scores))
        low, high = np.empty_like(odds), np.empty_like(odds)
        for j in range(odds.shape[1]):
            at, p0 = self.low_[j]
            low[:, j] = np.append(p0, 0.0)[np.searchsorted(at, odds[:, j], side="right") - 1]
            at, p1 = self.high_[j]
            high[:, j] = np.append(p1, 1.0)[np.searchsorted(at, odds[:, j], side="left")]
        return (low[:, 0], high[:, 0]) if self.classes_ == 2 else (low, high)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for the model's file."""
        parts = {"knots": self.knots_, "low": self.low_, "high": self.high_}
        return {"kind": "venn_abers", "classes": self.classes_} | {
            name: [[x.tolist(), y.tolist()] for x, y in part] for name, part in parts.items()
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The calibrator that `to_dict` wrote."""
        self = cls()
        self.classes_ = int(shape["classes"])
        self.knots_, self.low_, self.high_ = (
            [(np.asarray(x, np.float64), np.asarray(y, np.float64)) for x, y in shape[name]]
            for name in ("knots", "low", "high")
        )
        return self


_Steps = tuple[np.ndarray, np.ndarray]


def _curve(odds: np.ndarray, yes: np.ndarray) -> tuple[_Steps, _Steps, _Steps]:
    """Knots of the merged curve, steps of p0, steps of p1."""
    if not len(odds):
        nothing = np.zeros(0)
        return (np.zeros(1), np.full(1, 0.5)), (nothing, nothing), (nothing, nothing)
    at, place = np.unique(odds, return_inverse=True)
    people = np.bincount(place).astype(np.float64)
    hits = np.bincount(place, weights=yes)
    p1 = _with_a_yes(people, hits)
    p0 = 1.0 - _with_a_yes(people[::-1].copy(), (people - hits)[::-1].copy())[::-1]
    merged = p1 / (1.0 - p0 + p1)
    # Rounded outwards, the interval stays one and its runs grow long.
    p0, p1 = np.floor(p0 / _SAME) * _SAME, np.minimum(np.ceil(p1 / _SAME) * _SAME, 1.0)
    # p0 holds from the first score of its run on, p1 up to the last of its run.
    first = np.append(True, np.diff(p0) != 0)
    last = np.append(np.diff(p1) != 0, True)
    run = np.floor(merged / _SAME).astype(np.int64)
    run = np.cumsum(np.append(0, np.diff(run) != 0))
    size = np.bincount(run, weights=people)
    knots = np.bincount(run, weights=people * at) / size
    value = np.bincount(run, weights=people * merged) / size
    return (knots, value), (at[first], p0[first]), (at[last], p1[last])


@njit(cache=True)
def _with_a_yes(people: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """For each score i, isotonic regression's value there once a "yes" is added at i.

    The value is a slope of the lower hull of cumulative sums. The sums left of the added person
    are moved by (−1, −1) instead of those right of him, so that one hull, consumed from the left,
    serves all i (algorithms 1 and 2 of the paper).
    """
    m = len(people)
    x, y = np.empty(m + 2), np.empty(m + 2)
    x[0], y[0], x[1], y[1] = -1.0, -1.0, 0.0, 0.0
    for i in range(m):
        x[i + 2] = x[i + 1] + people[i]
        y[i + 2] = y[i + 1] + hits[i]
    # Lower hull of all points, then turned round: its left end on top.
    hull = np.empty(m + 2, np.int64)
    size = 0
    for i in range(m + 2):
        while size > 1 and not _left(x, y, hull[size - 2], hull[size - 1], i):
            size -= 1
        hull[size] = i
        size += 1
    hull[:size] = hull[:size][::-1].copy()
    out = np.empty(m)
    for i in range(m):
        top, after = hull[size - 1], hull[size - 2]
        out[i] = (y[after] - y[top]) / (x[after] - x[top])
        # Score i passes to the left: its sums, moved, replace those of the point before.
        x_new, y_new = x[i] + people[i], y[i] + hits[i]
        x[i + 1], y[i + 1] = x_new, y_new
        line = (y[after] - y[top]) * (x_new - x[top]) - (x[after] - x[top]) * (y_new - y[top])
        if line <= 0:
            continue
        size -= 1
        while size > 1 and not _left(x, y, i + 1, hull[size - 1], hull[size - 2]):
            size -= 1
        hull[size] = i + 1
        size += 1
    return out


@njit(cache=True)
def _left(x: np.ndarray, y: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether the way from a over b to c turns left."""
    return (x[b] - x[a]) * (y[c] - y[b]) - (y[b] - y[a]) * (x[c] - x[b]) > 0
