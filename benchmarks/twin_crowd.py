"""Made people whose behaviour depends on who they are: what statistical twins are tried on.

    ratings_crowd(people=6040, items=3700, seed=0)         film ratings: few people, long histories
    visitor_crowd(visitors=1_000_000, products=10_000)     a shop: many visitors, about 20 events

Tastes are latent: a person's come from sex and age, from how the two meet, and mostly from chance;
what he does is drawn from them. Nobody's sex can be read from one product, and nothing here is
copied from real people. The same seed makes the same crowd. Signal strengths were set once, so
that plain logistic regression on TF-IDF reaches on made ratings what it reaches on real ones (AUC
about .855 for sex, .84 for seven ages, with seed 0; other seeds .84 to .90); no method of connu's
was looked at for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

#: Shares of the seven age bands, youngest first.
AGE_SHARES = (0.037, 0.183, 0.347, 0.198, 0.091, 0.082, 0.062)
#: Share of women (code 1) among those who rate.
WOMEN = 0.28
_AGES = len(AGE_SHARES)
_TASTES = 18
#: How strongly tastes follow sex, age and the two together; chance has 1 in every direction.
_SEX, _AGE, _BOTH = 0.86, 1.45, 0.5
#: How strongly a choice follows taste: of a film, of a kind of product.
_PULL, _SHOP_PULL = 0.55, 0.9


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


def _tastes(
    rng: np.random.Generator,
    sex: np.ndarray,
    age: np.ndarray,
    chance: np.random.Generator | None = None,
) -> np.ndarray:
    """(people, tastes): what sex and age bring (by `rng`), and chance of one unit each way."""
    of_sex = _direction(rng, 1)[0] * _SEX
    # Age moves along a smooth path: neighbouring bands are alike.
    years = np.linspace(-1, 1, _AGES)
    path = np.stack([years, years**2 - np.mean(years**2), np.sin(np.pi * years)], axis=1)
    of_age = path @ (_direction(rng, 3) * np.array([[2.2], [1.0], [0.6]])) * _AGE
    of_both = path @ _direction(rng, 3) * _BOTH * 2
    side = sex[:, None] * 2.0 - 1
    own = (chance or rng).normal(size=(len(sex), _TASTES))
    return own + side * of_sex + of_age[age] + side * of_both[age]


def _direction(rng: np.random.Generator, many: int) -> np.ndarray:
    """`many` directions of length 1 at right angles, (many, tastes)."""
    return np.linalg.qr(rng.normal(size=(_TASTES, many)))[0].T


def _items(rng: np.random.Generator, items: int) -> np.ndarray:
    """(items, tastes): each item speaks to a few tastes, for or against."""
    few = rng.random((items, _TASTES)) < 4 / _TASTES
    return few * rng.normal(size=(items, _TASTES))


#: Kinds of product in the made shop; each sells about the same number of products.
_KINDS = 60
#: Events each: visitors, and the known, who come more often.
_VISITORS_EVENTS, _KNOWN_EVENTS = 20.0, 40.0


@dataclass(frozen=True)
class Crowd:
    """A made shop's known people and visitors.

    Attributes:
        known: (known, products) events by product, float32 CSR.
        known_sex: (known,) int8, 1 = woman.
        known_age: (known,) int8, 0 (youngest) to 6.
        visitors: (visitors, products), the same.
        sex: (visitors,) what nobody knows of them.
        age: (visitors,) the same.
    """

    known: sparse.csr_matrix
    known_sex: np.ndarray
    known_age: np.ndarray
    visitors: sparse.csr_matrix
    sex: np.ndarray
    age: np.ndarray


def visitor_crowd(
    visitors: int = 1_000_000, known: int = 100_000, products: int = 10_000, seed: int = 0
) -> Crowd:
    """A shop's visitors, about 20 events each (median 12), and known people, about 40 each.

    Two in five are women. Who comes buys of some sixty kinds as his tastes go, and within a kind
    what is famous. Visitors are drawn as the known are, but for their shorter visits: any other
    shift is left out. Cost: 20 s and 2 GB for the defaults.

    Args:
        visitors: nobody knows these.
        known: sex and age are known of these.
        products: columns.
        seed: the same seed makes the same crowd.
    """
    rng = np.random.default_rng(seed)
    shop = _Shop(rng, products)
    matrices, sexes, ages = [], [], []
    for people, events in ((known, _KNOWN_EVENTS), (visitors, _VISITORS_EVENTS)):
        sex, age = _who(rng, people, 0.4)
        matrices.append(shop.visit(rng, sex, age, events))
        sexes.append(sex)
        ages.append(age)
    return Crowd(matrices[0], sexes[0], ages[0], matrices[1], sexes[1], ages[1])


class _Shop:
    """What is sold, and how people choose among it."""

    def __init__(self, rng: np.random.Generator, products: int) -> None:
        self.products = products
        self._seed = int(rng.integers(2**31))
        self._kind = rng.normal(size=(_KINDS, _TASTES)) * (4 / _TASTES) ** 0.5
        self._fame = rng.normal(0, 0.8, _KINDS)
        # Products of one kind stand together, the famous first; columns are then shuffled.
        sold = np.diff(np.linspace(0, products, _KINDS + 1).astype(int))
        rank = np.concatenate([np.arange(n) for n in sold])
        weight = (rank + 3.0) ** -0.9
        self._first = np.append(0, np.cumsum(sold))
        self._cumulative = np.append(0.0, np.cumsum(weight))
        self._column = rng.permutation(products).astype(np.int32)

    def visit(
        self, rng: np.random.Generator, sex: np.ndarray, age: np.ndarray, events: float
    ) -> sparse.csr_matrix:
        """The events of people, about `events` each, by product."""
        people = len(sex)
        many = np.maximum(1, np.exp(rng.normal(np.log(events) - 0.5, 1.0, people)).astype(np.int64))
        many = np.minimum(many, 2000)
        ends = np.append(0, np.cumsum(many))
        column = np.empty(ends[-1], np.int32)
        for start in range(0, people, 50_000):
            stop = min(start + 50_000, people)
            part = slice(start, stop)
            # What sex and age bring is one and the same for everybody: the seed of the shop.
            taste = _tastes(np.random.default_rng(self._seed), sex[part], age[part], rng)
            pull = np.exp(self._fame + _SHOP_PULL * taste @ self._kind.T)
            upto = np.cumsum(pull / pull.sum(axis=1, keepdims=True), axis=1)
            owner = np.repeat(np.arange(stop - start), many[part])
            steps = (upto + np.arange(stop - start)[:, None]).ravel()
            kind = np.searchsorted(steps, owner + rng.random(len(owner))) - owner * _KINDS
            kind = np.minimum(kind, _KINDS - 1)
            low = self._cumulative[self._first[kind]]
            high = self._cumulative[self._first[kind + 1]]
            drawn = low + rng.random(len(owner)) * (high - low)
            product = np.searchsorted(self._cumulative, drawn, side="right") - 1
            column[ends[start] : ends[stop]] = self._column[np.minimum(product, self.products - 1)]
        matrix = sparse.csr_matrix(
            (np.ones(ends[-1], np.float32), column, ends.astype(np.int32)),
            shape=(people, self.products),
        )
        matrix.sum_duplicates()
        return matrix
