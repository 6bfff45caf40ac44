"""Buying: how probable it is that a subject buys in a category within so many days, and at all.

Learnt at past moments from what was known by then and what was bought afterwards, measured at the
newest of them before they are learnt from too, and told of today. Nothing is told of a horizon
that is no better than the categories' base rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from connu.know.buying_nodes import base_logit
from connu.know.buying_rows import SLICE, Past
from connu.know.buying_top import agree, strongest
from connu.know.intent_features import NEVER_DAYS, PLACE_OF, Around, Pairs, pairs_of
from connu.know.intent_reasons import reasons_of
from connu.know.trails import DAY, PURCHASE, Trails

#: Purchases below which nothing is learnt.
FEWEST = 50
#: Probability from which the reasons are told.
NOTABLE = 0.05
#: Columns of what is told.
TOLD = pa.schema(
    [
        pa.field("place", pa.int32(), nullable=False),
        pa.field("node", pa.int32(), nullable=False),
        pa.field("horizon_days", pa.int32(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("because", pa.string()),
    ]
)


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
    """

    paths: tuple[str, ...]
    depth: np.ndarray
    around: Around
    horizons: tuple[Horizon, ...]
    verdicts: tuple[Verdict, ...]
    silences: dict[tuple[str, int], str]
    reliability: tuple[Figure, ...] = ()

    @property
    def silent(self) -> dict[int, str]:
        """Horizons of which nothing at all is told, and why."""
        told = {one.days for one in self.horizons}
        return {days: why for (_, days), why in self.silences.items() if days not in told}

    def tell(self, trails: Trails, *, top: int = 10) -> pa.Table:
        """The strongest categories of each subject with a trail, and the shop as a whole.

        Told are categories he touched, and untouched ones that are likelier than their base rate;
        `probability` answers for every other.

        Args:
            trails: as they stand at their `now`.
            top: rows per subject, horizon and depth of the tree; what one depth leaves over goes
                to the deepest that have more.

        Returns:
            place (number of the subject), node (of the trails' tree, -1: any category),
            horizon_days, probability, rank (within the depth), because (a sentence where the
            probability is notable, else null); by subject's slice, horizon, subject, depth, rank.

        Cost: about 1 µs an event and 5 µs a candidate and horizon.
        """
        parts = [TOLD.empty_table()]
        k = len(self.paths)
        back = np.append(trails.categories.nodes_of(self.paths), -1).astype(np.int32)
        gone = back[:k] < 0
        for found, told in self._told(trails, np.arange(len(trails))):
            touched = found.features[:, PLACE_OF["age_first"]] < NEVER_DAYS
            for h, horizon in enumerate(self.horizons):
                verdict = self.verdicts[h]
                base = self._base(horizon.days)
                order = np.argsort(-(horizon.cold / base), kind="stable").astype(np.int32)
                place, node, p, rank, row, size = strongest(
                    found.place,
                    found.node,
                    self.depth,
                    told[:, h],
                    touched,
                    order,
                    horizon.cold,
                    base,
                    verdict.muted | gone,
                    top,
                )
                node, p, row = node[:size], p[:size], row[:size]
                keep = np.ones(size, np.bool_)
                if "any" in verdict.reasons:
                    keep &= node >= 0
                if "category" in verdict.reasons:
                    keep &= node < 0
                columns = [
                    pa.array(place[:size][keep]),
                    pa.array(back[np.where(node < 0, k, node)][keep]),
                    pa.array(np.full(int(keep.sum()), horizon.days, np.int32)),
                    pa.array(p[keep]),
                    pa.array(rank[:size][keep]),
                    self._because(found, h, node[keep], p[keep], row[keep]),
                ]
                parts.append(pa.table(columns, schema=TOLD))
        return pa.concat_tables(parts)

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
        nodes = np.append(self._nodes(trails), k)[node]
        cold = np.append(self.horizons[h].cold, 1.0)
        order = np.argsort(place, kind="stable")
        out = np.zeros(len(place))
        for found, told in self._told(trails, np.unique(place)):
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
        )

    @classmethod
    def open(cls, folder: Path) -> BuyingModel:
        """The model that `save` wrote.

        Raises:
            UsageError: nothing there, or of another version.
        """
        return cls(**buying_store.opened(folder))

    def _base(self, days: int) -> np.ndarray:
        """float64 (k,): base rates of the nodes."""
        odds = base_logit(self.around.facts[:-1, 0].astype(np.float64), days)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))

    def _because(
        self, found: Pairs, h: int, node: np.ndarray, p: np.ndarray, row: np.ndarray
    ) -> pa.Array:
        """Sentences of the notable rows."""
        asked = np.flatnonzero((p >= NOTABLE) & (row >= 0))
        words = np.full(len(p), None, object)
        for whole in (False, True):
            some = asked[(node[asked] < 0) == whole]
            share = self.verdicts[h].cases[int(whole)].among(p[some])
            paths = ["" if n < 0 else self.paths[n] for n in node[some].tolist()]
            words[some] = reasons_of(
                found.features[row[some]], paths, self.horizons[h].days, share
            ).to_pylist()
        return pa.array(words, pa.string())

    def _nodes(self, trails: Trails) -> np.ndarray:
        """int32: the learnt node of each node of the trails' tree: itself or the nearest above."""
        number = {path: place for place, path in enumerate(self.paths)}
        tree = trails.categories
        out = np.full(len(tree), -1, np.int32)
        for node in np.argsort(tree.depth, kind="stable"):
            depth = tree.depth[node]
            up = out[tree.ancestors[node, depth - 1]] if depth else -1
            out[node] = number.get(tree.paths[node], up)
        return out

    def _told(self, trails: Trails, who: np.ndarray) -> Iterator[tuple[Pairs, np.ndarray]]:
        """Candidates of slices of subjects and their probabilities (n, horizons)."""
        if not self.horizons:
            return
        category = np.append(self._nodes(trails), np.int32(-1))[trails.category]
        for first in range(0, len(who), SLICE):
            heed()
            some = who[first : first + SLICE]
            found = pairs_of(trails, category, self.around, trails.now, some)
            if not len(found.place):
                continue
            told = np.column_stack(
                [one.probability(found.features, found.node) for one in self.horizons]
            )
            agree(found.place, found.node, self.around.above, told)
            yield found, told


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
    if bought < FEWEST:
        why = "too_few" if bought else "no_purchases"
    else:
        cuts = Cuts.of((trails.now - int(trails.time.min())) / DAY, wanted)
    silences = {(level, days): why for days in cuts.short for level in ("category", "any")}
    told: list[tuple[Horizon, Verdict]] = []
    figures: list[Figure] = []
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
                silences |= {(level, horizon.days): why for level, why in verdict.reasons.items()}
                if len(verdict.reasons) < 2:
                    # Measured, the newest moments set the levels too.
                    every = cuts.every(horizon.days)
                    told.append((calibrate(past, gathered, horizon, every, place), verdict))
            step.advance()
    return BuyingModel(
        tree.paths,
        depth,
        around,
        tuple(horizon for horizon, _ in told),
        tuple(verdict for _, verdict in told),
        silences,
        tuple(figures),
    )
