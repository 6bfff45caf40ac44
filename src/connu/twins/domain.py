"""Domain check: can visitors be told from known people, and who of them is like nobody known?

Of a visitor who is like nobody known, what was measured on known people says nothing. He is one
who has no near twin, or whose twins are no nearer than usual while a classifier that tells
visitors from known people is all but certain of him. The classifier's weights say what the known
people are worth among visitors, and nothing else: training weighted by them was worse wherever it
was tried.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.special import expit, ndtri
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from connu.twins.chance import hashed, row_keys, told_apart
from connu.twins.neighbours import Neighbours

#: Fewer known people or visitors than this tell nothing of a shift.
FEWEST = 100

_MOST = 5_000  # of each side, on whom the classifier is fitted
_MOST_INDEXED = 20_000
_FOLDS = 5
_TWINS = 5  # whose mean distance says how near the nearest are; one alone may be a freak
_OWN_SHARE = 0.99  # of the known people are at least this near to each other
_KNOWN_SHARE = 0.01  # a visitor with less of a chance to be one of the known is unlike them
_RIDGE_C = 0.1
_WIDEST = 6.0  # standard deviations; further out counts as that
_ROWS = 65_536
#: What a kept check consists of, beside what it says.
_NUMBERS = (
    *("seed", "known_", "visitors_", "effective_", "farthest_", "usual_"),
    *("_start", "_slope", "_shift"),
)
_ARRAYS = ("_centre", "_spread", "_weight")


class DomainCheck:
    """Whether visitors can be told from known people, and which visitors are like none of them.

    Args:
        seed: of samples and folds.

    Attributes:
        known_: known people seen.
        visitors_: visitors seen.
        told_: whether both were enough for a verdict.
        auc_: cross-fitted area and its 95 % bounds (3,); None when not told.
        weights_: of the known people (n,), visitors' density over theirs, of mean 1; for
            `effective_` and for nothing else. Ones when not told.
        effective_: (Σw)²/Σw², in people.
        farthest_: distance to the nearest twins beyond which a visitor is near nobody.
        usual_: the known people's own median distance to theirs; within it a visitor is no
            stranger, however few of the known are where he is.

    Source: Bickel, Brückner & Scheffer, Discriminative learning under covariate shift, JMLR 10
        (2009); Kish (1965) for the effective sample; Lopez-Paz & Oquab, Revisiting classifier
        two-sample tests, ICLR 2017; DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988).
    """

    known_: int
    visitors_: int
    told_: bool
    auc_: tuple[float, float, float] | None
    weights_: np.ndarray
    effective_: float
    farthest_: float
    usual_: float

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self._forget()

    def _forget(self) -> None:
        self._centre, self._spread, self._weight = (np.zeros(0) for _ in range(3))
        self._start, self._slope, self._shift = 0.0, 0.0, 0.0
        self._index: Neighbours | None = None

    def fit(
        self,
        known: np.ndarray,
        visitors: np.ndarray,
        *,
        known_distances: np.ndarray | None = None,
        known_keys: np.ndarray | None = None,
        visitor_keys: np.ndarray | None = None,
    ) -> Self:
        """Compare. Cost: a second or two, and a search for 5,000 when distances are not given.

        Args:
            known: representation of the known people (n, d) as reliability is measured on them:
                from models that have not seen them, and of thinned histories where those are
                used; otherwise it is the model or the length that is told apart.
            visitors: representation of the visitors (m, d).
            known_distances: squared distances (n, k) of the known people to their nearest twins
                among the *others*, nearest first; when given, `unlike` needs the visitors'. When
                absent they are found among 20,000 of the known.
            known_keys: whose the rows are, uint64 (n,); their content when absent.
            visitor_keys: the same (m,).
        """
        known, visitors = np.asarray(known), np.asarray(visitors)
        self.known_, self.visitors_ = len(known), len(visitors)
        self.told_ = min(self.known_, self.visitors_) >= FEWEST
        self.auc_, self.farthest_, self.usual_ = None, np.inf, np.inf
        self.weights_, self.effective_ = np.ones(self.known_), float(self.known_)
        self._forget()
        if not self.told_:
            return self
        mine = _order(known, known_keys, self.seed, 0)
        theirs = _order(visitors, visitor_keys, self.seed, 1)
        held_out = self._compare(known[mine[:_MOST]], visitors[theirs[:_MOST]])
        self._weigh(known, mine[:_MOST], held_out)
        if known_distances is None:
            known_distances = self._own_distances(known[mine])
        own = np.sort(_nearness(known_distances))
        rank = int(np.ceil(_OWN_SHARE * (len(own) + 1)))
        # Equal vectors differ in their last bits when their distance is counted.
        self.farthest_ = float(own[min(rank, len(own)) - 1]) * (1 + 1e-4) + 1e-6
        self.usual_ = float(np.median(own)) * (1 + 1e-4) + 1e-6
        return self

    def known_share(self, z: np.ndarray) -> np.ndarray:
        """Chance (m,) that one who is so is a known person, were there as many of each.

        Cost: about 1 µs a row.
        """
        return expit(self._slope * self._logit(z) + self._shift)

    def unlike(self, z: np.ndarray, distances: np.ndarray | None = None) -> np.ndarray:
        """Which visitors (m,) are like nobody known: nothing must be said of them.

        Nobody is, where there were too few to tell. Among visitors drawn as the known people are,
        one in a hundred is.

        Args:
            z: their representation (m, d).
            distances: their squared distances (m, k) to their twins, nearest first; they are
                searched among 20,000 of the known when `fit` was given none either.

        Raises:
            ValueError: `fit` was given distances and this is not.
        """
        z = np.asarray(z)
        if not self.told_ or not len(z):
            return np.zeros(len(z), bool)
        if distances is None:
            if self._index is None:
                raise ValueError("give the distances to the twins, as they were given to fit")
            distances, _ = self._index.search(np.asarray(z, np.float32), _TWINS)
        distance = _nearness(distances)
        stranger = (distance > self.usual_) & (self.known_share(z) < _KNOWN_SHARE)
        return (distance > self.farthest_) | stranger

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists for the model's file, enough for `unlike` with distances."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        # No file of JSON holds infinity.
        shape = {k: v if np.isfinite(v) else None for k, v in numbers.items()}
        arrays = {name: getattr(self, name).tolist() for name in _ARRAYS}
        return {**shape, **arrays, "auc_": self.auc_, "told_": self.told_}

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Self:
        """The check that `to_dict` wrote; it has no weights of people, and searches nobody."""
        self = cls(seed=int(shape["seed"]))
        for name in _NUMBERS:
            value = shape[name]
            setattr(self, name, np.inf if value is None else value)
        for name in _ARRAYS:
            setattr(self, name, np.asarray(shape[name], np.float64))
        self.told_ = bool(shape["told_"])
        self.auc_ = None if shape["auc_"] is None else tuple(shape["auc_"])
        self.weights_ = np.zeros(0)
        return self

    # ------------------------------------------------------------------ within
    def _compare(self, known: np.ndarray, visitors: np.ndarray) -> np.ndarray:
        """The classifier, cross-fitted: a model a fold, the area, the logits made honest.

        Returns the known people's logits (n,), each by a model that has not seen him.
        """
        z = np.concatenate([known, visitors]).astype(np.float64)
        self._centre, spread = z.mean(axis=0), z.std(axis=0)
        self._spread = np.where(spread > 1e-12, spread, 1.0)
        x = self._features(z)
        y = np.repeat([1, 0], [len(known), len(visitors)])
        fold = np.concatenate([np.arange(len(side)) % _FOLDS for side in (known, visitors)])
        logit, areas, models = np.zeros(len(y)), [], []
        for number in range(_FOLDS):
            out = fold == number
            model = _logistic(_RIDGE_C).fit(x[~out], y[~out])
            weight, start = model.coef_[0], float(model.intercept_[0])
            models.append((weight, start))
            logit[out] = x[out] @ weight + start
            areas.append(_area(logit[out], y[out] == 1))
        self._weight = np.mean([weight for weight, _ in models], axis=0)
        self._start = float(np.mean([start for _, start in models]))
        area = float(np.mean([value for value, _ in areas]))
        half = float(ndtri(0.975) * np.sqrt(sum(variance for _, variance in areas))) / _FOLDS
        self.auc_ = (area, max(0.0, area - half), min(1.0, area + half))
        if self.auc_[1] > 0.5:
            honest = _logistic(100.0).fit(logit[:, None], y)
            self._slope = max(0.0, float(honest.coef_[0, 0]))
            self._shift = float(honest.intercept_[0]) if self._slope > 0 else 0.0
        return logit[: len(known)]

    def _weigh(self, known: np.ndarray, sampled: np.ndarray, held_out: np.ndarray) -> None:
        logit = self._logit(known)
        logit[sampled] = held_out
        self.weights_ = np.exp(-np.clip(self._slope * logit + self._shift, -12, 12))
        self.weights_ /= self.weights_.mean()
        self.effective_ = float(self.weights_.sum() ** 2 / np.square(self.weights_).sum())

    def _own_distances(self, known: np.ndarray) -> np.ndarray:
        """Of 5,000 known people, to the nearest others of 20,000."""
        indexed = np.ascontiguousarray(known[:_MOST_INDEXED], np.float32)
        self._index = Neighbours.build(indexed, seed=self.seed)
        asked = indexed[:5000]
        distances, rows = self._index.search(asked, _TWINS + 1)
        # Himself is left out; where so many are his equal that he is not found, one of them is.
        own = rows == np.arange(len(asked))[:, None]
        own[~own.any(axis=1), 0] = True
        return distances[~own].reshape(len(asked), -1)

    def _features(self, z: np.ndarray) -> np.ndarray:
        """Standardised coordinates and their squares: where they are, and how far out."""
        x = np.clip((z - self._centre) / self._spread, -_WIDEST, _WIDEST)
        return np.concatenate([x, (x * x - 1) / np.sqrt(2)], axis=1)

    def _logit(self, z: np.ndarray) -> np.ndarray:
        """Mean of the folds' logits (m,); row by row, so that a batch equals one by one."""
        if not len(self._weight):
            return np.zeros(len(z))
        out = np.empty(len(z))
        for first in range(0, len(z), _ROWS):
            x = self._features(np.asarray(z[first : first + _ROWS], np.float64))
            out[first : first + _ROWS] = np.einsum("ij,j->i", x, self._weight) + self._start
        return out


def _order(z: np.ndarray, keys: np.ndarray | None, seed: int, side: int) -> np.ndarray:
    """Rows in an order drawn by key, whatever order they came in."""
    drawn = hashed(told_apart(row_keys(z) if keys is None else keys), seed, side)
    return np.argsort(drawn, kind="stable")


def _logistic(c: float) -> LogisticRegression:
    return LogisticRegression(C=c, solver="newton-cholesky", class_weight="balanced", max_iter=200)


def _nearness(distances: np.ndarray) -> np.ndarray:
    """Mean distance (m,) to the nearest `_TWINS`, from squared distances; infinite without any."""
    near = np.sqrt(np.maximum(np.asarray(distances, np.float64)[:, :_TWINS], 0.0))
    found = np.isfinite(near)
    total = np.where(found, near, 0.0).sum(axis=1)
    count = found.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.inf)


def _area(score: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """Area under the ROC curve and DeLong's variance of it."""
    up, down = score[positive], score[~positive]
    p, q = len(up), len(down)
    ranks = rankdata(score)
    above = (ranks[positive] - rankdata(up)) / q
    below = 1 - (ranks[~positive] - rankdata(down)) / p
    return float(above.mean()), float(above.var(ddof=1) / p + below.var(ddof=1) / q)
