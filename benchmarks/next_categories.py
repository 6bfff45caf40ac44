"""What foretells the next category without learning much.

Each gives lists of three categories, best first, and how sure the first is said (0–1), so that the
surer half of the steps can be judged by itself.

- stays: the present category, then the most visited ones; surer the more often a category is stayed
  in.
- last-category Markov: what followed the present category, weighed by how often.
- last two, backing off: what followed the last two categories, then what followed the last one
  (each count counts itself against five of the shorter history, Witten & Bell's idea kept plain).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from benchmarks.next_steps import Clicks, Steps

TOLD = 3
#: Steps the shorter history is worth, beside what was counted after the longer one.
PRIOR = 5.0

#: shop → lists (n, TOLD), sure (n,).
CategoryMethod = Callable[[Steps], tuple[np.ndarray, np.ndarray]]


def stays(steps: Steps) -> tuple[np.ndarray, np.ndarray]:
    """The present category, then the most visited."""
    share = _after_one(steps.train, len(steps.categories)).diagonal()
    present = steps.present
    # Codes are by visits already.
    first = np.where(present[:, None] == 0, [[1, 2]], np.where(present[:, None] == 1, 0, [[0, 1]]))
    first = np.where(present[:, None] == 1, [[0, 2]], first)
    return np.column_stack([present, first]).astype(np.int32), share[present]


def last_category_markov(steps: Steps) -> tuple[np.ndarray, np.ndarray]:
    """What followed the present category."""
    return _told(_after_one(steps.train, len(steps.categories))[steps.present])


def last_two_markov(steps: Steps) -> tuple[np.ndarray, np.ndarray]:
    """What followed the last two categories, and where that is little, the last one."""
    many, train = len(steps.categories), steps.train
    one = _after_one(train, many)
    at = np.flatnonzero(_inside(train, 2))
    pair = train.category[at - 2].astype(np.int64) * many + train.category[at - 1]
    pairs = np.unique(pair)
    shape = (len(pairs) + 1, many)
    row = np.searchsorted(pairs, pair)
    two = sparse.csr_matrix((np.ones(len(at)), (row, train.category[at])), shape=shape)
    end = steps.end
    before = np.where(end - 2 >= steps.begin, steps.test.category[np.maximum(end - 2, 0)], -1)
    asked = before.astype(np.int64) * many + steps.present
    place = np.minimum(np.searchsorted(pairs, asked), len(pairs) - 1)
    place = np.where((before >= 0) & (pairs[place] == asked), place, len(pairs))
    counted = two[place] + PRIOR * one[steps.present]
    total = np.asarray(counted.sum(axis=1)).ravel()
    return _told(sparse.csr_matrix(sparse.diags(1 / np.maximum(total, 1e-9)) @ counted))


METHODS: dict[str, CategoryMethod] = {
    "stays": stays,
    "last-category Markov": last_category_markov,
    "last two, backing off": last_two_markov,
}


def _inside(clicks: Clicks, depth: int) -> np.ndarray:
    """Clicks with `depth` others before them in their session."""
    first = np.repeat(clicks.starts[:-1], np.diff(clicks.starts))
    return np.arange(len(clicks.category)) - first >= depth


def _after_one(train: Clicks, many: int) -> sparse.csr_matrix:
    """(many, many) the share of each category after each other."""
    at = np.flatnonzero(_inside(train, 1))
    pairs = (train.category[at - 1], train.category[at])
    counted = sparse.csr_matrix((np.ones(len(at)), pairs), shape=(many, many))
    total = np.maximum(np.asarray(counted.sum(axis=1)).ravel(), 1)
    return sparse.csr_matrix(sparse.diags(1 / total) @ counted)


def _told(shares: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """The largest entries of each row, and the first of them."""
    lists = np.full((shares.shape[0], TOLD), -1, np.int32)
    sure = np.zeros(shares.shape[0])
    for start in range(0, shares.shape[0], 4096):
        dense = shares[start : start + 4096].toarray()
        best = np.argsort(-dense, axis=1, kind="stable")[:, :TOLD]
        value = np.take_along_axis(dense, best, axis=1)
        lists[start : start + len(best), : best.shape[1]] = np.where(value > 0, best, -1)
        sure[start : start + len(best)] = value[:, 0]
    return lists, sure
