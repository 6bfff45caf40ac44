"""What comes next, judged on sessions that begin after a cut: every prefix of every one.

A step is a product event that has another before it in its session: from all that came before, a
list is made, and the event's product is looked for in it. The same product again counts as a step
like any other, and what nobody had seen before the cut is counted as missed, and left out beside.
"""

from __future__ import annotations

from typing import Protocol

import msgspec
import numpy as np

from connu.app.session_steps import Steps, steps_after
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.know.trails import Trails
from connu.measure.ranking import RankingScore, place_score, places_of

#: Lengths of the lists of products, and of categories.
PRODUCT_LENGTHS, CATEGORY_LENGTHS = (1, 5, 20), (1, 3)
#: Steps ranked at a time: bounds the lists held.
_AT_ONCE = 20_000


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
