"""How many of those told alike bought, on the time held out: what a reason says of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Cases in the surest group; each further one is half as large again. Groups worth less than so
#: many are joined with the next.
_CASES, _GROWS, _WORTH = 100, 1.5, 50.0
#: Standard errors, or else the share of itself, that a probability may lie from what was counted.
_SURE, _NEAR = 2.0, 0.2


@dataclass(frozen=True)
class Cases:
    """Held pairs by what was told of them: how many there were, and which share of them bought.

    Attributes:
        least: float64 (g,): lowest probability of each group, ascending.
        number: int64 (g,): cases; of weighted ones, as many as they are worth (Kish 1965).
        share: float64 (g,): of them that bought.
    """

    least: np.ndarray
    number: np.ndarray
    share: np.ndarray

    @classmethod
    def of(cls, p: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Cases:
        """Groups of like probability, from 100 of the surest to half as many more, and so on."""
        order = np.argsort(-p, kind="stable")
        ends = [0]
        while ends[-1] < len(p):
            ends.append(min(ends[-1] + int(_CASES * _GROWS ** (len(ends) - 1)), len(p)))
        sums = [np.append(0.0, np.cumsum(x[order]))[ends] for x in (weight, weight**2, weight * y)]
        edges = [0]
        for end in range(1, len(ends)):
            total, square = (part[end] - part[edges[-1]] for part in sums[:2])
            if total**2 >= _WORTH * square:
                edges.append(end)
        total, square, hits = (np.diff(part[edges])[::-1] for part in sums)
        least = p[order][np.array(ends)[edges[1:]] - 1][::-1].copy()
        return cls(least, (total**2 / square).astype(np.int64), hits / total)

    def among(self, p: np.ndarray) -> np.ndarray:
        """float64 (n,): share of those told like each probability who bought.

        NaN where it contradicts the probability: then nothing is said of others.
        """
        if not len(self.least):
            return np.full(len(p), np.nan)
        at = np.maximum(np.searchsorted(self.least, p, "right") - 1, 0)
        doubt = np.sqrt(p * (1.0 - p) / np.maximum(self.number[at], 1))
        good = np.abs(self.share[at] - p) <= np.maximum(_SURE * doubt, _NEAR * p)
        return np.where(good, self.share[at], np.nan)
