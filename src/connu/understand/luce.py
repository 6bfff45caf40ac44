"""Luce's choice: how strongly each item draws choices, fitted by maximum likelihood.

The chance to be chosen of some is one's strength over the strengths of all that are shown;
of two it is Bradley and Terry's. Naming the worst is choosing by the inverse of strength among
those left when the best is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from connu.understand.choices import Choices

_STEPS, _CLOSE = 100, 1e-10


@dataclass(frozen=True)
class Luce:
    """Strengths of items.

    Attributes:
        utility: float64 (d,), natural logarithms of strengths, of mean 0.
        covariance: float64 (d, d), of utilities: robust to answers of one person being alike.
    """

    utility: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True)
class Stages:
    """Single choices: one item out of some, by strength or (for the worst) by its inverse.

    Attributes:
        items: int64 (m, k), -1 where fewer. place: int64 (m,) of the chosen one.
        sign: float64 (m,), 1 best, -1 worst. weight: float64 (m,). unit: int64 (m,).
    """

    items: np.ndarray
    place: np.ndarray
    sign: np.ndarray
    weight: np.ndarray
    unit: np.ndarray

    @classmethod
    def of(cls, choices: Choices) -> Stages:
        """The best out of all shown, then the worst out of those left."""
        best, worst = choices.best >= 0, choices.worst >= 0
        left = choices.shown.copy()
        left[best, choices.best[best]] = -1
        signs = np.repeat([1.0, -1.0], [best.sum(), worst.sum()])
        rows = np.concatenate([np.flatnonzero(best), np.flatnonzero(worst)])
        found = cls(
            np.concatenate([choices.shown[best], left[worst]]),
            np.concatenate([choices.best[best], choices.worst[worst]]),
            signs,
            choices.weight[rows],
            choices.unit[rows],
        )
        return found.where((found.items >= 0).sum(axis=1) >= 2)

    def where(self, rows: np.ndarray) -> Stages:
        """Some of the rows."""
        return Stages(
            self.items[rows],
            self.place[rows],
            self.sign[rows],
            self.weight[rows],
            self.unit[rows],
        )

    def among(self, kept: np.ndarray) -> Stages:
        """The choices as they are among some items only; by Luce's axiom the others change nothing.

        Args:
            kept: bool (d,).
        """
        items = np.where((self.items >= 0) & kept[self.items], self.items, -1)
        chosen = items[np.arange(len(items)), self.place] if len(items) else np.empty(0)
        some = Stages(items, self.place, self.sign, self.weight, self.unit)
        return some.where((chosen >= 0) & ((items >= 0).sum(axis=1) >= 2))

    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Who was preferred to whom, a row each time: items chosen, items not chosen."""
        chosen = self.items[np.arange(len(self.items)), self.place]
        others = self.items.copy()
        others[np.arange(len(self.items)), self.place] = -1
        row, column = np.nonzero(others >= 0)
        better, worse = chosen[row], others[row, column]
        turn = self.sign[row] < 0
        return np.where(turn, worse, better), np.where(turn, better, worse)


def linked(stages: Stages, items: int) -> tuple[np.ndarray, np.ndarray]:
    """Which items can be measured against each other.

    Returns:
        int (items,), int (items,): numbers of those linked by any chain of comparisons; and of
        those linked in both directions, between whom strengths are finite.

    Source: L. R. Ford, American Mathematical Monthly 64:8 (1957) 28-33.
    """
    better, worse = stages.edges()
    graph = coo_matrix((np.ones(len(better)), (better, worse)), shape=(items, items)).tocsr()
    return (
        connected_components(graph, directed=False)[1],
        connected_components(graph, directed=True, connection="strong")[1],
    )


def fit_luce(stages: Stages, items: int) -> Luce:
    """Utilities of greatest likelihood.

    Args:
        stages: choices among items that are all linked in both directions.
        items: how many.

    Returns:
        The fit. Where people answered more than once the covariance is the sandwich over people,
        otherwise the inverse information.

    Source: R. D. Luce, Individual Choice Behavior (1959); Bradley & Terry, Biometrika 39 (1952);
        Marley & Louviere, J. Mathematical Psychology 49 (2005) (best, then worst); Newton's method,
        as the likelihood is concave; P. J. Huber, Proc. 5th Berkeley Symposium (1967).
    """
    utility = np.zeros(items)
    value, slope, curve = _likelihood(stages, utility)
    for _ in range(_STEPS):
        step = np.linalg.pinv(curve, rcond=1e-10, hermitian=True) @ slope.sum(axis=0)
        size, before = 1.0, value
        while True:
            tried = _likelihood(stages, utility + size * step)
            if tried[0] >= before - 1e-9 or size < 1e-6:
                break
            size /= 2
        utility = utility + size * step
        value, slope, curve = tried
        if np.abs(size * step).max(initial=0.0) < _CLOSE:
            break
    utility = utility - utility.mean()
    covariance = np.linalg.pinv(curve, rcond=1e-10, hermitian=True)
    person, unit = np.unique(stages.unit, return_inverse=True)
    many = len(person)
    if many > 1 and stages.weight.sum() > many + 0.25:
        place = (np.ones(len(slope)), (unit.reshape(-1), np.arange(len(slope))))
        theirs = csr_matrix(place, shape=(many, len(slope))) @ slope
        covariance = covariance @ (theirs.T @ theirs) @ covariance * many / (many - 1)
    return Luce(utility, covariance)


def _likelihood(stages: Stages, utility: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """ln likelihood, its slope row by row (m, d), and its curvature, negated (d, d)."""
    d = len(utility)
    real = stages.items >= 0
    # What is not shown stands in a column of its own, cut off at the end.
    item = np.where(real, stages.items, d)
    drawn = np.where(real, stages.sign[:, None] * np.append(utility, 0.0)[item], -np.inf)
    drawn -= drawn.max(axis=1, keepdims=True, initial=-1e300)
    part = np.exp(drawn)
    part /= part.sum(axis=1, keepdims=True)
    row = np.arange(len(item))
    value = float(stages.weight @ np.log(np.maximum(part[row, stages.place], 1e-300)))
    chance = np.zeros((len(item), d + 1))
    chance[row[:, None], item] = part
    chance = chance[:, :d]
    slope = -chance
    slope[row, stages.items[row, stages.place]] += 1.0
    slope *= (stages.sign * stages.weight)[:, None]
    weighed = chance * stages.weight[:, None]
    return value, slope, np.diag(weighed.sum(axis=0)) - chance.T @ weighed
