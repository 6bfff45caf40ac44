"""Made-up people whose answer shows in what they look at, so that twins have something to find."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from connu.twins.classifier import TwinsClassifier


def shoppers(
    n: int, *, classes: int = 2, products: int = 60, looks: float = 12.0, seed: int = 0
) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Counts (n, products) and codes (n,): each class likes its own share of the products better.

    Classes are uneven, histories are of all lengths, and nobody is wholly like his class.
    """
    chance = np.random.default_rng(seed)
    share = np.arange(classes, 0, -1.0)
    codes = chance.choice(classes, n, p=share / share.sum())
    taste = np.ones((classes, products))
    for code in range(classes):
        taste[code, code::classes] = 2.5
    taste *= np.random.default_rng(99).gamma(1.0, size=products)
    taste /= taste.sum(axis=1, keepdims=True)
    many = 1 + chance.poisson(chance.gamma(1.0, looks, n))
    rows = np.repeat(np.arange(n), many)
    edges = np.cumsum(taste, axis=1)
    drawn = chance.random(len(rows))
    columns = (drawn[:, None] > edges[codes[rows]][:, :-1]).sum(axis=1)
    counts = sparse.csr_matrix(
        (np.ones(len(rows), np.float32), (rows, columns)), shape=(n, products)
    )
    counts.sum_duplicates()
    return counts, codes


PEOPLE, CODES = shoppers(300)
NEW, TRUTH = shoppers(200, seed=1)
SEX = np.array(["female", "male"])[CODES]
#: Enough where the question is not how well people are told.
SOME, SOME_SEX = PEOPLE[:80], SEX[:80]


def same(one: TwinsClassifier, other: TwinsClassifier, rows=NEW) -> bool:
    """Whether two models say the same, to the bit."""
    return all(
        np.array_equal(getattr(one.tell(rows), part), getattr(other.tell(rows), part))
        for part in ("probability", "code", "distance", "alike", "place", "reasons")
    )
