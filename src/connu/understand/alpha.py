"""Krippendorff's alpha: how far coders agree beyond what they would by chance.

1 is agreement, 0 what chance gives, below 0 is worse than chance. Any number of coders, with gaps;
any distance between values. Everything is a sum over units, so a bootstrap over units is one matrix
product for all variables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A code that was not given.
GAP = -1


@dataclass(frozen=True)
class Disagreement:
    """What units disagree about in one variable.

    Attributes:
        observed: float64 (u,), within each unit, over its pairs of codes.
        counts: float64 (u, v), how often each value was given to each.
        distance: float64 (v, v), between values, 0 on the diagonal.
    """

    observed: np.ndarray
    counts: np.ndarray
    distance: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, distance: np.ndarray | None = None) -> Disagreement:
        """Among coders who are alike: any of them might have been any other.

        Args:
            codes: int (coders, units), values 0 … v - 1, or `GAP`. Units of one code count for
                nothing.
            distance: (v, v), or None: 1 between different values (nominal).
        """
        many = int(codes.max(initial=0)) + 1 if distance is None else len(distance)
        far = 1.0 - np.eye(many) if distance is None else distance
        counts = _counts(codes, many)
        given = counts.sum(axis=1)
        counts[given < 2] = 0.0
        pairs = np.einsum("uv,vw,uw->u", counts, far, counts, optimize=True)
        return cls(pairs / np.maximum(given - 1, 1), counts, far)

    @classmethod
    def of_machine(
        cls, machine: np.ndarray, codes: np.ndarray, distance: np.ndarray | None = None
    ) -> Disagreement:
        """Between a machine and people: each person is paired with it, and not with the others.

        Args:
            machine: int (units,), or `GAP`. codes, distance: as of `of`.
        """
        top = max(int(codes.max(initial=0)), int(machine.max(initial=0))) + 1
        many = top if distance is None else len(distance)
        far = 1.0 - np.eye(many) if distance is None else distance
        observed, counts = np.zeros(len(machine)), np.zeros((len(machine), many))
        for person in codes:
            pair = Disagreement.of(np.stack([machine, person]), far)
            observed += pair.observed
            counts += pair.counts
        return cls(observed, counts, far)

    def alpha(self, drawn: np.ndarray | None = None) -> np.ndarray:
        """Alpha of all units, or of resamples.

        Args:
            drawn: float64 (times, units), how often each unit is drawn; None: each once.

        Returns:
            float64 (times,) or (1,); NaN where all values are one: there is nothing to agree about.

        Source: K. Krippendorff, Content Analysis (4th ed. 2018), ch. 12; Computing Krippendorff's
            alpha-reliability (2011). Hayes & Krippendorff, Communication Methods and Measures 1
            (2007) for the bootstrap.
        """
        times = np.ones((1, len(self.observed))) if drawn is None else drawn
        observed = times @ self.observed
        counts = times @ self.counts
        given = counts.sum(axis=1)
        chance = np.einsum("tv,vw,tw->t", counts, self.distance, counts, optimize=True)
        expected = chance / np.maximum(given - 1, 1)
        return np.divide(
            expected - observed,
            expected,
            out=np.full(len(times), np.nan),
            where=expected > 0,
        )


def _counts(codes: np.ndarray, many: int) -> np.ndarray:
    """How often each value was given to each unit, (units, values)."""
    units = codes.shape[1]
    place = np.arange(units) * many + codes
    counted = np.bincount(place[codes != GAP], minlength=units * many)
    return counted.reshape(units, many).astype(np.float64)
