"""The classifier: what statistical twins tell of a subject, calibrated, or silence.

Members listen to behaviour in their own ways (linear, rates, twins, trees); what each says of known
people without having seen them decides how much it is listened to, makes what they say together a
probability, and gives the thresholds from which on a statement keeps its promised precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from connu.twins.boosting import FEWEST, FEWEST_OF_CLASS, grown
from connu.twins.calibration import Calibrator, choose_calibrator
from connu.twins.chance import drawn, row_keys
from connu.twins.dealing import deal, drawn_people, own_keys, seed_of
from connu.twins.evidence import NAMED, strongest
from connu.twins.ground import make_ground, planned
from connu.twins.linear import choose_penalty
from connu.twins.members import Ground, Members
from connu.twins.neighbours import Neighbours
from connu.twins.precision import Thresholds, risk_thresholds
from connu.twins.representation import Directions, placed, told_columns
from connu.twins.stacking import Stacking
from connu.twins.telling_rows import Telling, joined
from connu.twins.vocabulary import Block
from connu.twins.votes import of_other_folds, others, vote
from connu.twins.weighting import Weighting

#: Subjects told at a time: memory is theirs.
_AT_ONCE = 50_000
#: People that the class shares count for beside a subject's neighbours.
_PRIOR_TWINS = 5.0


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What is said of the known people by models that did not see them.

    Attributes:
        probability: float64 (n, k), calibrated on others.
        truth: int64 (n,) codes into the classes.
        rows: int64 (n,): which rows of the `fit` these are.
        place: float32 (n, c): where they stand, as visitors would.
        distance: float32 (n, t): squared, to the other known people, nearest first.
        fold: int64 (n,): by whose models each was judged; what they say has no common scale.
    """

    probability: np.ndarray
    truth: np.ndarray
    rows: np.ndarray
    place: np.ndarray
    distance: np.ndarray
    fold: np.ndarray


class TwinsClassifier(ClassifierMixin, BaseEstimator):
    """Tell an attribute from behaviour by those known to behave alike.

    Args:
        blocks: which columns go together and what they are (`vocabulary.Block`); without, one
            block of what the numbers look like: measures where most are filled, else ratings
            (told from a mean, or of a few heights) or counts of items.
        parents: int (d,): the column of the wider category of each column, −1 without.
        paths: (d,) the category path of each column (`shoes/boots`, None without): its levels are
            added as columns; instead of `parents`.
        n_neighbors: twins a subject has.
        n_components: directions of behaviour beside what the linear member says.
        folds: in which known people are judged by models that did not see them.
        precision: share of statements that must be right, of each class stated.
        confidence: that this holds for people drawn like the known.
        lengths: how many events the subjects to come have (any number of them): how sure to be is
            then learnt on known people cut to such lengths.
        max_people: known people learnt from; of more, so many are drawn. All are twins.
        random_state: of every draw.

    Attributes:
        classes_: the classes, sorted.
        held_out_: HeldOut.
        thresholds_: from which probability on each class is stated.
        stacking_, calibrator_, index_: see their modules.

    >>> behaviour = np.kron(np.eye(2), np.ones((60, 3)))
    >>> twins = TwinsClassifier().fit(behaviour, ["f"] * 60 + ["m"] * 60)
    >>> twins.predict([[1, 1, 1, 0, 0, 0]]).tolist()
    ['f']

    Cost: fitting is `folds` + 1 linear models and as many trees, about 5 s for 15,000 sessions;
    telling some 20 µs a subject on two cores.
    """

    def __init__(
        self,
        *,
        blocks: Sequence[Block] | None = None,
        parents: np.ndarray | None = None,
        paths: Sequence[str | None] | None = None,
        n_neighbors: int = 50,
        n_components: int = 31,
        folds: int = 5,
        precision: float = 0.9,
        confidence: float = 0.95,
        lengths: np.ndarray | None = None,
        max_people: int = 60_000,
        random_state: int = 0,
    ) -> None:
        self.blocks = blocks
        self.parents = parents
        self.paths = paths
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.folds = folds
        self.precision = precision
        self.confidence = confidence
        self.lengths = lengths
        self.max_people = max_people
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        unlabelled: Any | None = None,
        thinned: Any | None = None,
        keys: np.ndarray | None = None,
    ) -> Self:
        """Learn from known people.

        Args:
            X: behaviour (n, d), counts; sparse or dense.
            y: the attribute (n,).
            unlabelled: behaviour of subjects whose attribute nobody knows (m, d): teaches which
                columns are rare and which go together, never the attribute.
            thinned: the same people's behaviour as short as that of the subjects to come (n, d);
                made from `lengths` when absent.
            keys: uint64 (n,): whose the rows are; rows are put in their order, so that the order
                given changes nothing. By content when absent.

        Raises:
            ValueError: not a table of finite numbers with an answer a row.
        """
        # What float32 cannot hold is refused by the check, not by a warning of the cast.
        with np.errstate(over="ignore"):
            X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float32)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        plan = planned(X, self.blocks, self.parents, self.paths)
        counts = plan.columns(X)
        self._seed = seed_of(self.random_state)
        short = None if thinned is None else plan.columns(self._checked(thinned))
        check_consistent_length(counts, short, keys)
        own = own_keys(counts, codes, short, keys)
        if short is None and self.lengths is not None:
            short = plan.cut(X, self.lengths, own, self._seed)
        unknown = None
        if unlabelled is not None:
            unknown = plan.columns(self._checked(unlabelled))
            unknown = unknown[np.argsort(row_keys(unknown), kind="stable")]
        order = np.argsort(own, kind="stable")
        self._plan, self._codes, self._rows = plan, codes[order], order
        short = None if short is None else short[order]
        self._learn(counts[order], codes[order], own[order], unknown, short)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Calibrated probabilities, float64 (m, k), columns as `classes_`."""
        return self._told(X).probability

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class (m,), stated or not: see `state`."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def state(self, X: Any) -> np.ndarray:
        """Codes into `classes_` of what may be stated, −1 where silent: int64 (m,)."""
        return self._told(X).code

    def tell(self, X: Any) -> Telling:
        """Everything that is told of subjects, and by whom, in one pass."""
        return self._told(X)

    def kneighbors(self, X: Any, n_neighbors: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The twins of subjects: distances float64 and rows of the `fit` int64, both (m, t).

        Nearest first; t is what there are where fewer are known, and 0 where nothing was learnt.
        """
        check_is_fitted(self)
        X = self._checked(X)
        if not self._ready:
            return np.zeros((X.shape[0], 0)), np.zeros((X.shape[0], 0), np.int64)
        counts = self._plan.columns(X)
        wanted = self.n_neighbors if n_neighbors is None else n_neighbors
        place, _, _, _ = self._placed(counts)
        squared, rows = self.index_.search(place, wanted)
        return np.sqrt(squared.astype(np.float64)), self._rows[rows]

    def set_precision(self, precision: float) -> Self:
        """Promise another precision: thresholds are found anew among the people held out.

        A look at the same people more: see `precision` for what several looks cost.
        """
        check_is_fitted(self)
        self.thresholds_ = self._promised(precision)
        self.precision = precision
        return self

    def extend(self, X: Any, y: Any) -> Self:
        """Let more known people be twins; nothing is learnt anew, the index is not rebuilt.

        They are rows n, n + 1 … of the `fit`.

        Args:
            X: their behaviour (m, d).
            y: their values (m,), of `classes_`.

        Raises:
            ValueError: a value nobody learnt from has, or not an answer a row.
        """
        check_is_fitted(self)
        X, y = self._checked(X), np.asarray(y)
        check_consistent_length(X, y)
        if not np.isin(y, self.classes_).all():
            raise ValueError("a value nobody was learnt from by: fit anew")
        codes = np.searchsorted(self.classes_, y)
        if self._ready:
            self.index_.add(self._placed(self._plan.columns(X))[0])
        start = self._rows.max(initial=-1) + 1
        self._rows = np.concatenate([self._rows, start + np.arange(len(codes))])
        self._codes = np.concatenate([self._codes, codes])
        return self

    def fits(self, X: Any) -> bool:
        """Whether the columns of a matrix are those learnt from, by their number."""
        return bool(X.shape[1] == self.n_features_in_)

    # ------------------------------------------------------------------ learning
    def _learn(
        self,
        counts: sparse.csr_matrix,
        codes: np.ndarray,
        keys: np.ndarray,
        unknown: sparse.csr_matrix | None,
        short: sparse.csr_matrix | None,
    ) -> None:
        n, k, seed = len(codes), len(self.classes_), self._seed
        least = np.bincount(codes, minlength=k).min()
        self._ready = bool(k > 1 and least >= 2 and n >= 10)
        self._share = (np.bincount(codes, minlength=k) + 1.0) / (n + k)
        if not self._ready:
            self._stay_silent(codes)
            return
        every = counts if unknown is None else sparse.vstack([counts, unknown], format="csr")
        self._weighting = Weighting.fit(every, self._plan.blocks)
        ground = make_ground(self._plan, every)
        chosen = np.arange(n)
        if n > self.max_people:
            chosen = drawn_people(drawn(keys, seed), codes, self.max_people, max(self.folds, 2))
        weighted = self._weighting.transform(every)
        self._directions = Directions.fit(
            _some(weighted, self.max_people), ground.spread, self.n_components, ground.counted, seed
        )
        del every, weighted
        shown = counts[chosen], (counts if short is None else short)[chosen], codes[chosen]
        self._fit_members(ground, *shown, thinned=short is not None)
        self._index_all(counts, chosen)
        self._fit_second(*shown, chosen)

    def _fit_members(
        self,
        ground: Ground,
        counts: sparse.csr_matrix,
        short: sparse.csr_matrix,
        codes: np.ndarray,
        *,
        thinned: bool,
    ) -> None:
        """Members in folds and on all; what they say unseen is kept for the second level."""
        k = len(self.classes_)
        folds = int(min(self.folds, np.bincount(codes, minlength=k).min(), 20))
        self._fold = fold = deal(codes, max(folds, 2), self._seed)
        weights = self._weighting.transform(counts)
        cut = self._weighting.transform(short) if thinned else weights
        penalty = choose_penalty(weights, codes, k, fold == 0, ground.spread)
        scores, whole = np.zeros((len(codes), k)), np.zeros((len(codes), k))
        features: np.ndarray | None = None
        for f in range(fold.max() + 1):
            held = fold == f
            model = Members.fit(ground, weights[~held], counts[~held], codes[~held], k, penalty)
            scores[held], seen = model.linear.scores(cut[held]), model.features(short[held])
            if features is None:
                features = np.zeros((len(codes), seen.shape[1]), np.float32)
            features[held] = seen
            whole[held] = model.linear.scores(weights[held]) if thinned else scores[held]
        self._members = Members.fit(ground, weights, counts, codes, k, penalty)
        self._unseen = scores, np.asarray(features), whole
        self._scale = np.maximum(told_columns(whole).std(axis=0), 1e-9)

    def _index_all(self, counts: sparse.csr_matrix, chosen: np.ndarray) -> None:
        """Where every known person stands: by models that did not see him."""
        stand = np.zeros((counts.shape[0], len(self._scale) + self._directions.axes.shape[1]))
        stand = stand.astype(np.float32)
        rest = np.setdiff1d(np.arange(counts.shape[0]), chosen)
        for rows in np.array_split(rest, max(1, len(rest) // _AT_ONCE)):
            if len(rows):
                stand[rows] = self._placed(counts[rows])[0]
        for rows in np.array_split(np.arange(len(chosen)), max(1, len(chosen) // _AT_ONCE)):
            vectors = self._directions.transform(self._weighting.transform(counts[chosen[rows]]))
            stand[chosen[rows]] = placed(self._unseen[2][rows], self._scale, vectors)
        self.index_ = Neighbours.build(stand, seed=self._seed)

    def _fit_second(
        self,
        counts: sparse.csr_matrix,
        short: sparse.csr_matrix,
        codes: np.ndarray,
        chosen: np.ndarray,
    ) -> None:
        """Trees, stacking, calibration, thresholds; each person by what did not see him."""
        k = len(self.classes_)
        scores, features, _ = self._unseen
        vectors = self._directions.transform(self._weighting.transform(short))
        place = placed(scores, self._scale, vectors)
        # Of so many, enough are of other folds.
        squared, rows = self.index_.search(place, 2 * self.n_neighbors + 1)
        folds = np.full(len(self._codes), -1, np.int64)
        folds[chosen] = self._fold
        asked = of_other_folds(rows, squared, folds, self._fold, self.n_neighbors)
        shares = vote(*asked, self._codes, k)
        twins = self._twin_scores(shares)
        dense = _dense(scores, features, twins, vectors, self._plan.measures(short))
        said = [scores, twins]
        self._trees = None
        if len(codes) >= FEWEST and np.bincount(codes, minlength=k).min() >= FEWEST_OF_CLASS:
            trees, self._trees = grown(dense, codes, self._fold, k, self._seed)
            said.append(trees)
        together = np.stack(said)
        self.stacking_ = Stacking.fit(together, codes)
        raw, probability = np.zeros((len(codes), k)), np.zeros((len(codes), k))
        for f in range(self._fold.max() + 1):
            held = self._fold == f
            raw[held] = Stacking.fit(together[:, ~held], codes[~held]).combine(together[:, held])
        self.calibrator_: Calibrator = choose_calibrator(raw, codes, self._seed)
        for f in range(self._fold.max() + 1):
            held = self._fold == f
            fitted = type(self.calibrator_)().fit(raw[~held], codes[~held])
            probability[held] = fitted.transform(raw[held])
        near = rows[:, : self.n_neighbors + 1], squared[:, : self.n_neighbors + 1]
        self.held_out_ = HeldOut(
            probability,
            codes,
            self._rows[chosen],
            place,
            others(*near, chosen)[1],
            self._fold,
        )
        self.thresholds_ = self._promised(self.precision)
        del self._unseen, self._fold

    def _stay_silent(self, codes: np.ndarray) -> None:
        """Too few to learn from, or nothing to tell apart: shares, and no statement."""
        self._trees = None
        self.index_ = Neighbours.build(np.zeros((0, 1), np.float32))
        n = len(codes)
        self.held_out_ = HeldOut(
            np.tile(self._share, (n, 1)),
            codes,
            self._rows,
            np.zeros((n, 1), np.float32),
            np.zeros((n, 0), np.float32),
            np.zeros(n, np.int64),
        )
        self.thresholds_ = self._promised(self.precision)

    def _promised(self, precision: float) -> Thresholds:
        """Thresholds that keep a precision; of what was not learnt nothing can be promised."""
        held = self.held_out_
        people = slice(None) if self._ready else slice(0)
        return risk_thresholds(
            held.probability[people], held.truth[people], precision, self.confidence
        )

    # ------------------------------------------------------------------ telling
    def _checked(self, X: Any) -> Any:
        with np.errstate(over="ignore"):
            return validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False)

    def _placed(
        self, counts: sparse.csr_matrix
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, sparse.csr_matrix]:
        """Where subjects stand, what the linear member says, the unsupervised part, and weights."""
        weights = self._weighting.transform(counts)
        scores = self._members.linear.scores(weights)
        vectors = self._directions.transform(weights)
        return placed(scores, self._scale, vectors), scores, vectors, weights

    def _told(self, X: Any) -> Telling:
        check_is_fitted(self)
        X = self._checked(X)
        m, k = X.shape[0], len(self.classes_)
        if not self._ready:
            return Telling(
                np.tile(self._share, (m, 1)),
                np.full(m, -1),
                np.zeros((m, 0), np.int64),
                np.zeros((m, 0), np.float32),
                np.zeros((m, k), np.float32),
                np.zeros((m, 1), np.float32),
                np.full((m, NAMED), -1, np.int32),
            )
        parts = [self._tell(X[first : first + _AT_ONCE]) for first in range(0, m, _AT_ONCE)]
        return parts[0] if len(parts) == 1 else joined(parts)

    def _tell(self, X: Any) -> Telling:
        k = len(self.classes_)
        counts = self._plan.columns(X)
        place, scores, vectors, weights = self._placed(counts)
        squared, rows = self.index_.search(place, self.n_neighbors)
        twins = self._twin_scores(vote(rows, squared, self._codes, k))
        said = [scores, twins]
        if self._trees is not None:
            seen = self._members.features(counts)
            dense = _dense(scores, seen, twins, vectors, self._plan.measures(counts))
            said.append(self._trees.scores(dense, threads=1 if len(dense) < 1_000 else 2))
        raw = self.stacking_.combine(np.stack(said))
        probability = self.calibrator_.transform(raw)
        return Telling(
            probability=probability,
            code=self.thresholds_.state(probability),
            twins=self._rows[rows],
            distance=squared,
            alike=vote(rows, squared, self._codes, k, sharpness=0.0),
            place=place,
            reasons=strongest(
                weights,
                self._members.linear.weights,
                probability.argmax(axis=1),
                self._plan.named,
            ),
        )

    def _twin_scores(self, shares: np.ndarray) -> np.ndarray:
        """Log shares among the twins, drawn towards the class shares: float64 (m, k)."""
        many = min(self.n_neighbors, max(len(self.index_), 1))
        drawn_in = (shares * many + _PRIOR_TWINS * self._share) / (many + _PRIOR_TWINS)
        logs = np.log(drawn_in)
        return logs - logs.mean(axis=1, keepdims=True)


def _dense(
    scores: np.ndarray,
    features: np.ndarray,
    twins: np.ndarray,
    vectors: np.ndarray,
    measures: np.ndarray,
) -> np.ndarray:
    """What the trees see: float32 (n, f)."""
    made = [told_columns(scores), told_columns(twins), features, vectors, measures]
    return np.ascontiguousarray(np.hstack(made), np.float32)


def _some(rows: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """At most so many rows, evenly spaced."""
    n = rows.shape[0]
    return rows if n <= most else rows[np.linspace(0, n - 1, most).astype(np.int64)]
