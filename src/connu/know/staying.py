"""Staying: is he still a customer, how often will he buy, for how much, and what speaks against it.

Learnt from purchases (and looks, where there are any) cut at past moments; judged beside BG/NBD
and gamma-gamma on a future kept aside; then learnt again up to now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from connu.kernel.errors import UsageError
from connu.kernel.progress import Progress, Silent
from connu.know.judged import Judged
from connu.know.purchases import Purchases, purchases_of
from connu.know.staying_forecast import Forecast, Forecaster
from connu.know.staying_judging import (
    RELIABILITY,
    Settled,
    better,
    calibrated,
    judge,
    settled,
    tried,
)
from connu.know.staying_learning import learn_forecaster
from connu.know.staying_looks import Looks, looks_of, no_looks
from connu.know.staying_reasons import reasons_of, risk_of
from connu.know.staying_spans import held_out
from connu.know.staying_store import opened, save
from connu.know.trails import Trails

#: Repeat purchases under which nothing is learnt, and known days.
FEWEST_REPEATS, FEWEST_DAYS = 100, 42
#: Customers learnt from: of more, a sample teaches as much.
_ENOUGH = 200_000
TOLD = pa.schema(
    [
        ("place", pa.int32()),
        ("horizon_days", pa.int32()),
        ("active", pa.float64()),
        ("again", pa.float64()),
        ("purchases", pa.float64()),
        ("purchases_low", pa.float64()),
        ("purchases_high", pa.float64()),
        ("value", pa.float64()),
        ("value_low", pa.float64()),
        ("value_high", pa.float64()),
        ("risk", pa.string()),
        ("reasons", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, eq=False)
class StayingModel:
    """What was learnt of a base's staying.

    Attributes:
        horizons: days told, ascending; those of `silences` are not.
        forecaster: of all horizons; None where the whole is silent.
        settled: curves and widths by horizon.
        reliability: RELIABILITY: figures on the future kept aside, beside the baseline's.
        silences: horizon → reason; 0 stands for all: no_purchases, too_few, too_short, not_better.
        judged: horizon → the customers judged; of a model opened from disk there are none.
    """

    horizons: tuple[int, ...]
    forecaster: Forecaster | None = None
    settled: dict[int, Settled] = field(default_factory=dict)
    reliability: pa.Table = field(default_factory=RELIABILITY.empty_table)
    silences: dict[int, str] = field(default_factory=dict)
    judged: dict[int, Judged] = field(default_factory=dict)

    @property
    def silent(self) -> str | None:
        """Why nothing at all is told, else None."""
        return self.silences.get(0)

    def tell(self, history: Trails | Purchases) -> pa.Table:
        """What is to be expected of each customer with a purchase, from `history.now` on.

        Returns:
            TOLD, by place (number of the customer in the trails or in the purchases) and horizon.

        Cost: 10 s for a million customers and two horizons on two cores.
        """
        bought, looks, places = _read(history)
        told = [h for h in self.horizons if h not in self.silences]
        if self.forecaster is None or not told or not len(bought):
            return TOLD.empty_table()
        ways = {
            h: self.forecaster.foresee(bought, looks, h).forecast(
                self.settled[h].weights, self.settled[h].levels
            )
            for h in told
        }
        # One chance to be active a customer, of the longest look: it depends least on the pace.
        active = ways[told[-1]].active
        again, low = {}, np.zeros(len(bought))
        for h in told:
            # Within more days at least as likely.
            low = again[h] = np.maximum(calibrated(self.settled[h].curve, ways[h].again), low)
        active = np.maximum(active, low)
        risk = risk_of(active, low)
        reasons = reasons_of(bought, looks, risk)
        parts = [
            _table(places, h, active, again[h], ways[h], self.settled[h], risk, reasons)
            for h in told
        ]
        # By place, then horizon: row i of every part in turn.
        order = np.arange(len(told) * len(bought)).reshape(len(told), -1).T.ravel()
        return pa.concat_tables(parts).combine_chunks().take(pa.array(order))

    def save(self, folder: Path) -> None:
        """Write the model: JSON and LightGBM's text."""
        save(
            folder,
            self.horizons,
            self.forecaster,
            self.settled,
            self.reliability,
            self.silences,
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The model that `save` wrote."""
        return cls(**opened(folder))


def learn_staying(
    history: Trails | Purchases,
    *,
    horizons_days: tuple[int, ...] = (91, 365),
    seed: int = 0,
    progress: Progress | None = None,
) -> StayingModel:
    """Learn how customers stay and what they spend.

    Args:
        history: trails, or purchases alone (`histories_from` makes them of a table).
        horizons_days: how far to look ahead, each at least 1.
        seed: of samples and trees.

    Raises:
        UsageError: no horizon, or one under a day.

    Cost: 20 s for a million customers with five million purchases on two cores: of more than
    200,000 a sample is learnt from.
    """
    horizons = tuple(sorted(set(horizons_days)))
    if not horizons or horizons[0] < 1:
        raise UsageError("staying needs horizons of a day or more")
    bought, looks, _ = _read(history)
    reason = _too_little(bought)
    if reason:
        return StayingModel(horizons, silences={0: reason})
    if len(bought) > _ENOUGH:
        chance = np.random.default_rng(seed)
        some = np.sort(chance.permutation(len(bought))[:_ENOUGH])
        bought, looks = bought.take(some), looks.before(bought.now, some)
    first, end = int(bought.day.min()), bought.now
    trials: dict[int, Forecaster] = {}
    ways: dict[int, Settled] = {}
    figures: list[pa.Table] = []
    rows: dict[int, Judged] = {}
    silences: dict[int, str] = {}
    with (progress or Silent()).stage("staying", len(horizons) + 1) as step:
        for horizon, span in zip(horizons, held_out(first, end, horizons), strict=True):
            if span.cut not in trials:
                known = bought.before(span.cut)
                at = np.searchsorted(bought.customers, known.customers)
                seen = looks.before(span.cut, at)
                trials[span.cut] = learn_forecaster(known, seen, horizons, seed)
            trial = tried(bought, looks, span, trials[span.cut])
            ways[horizon] = settled(trial, seed)
            figure, rows[horizon] = judge(trial, horizon, seed)
            figures.append(figure)
            if not better(figures[-1]):
                silences[horizon] = "not_better"
            step.advance()
        forecaster = learn_forecaster(bought, looks, horizons, seed)
        for horizon, way in ways.items():
            levels = forecaster.foresee(bought, looks, horizon).levels(
                way.weights, forecaster.shifts
            )
            ways[horizon] = replace(way, levels=levels)
        step.advance()
    return StayingModel(horizons, forecaster, ways, pa.concat_tables(figures), silences, rows)


def _read(history: Trails | Purchases) -> tuple[Purchases, Looks, np.ndarray]:
    """Purchases, looks, and the number under which each customer is told."""
    if isinstance(history, Purchases):
        return history, no_looks(len(history)), np.arange(len(history))
    bought = purchases_of(history)
    return bought, looks_of(history, bought.customers), bought.customers


def _too_little(bought: Purchases) -> str | None:
    """Why nothing can be learnt, if so."""
    if not len(bought):
        return "no_purchases"
    if bought.now - int(bought.day.min()) < FEWEST_DAYS:
        return "too_short"
    return "too_few" if bought.frequency.sum() < FEWEST_REPEATS else None


def _table(
    places: np.ndarray,
    horizon: int,
    active: np.ndarray,
    again: np.ndarray,
    way: Forecast,
    widths: Settled,
    risk: pa.StringArray,
    reasons: pa.ListArray,
) -> pa.Table:
    """The rows of one horizon (TOLD)."""
    few, many = widths.purchases.around(way.purchases)
    little, much = widths.value.around(way.value)
    columns = [active, again, way.purchases, few, many, way.value, little, much]
    head = [places.astype(np.int32), np.full(len(places), horizon, np.int32)]
    return pa.table([*(pa.array(c) for c in [*head, *columns]), risk, reasons], schema=TOLD)
