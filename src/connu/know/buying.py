"""Buying: how probable it is that a subject buys in a category within so many days, and at all.

Learnt at past moments from what was known by then and what was bought afterwards, measured at the
newest of them before they are learnt from too, and told of today. Nothing is told of a horizon
that is no better than the categories' base rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent
from connu.know import buying_store
from connu.know.buying_cuts import Cuts
from connu.know.buying_figures import Figure
from connu.know.buying_gate import Verdict, judge
from connu.know.buying_gather import gather
from connu.know.buying_horizon import Horizon, calibrate, grow_horizons
from connu.know.buying_rows import Past
from connu.know.buying_telling import fitting_lift, learnt_nodes, slices, told_of
from connu.know.intent_features import Around
from connu.know.judged import Judged
from connu.know.trails import DAY, PURCHASE, Trails

#: Purchases, and people who made them, below which nothing is learnt.
FEWEST, FEWEST_BUYERS = 50, 20


@dataclass(frozen=True)
class BuyingModel:
    """What was learnt of buying up to a moment.

    Attributes:
        paths: (k,) of the nodes it was learnt on.
        depth: int32 (k + 1,): of the nodes, -1 the shop.
        around: the nodes as known at the moment.
        horizons: one model each, ascending; those that anything is told of.
        verdicts: what measuring each of them said.
        silences: (level, horizon) → why nothing is told of it.
        reliability: what was measured on the time held out, of every horizon that was learnt.
        lift: how much likelier than its base rate a category has to be, to be told.
        judged: (level, horizon) → the rows of the time held out; of a model opened from disk none.
    """

    paths: tuple[str, ...]
    depth: np.ndarray
    around: Around
    horizons: tuple[Horizon, ...]
    verdicts: tuple[Verdict, ...]
    silences: dict[tuple[str, int], str]
    reliability: tuple[Figure, ...] = ()
    lift: float = 1.0
    judged: dict[tuple[str, int], Judged] = field(default_factory=dict)

    @property
    def silent(self) -> dict[int, str]:
        """Horizons of which nothing at all is told, and why."""
        told = {one.days for one in self.horizons}
        return {days: why for (_, days), why in self.silences.items() if days not in told}

    def tell(self, trails: Trails, *, top: int = 10, reasoned: int | None = None) -> pa.Table:
        """The strongest categories of each subject with a trail, and the shop as a whole.

        Told are categories that are so much likelier than their base rate (`lift`), in the mean of
        the horizons, or that he leans to more than others do, the same within every horizon;
        `probability` answers for every other.

        Args:
            trails: as they stand at their `now`.
            top: categories per subject and depth of the tree; what a depth leaves over goes to the
                deepest that have more.
            reasoned: the horizon whose rows get reasons; every one when absent.

        Returns:
            place (number of the subject), node (of the trails' tree, -1: any category),
            horizon_days, probability, rank (within the depth and horizon), because (a sentence
            where the probability is notable and the rank at most 3, else null); by subject, the
            shop first, then depth and strength, then horizon.

        Cost: about 0.3 µs an event and 1 µs a candidate and horizon, on two cores.
        """
        return told_of(
            trails,
            self.paths,
            self.depth,
            self.around,
            self.horizons,
            self.verdicts,
            lift=self.lift,
            top=top,
            reasoned=reasoned,
        )

    def probability(
        self, trails: Trails, place: np.ndarray, node: np.ndarray, horizon: int
    ) -> np.ndarray:
        """float64 (n,): of any pairs, told or not; 0 of subjects without a trail.

        Args:
            trails: as they stand at their `now`.
            place: subjects' numbers (n,). node: nodes of the trails' tree (n,), -1: any category.
            horizon: days, one of those told.

        Raises:
            UsageError: a horizon that is not told.
        """
        days = [one.days for one in self.horizons]
        if horizon not in days:
            raise UsageError(f"nothing is told of buying within {horizon} days")
        h, k = days.index(horizon), len(self.paths)
        nodes = np.append(learnt_nodes(trails.categories, self.paths), k)[node]
        cold = np.append(self.horizons[h].cold, 1.0)
        order = np.argsort(place, kind="stable")
        out = np.zeros(len(place))
        for found, told in slices(trails, np.unique(place), self.paths, self.around, self.horizons):
            low, high = np.searchsorted(place[order], [found.place[0], found.place[-1] + 1])
            rows = order[low:high]
            key = found.place.astype(np.int64) * (k + 1) + found.node
            sort = np.argsort(key)
            own = place[rows].astype(np.int64) * (k + 1)
            hit = sort[np.minimum(np.searchsorted(key[sort], own + nodes[rows]), len(key) - 1)]
            shop = sort[np.minimum(np.searchsorted(key[sort], own + k), len(key) - 1)]
            same = key[hit] == own + nodes[rows]
            known = (found.place[shop] == place[rows]) & (nodes[rows] >= 0)
            p = np.where(same, told[hit, h], told[shop, h] * cold[nodes[rows]])
            out[rows] = np.where(known, p, 0.0)
        return out

    def save(self, folder: Path) -> None:
        """Write the model into a folder, made when absent."""
        buying_store.save(
            folder,
            self.paths,
            self.depth,
            self.around,
            self.horizons,
            self.verdicts,
            self.silences,
            self.reliability,
            self.lift,
        )

    @classmethod
    def open(cls, folder: Path) -> BuyingModel:
        """The model that `save` wrote.

        Raises:
            UsageError: nothing there, or of another version.
        """
        return cls(**buying_store.opened(folder))


def learn_buying(
    trails: Trails,
    *,
    horizons_days: Sequence[int],
    seed: int = 0,
    progress: Progress | None = None,
) -> BuyingModel:
    """Learn to tell buying from what was done and bought so far.

    Args:
        trails: up to now; nothing later is in them.
        horizons_days: days, at least 1 each.
        seed: of all that is drawn.
        progress: is told of the horizons.

    Returns:
        A model; where nothing can be told it says why in `silences`: no_purchases, too_few,
        too_short, no_categories, not_better, not_calibrated.

    Cost: one pass over the events, one over those of 800,000 subjects, and a few seconds of trees
    a horizon; two cores.
    """
    wanted = tuple(sorted(set(horizons_days)))
    tree = trails.categories
    depth = np.append(tree.depth, -1).astype(np.int32)
    past = Past.of(trails, seed)
    around = past.around(0)
    bought = int((trails.role == PURCHASE).sum())
    cuts = Cuts((), (), wanted)
    why = "too_short"
    buyers = np.add.reduceat(np.append(trails.role == PURCHASE, False), trails.starts[:-1]) > 0
    if bought < FEWEST or (buyers & (np.diff(trails.starts) > 0)).sum() < FEWEST_BUYERS:
        why = "too_few" if bought else "no_purchases"
    else:
        cuts = Cuts.of((trails.now - int(trails.time.min())) / DAY, wanted)
    silences = {(level, days): why for days in cuts.short for level in ("category", "any")}
    told: list[tuple[Horizon, Verdict]] = []
    figures: list[Figure] = []
    judged: dict[tuple[str, int], Judged] = {}
    days = cuts.horizons
    with (progress or Silent()).stage("buying", 3) as step:
        if days:
            held = sorted({age for horizon in days for age in cuts.held(horizon)})
            gathered = gather(past, cuts.ages, held, days)
            step.advance()
            grown = grow_horizons(past, gathered, days, [cuts.learnt(one) for one in days])
            step.advance()
            for place, horizon in enumerate(grown):
                heed()
                verdict = judge(past, gathered, horizon, cuts.held(horizon.days))
                figures += verdict.figures
                judged |= {(level, horizon.days): one for level, one in verdict.judged.items()}
                silences |= {(level, horizon.days): why for level, why in verdict.reasons.items()}
                if len(verdict.reasons) < 2:
                    # Measured, the newest moments set the levels too.
                    every = cuts.every(horizon.days)
                    told.append((calibrate(past, gathered, horizon, every, place), verdict))
            step.advance()
    models = tuple(horizon for horizon, _ in told)
    verdicts = tuple(verdict for _, verdict in told)
    lift = fitting_lift(trails, tree.paths, depth, around, models, verdicts, seed=seed)
    return BuyingModel(
        tree.paths, depth, around, models, verdicts, silences, tuple(figures), lift, judged
    )
