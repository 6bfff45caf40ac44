"""Shops to foretell the next click in: three made ones, and two real ones of the data folder.

    python -m benchmarks.next_shops FOLDER      every shop as NAME_train.parquet, NAME_test.parquet

A made shop is generative code and a seed, nothing is copied: products with a category, a style, a
popularity and a life on sale; sessions that look for one style, stay in a category or leave it for
a related one, follow what is shown beside a product, come back to what they saw, look twice. What a
model with one default reaches in shops unlike each other is what it will reach in the next one.

Clicks are one table: session int64, time timestamp[us] UTC, product int64, category (a path, or
null where a shop names none). Split in time, by whole sessions: learnt from sessions that ended
before the cut, judged on those that began after it, whatever they click.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.datasets import data_folder

DAY = 86_400_000_000
#: Where made time begins: 2026-01-05, a Monday, µs since 1970.
BEGAN = 20_458 * DAY
SCHEMA = pa.schema(
    {
        "session": pa.int64(),
        "time": pa.timestamp("us", tz="UTC"),
        "product": pa.int64(),
        "category": pa.string(),
    }
)


@dataclass(frozen=True)
class Shop:
    """A shop's clicks, split in time; both tables have SCHEMA, sorted by session and time."""

    name: str
    train: pa.Table
    test: pa.Table


@dataclass(frozen=True)
class Plan:
    """How a made shop's customers behave; shares are 0–1.

    Attributes:
        sessions, products, categories, days: how many.
        mean_clicks: of a session; two at least, sixty at most.
        stay: mean and strength of the Beta from which each session's share of staying in its
            category is drawn.
        again: share of clicks on the very product just seen.
        back: share of clicks on something seen earlier in the session.
        shown: share of clicks inside a category on what is shown beside the product.
        steep: how much the first of those shown is preferred: its rank to the power -steep.
        popularity: σ of the log-normal popularity of products.
        life_days: mean time on sale, or None for ever.
        test_days: the last days, for judging.
    """

    sessions: int
    products: int
    categories: int
    days: int
    mean_clicks: float
    stay: tuple[float, float]
    again: float
    back: float
    shown: float
    steep: float
    popularity: float
    life_days: float | None
    test_days: int
    seed: int = 0


PLANS = {
    # Like a general electronics and household shop: many categories, a long tail, renewals.
    "made_large": Plan(
        180_000, 40_000, 990, 150, 4.8, (0.76, 1.6), 0.02, 0.08, 0.30, 1.0, 1.1, 90.0, 7
    ),
    # Like a bookshop: series read in order, few renewals, a small base.
    "made_books": Plan(
        24_000, 9_000, 60, 60, 6.0, (0.80, 3.0), 0.04, 0.12, 0.85, 2.2, 1.1, None, 6
    ),
    # Like a shop of spare parts: the same product is opened again and again.
    "made_repeats": Plan(
        30_000, 8_000, 240, 30, 8.0, (0.75, 2.0), 0.30, 0.22, 0.40, 0.8, 1.2, 60.0, 3
    ),
}
STYLES = 8
#: Products shown beside a product; categories that go with a category.
SHOWN, RELATED = 8, 4


class _Catalogue:
    """The products of a made shop, and how to draw one."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        size = rng.lognormal(0, 1.0, plan.categories)
        of = rng.choice(plan.categories, plan.products, p=size / size.sum())
        of[: plan.categories] = np.arange(plan.categories)
        self.category = np.sort(of)
        style = rng.integers(0, STYLES, plan.products)
        order = np.lexsort((style, self.category))
        self.style = style[order]
        weight = rng.lognormal(0, plan.popularity, plan.products)
        self.reach = np.concatenate([[0.0], np.cumsum(weight)])
        group = self.category * STYLES + self.style
        self.group = np.searchsorted(group, np.arange(plan.categories * STYLES + 1))
        self.starts = self.group[::STYLES]
        if plan.life_days is None:
            self.launch = np.full(plan.products, -1e9)
            self.end = np.full(plan.products, 1e9)
        else:
            self.launch = rng.uniform(-2 * plan.life_days, plan.days, plan.products)
            self.end = self.launch + rng.exponential(plan.life_days, plan.products) + 5
        # Shown beside: the neighbours in the order of category and style, the next one first.
        steps = np.array([1, -1, 2, -2, 3, -3, 4, -4])[:SHOWN]
        beside = np.arange(plan.products)[:, None] + steps
        first, last = self.starts[self.category], self.starts[self.category + 1] - 1
        self.shown = np.clip(beside, first[:, None], last[:, None])
        # A category goes with others of its department, more rarely with any other.
        near = np.arange(plan.categories)[:, None] + rng.integers(1, 12, (plan.categories, RELATED))
        far = rng.integers(0, plan.categories, near.shape)
        self.related = np.where(rng.random(near.shape) < 0.8, near % plan.categories, far)
        # Some categories are gone through in one visit, others lead elsewhere: odds of staying.
        self.sticky = rng.lognormal(0, 1.5, plan.categories)
        drawn = np.minimum(size, np.quantile(size, 0.99))
        self.drawn = np.cumsum(drawn / drawn.sum())

    def live(self, product: np.ndarray, day: np.ndarray) -> np.ndarray:
        return (self.launch[product] <= day) & (day < self.end[product])

    def draw(
        self, rng: np.random.Generator, category: np.ndarray, style: np.ndarray, day: np.ndarray
    ) -> np.ndarray:
        """A product of the category, of the style half the time, on sale if need be."""
        product = np.zeros(len(category), np.int64)
        open_ = np.arange(len(category))
        # After eight draws, what is drawn is taken although it is off sale.
        for _ in range(8):
            c, s = category[open_], style[open_]
            styled = rng.random(len(open_)) < 0.5
            low = np.where(styled, self.group[c * STYLES + s], self.starts[c])
            high = np.where(styled, self.group[c * STYLES + s + 1], self.starts[c + 1])
            empty = high <= low
            low, high = (
                np.where(empty, self.starts[c], low),
                np.where(empty, self.starts[c + 1], high),
            )
            at = self.reach[low] + rng.random(len(open_)) * (self.reach[high] - self.reach[low])
            got = np.clip(np.searchsorted(self.reach, at, side="right") - 1, low, high - 1)
            product[open_] = got
            open_ = open_[~self.live(got, day[open_])]
        return product


def make_clicks(plan: Plan) -> pa.Table:
    """A made shop's clicks, sorted by session and time; sessions are numbered in time.

    Cost: one pass of numpy per click of the longest session; a million clicks in about a second.
    """
    rng = np.random.default_rng(plan.seed)
    shelf = _Catalogue(plan, rng)
    n = plan.sessions
    day = np.sort(_moments(plan, rng))
    # The mean beyond the second click, drawn so that a few sessions are long.
    more = (plan.mean_clicks - 2) * rng.gamma(0.9, 1 / 0.9, n)
    length = np.minimum(2 + rng.poisson(more), 60)
    mean, strength = plan.stay
    stay = rng.beta(mean * strength, (1 - mean) * strength, n)
    style = rng.integers(0, STYLES, n)
    seen = np.full((n, 60), -1)
    category = np.searchsorted(shelf.drawn, rng.random(n)).clip(0, plan.categories - 1)
    seen[:, 0] = shelf.draw(rng, category, style, day)
    for step in range(1, 60):
        going = np.flatnonzero(length > step)
        if not len(going):
            break
        seen[going, step] = _next(
            plan, shelf, rng, seen[going, :step], stay[going], style[going], day[going]
        )
    clicked = np.arange(60) < length[:, None]
    gaps = np.where(clicked, rng.lognormal(np.log(45e6), 0.9, (n, 60)), 0)
    gaps[:, 0] = 0
    time = (BEGAN + day * DAY)[:, None] + np.minimum(np.cumsum(gaps, axis=1), 0.5 * DAY)
    product = seen[clicked]
    names = np.array([f"D{c // 25:02}/C{c:04}" for c in range(plan.categories)])
    return pa.table(
        {
            "session": np.repeat(np.arange(n), length),
            "time": pa.array(time[clicked].astype(np.int64)).cast(SCHEMA.field("time").type),
            # Numbers that say nothing of category, style or age.
            "product": rng.permutation(plan.products)[product] + 1,
            "category": pa.array(names[shelf.category[product]]),
        },
        schema=SCHEMA,
    )


def _moments(plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Days since the beginning: calmer weekends, busy evenings."""
    weights = np.where(np.arange(plan.days) % 7 < 5, 1.0, 0.7)
    whole = rng.choice(plan.days, plan.sessions, p=weights / weights.sum())
    return whole + np.clip(rng.normal(0.66, 0.17, plan.sessions), 0, 0.999)


def _next(
    plan: Plan,
    shelf: _Catalogue,
    rng: np.random.Generator,
    seen: np.ndarray,
    stay: np.ndarray,
    style: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:
    """The next click of each session, from those so far (n, step)."""
    n, step = seen.shape
    now = seen[:, -1]
    category = shelf.category[now]
    odds = stay / np.maximum(1 - stay, 1e-9) * shelf.sticky[category]
    leave = rng.random(n) >= odds / (1 + odds)
    how = rng.random(n)
    any_of = rng.integers(0, RELATED, n)
    rank = np.where(rng.random(n) < 0.6, np.minimum(any_of, 1), any_of)
    anywhere = np.searchsorted(shelf.drawn, rng.random(n)).clip(0, plan.categories - 1)
    earlier = shelf.category[seen[np.arange(n), rng.integers(0, step, n)]]
    other = np.where(how < 0.55, shelf.related[category, rank], anywhere)
    other = np.where(how > 0.8, earlier, other)
    going = np.where(leave, other, category)
    got = shelf.draw(rng, going, style, day)
    for _ in range(3):
        # Whoever looks twice does so on purpose (`again`), not because a category is small.
        same = np.flatnonzero(got == now)
        got[same] = shelf.draw(rng, going[same], rng.integers(0, STYLES, len(same)), day[same])
    weight = np.arange(1, SHOWN + 1) ** -plan.steep
    place = np.searchsorted(np.cumsum(weight / weight.sum()), rng.random(n)).clip(0, SHOWN - 1)
    beside = shelf.shown[now, place]
    follow = ~leave & (rng.random(n) < plan.shown) & shelf.live(beside, day) & (beside != now)
    got = np.where(follow, beside, got)
    if step > 1:
        back = (rng.random(n) < plan.back) & ~leave
        got = np.where(back, seen[np.arange(n), rng.integers(0, step - 1, n)], got)
    return np.where(rng.random(n) < plan.again, now, got)


def split_in_time(clicks: pa.Table, cut: int) -> tuple[pa.Table, pa.Table]:
    """Sessions that ended before the cut (µs), and those that began at or after it."""
    session = clicks["session"].to_numpy()
    time = clicks["time"].cast(pa.int64()).to_numpy()
    code = np.unique(session, return_inverse=True)[1]
    first = np.full(code.max(initial=-1) + 1, np.iinfo(np.int64).max)
    last = np.zeros(len(first), np.int64)
    np.minimum.at(first, code, time)
    np.maximum.at(last, code, time)
    return clicks.filter(pa.array((last < cut)[code])), clicks.filter(
        pa.array((first >= cut)[code])
    )


def made_shop(name: str) -> Shop:
    """One of PLANS."""
    plan = PLANS[name]
    train, test = split_in_time(make_clicks(plan), BEGAN + (plan.days - plan.test_days) * DAY)
    return Shop(name, train, test)


def yoochoose() -> Shop:
    """The clicks of a real shop (YooChoose, a sample), as they were split by the publisher.

    Raises:
        FileNotFoundError: the data folder does not hold it.
    """
    folder = data_folder() / "intents"
    parts = [pq.read_table(folder / f"clicks_{part}.parquet") for part in ("train", "test")]
    train, test = (_shaped(part, part["product"], None) for part in parts)
    return Shop("yoochoose", train, test)


def shopping() -> Shop:
    """The labelled shopping sessions, the last seven days judged: short, with category paths.

    Raises:
        FileNotFoundError: the data folder does not hold it.
    """
    events = pq.read_table(data_folder() / "twins" / "shopping_sessions.parquet")
    number = pc.cast(pc.utf8_slice_codeunits(events["anonymous_id"], 1), pa.int64())
    product = pc.cast(pc.utf8_slice_codeunits(events["product"], 1), pa.int64())
    clicks = _shaped(events.append_column("session", number), product, events["category"])
    cut = (int(pc.max(clicks["time"]).value) // DAY - 6) * DAY
    return Shop("shopping", *split_in_time(clicks, cut))


def _shaped(
    clicks: pa.Table, product: pa.ChunkedArray, category: pa.ChunkedArray | None
) -> pa.Table:
    none = pa.nulls(clicks.num_rows, pa.string())
    columns = {
        "session": clicks["session"].cast(pa.int64()),
        "time": clicks["time"].cast(pa.timestamp("us"), safe=False).cast(SCHEMA.field("time").type),
        "product": product,
        "category": none if category is None else category,
    }
    return pa.table(columns, schema=SCHEMA).sort_by(
        [("session", "ascending"), ("time", "ascending")]
    )


SHOPS: dict[str, Callable[[], Shop]] = {
    "yoochoose": yoochoose,
    "shopping": shopping,
    **{name: (lambda name=name: made_shop(name)) for name in PLANS},  # type: ignore[misc]
}


def main() -> None:
    """Write the shops as files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name, read in SHOPS.items():
        shop = read()
        for part, clicks in (("train", shop.train), ("test", shop.test)):
            pq.write_table(clicks, asked.folder / f"{name}_{part}.parquet")
        print(
            f"{name}: {shop.train.num_rows:,} clicks to learn from, {shop.test.num_rows:,} judged"
        )


if __name__ == "__main__":
    main()
