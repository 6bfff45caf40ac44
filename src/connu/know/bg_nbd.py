"""BG/NBD: how often a customer will buy and whether he still does, from when he last bought.

The baseline every analyst knows. Customers buy at random at a pace of their own (gamma among
them) and after each purchase leave for good with a chance of their own (beta among them).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numba import njit
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln
from threadpoolctl import threadpool_limits

#: ln of the least and greatest parameter, times in units of the mean tenure.
_BOUNDS = (-7.0, 9.0)
#: Customers the likelihood is maximised on.
_MOST = 20_000
#: ln of r, alpha, a, b to begin at; the best end is taken.
_STARTS = ((0.0, 0.0, 0.0, 0.7), (-1.0, -1.5, -0.5, 1.0), (0.5, 0.5, -2.0, 1.5))
#: Worth a hundredth of a customer a unit of ln²: keeps an end finite where the likelihood has none.
_RIDGE = 0.01
#: Chance of more purchases at which sums over the number of purchases end, and the longest sum.
_REST, _LONGEST = 1e-9, 20_000


@dataclass(frozen=True)
class BgNbd:
    """The four numbers of the model; times in days.

    Attributes:
        r, alpha: shape, and scale (days), of the gamma distribution of paces.
        a, b: of the beta distribution of the chance to leave after a purchase.
        early: whether one may leave after the very first purchase (modified BG/NBD); in the
            original one cannot, so who bought once is active for sure.
        fit_loss: mean −ln likelihood a customer.

    Source: Fader, Hardie & Lee, Counting Your Customers the Easy Way (Marketing Science 2005);
        Batislam, Denizel & Filiztekin (IJRM 2007) for `early`.
    """

    r: float
    alpha: float
    a: float
    b: float
    early: bool = False
    fit_loss: float = 0.0

    @classmethod
    def fit(
        cls,
        x: np.ndarray,
        recency: np.ndarray,
        tenure: np.ndarray,
        early: bool = False,
        near: BgNbd | None = None,
    ) -> Self:
        """The parameters of greatest likelihood.

        Args:
            x: repeat transactions (n,).
            recency: days from the first to the last (n,), 0 where x is 0.
            tenure: days from the first to the end (n,), above 0.
            early: see the class.
            near: a model of a like base to begin at; the search is begun anew elsewhere if absent.

        Cost: half a second for 20,000 different histories; of more, an even sample is taken.
        """
        rows = np.stack([x, recency, tenure], axis=1).astype(np.float64)
        rows = rows[np.lexsort(rows.T[::-1])]
        if len(rows) > _MOST:
            rows = rows[np.linspace(0, len(rows) - 1, _MOST).astype(np.int64)]
        rows, weight = np.unique(rows, axis=0, return_counts=True)
        unit = float(np.average(rows[:, 2], weights=weight)) if len(rows) else 1.0
        rows[:, 1:] /= unit
        share = weight / max(weight.sum(), 1)
        starts: tuple[tuple[float, ...], ...] = _STARTS
        if near is not None:
            begin = np.log([near.r, near.alpha / unit, near.a, near.b])
            starts = (tuple(np.clip(begin, -3.0, 5.0)),)
        # Many tiny steps: threads of the algebra would only wait for each other.
        with threadpool_limits(1, "blas"):
            ends = [
                minimize(
                    _loss,
                    np.array(start),
                    (rows, share, float(weight.sum()), early),
                    method="L-BFGS-B",
                    jac=True,
                    bounds=[_BOUNDS] * 4,
                    options={"maxiter": 300},
                )
                for start in starts
            ]
        best = min(ends, key=lambda found: float(found.fun))
        r, alpha, a, b = (float(v) for v in np.exp(best.x))
        return cls(r, alpha * unit, a, b, early, float(best.fun))

    def loss(self, x: np.ndarray, recency: np.ndarray, tenure: np.ndarray) -> float:
        """Mean −ln likelihood of histories."""
        rows = np.stack([x, recency, tenure], axis=1).astype(np.float64)
        weight = np.full(len(rows), 1.0 / len(rows))
        theta = np.log([self.r, self.alpha, self.a, self.b])
        return float(_loss(theta, (rows), weight, np.inf, self.early)[0])

    def active(self, x: np.ndarray, recency: np.ndarray, tenure: np.ndarray) -> np.ndarray:
        """Chance that he has not left (n,)."""
        theta = (self.r, self.alpha, self.a, self.b)
        alive, gone = _ends(theta, x, recency, tenure, self.early)
        return np.asarray(expit(alive - gone))

    def again(
        self, x: np.ndarray, recency: np.ndarray, tenure: np.ndarray, days: float
    ) -> np.ndarray:
        """Chance of at least one transaction in the next days (n,)."""
        none = (1.0 + days / (self.alpha + tenure)) ** -(self.r + x)
        return np.asarray(self.active(x, recency, tenure) * (1.0 - none))

    def expected(
        self, x: np.ndarray, recency: np.ndarray, tenure: np.ndarray, days: float
    ) -> np.ndarray:
        """Expected transactions in the next days (n,).

        Summed as Σ_k P(more than k wishes to buy) · P(still there for the next), all terms
        between 0 and 1, where the published formula's hypergeometric function and its pole at
        a = 1 lose digits; it is the same number.
        """
        sure, place = _distinct(x, tenure)
        early = float(self.early)
        told = _expected(self.r, self.alpha, self.a, self.b + early, sure, float(days))
        return np.asarray(self.active(x, recency, tenure) * told[place])

    def quantile(
        self, x: np.ndarray, recency: np.ndarray, tenure: np.ndarray, days: float, share: np.ndarray
    ) -> np.ndarray:
        """Least number of transactions that is not exceeded with at least this chance (n,).

        Args:
            share: (n,), 0–1.
        """
        columns = [np.asarray(c, np.float64) for c in (x, tenure, share)]
        alive = self.active(x, recency, tenure)
        b = self.b + float(self.early)
        return _quantile(
            self.r, self.alpha, self.a, b, columns[0], columns[1], alive, columns[2], days
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for the model's file."""
        return asdict(self)


def _ends(
    theta: tuple[Any, ...], x: np.ndarray, recency: np.ndarray, tenure: np.ndarray, early: bool
) -> tuple[np.ndarray, np.ndarray]:
    """ln likelihood (n,) of the history and of being active, and of having left at the last."""
    r, alpha, a, b = theta
    tried = x + float(early)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    alive = common + betaln(a, b + tried) - (r + x) * np.log(alpha + tenure)
    left = np.full(len(x), -np.inf)
    some = tried > 0
    left[some] = (
        common[some]
        + betaln(a + 1, b + tried[some] - 1)
        - (r + x[some]) * np.log(alpha + recency[some])
    )
    return alive, left


def _loss(
    ln_theta: np.ndarray, rows: np.ndarray, weight: np.ndarray, people: float, early: bool
) -> tuple[float, np.ndarray]:
    """Mean −ln likelihood and its gradient by ln of the parameters."""
    r, alpha, a, b = np.exp(ln_theta)
    x, recency, tenure = rows.T
    tried = x + float(early)
    alive, left = _ends((r, alpha, a, b), x, recency, tenure, early)
    told = np.logaddexp(alive, left)
    w = np.exp(alive - told)
    v = 1.0 - w
    last = np.maximum(b + tried - 1.0, 1e-12)
    by_r = digamma(r + x) - digamma(r) + np.log(alpha)
    by_r -= w * np.log(alpha + tenure) + v * np.log(alpha + recency)
    by_alpha = r / alpha - (r + x) * (w / (alpha + tenure) + v / (alpha + recency))
    rest = digamma(a + b) - digamma(a + b + tried)
    # ψ(a + 1) = ψ(a) + 1/a: leaving is one success more.
    by_a = rest + v / a
    by_b = rest - digamma(b) + w * digamma(b + tried) + v * digamma(last)
    slope = np.array([weight @ by for by in (by_r, by_alpha, by_a, by_b)]) * np.exp(ln_theta)
    ridge = _RIDGE / people
    return (
        float(-(weight @ told) + ridge * ln_theta @ ln_theta / 2),
        -slope + ridge * ln_theta,
    )


def _distinct(x: np.ndarray, tenure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (x, tenure) that occur (k, 2), and which each customer has (n,)."""
    whole = np.stack([np.asarray(x), np.asarray(tenure)], axis=1).astype(np.float64)
    order = np.lexsort((whole[:, 1], whole[:, 0]))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(whole[order], axis=0) != 0).any(axis=1)
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(new) - 1
    return whole[order][new], place


@njit(cache=True)
def _expected(r, alpha, a, b, pairs, days):
    out = np.zeros(len(pairs))
    for i in range(len(pairs)):
        shape, scale, stay = r + pairs[i, 0], alpha + pairs[i, 1], b + pairs[i, 0]
        z = days / (scale + days)
        chance = (1.0 - z) ** shape
        more, there, total = 1.0 - chance, 1.0, 0.0
        for k in range(_LONGEST):
            total += more * there
            if more * there < _REST and k > 0:
                break
            there *= (stay + k) / (a + stay + k)
            chance *= (shape + k) / (k + 1) * z
            more = max(more - chance, 0.0)
        out[i] = total
    return out


@njit(cache=True)
def _quantile(r, alpha, a, b, x, tenure, alive, share, days):
    out = np.zeros(len(x))
    for i in range(len(x)):
        shape, scale, stay = r + x[i], alpha + tenure[i], b + x[i]
        z = days / (scale + days)
        # wishes: P(k wishes to buy); more: P(more than k); there: P(still there after k).
        wishes = (1.0 - z) ** shape
        more, there, done = 1.0 - wishes, 1.0, 1.0 - alive[i] + alive[i] * wishes
        for k in range(_LONGEST):
            if done >= share[i] or more * there < _REST:
                out[i] = k
                break
            # k + 1 transactions: as many wishes and there for all; or more wishes, left then.
            leaving = a / (a + stay + k)
            wishes *= (shape + k) / (k + 1) * z
            least = more
            more = max(more - wishes, 0.0)
            done += alive[i] * there * (leaving * least + (1.0 - leaving) * wishes)
            there *= 1.0 - leaving
    return out
