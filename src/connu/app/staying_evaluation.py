"""Staying, held against what customers bought after a cut: how often, for how much, and whether.

Everything is learnt before the cut, the baseline too: BG/NBD and gamma-gamma as analysts use them.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow.compute as pc

from connu.kernel.progress import Progress
from connu.know.purchases import Purchases, purchases_of
from connu.know.staying import learn_staying
from connu.know.staying_forecast import plain_forecast
from connu.know.trails import DAY, Trails
from connu.measure.intents import IntentScore, intent_score
from connu.measure.purchases import PurchaseScore, purchase_score


class StayScore(msgspec.Struct, frozen=True):
    """Staying within one span.

    Attributes:
        days: of the span, from the cut on.
        customers: who bought before the cut.
        purchases: expected transactions (days with a purchase) against those that came, beside
            BG/NBD.
        value: expected value against what was paid, beside BG/NBD with gamma-gamma; None where no
            source says what was paid.
        again: the chance of another purchase, beside BG/NBD's as `base` and the last purchase as
            `last_viewed`.
    """

    days: int
    customers: int
    purchases: PurchaseScore
    value: PurchaseScore | None
    again: IntentScore


def judge_staying(
    history: Trails | Purchases,
    cut_day: int,
    days: int,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> StayScore | str:
    """Learn staying before a day, and judge it on the days that follow.

    Args:
        history: whole: what came after is in it.
        cut_day: days since 1970.
        days: of the span judged.
        seed: of samples and trees.
        progress: who watches.

    Returns:
        The score; the word of a reason where nothing is told.
    """
    bought = history if isinstance(history, Purchases) else purchases_of(history)
    before = history.before(cut_day if isinstance(history, Purchases) else cut_day * DAY)
    known = before if isinstance(before, Purchases) else purchases_of(before)
    if not len(known):
        return "no_purchases"
    model = learn_staying(before, horizons_days=(days,), seed=seed, progress=progress)
    told = model.tell(before)
    if not told.num_rows:
        return model.silent or model.silences.get(days, "too_few")
    told = told.filter(pc.equal(told["horizon_days"], days))
    expected = {name: told[name].to_numpy() for name in told.column_names[2:-2]}
    count, paid = bought.within(cut_day, cut_day + days, known.customers)
    plain = plain_forecast(known, days)
    spent = np.isfinite(known.value).any() and np.isfinite(plain.value).all()
    return StayScore(
        days=days,
        customers=len(known),
        purchases=purchase_score(
            expected["purchases"],
            count,
            expected["purchases_low"],
            expected["purchases_high"],
            baseline=plain.purchases,
        ),
        value=purchase_score(
            expected["value"],
            paid,
            expected["value_low"],
            expected["value_high"],
            baseline=plain.value,
        )
        if spent
        else None,
        again=intent_score(
            expected["again"],
            count > 0,
            base=np.clip(plain.again, 0.0, 1.0),
            last_viewed=known.day[known.starts[1:] - 1],
        ),
    )
