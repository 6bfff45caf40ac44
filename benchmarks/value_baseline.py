"""Purchases and value of the next 39 weeks by BG/NBD and gamma-gamma, written anew from the papers.

connu has its own BG/NBD (connu.know.bg_nbd); this one shares no line with it, so that each checks
the other. Purchases of one day are one; the first purchase is not counted as a repeat; what a
purchase is worth is the mean of the repeats, the first left out, as the papers have it.

Source: Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 2005;
Fader & Hardie, "The gamma-gamma model of monetary value", 2013.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from benchmarks.datasets import data_folder

#: Each half of CDNOW's year and a half, in days.
HALF = 273


@dataclass(frozen=True)
class Purchases:
    """Days on which somebody bought: customer code, day since the first of all, value of the day.

    Sorted by customer and day; one row per customer and day.
    """

    customer: np.ndarray
    day: np.ndarray
    value: np.ndarray

    @classmethod
    def read(cls) -> Purchases:
        """CDNOW's, from the data folder.

        Raises:
            FileNotFoundError: it is not there.
        """
        rows = pq.read_table(data_folder() / "value" / "cdnow.parquet")
        text = pa.compute.strptime(rows["date"].cast(pa.string()), format="%Y%m%d", unit="s")
        day = text.cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
        customer = np.unique(rows["customer"].to_numpy(), return_inverse=True)[1]
        return cls.of(customer, day - day.min(), rows["value"].to_numpy())

    @classmethod
    def of(cls, customer: np.ndarray, day: np.ndarray, value: np.ndarray) -> Purchases:
        """Purchases in any order; those of one day become one."""
        key, place = np.unique(customer * 100_000 + day, return_inverse=True)
        return cls(key // 100_000, key % 100_000, np.bincount(place, weights=value))

    def before(self, day: int) -> History:
        """What each customer who had bought by then had done (none is left out but newcomers)."""
        past = self.day < day
        return History.of(self.customer[past], self.day[past], self.value[past], day)

    def within(self, customers: np.ndarray, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Purchases and value of customers from `begin` up to `end`."""
        place = np.searchsorted(customers, self.customer).clip(0, len(customers) - 1)
        kept = (self.day >= begin) & (self.day < end) & (customers[place] == self.customer)
        counted = np.bincount(place[kept], minlength=len(customers))
        return counted, np.bincount(place[kept], weights=self.value[kept], minlength=len(customers))


@dataclass(frozen=True)
class History:
    """n customers up to a day.

    Attributes:
        customer: codes, ascending.
        repeats: days with a purchase after the first.
        last, tenure: days from the first purchase to the last one, and to the end.
        worth: mean value of the repeats; nan without one.
        end: the day itself; the history ends before it.
    """

    customer: np.ndarray
    repeats: np.ndarray
    last: np.ndarray
    tenure: np.ndarray
    worth: np.ndarray
    end: int

    @classmethod
    def of(cls, customer: np.ndarray, day: np.ndarray, value: np.ndarray, end: int) -> History:
        """From purchases sorted by customer and day, one a day."""
        who, start, many = np.unique(customer, return_index=True, return_counts=True)
        last = day[start + many - 1] - day[start]
        total = np.add.reduceat(value, start) - value[start]
        worth = np.divide(total, many - 1, out=np.full(len(who), np.nan), where=many > 1)
        return cls(who, many - 1, last, end - day[start], worth, end)


@dataclass(frozen=True)
class BgNbd:
    """BG/NBD's four numbers; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, history: History) -> BgNbd:
        """By maximum likelihood, in days ÷ 7 so that the numbers compare with the papers'."""
        x, last, tenure = history.repeats, history.last / 7, history.tenure / 7
        seen, many = np.unique(np.stack([x, last, tenure]), axis=1, return_counts=True)

        def loss(log: np.ndarray) -> float:
            return -float(_bg_nbd_likelihood(np.exp(log), *seen) @ many) / len(x)

        r, alpha, a, b = np.exp(_least(loss, 4))
        return cls(float(r), float(alpha) * 7, float(a), float(b))

    def expect(self, history: History, days: float) -> np.ndarray:
        """Purchases expected of each within so many days after the end (the paper's eq. 10)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, tenure = history.repeats, history.tenure
        left = (alpha + tenure) / (alpha + tenure + days)
        grown = hyp2f1(r + x, b + x, a + b + x - 1, 1 - left)
        over = (a + b + x - 1) / (a - 1) * (1 - left ** (r + x) * grown)
        return over * self.active(history)

    def active(self, history: History) -> np.ndarray:
        """Probability that each is still a customer; 1 without a repeat, as the model has it."""
        x, last, tenure = history.repeats, history.last, history.tenure
        odds = self.a / np.maximum(self.b + x - 1, 1e-9)
        odds = odds * ((self.alpha + tenure) / (self.alpha + last)) ** (self.r + x)
        return 1 / (1 + np.where(x > 0, odds, 0))


@dataclass(frozen=True)
class GammaGamma:
    """Gamma-gamma's three numbers; v in money."""

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, history: History) -> GammaGamma:
        """By maximum likelihood, among those with a repeat that was paid."""
        paid = (history.repeats > 0) & (history.worth > 0)
        x, m = history.repeats[paid], history.worth[paid]
        scale = m.mean()

        def loss(log: np.ndarray) -> float:
            p, q, v = np.exp(log)
            told = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
            told += (p * x - 1) * np.log(m / scale) + p * x * np.log(x)
            return float(-(told - (p * x + q) * np.log(x * m / scale + v)).mean())

        p, q, v = np.exp(_least(loss, 3))
        return cls(float(p), float(q), float(v * scale))

    def expect(self, history: History) -> np.ndarray:
        """What a purchase of each is worth: between his own mean and everybody's."""
        x = history.repeats
        spent = np.where(x > 0, np.nan_to_num(history.worth) * x, 0)
        return self.p * (self.v + spent) / (self.p * x + self.q - 1)


@dataclass(frozen=True)
class Errors:
    """How far off expectations were: mean absolute, root mean square, and of the total (share)."""

    mae: float
    rmse: float
    total: float

    @classmethod
    def of(cls, expected: np.ndarray, true: np.ndarray) -> Errors:
        """Of the customers' expectations."""
        off = expected - true
        rmse = float(np.sqrt((off**2).mean()))
        return cls(float(np.abs(off).mean()), rmse, float(expected.sum() / true.sum() - 1))


def pace_so_far(history: History, days: float) -> tuple[np.ndarray, np.ndarray]:
    """Purchases and value if everybody went on as before: what a spreadsheet says."""
    purchases = history.repeats / np.maximum(history.tenure, 1) * days
    return purchases, purchases * np.nan_to_num(history.worth)


def bg_nbd_and_gamma_gamma(history: History, days: float) -> tuple[np.ndarray, np.ndarray]:
    """Purchases and value by both models."""
    purchases = BgNbd.fit(history).expect(history, days)
    return purchases, purchases * GammaGamma.fit(history).expect(history)


#: (history, days ahead) → purchases, value of each customer.
Method = Callable[[History, int], tuple[np.ndarray, np.ndarray]]
METHODS: dict[str, Method] = {
    "pace so far": pace_so_far,
    "BG/NBD, gamma-gamma": bg_nbd_and_gamma_gamma,
}


def _bg_nbd_likelihood(
    parameters: np.ndarray, x: np.ndarray, last: np.ndarray, tenure: np.ndarray
) -> np.ndarray:
    """ln likelihood of each customer (the paper's eq. 6, in logarithms)."""
    r, alpha, a, b = parameters
    base = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    stayed = betaln(a, b + x) - (r + x) * np.log(alpha + tenure)
    left = betaln(a + 1, np.maximum(b + x - 1, 1e-9)) - (r + x) * np.log(alpha + last)
    return base + np.logaddexp(stayed, np.where(x > 0, left, -np.inf))


def _least(loss: Callable[[np.ndarray], float], many: int) -> np.ndarray:
    """Where a smooth loss of few numbers is least, looked for from 1."""
    found = minimize(loss, np.zeros(many), method="L-BFGS-B", bounds=[(-8, 8)] * many)
    polished = minimize(loss, found.x, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9})
    return np.asarray(polished.x)
