"""What comes next: every prefix of later sessions, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from know_trails import made_trails

from connu.app.affinity_evaluation import evaluate_affinities, judge_affinities
from connu.app.next_evaluation import judge_next
from connu.app.session_steps import Steps, steps_after
from connu.kernel.settings import Brand, Settings
from connu.know.trails import DAY, Trails

MINUTE = 1 / 1440
TREE = {"a": "Photo/Lenses", "b": "Photo/Lenses", "c": "Games", "new": "Toys"}


def clicks(day: float, products: str | list[str], role: str = "view") -> list[tuple]:
    """A session: a click a minute."""
    return [(day + place * MINUTE, product, role) for place, product in enumerate(products)]


def shop() -> Trails:
    return made_trails(
        [
            [*clicks(1, "abc"), *clicks(12, ["a", "a", "b", "new", "c"])],
            # Begins before the cut and ends after it: nobody's to judge.
            [*clicks(10 - MINUTE, "abca")],
            [*clicks(11, "c")],
            [*clicks(13, "ba"), (13 + 2 * MINUTE, "a", "remove"), (13 + 3 * MINUTE, "c", "cart")],
        ],
        category_of=TREE,
        now=20,
    )


class Oracle:
    """Names the product before, then `a`; of categories that of the product before."""

    def products(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray]:
        before = steps.trails.product[steps.end - 1]
        codes = np.full((len(steps), length), -1, np.int32)
        codes[:, 0], codes[:, 2] = before, 0
        return codes, np.where(before == 0, 0.9, 0.1)

    def categories(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray]:
        before = steps.trails.category[steps.end - 1]
        return before[:, None], np.ones(len(steps))


def test_steps_are_the_prefixes_of_later_sessions():
    trails = shop()
    steps = steps_after(trails, 10 * DAY)
    names = trails.products.to_pylist()
    seen = [
        ("".join(names[p][0] for p in steps.trails.product[begin:end]), int(end))
        for begin, end in zip(steps.begin, steps.end, strict=True)
    ]
    assert [prefix for prefix, _ in seen] == ["a", "aa", "aab", "aabn", "b", "ba"]
    # The new product is unknown; a removal is no step, a basket is one.
    targets = [names[p] if p >= 0 else None for p in steps.product]
    assert targets == ["a", "b", None, "c", "a", "c"]
    paths = trails.categories.paths
    assert [paths[c] if c >= 0 else None for c in steps.category] == [
        "Photo/Lenses", "Photo/Lenses", None, "Games", "Photo/Lenses", "Games",
    ]  # fmt: skip
    assert len(set(steps.session.tolist())) == 2
    # What somebody saw before his session began is known, his removals are not among it.
    past = ["".join(names[p] for p in steps.past[a:b]) for a, b in _ranges(steps)]
    assert past == ["abc"] * 4 + [""] * 2
    assert len(steps_after(trails, 20 * DAY)) == 0


def test_a_case_counted_by_hand(monkeypatch):
    steps = steps_after(shop(), 10 * DAY)
    whole = judge_next(steps, Oracle())
    products = whole.products
    assert (products.steps, products.sessions, products.unknown) == (6, 2, 1)
    # Right at once: a after a. In the list behind a gap: a after b. Missed: the others.
    assert products.at(1).hit_rate.value == pytest.approx(1 / 6)
    assert products.at(5).hit_rate.value == pytest.approx(2 / 6)
    assert products.at(5).mrr.value == pytest.approx((1 + 1 / 3) / 6)
    assert products.at(20, known=True).mrr.value == pytest.approx((1 + 1 / 3) / 5)
    # Surest: the three steps from a (a, b, c follow), one of them right.
    assert products.acc50.value == pytest.approx(1 / 3)
    assert (whole.categories.steps, whole.categories.unknown) == (6, 1)
    assert whole.categories.at(1).hit_rate.value == pytest.approx(3 / 6)
    assert (whole.changes.steps, whole.changes.at(3).hit_rate.value) == (3, 0.0)
    monkeypatch.setattr("connu.app.next_evaluation._AT_ONCE", 2)
    assert judge_next(steps, Oracle()) == whole


def test_one_level_may_be_asked_alone():
    steps = steps_after(shop(), 10 * DAY)
    only = judge_next(steps, Oracle(), "product")
    assert only.categories is None and only.changes is None and only.products is not None
    only = judge_next(steps, Oracle(), "category")
    assert only.products is None and only.categories is not None


def test_affinities_are_judged_on_where_subjects_turn_next():
    import pyarrow as pa

    trails = shop()
    nodes = {path: node for node, path in enumerate(trails.categories.paths)}
    told = pa.table(
        {
            "place": pa.array([0, 0, 0, 3], pa.int32()),
            "node": pa.array([nodes["Photo"], nodes["Games"], nodes["Photo/Lenses"], 0]),
            "depth": pa.array([0, 0, 1, 0], pa.int32()),
            "rank": pa.array([2, 1, 1, 1], pa.int32()),
        }
    )
    top, deep = judge_affinities(trails, 10 * DAY, told)
    # Of those seen before the cut only the first began a session after it.
    assert (top.depth, top.subjects, top.told) == (1, 1, 1)
    assert top.affinities.at(1).hit_rate.value == 0.0
    assert top.affinities.at(3).mrr.value == 0.5
    assert top.last_viewed.at(1).hit_rate.value == 0.0
    assert top.base.at(1).hit_rate.value == 1.0
    assert deep.affinities.at(1).hit_rate.value == 1.0


def test_a_shop_to_which_nobody_comes_back_has_no_affinities_to_judge():
    trails = made_trails([clicks(1, "abc"), clicks(12, "ab")], category_of=TREE, now=20)
    settings = Settings(brand=Brand(name="Shop"))
    assert evaluate_affinities(trails, 10 * DAY, settings) == "nobody_came_back"


def _ranges(steps: Steps) -> list[tuple[int, int]]:
    return list(zip(steps.past_from, steps.past_to, strict=True))
