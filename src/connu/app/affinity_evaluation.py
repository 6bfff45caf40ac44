"""Affinities, held against where subjects went after a cut: is it among what they are drawn to?

A step is a subject and the first category he turned to after the cut in a new session, at each
depth of the catalogue. Beside what is told stand the category that most people turn to, and the
one he looked into last.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa

from connu.app.session_steps import begun_after
from connu.kernel.settings import Settings
from connu.know.affinities import learn_affinities
from connu.know.trails import REMOVE, Trails
from connu.measure.ranking import RankingScore, place_score, places_of

#: Lengths of the lists of categories.
LENGTHS = (1, 3)


class AffinityScore(msgspec.Struct, frozen=True):
    """One depth of the catalogue, judged on the subjects an affinity of that depth is told of.

    Attributes:
        depth: from 1, the top, on.
        subjects: who were seen before the cut and turned to some category after it.
        told: of whom an affinity is told.
        affinities: the categories told, strongest first.
        base: the categories that most people turn to, in their order, for the same subjects.
        last_viewed: the category looked into last, for the same subjects.
    """

    depth: int
    subjects: int
    told: int
    affinities: RankingScore
    base: RankingScore
    last_viewed: RankingScore


def evaluate_affinities(trails: Trails, cut: int, settings: Settings) -> list[AffinityScore] | str:
    """Learn affinities before a cut, and judge them on what came after.

    Returns:
        What `judge_affinities` finds; the word of a reason where there is nothing to judge.
    """
    if not len(trails.categories):
        return "no_categories"
    before = trails.before(cut)
    model = learn_affinities(before, seed=settings.intents.seed)
    return judge_affinities(trails, cut, model.tell(before, top=LENGTHS[-1])) or "nobody_came_back"


def judge_affinities(trails: Trails, cut: int, told: pa.Table) -> list[AffinityScore]:
    """Judge affinities told at a cut.

    Args:
        trails: whole.
        cut: µs since 1970.
        told: place, node, depth, rank, as `AffinityModel.tell` gives them of the trails before it.

    Returns:
        A score for each depth that somebody seen before the cut turned to after it.
    """
    ancestors = trails.categories.ancestors
    good = (trails.category >= 0) & (trails.role != REMOVE)
    before = np.flatnonzero(good & (trails.time < cut))
    after = np.flatnonzero(good & begun_after(trails, cut))
    place = trails.place
    last = np.full(len(trails), -1, np.int64)
    last[place[before]] = before
    scores = []
    for level in range(ancestors.shape[1]):
        node = ancestors[trails.category[after], level]
        whose, at = np.unique(place[after][node >= 0], return_index=True)
        target = node[node >= 0][at]
        # Who was never seen before the cut has no affinity: he is nobody's to judge.
        seen = last[whose] >= 0
        whose, target = whose[seen], target[seen]
        if not len(whose):
            continue
        past = ancestors[trails.category[before], level]
        scores.append(_depth(level, whose, target, past, ancestors, trails, last, told))
    return scores


def _depth(
    level: int,
    whose: np.ndarray,
    target: np.ndarray,
    past: np.ndarray,
    ancestors: np.ndarray,
    trails: Trails,
    last: np.ndarray,
    told: pa.Table,
) -> AffinityScore:
    most = LENGTHS[-1]
    columns = [told[name].to_numpy() for name in ("place", "node", "depth", "rank")]
    mine = (columns[2] == level) & (columns[3] <= most)
    place, node, _, rank = (column[mine] for column in columns)
    row = np.full(len(trails), -1, np.int64)
    row[whose] = np.arange(len(whose))
    there = row[place] >= 0
    lists = np.full((len(whose), most), -1, np.int64)
    lists[row[place[there]], rank[there] - 1] = node[there]
    number = np.bincount(past[past >= 0], minlength=len(trails.categories))
    popular = np.argsort(-number, kind="stable")[:most]
    latest = ancestors[trails.category[last[whose]], level]
    spoken = lists[:, 0] >= 0
    wanted = target[spoken]
    return AffinityScore(
        depth=level + 1,
        subjects=len(whose),
        told=len(wanted),
        affinities=place_score(places_of(wanted, lists[spoken]), lengths=LENGTHS),
        base=place_score(
            places_of(wanted, np.broadcast_to(popular, (len(wanted), len(popular)))),
            lengths=LENGTHS,
        ),
        last_viewed=place_score(places_of(wanted, latest[spoken][:, None]), lengths=LENGTHS),
    )
