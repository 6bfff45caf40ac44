"""The shift: how unlike the known people the visitors are, and of whom nothing must be said.

Reliability is measured on known people. Of a visitor who is like nobody known it says nothing, so
nothing is said of him: he has no near twin, or his twins are no nearer than usual and a classifier
that tells visitors from known people is all but certain of him. Of all visitors together the same
classifier says how far what was measured can be relied on. Its weights are for that figure alone:
training weighted by them was worse wherever it was tried.
"""

from __future__ import annotations

from typing import Literal, Self

import msgspec
import numpy as np
from scipy.special import expit, ndtri
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from connu.twins.chance import hashed, row_keys, told_apart
from connu.twins.neighbours import Neighbours

#: Fewer known people or visitors than this tell nothing of a shift.
FEWEST = 100
#: Below this area, what separates known people from visitors is about a third of a standard
#: deviation, and weighing for it would leave nine people of ten.
ALIKE_AUC = 0.6
#: Fewer people than this, of those known who are as visitors are, can prove no precision of 0.9.
FEWEST_EFFECTIVE = 30
#: With more visitors than this unlike everybody known, the two are not alike.
FEW_UNLIKE = 0.05
#: When this share of the visitors is unlike everybody known, silence is for all.
MOST_UNLIKE = 0.5

_MOST = 10_000  # of each side, on whom the classifier is fitted
_MOST_INDEXED = 20_000
_FOLDS = 5
_TWINS = 5  # whose mean distance says how near the nearest are; one alone may be a freak
_OWN_SHARE = 0.99  # of the known people are at least this near to each other
_KNOWN_SHARE = 0.01  # a visitor with less of a chance to be one of the known is unlike them
_RIDGE_C = 0.1
_WIDEST = 6.0  # standard deviations; further out counts as that
_ROWS = 65_536

Verdict = Literal["too_few", "alike", "shifted", "too_unlike"]


class ShiftReport(msgspec.Struct, frozen=True):
    """How like the known people the visitors are.

    Attributes:
        verdict: too_few (nothing can be said of the shift), alike, shifted, too_unlike (silence).
        thinned: reliability was measured on histories cut to visits' lengths.
        known: known people compared.
        visitors: visitors compared.
        auc: chance that the classifier puts a known person and a visitor in the right order, 0–1;
            0.5 is alike; known histories as they are measured, that is thinned when they are.
        auc_low: lower bound, 95 %.
        auc_high: upper bound.
        auc_whole: the same with whole histories, where it was asked for.
        effective: how many people drawn as visitors are the known people are worth.
        unlike_share: share of the visitors of whom nothing is said for being unlike, 0–1.
        ask: whether some 200 visitors should be asked: the mix has moved, not only the length.
    """

    verdict: Verdict
    thinned: bool
    known: int
    visitors: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    auc_whole: float | None
    effective: float | None
    unlike_share: float
    ask: bool

    @property
    def silent(self) -> bool:
        """Whether nothing must be said of any visitor."""
        return self.verdict == "too_unlike"

    @property
    def sentence(self) -> str:
        """The verdict in words, with its numbers."""
        if self.verdict == "too_few":
            few = f"{self.known} known people and {self.visitors} visitors"
            return f"no verdict: {few} are too few to tell (at least {FEWEST} of each)"
        words = {
            "alike": "alike",
            "shifted": "shifted, " + ("" if self.thinned else "not ") + _ON_THINNED,
            "too_unlike": "too unlike: silent",
        }[self.verdict]
        figures = (
            f"AUC {self.auc:.2f} [{self.auc_low:.2f}, {self.auc_high:.2f}]"
            + (f", {self.auc_whole:.2f} on whole histories" if self.auc_whole is not None else "")
            + f"; {self.known} known people are worth {self.effective:.0f}"
            + f"; {self.unlike_share:.1%} of {self.visitors} visitors are unlike all of them"
        )
        ask = "; ask some 200 visitors: connu export audits" if self.ask else ""
        return f"{words} ({figures}){ask}"


_ON_THINNED = "calibrated on thinned histories"


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
        self._models: list[tuple[np.ndarray, float]] = []
        self._slope, self._shift = 0.0, 0.0
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
        """Compare. Cost: about a second, and a search for 5,000 when distances are not given.

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
        self._models, self._slope, self._shift, self._index = [], 0.0, 0.0, None
        if not self.told_:
            return self
        mine = _order(known, known_keys, self.seed, 0)
        theirs = _order(visitors, visitor_keys, self.seed, 1)
        self._compare(known[mine[:_MOST]], visitors[theirs[:_MOST]])
        self._weigh(known, mine[:_MOST])
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

    # ------------------------------------------------------------------ within
    def _compare(self, known: np.ndarray, visitors: np.ndarray) -> None:
        """The classifier, cross-fitted: one model a fold, the area, the logits made honest."""
        z = np.concatenate([known, visitors]).astype(np.float64)
        self._centre, spread = z.mean(axis=0), z.std(axis=0)
        self._spread = np.where(spread > 1e-12, spread, 1.0)
        x = self._features(z)
        y = np.repeat([1, 0], [len(known), len(visitors)])
        fold = np.concatenate([np.arange(len(side)) % _FOLDS for side in (known, visitors)])
        logit, areas = np.zeros(len(y)), []
        for number in range(_FOLDS):
            out = fold == number
            model = _logistic(_RIDGE_C).fit(x[~out], y[~out])
            weight, start = model.coef_[0], float(model.intercept_[0])
            self._models.append((weight, start))
            logit[out] = x[out] @ weight + start
            areas.append(_area(logit[out], y[out] == 1))
        area = float(np.mean([value for value, _ in areas]))
        half = float(ndtri(0.975) * np.sqrt(sum(variance for _, variance in areas))) / _FOLDS
        self.auc_ = (area, max(0.0, area - half), min(1.0, area + half))
        if self.auc_[1] > 0.5:
            honest = _logistic(100.0).fit(logit[:, None], y)
            self._slope = max(0.0, float(honest.coef_[0, 0]))
            self._shift = float(honest.intercept_[0]) if self._slope > 0 else 0.0
        self._held_out = logit[: len(known)]

    def _weigh(self, known: np.ndarray, sampled: np.ndarray) -> None:
        logit = self._logit(known)
        logit[sampled] = self._held_out
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
        if not self._models:
            return np.zeros(len(z))
        weight = np.mean([model for model, _ in self._models], axis=0)
        start = float(np.mean([start for _, start in self._models]))
        out = np.empty(len(z))
        for first in range(0, len(z), _ROWS):
            x = self._features(np.asarray(z[first : first + _ROWS], np.float64))
            out[first : first + _ROWS] = np.einsum("ij,j->i", x, weight) + start
        return out


def shift_report(
    check: DomainCheck,
    unlike: np.ndarray,
    *,
    thinned: bool,
    whole: DomainCheck | None = None,
) -> ShiftReport:
    """The verdict on all visitors together.

    Args:
        check: fitted on the known people as reliability was measured on them.
        unlike: of whom nothing is said, bool (m,), as `check.unlike` found.
        thinned: whether their histories were cut to visits' lengths.
        whole: fitted on their whole histories, when thinned: how large the shift is that thinning
            repairs.
    """
    unlike_share = float(np.mean(unlike)) if len(unlike) else 0.0
    area = check.auc_
    if area is None:
        return ShiftReport(
            verdict="too_few",
            thinned=thinned,
            known=check.known_,
            visitors=check.visitors_,
            auc=None,
            auc_low=None,
            auc_high=None,
            auc_whole=None,
            effective=None,
            unlike_share=unlike_share,
            ask=False,
        )
    auc_whole = None if whole is None or whole.auc_ is None else whole.auc_[0]
    verdict: Verdict = "shifted"
    if unlike_share > MOST_UNLIKE or check.effective_ < FEWEST_EFFECTIVE:
        verdict = "too_unlike"
    elif max(area[0], auc_whole or 0.0) < ALIKE_AUC and unlike_share < FEW_UNLIKE:
        verdict = "alike"
    return ShiftReport(
        verdict=verdict,
        thinned=thinned,
        known=check.known_,
        visitors=check.visitors_,
        auc=area[0],
        auc_low=area[1],
        auc_high=area[2],
        auc_whole=auc_whole,
        effective=check.effective_,
        unlike_share=unlike_share,
        ask=area[0] >= ALIKE_AUC,
    )


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
