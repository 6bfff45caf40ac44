"""Made bases of customers: one where BG/NBD is the truth, one of subscribers it does not know."""

from __future__ import annotations

import numpy as np

from connu.know.purchases import Purchases, histories_from
from connu.know.trails import DAY


def bg_nbd_base(n: int, days: int, seed: int) -> Purchases:
    """Customers who come in a year, buy at random and may leave after each purchase."""
    rng = np.random.default_rng(seed)
    pace = rng.gamma(0.6, 1 / 30.0, n)
    left = rng.geometric(rng.beta(1.0, 3.0, n))
    first = rng.integers(0, 365, n)
    gaps = rng.exponential(1.0, (n, 120)) / np.maximum(pace, 1e-9)[:, None]
    return _base(rng, first, gaps, left, days)


def regular_base(n: int, days: int, seed: int) -> Purchases:
    """Customers who buy every 15 to 60 days, regularly, and leave after about eight purchases."""
    rng = np.random.default_rng(seed)
    usual = rng.uniform(15, 60, n)
    left = rng.geometric(0.12, n)
    first = rng.integers(0, max(days - 200, 60), n)
    gaps = rng.gamma(12.0, 1 / 12.0, (n, 60)) * usual[:, None]
    return _base(rng, first, gaps, left, days)


def _base(
    rng: np.random.Generator, first: np.ndarray, gaps: np.ndarray, left: np.ndarray, days: int
) -> Purchases:
    n, most = gaps.shape
    when = first[:, None] + np.concatenate([np.zeros((n, 1)), np.cumsum(gaps, axis=1)], axis=1)
    # The first purchase, and as many after it as came before he left.
    kept = (when < days) & (np.arange(most + 1) <= left[:, None])
    value = rng.gamma(6.0, 1 / rng.gamma(4.0, 1 / 20.0, (n, 1)), when.shape)
    who = np.repeat(np.arange(n), most + 1).reshape(when.shape)
    time = (when[kept] * DAY).astype(np.int64)
    return histories_from(who[kept], time, value[kept], now_us=days * DAY)
