"""Learning what comes next: which steps teach, which weigh, which judge.

The steps are those of the latest sessions, and each knows only the sessions that ended before its
own. The vectors that describe them are learnt on the sessions before all of them, so that no step
describes itself. Then everything but the forests is made again from all sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.know.next_items import Index, NextItems, known_before
from connu.know.next_ranker import SHORT, Ranker
from connu.know.running import Running, sequels_of, steps_of
from connu.know.sessions import Sessions
from connu.know.trails import Trails

#: Candidates a ranker weighs.
PRODUCTS, CATEGORIES = 100, 30
#: Sessions indexed at most, the latest; steps learnt from.
_INDEXED, _STEPS = 1_000_000, 20_000
#: Of the sessions, the latest share whose steps teach.
_TEACHING = 0.25
#: Of the steps, by time: up to the first they teach the products' forests, up to the second they
#: weigh those and teach the categories', the rest weighs the categories'; the newest judge.
_FIRST, _SECOND, _THIRD = 0.5, 0.8, 0.9
#: Fewer steps teach nothing that holds.
LEAST_STEPS = 300
#: Products whose probabilities a category is told from.
HEARD = SHORT
Lists = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Lesson:
    """The steps that teach, over the sessions that they may know.

    Attributes:
        sessions: those indexed. steps: by time. quarter: int8 (q,): 0 teaches, 1 and 2 weigh, 3
            judges. first: how many of the sessions ended before all steps.
        before: int64: of the first i of all sessions, how many are indexed.
        sequels: how many of the steps lead from one session to the next.
        session: int64 (q,): the number of the session that each step is of.
    """

    sessions: Sessions
    steps: Running
    quarter: np.ndarray
    first: int
    before: np.ndarray
    sequels: int
    session: np.ndarray

    def __len__(self) -> int:
        return len(self.steps)


def lesson_of(sessions: Sessions, *, seed: int = 0) -> Lesson:
    """Choose the steps that teach: of the latest sessions, as many as are needed.

    Args:
        sessions: all, those of one event too.
        seed: which are drawn where there are more than are needed.
    """
    if len(sessions) > _INDEXED:
        sessions = sessions.take(np.arange(len(sessions) - _INDEXED, len(sessions)))
    indexed, before = known_before(sessions)
    sequels = sequels_of(sessions)
    first = int(len(sessions) * (1 - _TEACHING))
    rows = np.arange(first, len(sessions))
    teaches = (sessions.lengths[rows] > 1) | (sequels[rows] >= 0)
    rows = rows[teaches]
    each = sessions.lengths[rows] - 1 + (sequels[rows] >= 0)
    if each.sum() > _STEPS:
        # Whole sessions are drawn, so that one long visit is not told from half of itself.
        drawn = np.random.default_rng(seed).permutation(len(rows))
        enough = int(np.searchsorted(np.cumsum(each[drawn]), _STEPS)) + 1
        rows = np.sort(rows[drawn[:enough]])
    steps = steps_of(sessions, rows, sequels)
    order = np.argsort(steps.own, kind="stable")
    steps = steps.take(order)
    quarter = np.zeros(len(steps), np.int8)
    for number, share in enumerate((_FIRST, _SECOND, _THIRD), start=1):
        if len(steps):
            quarter[steps.own > steps.own[int(share * (len(steps) - 1))]] = number
    known = before[steps.limit]
    over = int(steps.ended.sum())
    return Lesson(
        indexed, _knowing(steps, known), quarter, int(before[first]), before, over, steps.own
    )


@dataclass(frozen=True)
class Learnt:
    """Session twins and their ranker.

    Attributes:
        now: over all sessions, ranked by forests learnt from all steps.
        then: as they stood before the later steps, of which they know nothing.
        lists: what `then` told of the steps that judge: items, probabilities, what came, and
            whose session each step is of.
    """

    now: NextItems
    then: NextItems
    lists: Lists


def lately(trails: Trails) -> Trails:
    """The part of trails that is learnt from: no more sessions than are indexed, the latest.

    Of a large base most is older, and copies of it would be what memory is needed for.
    """
    first = np.flatnonzero(np.diff(trails.session, prepend=np.int32(-1)))
    if len(first) <= _INDEXED:
        return trails
    begun = trails.time[first]
    return trails.since(int(np.partition(begun, len(begun) - _INDEXED)[len(begun) - _INDEXED]))


def learn_products(lesson: Lesson, group: np.ndarray, *, seed: int = 0) -> Learnt:
    """Session twins of products and their ranker.

    Args:
        lesson: its items are products.
        group: int32 (items,): the category of each product, or -1.
    """
    past = _past_index(lesson, lesson.sessions, group, seed)
    steps, quarter = lesson.steps, lesson.quarter
    candidates, columns = past.describe(steps, PRODUCTS)
    early = quarter < 2
    learnt = (candidates[early], columns[early], steps.target[early])
    ranker = Ranker.learn(*learnt, quarter[early] == 1, seed=seed)
    judging = steps.take(quarter == 3)
    told = NextItems(past, ranker, PRODUCTS).rank(judging, 20)
    final = ranker.again(candidates, columns, steps.target, seed=seed)
    del candidates, columns, learnt
    now = Index.of(lesson.sessions, group, seed=seed)
    return Learnt(
        NextItems(now, final, PRODUCTS),
        NextItems(past, ranker, PRODUCTS),
        (*told, judging.target, lesson.session[quarter == 3]),
    )


def learn_categories(
    lesson: Lesson, products: NextItems, group: np.ndarray, parent: np.ndarray, *, seed: int = 0
) -> Learnt | None:
    """The same of the categories of products; None where too few steps stay within categories.

    Args:
        lesson: its items are products.
        products: learnt from the oldest steps alone: `Learnt.then`.
        group: int32 (items,): the category of each product, or -1.
        parent: int32 (nodes,): the category above each, or -1.
    """
    mapped, rows = in_groups(lesson.steps, group)
    target = lesson.steps.target[rows]
    kept = group[target] >= 0
    steps, rows = mapped.take(kept), rows[kept]
    quarter = lesson.quarter[rows]
    if len(steps) < LEAST_STEPS or not (quarter == 1).any() or not (quarter == 2).any():
        return None
    sessions, before = _grouped(lesson.sessions, group)
    steps = _knowing(steps, before[steps.limit])
    first = int(before[lesson.first])
    past = _past_index_of(sessions, first, parent, seed)
    use = quarter > 0
    weighed, of_steps = steps.take(use), lesson.steps.take(rows[use])
    candidates, columns = past.describe(weighed, CATEGORIES)
    heard = Heard.of(*products.rank(of_steps, HEARD), group)
    columns = np.concatenate([columns, heard(0, candidates)], axis=2)
    part = quarter[use]
    early = part < 3
    learnt = (candidates[early], columns[early], weighed.target[early])
    ranker = Ranker.learn(*learnt, part[early] == 2, seed=seed)
    then = NextItems(past, ranker, CATEGORIES)
    judging = weighed.take(part == 3)
    whose = lesson.session[rows[use][part == 3]]
    told = then.rank(judging, 20, heard.take(part == 3))
    final = ranker.again(candidates, columns, weighed.target, seed=seed)
    now = Index.of(sessions, parent, seed=seed)
    return Learnt(NextItems(now, final, CATEGORIES), then, (*told, judging.target, whose))


@dataclass(frozen=True)
class Heard:
    """What the products likely to come next say of categories.

    Attributes:
        node: int32 (q, HEARD): the category of each product, -1 without one.
        chance: float64 (q, HEARD): its probability.
    """

    node: np.ndarray
    chance: np.ndarray

    @classmethod
    def of(cls, items: np.ndarray, chance: np.ndarray, group: np.ndarray) -> Heard:
        """From lists of products (q, …), likeliest first, and the category of every product."""
        items, chance = items[:, :HEARD], chance[:, :HEARD]
        return cls(np.where(items >= 0, group[items], -1).astype(np.int32), chance)

    def take(self, rows: np.ndarray) -> Heard:
        """These sessions, by number or by mask."""
        return Heard(self.node[rows], self.chance[rows])

    def __call__(self, first: int, candidates: np.ndarray) -> np.ndarray:
        """float32 (q, n, 2): the probability of all products of the candidates, and of the best.

        Args:
            first: the number of the first of the q sessions.
            candidates: int32 (q, n), categories or -1.
        """
        rows = slice(first, first + len(candidates))
        node, chance = self.node[rows], self.chance[rows]
        said = np.zeros((*candidates.shape, 2), np.float32)
        for place in range(candidates.shape[1]):
            of_it = np.where(node == candidates[:, place, None], chance, 0)
            said[:, place, 0] = of_it.sum(axis=1)
            said[:, place, 1] = of_it.max(axis=1)
        return said


def in_groups(running: Running, group: np.ndarray) -> tuple[Running, np.ndarray]:
    """Running sessions over the groups of their items, and which of them have any.

    Items without a group are passed over. A target without one becomes -1.
    """
    node = group[running.item]
    kept = node >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[running.starts]
    rows = np.flatnonzero(np.diff(ends) > 0)
    past = group[running.past] if len(running.past) else running.past
    place = np.concatenate([[0], np.cumsum(past >= 0)]).astype(np.int64)
    target = np.where(running.target >= 0, group[running.target], -1).astype(np.int32)
    made = Running.of(
        ends[:-1][rows],
        ends[1:][rows],
        node[kept],
        running.time[kept],
        limit=running.limit[rows],
        own=running.own[rows],
        ended=running.ended[rows],
        past=(place[running.past_from[rows]], place[running.past_to[rows]], past[past >= 0]),
        target=target[rows],
    )
    return made, rows


def _grouped(sessions: Sessions, group: np.ndarray) -> tuple[Sessions, np.ndarray]:
    """Sessions over groups: those of two such events; and how many end before each."""
    node = group[sessions.item]
    kept = node >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[sessions.starts]
    named = Sessions(
        starts=ends,
        item=np.ascontiguousarray(node[kept], np.int32),
        time=sessions.time[kept],
        past_from=sessions.past_from,
        past_to=sessions.past_to,
        past=np.zeros(0, np.int32),
        owner=sessions.owner,
    )
    return known_before(named)


def _past_index(lesson: Lesson, sessions: Sessions, group: np.ndarray, seed: int) -> Index:
    return _past_index_of(sessions, lesson.first, group, seed)


def _past_index_of(sessions: Sessions, first: int, group: np.ndarray, seed: int) -> Index:
    """All sessions, described by the vectors of the first ones."""
    return Index.of(sessions.take(np.arange(first)), group, seed=seed).again(sessions)


def _knowing(steps: Running, limit: np.ndarray) -> Running:
    """The steps over the sessions indexed: their own ended later, none of those is it."""
    return Running(
        steps.starts, steps.item, steps.time, limit, np.full(len(steps), -1), steps.ended,
        steps.past_from, steps.past_to, steps.past, steps.target,
    )  # fmt: skip
