"""Made sessions and made worlds of clicks, whose true probabilities are known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from connu.know.categories import Categories
from connu.know.next_model import NextModel, learn_next
from connu.know.running import Running
from connu.know.sessions import Sessions
from connu.know.trails import DAY, VIEW, Trails

#: Products of the world; categories hold six each.
PRODUCTS, GROUP = 30, 6
#: How often a product is followed by its successor; product 0 always is.
SURE = 0.7
MINUTE = 60_000_000


def made_sessions(
    items: Sequence[Sequence[int]], *, ends: Sequence[int] | None = None, gap: int = MINUTE
) -> Sessions:
    """Sessions in this order, each of an owner of its own; one a day unless `ends` (µs) says."""
    lengths = np.array([len(one) for one in items], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    last = np.arange(1, len(items) + 1) * DAY if ends is None else np.asarray(ends, np.int64)
    back = np.repeat(starts[1:], lengths) - np.arange(starts[-1]) - 1
    none = np.zeros(len(items), np.int64)
    return Sessions(
        starts=starts,
        item=np.array([i for one in items for i in one], np.int32),
        time=np.repeat(last, lengths) - back * gap,
        past_from=none,
        past_to=none,
        past=np.zeros(0, np.int32),
        owner=np.arange(len(items), dtype=np.int32),
    )


def random_sessions(seed: int, count: int = 30, items: int = 12) -> Sessions:
    """Two to six events each, and repeats among them."""
    chance = np.random.default_rng(seed)
    return made_sessions(
        [chance.integers(0, items, chance.integers(2, 7)).tolist() for _ in range(count)]
    )


def asked(
    items: Sequence[Sequence[int]], limit: int, *, own: int = -1, at: int = 1_000 * DAY
) -> Running:
    """Running sessions over these items, a minute apart, the last seen at `at`."""
    made = made_sessions(items, ends=[at] * len(items))
    return Running.of(made.starts[:-1], made.starts[1:], made.item, made.time, limit=limit, own=own)


def successor(product: np.ndarray | int) -> np.ndarray | int:
    """What mostly follows a product."""
    return (product * 7 + 1) % PRODUCTS


def trails_of(
    visits: Sequence[Sequence[tuple[int, Sequence[int]]]],
    *,
    products: int = PRODUCTS,
    categories: bool = True,
) -> Trails:
    """Trails of subjects whose visits are (time of the first event in µs, products)."""
    names = pa.array([f"p{i:03}" for i in range(products)])
    tree = Categories.of([f"g{i // GROUP}" for i in range(products)] if categories else [])
    node = np.arange(products, dtype=np.int32) // GROUP
    node = node.astype(np.int32) if categories else np.full(products, -1, np.int32)
    product = np.array([p for own in visits for _, seen in own for p in seen], np.int32)
    time = [t + k * MINUTE for own in visits for t, seen in own for k in range(len(seen))]
    lengths = [len(seen) for own in visits for _, seen in own]
    events = [sum(len(seen) for _, seen in own) for own in visits]
    width = len(str(len(visits)))
    return Trails(
        subjects=pa.table(
            {
                "subject_kind": pa.array(["visitor"] * len(visits), pa.string()),
                "subject": pa.array([f"v{i:0{width}}" for i in range(len(visits))], pa.string()),
            }
        ),
        starts=np.concatenate([[0], np.cumsum(events)]).astype(np.int64),
        time=np.array(time, np.int64),
        session=np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
        product=product,
        category=node[product],
        role=np.full(len(product), VIEW, np.int8),
        value=np.full(len(product), np.nan, np.float32),
        products=names,
        product_category=node,
        price=np.full(products, np.nan, np.float32),
        categories=tree,
        now=int(max(time, default=0)) + 1,
    )


def world(seed: int, subjects: int = 175, visits: int = 10) -> Trails:
    """Subjects who walk from product to product with the known probabilities."""
    chance = np.random.default_rng(seed)
    every = []
    for _ in range(subjects):
        begin, own = int(chance.integers(0, 60 * DAY)), []
        first = int(chance.integers(PRODUCTS))
        for _ in range(visits):
            seen, length = [first], int(chance.integers(3, 6))
            while len(seen) < length:
                follows = seen[-1] == 0 or chance.random() < SURE
                seen.append(int(successor(seen[-1])) if follows else int(chance.integers(PRODUCTS)))
            own.append((begin, seen))
            begin = (begin + 2 * DAY) % (60 * DAY)  # as busy on every day
            first = seen[-1]  # the next visit begins where this one ended
        every.append(sorted(own))
    return trails_of(every)


def random_clicks(seed: int, products: int = 40) -> Trails:
    """Subjects of one visit who look at anything."""
    chance = np.random.default_rng(seed)
    return trails_of(
        [
            [(int(chance.integers(0, 60 * DAY)), chance.integers(0, products, 4).tolist())]
            for _ in range(700)
        ],
        products=products,
    )


@cache
def learnt() -> tuple[Trails, NextModel]:
    """A world, and what was learnt of it."""
    trails = world(0)
    return trails, learn_next(trails)
