"""Who buys, against what came: every subject and category, counted by hand and written out."""

from __future__ import annotations

import numpy as np
import pytest
from know_trails import made_trails

from connu.app.buying_evaluation import (
    Outcome,
    Told,
    bought_keys,
    judge_buying,
    last_views,
)
from connu.know.trails import DAY, ROLES, Trails
from connu.measure.intents import intent_score

TREE = {"a": "Photo/Lenses", "b": "Photo/Bodies", "c": "Games", "d": "Books/Novels"}
CUT = 20 * DAY


def crowd(subjects: int = 40, seed: int = 0) -> Trails:
    """Subjects who look and buy at random, some only before the cut and some only after it."""
    chance = np.random.default_rng(seed)
    events = []
    for subject in range(subjects):
        first, last = (0, 20) if subject % 9 == 8 else (20, 30) if subject % 9 == 7 else (0, 30)
        events.append(
            [
                (
                    float(chance.uniform(first, last)),
                    "abcd"[chance.choice(4, p=(0.5, 0.3, 0.15, 0.05))],
                    ("view", "cart", "purchase", "remove")[
                        chance.choice(4, p=(0.6, 0.1, 0.2, 0.1))
                    ],
                )
                for _ in range(chance.integers(1, 9))
            ]
        )
    return made_trails(events, category_of=TREE, now=30)


def test_purchases_count_in_their_category_and_above():
    trails = made_trails(
        [[(1, "a", "view"), (2, "a", "purchase"), (9, "c", "purchase")], [(3, "b", "cart")]],
        category_of=TREE,
        now=30,
    )
    paths = trails.categories.paths
    width = len(paths) + 1
    keys = bought_keys(trails, 2 * DAY, 9 * DAY)
    assert [paths[k] if k < len(paths) else "any" for k in keys % width] == [
        "Photo", "Photo/Lenses", "any",
    ]  # fmt: skip
    assert (keys // width).tolist() == [0, 0, 0]
    assert len(bought_keys(trails, 0, DAY)) == 0


def test_last_views_are_the_last(monkeypatch):
    trails = crowd()
    wanted: dict[tuple[int, int], int] = {}
    for place, time, node, role in zip(
        trails.place, trails.time, trails.category, trails.role, strict=True
    ):
        for above in trails.categories.ancestors[node]:
            if above >= 0 and ROLES[role] != "remove":
                wanted[int(place), int(above)] = int(time)
    width = len(trails.categories) + 1
    for at_once in (4_000_000, 7):
        monkeypatch.setattr("connu.app.buying_evaluation._AT_ONCE", at_once)
        keys, times = last_views(trails)
        found = {
            (int(key // width), int(key % width)): int(time)
            for key, time in zip(keys, times, strict=True)
        }
        assert found == wanted and (np.diff(keys) > 0).all()


def test_what_is_counted_is_what_would_be_written_out():
    """Rows that stand for many give the figures of all pairs written one by one."""
    trails = crowd()
    outcome = Outcome.of(trails, CUT, (5,))
    chance = np.random.default_rng(1)
    leaves = outcome.nodes
    place = np.repeat(np.arange(len(trails)), 2)
    node = np.concatenate([chance.choice(leaves, 2, replace=False) for _ in range(len(trails))])
    told = Told(place, node, chance.random(len(place)))
    (score,) = [
        one
        for one in judge_buying(outcome, {5: told})
        if one.target is None and one.subjects == "all"
    ]
    views = dict(zip(*outcome.views, strict=True))
    said = {(p, n): v for p, n, v in zip(told.place, told.node, told.probability, strict=True)}
    p, order, y, base, last, whose = [], [], [], [], [], []
    for subject in np.flatnonzero(outcome.people):
        for leaf in leaves:
            rate = outcome.base[5][leaf]
            key = subject * outcome.width + leaf
            p.append(said.get((subject, leaf), rate))
            order.append(said.get((subject, leaf), rate - 1))
            y.append(key in outcome.bought[5])
            base.append(rate)
            last.append(views.get(key, -1))
            whose.append(subject)
    plain = intent_score(
        np.array(p),
        np.array(y),
        order=np.array(order),
        base=np.array(base),
        last_viewed=np.array(last, float),
        subjects=np.array(whose),
    )
    assert score.told == sum(outcome.people[place])
    assert score.score.rows == plain.rows == outcome.people.sum() * len(leaves)
    assert 0 < plain.bought < plain.rows
    for figure in ("bought", "ece", "ece_mass", "brier", "log_loss"):
        assert getattr(score.score, figure) == pytest.approx(getattr(plain, figure)), figure
    for one, two in (
        (score.score, plain),
        (score.score.base, plain.base),
        (score.score.last_viewed, plain.last_viewed),
    ):
        assert one.auc.value == pytest.approx(two.auc.value)
        assert one.pr_auc.value == pytest.approx(two.pr_auc.value)
        assert one.lift10.value == pytest.approx(two.lift10.value)


def test_nobody_is_judged_who_was_not_seen_before_the_cut():
    trails = crowd()
    outcome = Outcome.of(trails, CUT, (5,))
    early = np.array([(trails.time[a:b] < CUT).any() for a, b in _spans(trails)])
    assert (outcome.people == early).all() and not early.all()
    # What is known beforehand is counted before the cut alone.
    again = Outcome.of(trails.before(CUT), CUT, (5,))
    assert (again.base[5] == outcome.base[5]).all()
    assert len(again.bought[5]) == 0 < len(outcome.bought[5])
    assert (again.views[1] == outcome.views[1]).all() and (outcome.views[1] < CUT).all()


def test_a_base_rate_is_the_share_of_who_was_there():
    trails = made_trails(
        [
            [(1, "a"), (16, "a", "purchase")],
            [(2, "b"), (17, "b", "purchase"), (18, "a", "purchase")],
            [(3, "a"), (4, "a", "purchase")],
            [(17, "c", "purchase")],
        ],
        category_of=TREE,
        now=30,
    )
    base = Outcome.of(trails, CUT, (5,)).base[5]
    rate = dict(zip((*trails.categories.paths, "any"), base, strict=True))
    # Three were there when each of the three spans of five days before the cut began, and two of
    # them bought within one; the fourth came later.
    assert rate["Photo/Lenses"] == rate["Photo"] == rate["any"] == pytest.approx(2.5 / 10)
    assert rate["Photo/Bodies"] == pytest.approx(1.5 / 10)
    assert rate["Games"] == pytest.approx(0.5 / 10)


def test_a_base_rate_of_people_who_all_came_of_late():
    trails = made_trails(
        [[(18, "a"), (19, "a", "purchase")], [(19, "b")]], category_of=TREE, now=30
    )
    base = Outcome.of(trails, CUT, (5,)).base[5]
    assert base[-1] == pytest.approx(1.5 / 3)


def test_a_model_that_knows_beats_the_base_rate():
    trails = crowd(200, seed=3)
    outcome = Outcome.of(trails, CUT, (5, 10))
    width, k = outcome.width, outcome.width - 1
    told = {}
    for days in (5, 10):
        place = np.repeat(np.arange(len(trails)), width)
        node = np.tile(np.arange(width), len(trails))
        truly = np.isin(place * width + node, outcome.bought[days])
        told[days] = Told(place, np.where(node == k, -1, node), np.where(truly, 0.9, 0.05))
    scores = judge_buying(outcome, told)
    heads = [(s.horizon_days, s.level, s.target, s.subjects) for s in scores]
    assert heads[:2] == [(5, "any", None, "all"), (5, "category", None, "all")]
    # Then the categories by themselves, those with most purchases first.
    later = [head for head in heads if head[0] == 10 and head[2]]
    assert later[0] == (10, "category", "Photo/Lenses", "all")
    assert {head[2] for head in later} == set(TREE.values())
    for one in scores:
        if one.score.auc is not None:
            assert one.score.auc.value == 1.0 and one.score.gain > 0
        if one.level == "any":
            assert one.score.log_loss < one.score.base.log_loss


def _spans(trails: Trails) -> list[tuple[int, int]]:
    return list(zip(trails.starts[:-1], trails.starts[1:], strict=True))
