"""The forecast of one moment: what each customer will buy within so many days.

BG/NBD says how purchases go on at random; trees say who will buy more than that and who less. How
much all buy together stays as BG/NBD says it, unless it erred alike in several pasts: a season
must not be taken for a habit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit, logit

from connu.know.bg_nbd import BgNbd
from connu.know.gamma_gamma import GammaGamma
from connu.know.purchases import Purchases
from connu.know.staying_features import features_of
from connu.know.staying_looks import Looks
from connu.know.staying_trees import Trees

#: Three numbers are foretold: purchases, their value, whether there is one.
Three = tuple[float, float, float]
Two = tuple[float, float]
#: Chances and expectations are kept this far from 0, chances from 1.
SURE = 1e-6
#: Expected purchases from which on trees may no more than double them (ln).
_GREAT, _MORE = 1.0, 0.7


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
class Parts:
    """A forecast taken apart, to be put together with more or less heed of the trees.

    Attributes:
        below: without trees. still: the chance to buy again that goes with its `active`.
        scores: three of (n,): what the trees add to the ln of purchases and of value, and to the
            log odds of one more.
    """

    below: Forecast
    still: np.ndarray
    scores: tuple[np.ndarray, np.ndarray, np.ndarray]

    def forecast(self, weights: Three, levels: Three) -> Forecast:
        """With each of the trees heeded so far (0–1), and so much added to every score."""
        count, money, once = (
            weight * scores + level
            for weight, scores, level in zip(weights, self.scores, levels, strict=True)
        )
        again = expit(odds_of(self.below.again) + once)
        # Both odds move alike: whoever is likelier to buy again is likelier to be there.
        active = expit(odds_of(self.below.active) + odds_of(again) - odds_of(self.still))
        return Forecast(
            self.below.purchases * np.exp(count),
            self.below.value * np.exp(money),
            again,
            np.maximum(active, again),
        )

    def levels(self, weights: Three, shifts: Two) -> Three:
        """What to add, so that all customers together buy as without trees, but for the shifts.

        Args:
            shifts: ln factors of purchases and of value. The chance of one has none: what is
                missed of it in a month says nothing of a year.
        """
        if not len(self.still):
            return (0.0, 0.0, 0.0)
        plain = self.forecast((0.0, 0.0, 0.0), (*shifts, 0.0))
        told = self.forecast(weights, (0.0, 0.0, 0.0))
        count = np.log(max(plain.purchases.sum(), SURE) / max(told.purchases.sum(), SURE))
        money = np.log(max(plain.value.sum(), SURE) / max(told.value.sum(), SURE))
        once = odds_shift(odds_of(told.again), float(plain.again.mean()))
        return (float(count), float(money), once)


@dataclass(frozen=True, eq=False)
class Forecaster:
    """A learnt way to foresee.

    Attributes:
        model: how purchases go on. leaving: the modified model, in which one may leave after the
            first purchase too: it tells who is active.
        spend: what they cost.
        count, money, once: trees for purchases, value, and the chance of one.
        shifts: what the model beneath missed in every past, ln factors of purchases and value.
        furthest: days of the longest look learnt from; 0 without trees.
    """

    model: BgNbd
    leaving: BgNbd
    spend: GammaGamma
    count: Trees = field(default_factory=Trees)
    money: Trees = field(default_factory=Trees)
    once: Trees = field(default_factory=Trees)
    shifts: Two = (0.0, 0.0)
    furthest: int = 0

    def foresee(self, bought: Purchases, looks: Looks, days: int) -> Parts:
        """The next days of these customers, from `bought.now` on.

        Cost: 4 s for a million customers on two cores.
        """
        below, still = self.beneath(bought, days)
        if not self.furthest or not len(bought):
            none = np.zeros(len(bought))
            return Parts(below, still, (none, none, none))
        features = self.features(bought, looks, below, days)
        count, money, once = (
            trees.scores(features) for trees in (self.count, self.money, self.once)
        )
        # Of great buyers there are few to learn from, and each of them weighs much.
        great = below.purchases > _GREAT
        count[great] = np.minimum(count[great], _MORE)
        return Parts(below, still, (count, money, once))

    def beneath(self, bought: Purchases, days: int) -> tuple[Forecast, np.ndarray]:
        """The forecast without trees, and the chance to buy again that goes with its `active`."""
        x, recency, tenure = bought.frequency, bought.recency, bought.tenure
        expected = self.model.expected(x, recency, tenure, days)
        below = Forecast(
            expected,
            expected * self.spend.expected(*bought.spent()),
            self.model.again(x, recency, tenure, days),
            self.leaving.active(x, recency, tenure),
        )
        return below, self.leaving.again(x, recency, tenure, days)

    def features(self, bought: Purchases, looks: Looks, below: Forecast, days: int) -> np.ndarray:
        """Features float32 (n, f) for these days; more than the furthest are seen as that."""
        whole, _ = features_of(bought, looks, self.leaving)
        seen = min(days, self.furthest) if self.furthest else days
        pace = np.log(np.maximum(below.purchases, SURE) / days)
        price = np.log(np.maximum(below.value, SURE) / np.maximum(below.purchases, SURE))
        more = (np.full(len(bought), float(seen)), seen / bought.tenure, pace, price)
        return np.column_stack([whole, *(np.asarray(c, np.float32) for c in more)])


def beneath(bought: Purchases, near: Forecaster | None = None) -> Forecaster:
    """What lies beneath, without trees, fitted to these histories.

    Args:
        near: fitted to like histories: where the search begins.
    """
    x, recency, tenure = bought.frequency, bought.recency, bought.tenure
    return Forecaster(
        BgNbd.fit(x, recency, tenure, near=near.model if near else None),
        BgNbd.fit(x, recency, tenure, early=True, near=near.leaving if near else None),
        GammaGamma.fit(*bought.spent()),
    )


def plain_forecast(bought: Purchases, days: int) -> Forecast:
    """BG/NBD, and gamma-gamma of repeat purchases, as analysts use them: the baseline."""
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


def odds_of(chance: np.ndarray) -> np.ndarray:
    """Log odds, finite."""
    return np.asarray(logit(np.clip(chance, SURE, 1.0 - SURE)))


def odds_shift(odds: np.ndarray, share: float) -> float:
    """What to add to log odds (n,) for their chances to be this on average, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2.0
        if expit(odds + middle).mean() < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
