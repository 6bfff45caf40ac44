"""Intents to buy, held against who bought after a cut: every subject and category there is.

A model tells of some pairs of subject and category; the others are judged too, at the base rate of
their category, and in order below all that is told. What they have in common is counted,
not written out: no row is made for somebody who neither looked, nor was told of, nor bought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow.compute as pc

from connu.kernel.progress import Progress
from connu.kernel.settings import Settings
from connu.know.buying import learn_buying
from connu.know.trails import DAY, PURCHASE, REMOVE, Trails
from connu.measure.intents import IntentScore, intent_score

#: Events whose categories are looked at in one go; bounds what is held.
_AT_ONCE = 4_000_000
#: Rows asked of the model: all pairs of a shop of middling size, a large one's strongest.
_ROWS = 12_000_000
#: Days that base rates are taken from.
_RATE_DAYS = 91
#: Categories judged one by one: those with most purchases.
CATEGORIES = 10


@dataclass(frozen=True)
class Told:
    """What is told of buying within one horizon.

    Attributes:
        place: int (r,) whose; ascending or not.
        node: int (r,) a category, or −1: anything.
        probability: float64 (r,).
    """

    place: np.ndarray
    node: np.ndarray
    probability: np.ndarray


class BuyScore(msgspec.Struct, frozen=True):
    """One judgement.

    Attributes:
        level: `any` purchase, or a purchase in the `category`.
        target: the category, or None: all pairs of subject and category together.
        horizon_days: within which it was bought.
        subjects: `all`, `customer` or `visitor`.
        told: rows of which the model told something itself.
        score: the figures.
    """

    level: str
    target: str | None
    horizon_days: int
    subjects: str
    told: int
    score: IntentScore


@dataclass(frozen=True)
class Outcome:
    """What n subjects did around a cut, over k nodes that are judged.

    Attributes:
        people: bool (n,): judged: seen before the cut.
        customer: bool (n,).
        nodes: int (j,): the nodes judged, ascending.
        paths: the path of every node.
        views: int64 keys (place · k + node), ascending, and the time (µs) last looked at.
        last: int64 (n,): each subject's last event before the cut, µs.
        bought: horizon → keys bought within it, ascending; the key of node k is any purchase.
        base: horizon → (k + 1,) share of subjects who bought within a horizon of the quarter before
            the cut; the last is any purchase.
    """

    people: np.ndarray
    customer: np.ndarray
    nodes: np.ndarray
    paths: tuple[str, ...]
    views: tuple[np.ndarray, np.ndarray]
    last: np.ndarray
    bought: Mapping[int, np.ndarray]
    base: Mapping[int, np.ndarray]

    @classmethod
    def of(cls, trails: Trails, cut: int, horizons_days: Sequence[int]) -> Outcome:
        """Gather it from whole trails. Cost: a few sorts of the events before the cut."""
        before = trails.before(cut)
        people = np.diff(before.starts) > 0
        last = np.full(len(trails), np.iinfo(np.int64).min)
        last[people] = before.time[before.starts[1:][people] - 1]
        bought = {days: bought_keys(trails, cut, cut + days * DAY) for days in horizons_days}
        base = {days: _base_rates(before, days) for days in horizons_days}
        return cls(
            people=people,
            customer=np.asarray(pc.equal(trails.subjects["subject_kind"], "customer")),
            nodes=np.flatnonzero(trails.categories.leaves),
            paths=trails.categories.paths,
            views=last_views(before),
            last=last,
            bought=bought,
            base=base,
        )

    @property
    def width(self) -> int:
        """Keys are place · width + node."""
        return len(self.paths) + 1


def bought_keys(trails: Trails, begin: int, end: int) -> np.ndarray:
    """Who bought in which node from one moment (µs) to another, as ascending keys.

    A purchase counts in its category and in all above it; node k is any purchase.
    """
    bought = np.flatnonzero(
        (trails.role == PURCHASE) & (trails.time >= begin) & (trails.time < end)
    )
    place = np.searchsorted(trails.starts, bought, "right") - 1
    k = len(trails.categories)
    return _keys(trails, place, trails.category[bought], np.append(place * (k + 1) + k, []))


def last_views(trails: Trails) -> tuple[np.ndarray, np.ndarray]:
    """When each subject last looked into each node: ascending keys, and times (µs).

    Whatever names a category counts, purchases too; taking out of the basket does not. Cost: a
    sort of the events, some at a time.
    """
    k = len(trails.categories)
    keys, times = [], []
    first = 0
    while first < len(trails):
        beyond = trails.starts[first] + _AT_ONCE
        last = max(first + 1, int(np.searchsorted(trails.starts, beyond, "right")) - 1)
        events = slice(trails.starts[first], trails.starts[last])
        node = trails.category[events]
        good = np.flatnonzero((node >= 0) & (trails.role[events] != REMOVE))
        place = np.repeat(np.arange(first, last), np.diff(trails.starts[first : last + 1]))[good]
        time = trails.time[events][good]
        for level in range(trails.categories.ancestors.shape[1]):
            above = trails.categories.ancestors[node[good], level]
            there = above >= 0
            # Ascending in time within a subject: the first of the reversed is the last.
            key = (place[there] * (k + 1) + above[there])[::-1]
            found, at = np.unique(key, return_index=True)
            keys.append(found)
            times.append(time[there][::-1][at])
        first = last
    if not keys:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    every = np.concatenate(keys)
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate(times)[order]


def evaluate_buying(
    trails: Trails,
    cut: int,
    settings: Settings,
    skipped: dict[tuple[str, int], str],
    *,
    progress: Progress | None = None,
) -> list[BuyScore] | str:
    """Learn who buys before a cut, and judge it on who bought after it.

    Args:
        trails: whole.
        cut: µs since 1970.
        settings: the brand's.
        skipped: filled: level and horizon → the word of a reason, of what is not judged because
            the events end before it is over, or because the model tells nothing of it.
        progress: who watches.

    Returns:
        What `judge_buying` finds; the word of a reason where there is nothing to judge.
    """
    if not (trails.role == PURCHASE).any():
        return "no_purchases"
    asked = settings.intents.horizons_days
    horizons = [days for days in asked if cut + days * DAY <= trails.now]
    skipped |= {("category", days): "too_short" for days in asked if days not in horizons}
    if not horizons:
        return "too_short"
    before = trails.before(cut)
    model = learn_buying(
        before, horizons_days=tuple(horizons), seed=settings.intents.seed, progress=progress
    )
    skipped |= model.silences
    if not model.horizons:
        return next(iter(model.silent.values()), "too_few")
    levels = trails.categories.ancestors.shape[1]
    many = _ROWS // max(1, len(trails) * levels * len(model.horizons))
    rows = model.tell(before, top=max(settings.intents.top, min(many, len(trails.categories))))
    told = {}
    for horizon in model.horizons:
        part = rows.filter(pc.equal(rows["horizon_days"], horizon.days))
        columns = (part[name].to_numpy() for name in ("place", "node", "probability"))
        told[horizon.days] = Told(*columns)
    return judge_buying(Outcome.of(trails, cut, list(told)), told)


def judge_buying(outcome: Outcome, told: Mapping[int, Told]) -> list[BuyScore]:
    """Judge what is told within each horizon against who bought.

    Of any purchase, and of all pairs of subject and deepest category: of everybody, and of
    customers and visitors by themselves; then of the ten categories with most purchases.

    Args:
        outcome: what came.
        told: by horizon.
    """
    return [score for days in sorted(told) for score in _within(outcome, days, told[days])]


def _within(outcome: Outcome, days: int, told: Told) -> Iterator[BuyScore]:
    k = outcome.width - 1
    groups = {
        "all": outcome.people,
        "customer": outcome.people & outcome.customer,
        "visitor": outcome.people & ~outcome.customer,
    }
    mixed = groups["customer"].any() and groups["visitor"].any()
    for name, people in groups.items():
        if (mixed or name == "all") and people.any():
            if (told.node < 0).any():
                yield _score(outcome, days, told, people, np.array([k]), name, "any", None)
            if len(outcome.nodes):
                yield _score(outcome, days, told, people, outcome.nodes, name, "category", None)
    keys = outcome.bought[days]
    node = keys[outcome.people[keys // outcome.width]] % outcome.width
    number = np.bincount(node, minlength=outcome.width)[outcome.nodes]
    most = np.argsort(-number, kind="stable")[:CATEGORIES]
    for place in most[number[most] > 0]:
        one = outcome.nodes[place : place + 1]
        path = outcome.paths[int(one[0])]
        yield _score(outcome, days, told, outcome.people, one, "all", "category", path)


def _score(
    outcome: Outcome,
    days: int,
    told: Told,
    people: np.ndarray,
    nodes: np.ndarray,
    subjects: str,
    level: str,
    target: str | None,
) -> BuyScore:
    """Judge these people on these nodes."""
    width, k = outcome.width, outcome.width - 1
    wanted = np.zeros(width, np.bool_)
    wanted[nodes] = True
    node = np.where(told.node < 0, k, told.node)
    key = told.place.astype(np.int64) * width + node
    mine = people[told.place] & wanted[node]
    key, probability = key[mine], told.probability[mine]
    order = np.argsort(key, kind="stable")
    key, probability = key[order], probability[order]
    keep = _chosen(people, wanted, width)
    bought = keep(outcome.bought[days])
    view_key, view_time = outcome.views
    looked = keep(view_key)
    if k in nodes:
        # Any purchase: everybody stands by himself, and was seen at some time.
        every = np.flatnonzero(people) * width + k
    else:
        every = np.union1d(np.union1d(key, bought), looked)
    base = outcome.base[days]
    p, rank = base[every % width], base[every % width] - 1.0
    at = np.searchsorted(every, key)
    p[at] = rank[at] = probability
    y = np.isin(every, bought, assume_unique=True)
    if k in nodes:
        seen = outcome.last[every // width].astype(np.float64)
    else:
        seen = np.full(len(every), -1.0)
        there = np.searchsorted(view_key, looked)
        seen[np.searchsorted(every, looked)] = view_time[there]
    # Who was neither told of, nor looked, nor bought: a row a node, for so many.
    written = np.bincount(every % width, minlength=width)[nodes]
    many = int(people.sum()) - written
    rest = nodes[many > 0]
    weight = np.append(np.ones(len(every)), many[many > 0])
    whose = np.unique(every // width, return_inverse=True)[1].reshape(-1)
    return BuyScore(
        level=level,
        target=target,
        horizon_days=days,
        subjects=subjects,
        told=len(key),
        score=intent_score(
            np.append(p, base[rest]),
            np.append(y, np.zeros(len(rest), np.bool_)),
            order=np.append(rank, base[rest] - 1.0),
            base=np.append(base[every % width], base[rest]),
            last_viewed=np.append(seen, np.full(len(rest), -1.0)),
            weight=weight,
            subjects=None if len(nodes) == 1 else np.append(whose, np.full(len(rest), -1)),
        ),
    )


def _chosen(
    people: np.ndarray, wanted: np.ndarray, width: int
) -> Callable[[np.ndarray], np.ndarray]:
    """A function that keeps the keys of these people and nodes."""
    return lambda keys: keys[people[keys // width] & wanted[keys % width]]


def _base_rates(before: Trails, days: int) -> np.ndarray:
    """float64 (k + 1,): share of those seen by then who bought in each node within so many days.

    Averaged over as many such spans before the trails' end as a quarter holds: one day alone would
    be chance. Half a buyer and a person are added to all of them together: what nobody ever bought
    may be bought all the same.
    """
    k = len(before.categories)
    seen = np.diff(before.starts) > 0
    first = np.full(len(before), before.now)
    first[seen] = before.time[before.starts[:-1][seen]]
    oldest = int(first.min(initial=before.now))
    spans = max(1, min(_RATE_DAYS // days, (before.now - oldest) // (days * DAY)))
    begins = before.now - np.arange(1, spans + 1) * days * DAY
    people = np.searchsorted(np.sort(first), begins)
    if not people.any():
        # Everybody came within the last span: his purchases are all there is.
        begins, people, first = begins[:1], np.array([seen.sum()]), np.full(len(before), oldest)
    bought = np.flatnonzero((before.role == PURCHASE) & (before.time >= begins[-1]))
    place = np.searchsorted(before.starts, bought, "right") - 1
    span = (before.now - 1 - before.time[bought]) // (days * DAY)
    there = first[place] < np.maximum(begins[span], oldest + 1)
    turn = span[there] * len(before) + place[there]
    keys = _keys(before, turn, before.category[bought][there], turn * (k + 1) + k)
    number = np.bincount(keys % (k + 1), minlength=k + 1)
    return np.asarray((number + 0.5) / (int(people.sum()) + 1.0))


def _keys(trails: Trails, place: np.ndarray, node: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Ascending keys of these places and nodes, with those above, each once; and some more."""
    width = len(trails.categories) + 1
    good = node >= 0
    above = trails.categories.ancestors[node[good]]
    key = place[good][:, None] * width + above
    return np.unique(np.append(key[above >= 0], more)).astype(np.int64)
