"""The protocol of "what comes next": every prefix of every judged session, and what it is told by.

A step is a click that has one before it in its session: from all clicks before it, a ranked list
of twenty products is given, and the click itself is looked for in it. Everything counts: a product
that nobody saw in training is a miss, the product on screen may be the answer, a short list is not
filled up. So a judged session of n clicks gives n - 1 steps, whatever the method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.next_shops import Shop

#: How long a list is, and where it is cut for HR and MRR.
LISTED, CUTS = 20, (1, 5, 20)


@dataclass(frozen=True)
class Clicks:
    """Sessions as columns of numbers: session i's clicks are starts[i] … starts[i + 1] - 1."""

    starts: np.ndarray
    product: np.ndarray
    category: np.ndarray
    time: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True)
class Steps:
    """A shop coded for methods.

    Attributes:
        name: the shop's.
        train: sessions by their last click, the oldest first.
        test: sessions as the shop has them.
        products: names (p,), by clicks in training, the most first; the code is the place.
        known: how many of them training knows: codes below it.
        categories: names (c,) of the categories, by clicks in training likewise.
        session: int64 (n,): the test session of each step. end: int64 (n,): the place in `test` of
            the click to foretell; the prefix is what its session has before it.
    """

    name: str
    train: Clicks
    test: Clicks
    products: np.ndarray
    known: int
    categories: np.ndarray
    session: np.ndarray
    end: np.ndarray

    @classmethod
    def of(cls, shop: Shop) -> Steps:
        """Code a shop's tables."""
        products, known = _by_clicks(shop, "product")
        categories, _ = _by_clicks(shop, "category")
        train = _coded(shop.train, products, categories)
        order = np.argsort(train.time[train.starts[1:] - 1], kind="stable")
        test = _coded(shop.test, products, categories)
        of = np.repeat(np.arange(len(test)), np.diff(test.starts))
        later = np.flatnonzero(np.arange(len(of)) > test.starts[of])
        return cls(
            shop.name, _take(train, order), test, products, known, categories, of[later], later
        )

    def __len__(self) -> int:
        return len(self.end)

    @property
    def begin(self) -> np.ndarray:
        """int64 (n,): where each step's prefix begins in `test`."""
        return self.test.starts[self.session]

    @property
    def target(self) -> np.ndarray:
        """The product clicked."""
        return self.test.product[self.end]

    @property
    def category(self) -> np.ndarray:
        """The category of the product clicked; -1 where the shop names none."""
        return self.test.category[self.end]

    @property
    def present(self) -> np.ndarray:
        """The category of the click before it."""
        return self.test.category[self.end - 1]


@dataclass(frozen=True)
class NextScore:
    """How often the answer was in the list, and how high.

    Attributes:
        steps: judged.
        hit: share with the answer among the first 1, 5, 20.
        mrr: mean of 1 ÷ its rank there, 0 where it is not.
    """

    steps: int
    hit: dict[int, float]
    mrr: dict[int, float]


@dataclass(frozen=True)
class CategoryScore:
    """How well the next category was told.

    Attributes:
        steps: judged: those whose category is known.
        hit1, hit3: share with the answer first, among the first three.
        changed: share of steps whose category changes. changed_hit3: hit3 among them.
        surest_half: share right among the surer half of the steps.
    """

    steps: int
    hit1: float
    hit3: float
    changed: float
    changed_hit3: float
    surest_half: float


def ranks(lists: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(n,) the place of each answer in its list, from 1; 0 where it is absent.

    Args:
        lists: (n, k) codes, best first; -1 where a list is shorter.
        target: (n,) codes.
    """
    found = lists == target[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1) + 1, 0)


def next_score(lists: np.ndarray, target: np.ndarray) -> NextScore:
    """HR and MRR at CUTS."""
    place = ranks(lists, target)
    within = {cut: (place > 0) & (place <= cut) for cut in CUTS}
    return NextScore(
        steps=len(target),
        hit={cut: float(within[cut].mean()) for cut in CUTS},
        mrr={cut: float(np.where(within[cut], 1 / np.maximum(place, 1), 0).mean()) for cut in CUTS},
    )


def category_score(lists: np.ndarray, sure: np.ndarray, steps: Steps) -> CategoryScore:
    """The score of lists (n, ≥ 3) of categories; `sure` (n,) is what their first was said with."""
    judged = (steps.category >= 0) & (steps.present >= 0)
    place = ranks(lists[judged], steps.category[judged])
    changes = (steps.category != steps.present)[judged]
    third = (place > 0) & (place <= 3)
    # Among equally sure steps the earlier one is taken.
    half = np.argsort(-sure[judged], kind="stable")[: len(place) // 2]
    return CategoryScore(
        steps=len(place),
        hit1=float((place == 1).mean()),
        hit3=float(third.mean()),
        changed=float(changes.mean()),
        changed_hit3=float(third[changes].mean()),
        surest_half=float((place == 1)[half].mean()),
    )


def _by_clicks(shop: Shop, column: str) -> tuple[np.ndarray, int]:
    """Every name, the most clicked in training first; and how many training knows."""
    seen, asked = (_values(part, column) for part in (shop.train, shop.test))
    names, clicks = np.unique(seen, return_counts=True)
    by_clicks = names[np.argsort(-clicks, kind="stable")]
    new = np.setdiff1d(asked, names)
    return np.concatenate([by_clicks, new]), len(names)


def _values(clicks: pa.Table, column: str) -> np.ndarray:
    kept = clicks[column].drop_null()
    if pa.types.is_string(kept.type):
        return np.asarray(kept.to_pylist(), dtype=str)
    return kept.to_numpy()


def _codes(clicks: pa.Table, column: str, names: np.ndarray) -> np.ndarray:
    values = pa.array(names, clicks[column].type)
    code = pa.compute.index_in(clicks[column], value_set=values)
    return code.fill_null(-1).to_numpy().astype(np.int32)


def _coded(clicks: pa.Table, products: np.ndarray, categories: np.ndarray) -> Clicks:
    session = clicks["session"].to_numpy()
    new = np.flatnonzero(np.diff(session, prepend=session[:1] - 1) != 0)
    return Clicks(
        starts=np.append(new, len(session)).astype(np.int64),
        product=_codes(clicks, "product", products),
        category=_codes(clicks, "category", categories),
        time=clicks["time"].cast(pa.int64()).to_numpy(),
    )


def _take(clicks: Clicks, order: np.ndarray) -> Clicks:
    """Sessions in another order."""
    length = np.diff(clicks.starts)[order]
    starts = np.append(0, np.cumsum(length))
    place = np.arange(starts[-1]) + np.repeat(clicks.starts[order] - starts[:-1], length)
    return Clicks(starts, clicks.product[place], clicks.category[place], clicks.time[place])
