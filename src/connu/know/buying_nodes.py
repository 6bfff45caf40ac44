"""What is known of the categories themselves at one moment: how often each is bought, and after
which other.

Rates are shrunk from the top of the tree down: a category with one purchase ever is said to sell
as its views promise, not as that one purchase does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from connu.know.buying_histories import count_days, histories
from connu.know.intent_features import Around
from connu.know.trails import DAY, Trails

#: Days of purchases that the base rate is taken from.
RATE_DAYS = 91
#: Purchases that the parent's say weighs among the children's own.
_PARENT = 5.0
#: Neighbours of a node, by alikeness and by what is bought after.
_NEAR = 6
#: Subjects that neighbours are read from.
_SUBJECTS = 50_000
#: Subjects in common that halve the doubt about alikeness; purchases about what follows.
_COMMON, _FOLLOWED = 10.0, 3.0


@dataclass(frozen=True)
class Days:
    """Purchases and touches per node and day back from the trails' end.

    Attributes:
        bought: float32 (days, k + 1): subjects who bought that day; the last column is the shop.
        touched: float32 (days, k + 1): events other than purchases.
        newcomers: int64 (days,): subjects whose first event was that day.
    """

    bought: np.ndarray
    touched: np.ndarray
    newcomers: np.ndarray

    @classmethod
    def of(cls, trails: Trails, category: np.ndarray, lineage: np.ndarray) -> Days:
        """Count once for all moments. Cost: one pass, 20 ns an event and level."""
        first = int(trails.time.min()) if len(trails.time) else trails.now
        days = int((trails.now - first) // DAY) + 1
        bought, touched, newcomers = count_days(
            trails.starts, trails.time, category, trails.role, lineage, trails.now, days
        )
        return cls(bought, touched, newcomers)


def nodes_around(
    trails: Trails,
    category: np.ndarray,
    tree: tuple[np.ndarray, np.ndarray],
    days: Days,
    age_days: int,
    seed: int,
) -> Around:
    """The nodes as they were known so many days before the trails' end.

    Args:
        category: int32 (m,): the events' nodes.
        tree: ancestors (k, levels) and depth (k,) of the nodes.
        days: of the same trails.
        age_days: at least 0.
        seed: of the subjects that neighbours are read from.

    Cost: one pass over the events of 50,000 subjects and a sparse product of (nodes × nodes).
    """
    lineage, depth = tree
    k = len(depth)
    above = np.full(k + 1, k, np.int32)
    inner = np.flatnonzero(depth > 0)
    above[inner] = lineage[inner, depth[inner] - 1]
    moment = trails.now - age_days * DAY
    window = slice(age_days, age_days + RATE_DAYS)
    alive = float(days.newcomers[age_days:].sum())
    length = max(min(RATE_DAYS, len(days.newcomers) - age_days), 1)
    bought = days.bought[window].sum(0, dtype=np.float64)
    touched = days.touched[window].sum(0, dtype=np.float64)
    some = _some(trails, seed)
    again, gap, pairs, rows = histories(
        trails.starts, trails.time, category, trails.role, lineage, k, moment, some
    )
    rate = np.empty(k + 1)
    ratio, repeat, interval = np.empty(k + 1), np.empty(k + 1), np.empty(k + 1)
    rate[k] = (bought[k] + 0.5) / (length * (alive + 1.0))
    ratio[k] = (bought[k] + 0.5) / (touched[k] + 50.0)
    repeat[k] = (again[k, 0] + 0.5) / (again[k, 1] + 2.0)
    interval[k] = (gap[k] + 4.0 * np.log(60.0)) / (again[k, 0] + 4.0)
    below = np.bincount(above[:k], weights=touched[:k] + 1.0, minlength=k + 1)
    for node in np.argsort(depth, kind="stable"):
        up = above[node]
        share = (touched[node] + 1.0) / below[up]
        rate[node] = rate[up] * (bought[node] + _PARENT * share) / (bought[up] + _PARENT)
        ratio[node] = (bought[node] + 20.0 * ratio[up]) / (touched[node] + 20.0)
        repeat[node] = (again[node, 0] + 10.0 * repeat[up]) / (again[node, 1] + 10.0)
        interval[node] = (gap[node] + 10.0 * interval[up]) / (again[node, 0] + 10.0)
    facts = np.column_stack(
        [np.log(rate), np.log(ratio), repeat, interval, np.append(depth, -1)]
    ).astype(np.float32)
    alike = _alike(rows, k, lineage, depth)
    after = _after(pairs, k, lineage, depth)
    return Around(lineage, above, facts, *alike, *after)


def base_logit(log_rate: np.ndarray, horizon_days: float) -> np.ndarray:
    """Log odds of at least one purchase within so many days, at a rate per day.

    >>> round(float(base_logit(np.log(0.1), 10)), 3)
    0.541
    """
    expected = np.exp(log_rate) * horizon_days
    return np.asarray(np.log(np.expm1(np.maximum(expected, 1e-12))))


def _some(trails: Trails, seed: int) -> np.ndarray:
    n = len(trails)
    if n <= _SUBJECTS:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, _SUBJECTS, replace=False))


def _alike(
    rows: np.ndarray, k: int, lineage: np.ndarray, depth: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nodes of the same depth that the same subjects touch: cosine, less where few did."""
    if not len(rows):
        return _rows(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), k)
    subjects = sparse.csr_matrix(
        (np.ones(len(rows), np.float32), (rows[:, 0], rows[:, 1])),
        shape=(int(rows[:, 0].max()) + 1, k),
    )
    common = (subjects.T @ subjects).tocoo()
    size = np.asarray(subjects.sum(0)).ravel()
    a, b, n = common.row, common.col, common.data
    keep = (a != b) & (depth[a] == depth[b]) & (n >= 2)
    a, b, n = a[keep], b[keep], n[keep]
    weight = n / np.sqrt(size[a] * size[b]) * n / (n + _COMMON)
    return _rows(a, b, weight, k)


def _after(
    pairs: np.ndarray, k: int, lineage: np.ndarray, depth: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nodes of the same depth bought after a node more often than by chance: log lift."""
    if not len(pairs):
        return _rows(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), k)
    table = sparse.coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(k, k))
    table.sum_duplicates()
    a, b, n = table.row, table.col, table.data
    from_a = np.bincount(a, weights=n, minlength=k)
    to_b = np.bincount(b, weights=n, minlength=k)
    of_depth = np.bincount(depth[a], weights=n, minlength=int(depth.max(initial=0)) + 1)
    expected = from_a[a] * to_b[b] / of_depth[depth[a]]
    weight = np.log((n + _FOLLOWED) / (expected + _FOLLOWED))
    keep = (a != b) & (n >= 2) & (weight > 0)
    return _rows(a[keep], b[keep], weight[keep], k)


def _rows(
    a: np.ndarray, b: np.ndarray, weight: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The strongest neighbours of each node, as CSR."""
    order = np.lexsort((b, -weight, a))
    a, b, weight = a[order], b[order], weight[order]
    start = np.searchsorted(a, np.arange(k + 1))
    keep = np.arange(len(a)) - start[a] < _NEAR if len(a) else np.zeros(0, np.bool_)
    a, b, weight = a[keep], b[keep], weight[keep]
    return (
        np.searchsorted(a, np.arange(k + 1)).astype(np.int64),
        b.astype(np.int32),
        weight.astype(np.float32),
    )
