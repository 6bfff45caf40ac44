"""The past that buying is learnt from: candidate pairs at a moment, with what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from connu.know.buying_labels import days_until
from connu.know.buying_nodes import Days, base_logit, nodes_around
from connu.know.intent_features import PLACE_OF, Around, Pairs, pairs_of
from connu.know.trails import DAY, PURCHASE, Trails

#: Subjects at a time.
SLICE = 10_000
#: A moment so many days older counts half.
_FADES_DAYS = 180.0
#: Subjects are dealt into so many parts, of which the first is held out of the trees.
FOLDS = 5


@dataclass(frozen=True)
class Past:
    """The trails with all that is counted once for every moment.

    Attributes:
        trails: whole, up to now.
        tree: ancestors (k, levels) and depth (k,).
        days: of the trails.
        buys: bool (n,): who is now of the kind, customers or visitors, that buys more.
        fold: int64 (n,).
        seed: of all that is drawn.
        known: age → the nodes as they were known then, of moments asked for.
    """

    trails: Trails
    tree: tuple[np.ndarray, np.ndarray]
    days: Days
    buys: np.ndarray
    fold: np.ndarray
    seed: int
    known: dict[int, Around] = field(default_factory=dict)

    @classmethod
    def of(cls, trails: Trails, seed: int) -> Past:
        """Count once. Cost: one pass over the events."""
        tree = (trails.categories.ancestors, trails.categories.depth)
        days = Days.of(trails, trails.category, tree[0])
        kind = np.asarray(trails.subjects["subject_kind"].to_numpy())
        fold = np.random.default_rng(seed).permutation(len(trails)) % FOLDS
        return cls(trails, tree, days, _kind_that_buys(trails, kind == "customer"), fold, seed)

    def around(self, age: int) -> Around:
        """The nodes as they were known so many days ago."""
        if age not in self.known:
            self.known[age] = nodes_around(
                self.trails, self.trails.category, self.tree, self.days, age, self.seed
            )
        return self.known[age]

    def pairs(
        self, age: int, around: Around, within_days: float, looks: int
    ) -> Iterator[tuple[Pairs, np.ndarray, np.ndarray]]:
        """Candidates of slices of subjects at a moment, days until bought, and what was missed."""
        moment = self.trails.now - age * DAY
        n = len(self.trails)
        who = np.arange(n)
        if n > looks:
            chance = np.random.default_rng([self.seed, age])
            who = np.sort(chance.choice(n, looks, replace=False))
        for first in range(0, len(who), SLICE):
            some = who[first : first + SLICE]
            found = pairs_of(self.trails, self.trails.category, around, moment, some)
            until, missed = days_until(
                self.trails, self.trails.category, self.tree[0], moment, found, within_days
            )
            yield found, until, missed


def _kind_that_buys(trails: Trails, customer: np.ndarray) -> np.ndarray:
    """bool (n,): who is of the kind with more purchases a subject; all, where there is one kind."""
    if customer.all() or not customer.any():
        return np.ones(len(customer), np.bool_)
    ends = np.append(0, np.cumsum(trails.role == PURCHASE))
    bought = np.diff(ends[trails.starts])
    return customer if bought[customer].mean() >= bought[~customer].mean() else ~customer


@dataclass(frozen=True)
class Rows:
    """Pairs at several moments, thinned; a row stands for `weight` of its kind.

    Attributes:
        features: float32 (n, f). place, node: int32 (n,). age: int32 (n,): of the moment.
        until: float32 (n,): days until bought. weight: float32 (n,).
        drawn: int32 (n, d): of a shop as a whole some of the deepest nodes that its subject never
            touched, each as likely; -1 where the one drawn was touched, or nothing is judged.
    """

    features: np.ndarray
    place: np.ndarray
    node: np.ndarray
    age: np.ndarray
    until: np.ndarray
    weight: np.ndarray
    drawn: np.ndarray

    def take(self, mask: np.ndarray) -> Rows:
        """Some of the rows."""
        return Rows(
            self.features[mask],
            self.place[mask],
            self.node[mask],
            self.age[mask],
            self.until[mask],
            self.weight[mask],
            self.drawn[mask],
        )

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """All of them, in order."""
        names = [one.name for one in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def base(self, horizon: float) -> np.ndarray:
        """float64 (n,): log odds of the node's base rate."""
        return base_logit(self.features[:, PLACE_OF["base"]].astype(np.float64), horizon)

    def fading(self) -> np.ndarray:
        """float64 (n,): weights, older moments counting less."""
        return self.weight * np.exp2(-self.age / _FADES_DAYS)
