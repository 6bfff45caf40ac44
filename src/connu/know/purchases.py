"""Purchases: when each customer bought and for how much, one transaction a day.

Staying and value are read from nothing else (looks only help): whoever has a table of orders and
no trails gives it to `histories_from`, and everything works from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.kernel.errors import UsageError
from connu.know.trails import DAY, PURCHASE, Trails


@dataclass(frozen=True)
class Purchases:
    """Transactions of n customers, by customer and day; everybody has at least one.

    What is bought on one day (UTC) is one transaction: baskets are told line by line, and a second
    order of the same day completes the first rather than shows a habit.

    Attributes:
        customers: (n,) who each is: place in the trails, or the name he was given with; ascending.
        starts: int64 (n + 1,): the transactions of customer i are starts[i] … starts[i + 1] - 1.
        day: int32 (m,): days since 1970; ascending within a customer.
        value: float64 (m,): what the day's lines cost together; NaN where none says it.
        lines: int32 (m,): of the day.
        now: day the histories end: every transaction is on an earlier day.
    """

    customers: np.ndarray
    starts: np.ndarray
    day: np.ndarray
    value: np.ndarray
    lines: np.ndarray
    now: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def place(self) -> np.ndarray:
        """int32 (m,): whose each transaction is."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    @property
    def frequency(self) -> np.ndarray:
        """int64 (n,): transactions after the first (x)."""
        return np.diff(self.starts) - 1

    @property
    def recency(self) -> np.ndarray:
        """int32 (n,): days from the first transaction to the last (t_x)."""
        return self.day[self.starts[1:] - 1] - self.day[self.starts[:-1]]

    @property
    def tenure(self) -> np.ndarray:
        """int32 (n,): days from the first transaction to `now`, at least 1 (T)."""
        return (self.now - self.day[self.starts[:-1]]).astype(np.int32)

    def spent(self, repeats: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Transactions whose value is known and above 0 (n,), and their mean value (n,), else NaN.

        Args:
            repeats: without the first transaction of each, as gamma-gamma is commonly fitted.
        """
        good = self.value > 0
        if repeats:
            good[self.starts[:-1]] = False
        place, n = self.place[good], len(self)
        count = np.bincount(place, minlength=n)
        total = np.bincount(place, weights=self.value[good], minlength=n)
        mean = np.full(n, np.nan)
        np.divide(total, count, out=mean, where=count > 0)
        return count, mean

    def before(self, day: int) -> Purchases:
        """The histories as they stood on a day; who had not bought yet is not in them."""
        if day >= self.now:
            return replace(self, now=day)
        kept = self.day < day
        ends = np.concatenate([[0], np.cumsum(kept)])[self.starts]
        some = np.diff(ends) > 0
        return Purchases(
            self.customers[some],
            np.append(ends[:-1][some], ends[-1]),
            self.day[kept],
            self.value[kept],
            self.lines[kept],
            day,
        )

    def within(self, first: int, end: int, customers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Transactions on the days first … end - 1 and what they cost, of some customers.

        Args:
            customers: (k,) some of `customers`, ascending.

        Returns:
            int64 (k,), float64 (k,); a transaction of unknown value costs 0.
        """
        kept = (self.day >= first) & (self.day < end)
        place = self.place[kept]
        count = np.bincount(place, minlength=len(self))
        paid = np.maximum(np.nan_to_num(self.value[kept]), 0.0)
        total = np.bincount(place, weights=paid, minlength=len(self))
        at = np.searchsorted(self.customers, customers)
        return count[at], total[at]

    def take(self, rows: np.ndarray) -> Purchases:
        """These customers, by number (ascending) or by mask."""
        mask = np.zeros(len(self), np.bool_)
        mask[rows] = True
        kept = mask[self.place]
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[mask])])
        return Purchases(
            self.customers[mask],
            starts,
            self.day[kept],
            self.value[kept],
            self.lines[kept],
            self.now,
        )


def purchases_of(trails: Trails) -> Purchases:
    """What the customers of trails bought; visitors and who never bought are not in it.

    Cost: a pass over the events, a few over the purchases.
    """
    bought = np.flatnonzero(trails.role == PURCHASE)
    place = (np.searchsorted(trails.starts, bought, "right") - 1).astype(np.int32)
    customer = np.asarray(pc.equal(trails.subjects["subject_kind"], "customer"))
    kept = customer[place]
    place, bought = place[kept], bought[kept]
    day = (trails.time[bought] // DAY).astype(np.int32)
    value = trails.value[bought].astype(np.float64)
    return _gathered(place, day, value, -(-trails.now // DAY))


def histories_from(
    customer: np.ndarray | pa.Array | pa.ChunkedArray,
    time_us: np.ndarray,
    value: np.ndarray | None = None,
    *,
    now_us: int | None = None,
) -> Purchases:
    """Histories out of a plain table of purchases, one row a purchase or a line of one.

    Args:
        customer: (m,) names or numbers, in any order.
        time_us: int64 (m,): µs since 1970, or datetime64.
        value: (m,): what was paid; NaN or absent where nothing is said.
        now_us: when the histories end, later rows are left out; after the last row when absent.

    Raises:
        UsageError: columns of unequal length.
    """
    names = customer if isinstance(customer, np.ndarray) else np.asarray(customer)
    time = np.asarray(time_us)
    if time.dtype.kind == "M":
        time = time.astype("datetime64[us]").astype(np.int64)
    paid = np.full(len(time), np.nan) if value is None else np.asarray(value, np.float64)
    if not len(names) == len(time) == len(paid):
        raise UsageError("customers, times and values of purchases differ in number")
    now = int(time.max(initial=-1)) + 1 if now_us is None else now_us
    kept = time < now
    known, code = np.unique(names[kept], return_inverse=True)
    day = (time[kept] // DAY).astype(np.int32)
    found = _gathered(code.astype(np.int32), day, paid[kept], -(-now // DAY))
    return replace(found, customers=known[found.customers])


def _gathered(place: np.ndarray, day: np.ndarray, value: np.ndarray, now: int) -> Purchases:
    """Lines (in any order) as transactions of a day each."""
    order = np.lexsort((value, day, place))
    place, day, value = place[order], day[order], value[order]
    new = np.ones(len(place), np.bool_)
    new[1:] = (place[1:] != place[:-1]) | (day[1:] != day[:-1])
    at = np.cumsum(new) - 1
    said = ~np.isnan(value)
    m = int(new.sum())
    # Of nothing, numpy counts in whole numbers.
    total = np.bincount(at[said], weights=value[said], minlength=m).astype(np.float64)
    total[np.bincount(at[said], minlength=m) == 0] = np.nan
    customers, lengths = np.unique(place[new], return_counts=True)
    return Purchases(
        customers=customers,
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        day=day[new],
        value=total,
        lines=np.bincount(at, minlength=m).astype(np.int32),
        now=int(now),
    )
