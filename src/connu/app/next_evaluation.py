"""What comes next, judged on sessions that begin after a cut: every prefix of every one.

A step is a product event that has another before it in its session: from all that came before, a
list is made, and the event's product is looked for in it. The same product again counts as a step
like any other, and what nobody had seen before the cut is counted as missed, and left out beside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import msgspec
import numpy as np

from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.know.trails import REMOVE, Trails
from connu.measure.ranking import RankingScore, place_score, places_of

#: Lengths of the lists of products, and of categories.
PRODUCT_LENGTHS, CATEGORY_LENGTHS = (1, 5, 20), (1, 3)
#: Steps ranked at a time: bounds the lists held.
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Steps:
    """The steps of s later sessions.

    Attributes:
        trails: the product events of those sessions, and no other.
        begin: int64 (m,): the event of `trails` at which each step's prefix begins.
        end: int64 (m,): the event that comes next; the prefix ends before it.
        past_from, past_to: int64 (m,): what each step's subject saw before its session began, as a
            range of `past`.
        past: int32 (…,): products of all subjects, each one's in time.
        known: bool (p,): products seen before the cut.
        known_category: bool (k + 1,): nodes that events or products named before the cut.
    """

    trails: Trails
    begin: np.ndarray
    end: np.ndarray
    past_from: np.ndarray
    past_to: np.ndarray
    past: np.ndarray
    known: np.ndarray
    known_category: np.ndarray

    def __len__(self) -> int:
        return len(self.end)

    @property
    def session(self) -> np.ndarray:
        """int32 (m,): the session of each step."""
        return self.trails.session[self.end]

    @property
    def product(self) -> np.ndarray:
        """int32 (m,): what comes next; −1 where it was never seen before the cut."""
        product = self.trails.product[self.end]
        return np.where(self.known[product], product, -1)

    @property
    def category(self) -> np.ndarray:
        """int32 (m,): its category; −1 where it has none, or one never seen before the cut."""
        node = self.trails.category[self.end]
        return np.where((node >= 0) & self.known_category[node], node, -1)

    def part(self, first: int, last: int) -> Steps:
        """The steps first … last − 1."""
        rows = slice(first, last)
        return replace(
            self,
            begin=self.begin[rows],
            end=self.end[rows],
            past_from=self.past_from[rows],
            past_to=self.past_to[rows],
        )


class Foretelling(Protocol):
    """Whoever names what comes next, learnt before the cut."""

    def products(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Codes of products (m, length) padded with −1, and how sure the first is (m,)."""

    def categories(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray] | None:
        """The same of categories; None where it names none."""


class NextEvaluation(msgspec.Struct, frozen=True):
    """What comes next, judged.

    Attributes:
        products: the next product; None where only categories were asked.
        categories: the next product's category, at its deepest level; None where there is none.
        changes: the same, where it is not the category of the product on screen.
    """

    products: RankingScore | None = None
    categories: RankingScore | None = None
    changes: RankingScore | None = None


def evaluate_next(
    trails: Trails,
    cut: int,
    settings: Settings,
    *,
    level: str | None = None,
    progress: Progress | None = None,
) -> NextEvaluation | str:
    """Learn what comes next before a cut, and judge it on the sessions that begin after it.

    Args:
        trails: whole.
        cut: µs since 1970.
        settings: the brand's.
        level: only the next `product`, or the next `category`; both when absent.
        progress: who watches.

    Returns:
        What `judge_next` finds; the word of a reason where there is nothing to judge.
    """
    steps = steps_after(trails, cut)
    if not len(steps):
        return "no_sessions"
    # Loaded here: LightGBM and compiled code take a second that other parts need not wait for.
    from connu.app.next_at_cut import NextAtCut

    with (progress or Silent()).stage("what comes next"):
        model = NextAtCut(trails.before(cut), settings.intents.seed)
    return model.silent or judge_next(steps, model, level)


def steps_after(trails: Trails, cut: int) -> Steps:
    """The steps of the sessions that begin after a moment.

    Events that take a product out of the basket, and those without a product, are no steps. Cost:
    a pass over the events.

    Args:
        trails: whole.
        cut: µs since 1970.
    """
    seen = trails.time < cut
    known = np.zeros(len(trails.products), np.bool_)
    known[trails.product[seen & (trails.product >= 0)]] = True
    known_category = np.zeros(len(trails.categories) + 1, np.bool_)
    known_category[trails.category[seen]] = True
    known_category[trails.product_category[known]] = True
    # The last place stands for −1, no category.
    known_category[-1] = False
    named = (trails.product >= 0) & (trails.role != REMOVE)
    later = begun_after(trails, cut) & named
    kept = _only(trails, later)
    new = np.ones(len(kept.time), np.bool_)
    new[1:] = kept.session[1:] != kept.session[:-1]
    first = np.flatnonzero(new)
    begin = first[np.cumsum(new) - 1] if len(first) else np.zeros(0, np.int64)
    end = np.flatnonzero(~new)
    # Of each event, how many such events there are before it: places among what was ever seen.
    so_far = np.concatenate([[0], np.cumsum(named)])
    first_seen = so_far[trails.starts[:-1]][kept.place]
    return Steps(
        trails=kept,
        begin=begin[end],
        end=end,
        past_from=first_seen[end],
        past_to=so_far[:-1][later][begin[end]],
        past=np.ascontiguousarray(trails.product[named], np.int32),
        known=known,
        known_category=known_category,
    )


def judge_next(steps: Steps, model: Foretelling, level: str | None = None) -> NextEvaluation:
    """Ask for a list at every step, and look for what came next in it.

    Categories are judged where the product on screen has one, and the next.

    Args:
        steps: some.
        model: learnt before the cut.
        level: only the next `product`, or the next `category`; both when absent.
    """
    products, categories = _Places(), _Places()
    for first in range(0, len(steps), _AT_ONCE):
        part = steps.part(first, first + _AT_ONCE)
        if level != "category":
            products.add(part.product, model.products(part, PRODUCT_LENGTHS[-1]))
        if level != "product":
            categories.add(part.category, model.categories(part, CATEGORY_LENGTHS[-1]))
    every = np.ones(len(steps), np.bool_)
    node = steps.trails.category[steps.end]
    before = steps.trails.category[steps.end - 1]
    named = (node >= 0) & (before >= 0)
    score, session = categories.score, steps.session
    return NextEvaluation(
        products=products.score(every, steps.product < 0, session, PRODUCT_LENGTHS),
        categories=score(named, steps.category < 0, session, CATEGORY_LENGTHS),
        changes=score(named & (node != before), steps.category < 0, session, CATEGORY_LENGTHS),
    )


class _Places:
    """Where what came next stood in the lists, batch by batch."""

    def __init__(self) -> None:
        self._places: list[np.ndarray] = []
        self._sure: list[np.ndarray] = []

    def add(self, target: np.ndarray, told: tuple[np.ndarray, np.ndarray] | None) -> None:
        if told is not None:
            self._places.append(places_of(target, told[0]))
            self._sure.append(told[1])

    def score(
        self, rows: np.ndarray, unknown: np.ndarray, session: np.ndarray, lengths: tuple[int, ...]
    ) -> RankingScore | None:
        """The score of some steps; None where nothing was told, or none is left."""
        if not self._places or not rows.any():
            return None
        return place_score(
            np.concatenate(self._places)[rows],
            unknown=unknown[rows],
            sessions=session[rows],
            confidence=np.concatenate(self._sure)[rows],
            lengths=lengths,
        )


def begun_after(trails: Trails, cut: int) -> np.ndarray:
    """bool (m,): events of sessions whose first event is not before the cut."""
    if not len(trails.time):
        return np.zeros(0, np.bool_)
    new = np.ones(len(trails.session), np.bool_)
    new[1:] = trails.session[1:] != trails.session[:-1]
    return (trails.time[new] >= cut)[np.cumsum(new) - 1]


def _only(trails: Trails, kept: np.ndarray) -> Trails:
    """The trails with these events only."""
    ends = np.concatenate([[0], np.cumsum(kept)])
    columns = ("time", "session", "product", "category", "role", "value")
    return replace(
        trails,
        starts=ends[trails.starts],
        **{name: getattr(trails, name)[kept] for name in columns},
    )
