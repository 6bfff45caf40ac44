"""The forecast of one moment: what each customer will buy within so many days, as learnt before it.

BG/NBD says how purchases go on at random; trees learnt in several pasts say where it errs. Their
answer is a factor on its own, so that further horizons than the past allows keep its shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import expit, logit

from connu.kernel.interruption import heed
from connu.know.bg_nbd import BgNbd
from connu.know.gamma_gamma import GammaGamma
from connu.know.purchases import Purchases
from connu.know.staying_features import features_of
from connu.know.staying_looks import Looks
from connu.know.staying_spans import spans_until
from connu.know.staying_trees import Trees

#: Rows that trees learn from, all spans together; fewer rows or buyers than these teach nothing.
_MOST, _FEWEST, _FEWEST_BUYERS = 120_000, 1_000, 100
#: Trees for the number of purchases, their value, and whether there is one.
_ROUNDS = (60, 60, 60)
#: A few customers of enormous value must not teach everybody's: above this share of buyers, cut.
_CUT = 0.999
#: Odds beyond which nothing is surer.
_SURE = 1e-6


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of n customers within some days, each float64 (n,).

    Attributes:
        purchases, value: expected number, and money. again: chance of at least one.
        active: chance that he has not left.
    """

    purchases: np.ndarray
    value: np.ndarray
    again: np.ndarray
    active: np.ndarray


@dataclass(frozen=True, eq=False)
class Forecaster:
    """A learnt way to foresee.

    Attributes:
        model, spend: what lies beneath.
        count, money, once: trees that correct purchases, value, and the chance of one.
        weights: how far each of the three is heeded, 0–1.
        furthest: days of the longest look learnt from; 0 without trees.
    """

    model: BgNbd
    spend: GammaGamma
    count: Trees = field(default_factory=Trees)
    money: Trees = field(default_factory=Trees)
    once: Trees = field(default_factory=Trees)
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    furthest: int = 0

    def foresee(self, bought: Purchases, looks: Looks, days: int) -> Forecast:
        """The next days of these customers, from `bought.now` on.

        Cost: 4 s for a million customers on two cores.
        """
        below = _beneath(self.model, self.spend, bought, days)
        if not self.furthest or not len(bought):
            return below
        features, _ = features_of(bought, looks, self.model)
        features = _with_days(features, bought, below, days, min(days, self.furthest))
        count, money, once = (
            weight * trees.scores(features) if weight else 0.0
            for weight, trees in zip(self.weights, (self.count, self.money, self.once), strict=True)
        )
        again = expit(_odds(below.again) + once)
        return Forecast(
            below.purchases * np.exp(count),
            below.value * np.exp(money),
            again,
            np.maximum(_still(below, again), again),
        )


def plain_forecast(bought: Purchases, days: int) -> Forecast:
    """BG/NBD and gamma-gamma as analysts use them: the baseline."""
    x, recency, tenure = bought.frequency, bought.recency, bought.tenure
    model = BgNbd.fit(x, recency, tenure)
    count, mean = bought.spent(repeats=True)
    expected = model.expected(x, recency, tenure, days)
    return Forecast(
        expected,
        expected * GammaGamma.fit(count, mean).expected(count, mean),
        model.again(x, recency, tenure, days),
        model.active(x, recency, tenure),
    )


def beneath(bought: Purchases) -> tuple[BgNbd, GammaGamma]:
    """The likelier of BG/NBD and its modification, and gamma-gamma of all transactions."""
    x, recency, tenure = bought.frequency, bought.recency, bought.tenure
    models = [BgNbd.fit(x, recency, tenure, early) for early in (False, True)]
    return min(models, key=lambda m: m.fit_loss), GammaGamma.fit(*bought.spent())


def learn_forecaster(
    bought: Purchases, looks: Looks, horizons: tuple[int, ...], seed: int
) -> Forecaster:
    """Learn from everything before `bought.now`: cut in several pasts, look ahead from each.

    Args:
        bought: histories. looks: of the same customers.
        horizons: days wished.
        seed: of the sample of customers and of the trees.

    Cost: 10 s for a million customers on two cores.
    """
    model, spend = beneath(bought)
    plain = Forecaster(model, spend)
    if not len(bought):
        return plain
    spans = spans_until(int(bought.day.min()), bought.now, horizons)
    rows = [
        taken
        for span in spans
        if (
            taken := _rows(
                bought, looks, span.cut, span.days, _MOST // len(spans), seed + span.days
            )
        )
    ]
    if not rows:
        return plain
    features, base_count, base_value, base_odds, count, value = (
        np.concatenate([row[i] for row in rows]) for i in range(6)
    )
    if len(count) < _FEWEST or (count > 0).sum() < _FEWEST_BUYERS:
        return plain
    heed()
    paid = value
    if (value > 0).any():
        paid = np.minimum(value, np.quantile(value[value > 0], _CUT))
    goals = ({"objective": "poisson"}, {"objective": "tweedie", "tweedie_variance_power": 1.7})
    counting = Trees.fit(
        features, count, base_count, goals[0], _ROUNDS[0], seed, _level(count, base_count)
    )
    money = Trees()
    if (value > 0).sum() >= _FEWEST_BUYERS:
        money = Trees.fit(
            features, paid, base_value, goals[1], _ROUNDS[1], seed, _level(value, base_value)
        )
    once = Trees.fit(features, count > 0, base_odds, {"objective": "binary"}, _ROUNDS[2], seed)
    return replace(
        plain,
        count=counting,
        money=money,
        once=once,
        furthest=max(span.days for span in spans),
    )


def _rows(
    bought: Purchases, looks: Looks, cut: int, days: int, most: int, seed: int
) -> tuple[np.ndarray, ...] | None:
    """Features, scores beneath and what came, of customers who stood at a cut; None of too few."""
    known = bought.before(cut)
    if known.frequency.sum() < 30:
        return None
    model, spend = beneath(known)
    if len(known) > most:
        some = np.sort(np.random.default_rng(seed).permutation(len(known))[:most])
        known = known.take(some)
    at = np.searchsorted(bought.customers, known.customers)
    features, _ = features_of(known, looks.before(cut, at), model)
    below = _beneath(model, spend, known, days)
    count, value = bought.within(cut, cut + days, known.customers)
    return (
        _with_days(features, known, below, days, days),
        np.log(np.maximum(below.purchases, _SURE)),
        np.log(np.maximum(below.value, _SURE)),
        _odds(below.again),
        count.astype(np.float64),
        value,
    )


def _beneath(model: BgNbd, spend: GammaGamma, bought: Purchases, days: int) -> Forecast:
    """The forecast without trees."""
    x, recency, tenure = bought.frequency, bought.recency, bought.tenure
    expected = model.expected(x, recency, tenure, days)
    return Forecast(
        expected,
        expected * spend.expected(*bought.spent()),
        model.again(x, recency, tenure, days),
        model.active(x, recency, tenure),
    )


def _with_days(
    features: np.ndarray, bought: Purchases, below: Forecast, days: int, learnt: int
) -> np.ndarray:
    """Features and what depends on the horizon; a further one is seen as the furthest learnt."""
    pace = np.log(np.maximum(below.purchases, _SURE) / days)
    price = np.log(np.maximum(below.value, _SURE) / np.maximum(below.purchases, _SURE))
    more = (np.full(len(bought), float(learnt)), learnt / bought.tenure, pace, price)
    return np.column_stack([features, *(np.asarray(c, np.float32) for c in more)])


def _still(below: Forecast, again: np.ndarray) -> np.ndarray:
    """Chance to be active that goes with a corrected chance to buy again: both odds move alike."""
    return np.asarray(expit(_odds(below.active) + _odds(again) - _odds(below.again)))


def _odds(chance: np.ndarray) -> np.ndarray:
    return np.asarray(logit(np.clip(chance, _SURE, 1.0 - _SURE)))


def _level(came: np.ndarray, base: np.ndarray) -> float:
    """ln of how much more came than the model beneath expected."""
    return float(np.log(max(came.sum(), _SURE) / np.exp(base).sum()))
