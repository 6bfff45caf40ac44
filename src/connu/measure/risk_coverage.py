"""Who is right among the surest: accuracy at a coverage, and the coverage an accuracy allows.

Speaking of fewer people and being right more often is what abstaining buys. People of equal
probability cannot be told apart: they count as their own mean, so that no figure depends on the
order of rows.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from connu.measure.intervals import Share, wilson

_Z95 = 1.959963984540054


class Coverage(msgspec.Struct, frozen=True):
    """How many may be spoken of at an accuracy.

    Attributes:
        accuracy: asked, 0–1.
        share: the largest share of the surest people whose accuracy is at least that; its bounds
            are the largest shares at which a 95 % score test still finds the accuracy surpassed
            (low) or not yet missed (high).
        people: how many that is.
        probability: the least one among them, or None where nobody may be spoken of.
    """

    accuracy: float
    share: Share
    people: int
    probability: float | None


class RiskCoverage:
    """People from the surest downwards, those of equal probability together.

    Args:
        confidence: (n,) how sure one is of each, any scale.
        right: (n,) share of right in what is said of each, 0–1.
        weight: (n,) for how many alike each row stands, or None: one each.

    Cost: one sort; 0.15 s for a million people.

    Source: El-Yaniv & Wiener, JMLR 11 (2010); Geifman & El-Yaniv, NeurIPS 2017.
    """

    def __init__(
        self, confidence: np.ndarray, right: np.ndarray, weight: np.ndarray | None = None
    ) -> None:
        order = np.argsort(-np.asarray(confidence, np.float64))
        levels = np.asarray(confidence, np.float64)[order]
        last = np.flatnonzero(np.append(levels[1:] != levels[:-1], True)[: len(levels)])
        hits = np.asarray(right, np.float64)[order]
        ends = np.arange(1.0, len(levels) + 1)
        if weight is not None:
            many = np.asarray(weight, np.float64)[order]
            hits, ends = hits * many, np.cumsum(many)
        self.people = float(ends[-1]) if len(ends) else 0.0
        #: Where each level of probability ends: the probability, people and rights so far.
        self.levels = levels[last]
        self.ends = ends[last]
        self.rights = np.cumsum(hits)[last]

    def accuracy_at(self, coverage: float) -> Share:
        """Share of right among the surest `coverage` × n people, with Wilson's interval.

        Where a level of equal probabilities is cut, its people count as their mean: the
        expectation over every way to choose among them. A fraction of a person counts as one.

        Args:
            coverage: share of people, above 0 and up to 1.
        """
        many = coverage * self.people
        so_far = np.append(0.0, self.rights)
        hits = float(np.interp(many, np.append(0.0, self.ends), so_far))
        return wilson(min(1.0, hits / many), many) if many else Share(0.0, 0.0, 1.0)

    def coverage_at(self, accuracy: float) -> Coverage:
        """The largest coverage whose people are right at least `accuracy` often.

        Levels are in or out whole, as a threshold would have them. Read off the people judged: an
        upper reading of what may be promised, which `twins.precision` makes a promise of.

        Args:
            accuracy: 0–1, below 1 for the bounds to mean something.
        """
        beyond = self.rights - accuracy * self.ends
        # Rounding must not lose a level that is right exactly often enough.
        give = 1e-9 + np.zeros(len(self.ends))
        swing = _Z95 * math.sqrt(accuracy * (1 - accuracy)) * np.sqrt(self.ends)
        value, low, high = (
            np.flatnonzero(beyond >= least)[-1:] for least in (-give, swing - give, -swing - give)
        )
        return Coverage(
            accuracy=accuracy,
            share=Share(self._share(value), self._share(low), self._share(high)),
            people=int(self.ends[value].sum()),
            probability=float(self.levels[value][0]) if len(value) else None,
        )

    def _share(self, place: np.ndarray) -> float:
        return float(self.ends[place].sum()) / self.people if self.people else 0.0


def surest_right(
    confidence: np.ndarray, right: np.ndarray, coverage: float, folds: np.ndarray
) -> Share:
    """Share of right among the surest `coverage` of each fold, with Wilson's interval.

    How sure models of different folds are has no common scale: pooled, those are the surest whose
    model saw most of their value, which is the fold that has least of it, and who is surest looks
    wrong more often than he is.

    Args:
        confidence, right: as of RiskCoverage.
        coverage: share of people, above 0 and up to 1.
        folds: int (n,): by which model each was judged.

    Cost: a sort of each fold.

    Source: Forman & Scholz, SIGKDD Explorations 12 (2010), on what pooling folds does.
    """
    many = coverage * len(right)
    hits = 0.0
    for rows in _each(folds):
        part = RiskCoverage(confidence[rows], right[rows])
        hits += part.accuracy_at(coverage).value * coverage * len(rows)
    return wilson(min(1.0, hits / many), many) if many else Share(0.0, 0.0, 1.0)


def _each(folds: np.ndarray) -> list[np.ndarray]:
    """The rows of each fold."""
    order = np.argsort(folds, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(np.asarray(folds)[order])) + 1)


def shared_out(
    probability: np.ndarray, truth: np.ndarray, coverage: float, folds: np.ndarray | None = None
) -> Share:
    """Accuracy of the surest `coverage` × n people when every class has its part of them.

    The surest overall may be sure of the majority only. Here class c, the rarest first, takes the
    coverage × (people of class c) people with the highest probability of c among those not taken
    yet, and is right about those who are of class c. People of equal probability at the edge are
    taken in equal parts, what is left of them stays for the next class: nobody counts twice, and
    no figure depends on the order of rows. Classes equally rare take turns in their order.

    Args:
        probability: (n, k).
        truth: (n,) codes of classes.
        coverage: share of people, above 0 and up to 1.
        folds: int (n,): by which model each was judged, and is shared out (`surest_right`); None:
            one model judged all.

    Returns:
        The share of right, with Wilson's interval at coverage × n trials.

    Cost: a sort of the surest for each class.
    """
    parts = [np.arange(len(truth))] if folds is None else _each(folds)
    hits = sum(_shared_hits(probability[rows], truth[rows], coverage) for rows in parts)
    many = coverage * len(truth)
    return wilson(min(1.0, hits / many), many) if many else Share(0.0, 0.0, 1.0)


def _shared_hits(probability: np.ndarray, truth: np.ndarray, coverage: float) -> float:
    """How many of those shared out are told rightly."""
    people = np.bincount(truth, minlength=probability.shape[1])
    left = np.ones(len(truth))
    hits = taken = 0.0
    for c in np.argsort(people, kind="stable"):
        quota = coverage * people[c]
        if not quota:
            continue
        # No more than were taken before can be missing among the surest: the others stay unsorted.
        taken += quota
        beyond = max(0, len(truth) - math.ceil(taken))
        least = np.partition(probability[:, c], beyond)[beyond]
        order = np.flatnonzero(probability[:, c] >= least)
        order = order[np.argsort(-probability[order, c])]
        levels = probability[order, c]
        last = np.flatnonzero(np.append(levels[1:] != levels[:-1], True))
        ends = np.append(0.0, np.cumsum(left[order])[last])
        # The level at which the quota is met: those above are taken whole, those on it in part.
        edge = min(int(np.searchsorted(ends[1:], quota - 1e-9)), len(last) - 1)
        first = int(last[edge - 1]) + 1 if edge else 0
        above, on = order[:first], order[first : last[edge] + 1]
        weight = ends[edge + 1] - ends[edge]
        part = min(1.0, (quota - ends[edge]) / weight) if weight else 0.0
        hits += float(left[above][truth[above] == c].sum())
        hits += float(left[on][truth[on] == c].sum()) * part
        left[above] = 0.0
        left[on] *= 1 - part
    return hits
