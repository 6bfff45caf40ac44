"""Made people whose behaviour depends on who they are: what statistical twins are tried on.

    ratings_crowd(people=6040, items=3700, seed=0)         film ratings: few people, long histories

Tastes are latent: a person's come from sex and age, from how the two meet, and mostly from chance;
what he does is drawn from them. Nobody's sex can be read from one product, and nothing here is
copied from real people. The same seed makes the same crowd. Signal strengths were set once, so
that plain logistic regression on TF-IDF reaches on made ratings what it reaches on real ones (AUC
about .855 for sex, .84 for seven ages, with seed 0; other seeds .84 to .90); no method of connu's
was looked at for it.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

#: Shares of the seven age bands, youngest first.
AGE_SHARES = (0.037, 0.183, 0.347, 0.198, 0.091, 0.082, 0.062)
#: Share of women (code 1) among those who rate.
WOMEN = 0.28
_AGES = len(AGE_SHARES)
_TASTES = 18
#: How strongly tastes follow sex, age and the two together; chance has 1 in every direction.
_SEX, _AGE, _BOTH = 0.93, 1.45, 0.5
#: How strongly a choice follows taste.
_PULL = 0.55


def ratings_crowd(
    people: int = 6040, items: int = 3700, seed: int = 0
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """People who rate films, after what such data are known to be.

    Some 165 ratings each (20 at least, heavy tail), of items of very unequal fame; ratings are 1
    to 5, higher for what one's kind likes. Cost: 3 s and 0.5 GB for the defaults.

    Args:
        people: rows.
        items: columns.
        seed: the same seed makes the same crowd.

    Returns:
        X: (people, items) ratings 1–5 as float32, canonical CSR; 0 is not rated.
        sex: (people,) int8, 1 = woman (28 %).
        age: (people,) int8, 0 (youngest) to 6.
    """
    rng = np.random.default_rng(seed)
    sex, age = _who(rng, people, WOMEN)
    taste = _tastes(rng, sex, age)
    kind = _items(rng, items)
    fame = rng.permutation(np.log((np.arange(items) + 12.0) ** -0.95))
    quality = rng.normal(0, 0.35, items)
    generosity = rng.normal(3.05, 0.4, people)
    least, most = min(20, items), max(1, int(items * 0.6))
    # Women and the old rate a little less.
    many = np.exp(rng.normal(4.72, 0.98, people) - 0.15 * sex - 0.03 * age)
    many = np.clip(many.astype(np.int64), least, most)
    rows, columns, ratings = [], [], []
    for start in range(0, people, 1000):
        stop = min(start + 1000, people)
        liking = taste[start:stop] @ kind.T
        # The largest of log-weight + Gumbel noise: drawn without replacement, by weight.
        drawn = fame + _PULL * liking + rng.gumbel(size=liking.shape)
        order = np.argsort(-drawn, axis=1)
        within = np.arange(items) < many[start:stop, None]
        row, place = np.nonzero(within)
        column = order[row, place]
        said = (
            generosity[start + row]
            + quality[column]
            + 0.25 * liking[row, column]
            + rng.normal(0, 0.9, len(row))
        )
        rows.append(start + row)
        columns.append(column)
        ratings.append(np.clip(np.rint(said), 1, 5))
    matrix = sparse.csr_matrix(
        (
            np.concatenate(ratings).astype(np.float32),
            (np.concatenate(rows), np.concatenate(columns)),
        ),
        shape=(people, items),
    )
    matrix.sort_indices()
    return matrix, sex, age


def _who(rng: np.random.Generator, people: int, women: float) -> tuple[np.ndarray, np.ndarray]:
    sex = (rng.random(people) < women).astype(np.int8)
    age = rng.choice(_AGES, size=people, p=np.array(AGE_SHARES) / sum(AGE_SHARES)).astype(np.int8)
    return sex, age


def _tastes(rng: np.random.Generator, sex: np.ndarray, age: np.ndarray) -> np.ndarray:
    """(people, tastes): what sex and age bring, and chance of one unit in each direction."""
    of_sex = _direction(rng, 1)[0] * _SEX
    # Age moves along a smooth path: neighbouring bands are alike.
    years = np.linspace(-1, 1, _AGES)
    path = np.stack([years, years**2 - np.mean(years**2), np.sin(np.pi * years)], axis=1)
    of_age = path @ (_direction(rng, 3) * np.array([[2.2], [1.0], [0.6]])) * _AGE
    of_both = path @ _direction(rng, 3) * _BOTH * 2
    side = sex[:, None] * 2.0 - 1
    own = rng.normal(size=(len(sex), _TASTES))
    return own + side * of_sex + of_age[age] + side * of_both[age]


def _direction(rng: np.random.Generator, many: int) -> np.ndarray:
    """`many` directions of length 1 at right angles, (many, tastes)."""
    return np.linalg.qr(rng.normal(size=(_TASTES, many)))[0].T


def _items(rng: np.random.Generator, items: int) -> np.ndarray:
    """(items, tastes): each item speaks to a few tastes, for or against."""
    few = rng.random((items, _TASTES)) < 4 / _TASTES
    return few * rng.normal(size=(items, _TASTES))
