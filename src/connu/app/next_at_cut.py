"""What comes next as a build would tell it at a cut: learnt before, asked at every later step.

A running session knows what its subject saw before it began, as it would online; it does not know
the sessions of others that ended after the cut.
"""

from __future__ import annotations

import numpy as np

from connu.app.session_steps import Steps
from connu.know.next_model import NextModel, learn_next
from connu.know.running import Running
from connu.know.trails import Trails


class NextAtCut:
    """A model learnt on the trails before a cut, that names what follows each step.

    Args:
        before: the trails up to the cut.
        seed: of whatever is drawn.
    """

    def __init__(self, before: Trails, seed: int = 0) -> None:
        self._model: NextModel = learn_next(before, seed=seed)

    @property
    def silent(self) -> str | None:
        """The word of a reason, where nothing was learnt."""
        return self._model.silent.get("product", "no_sessions") if self._nothing else None

    def products(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Codes of products (m, length) padded with −1, and how sure the first is (m,)."""
        codes, chance = self._model.next_products(self._running(steps), length)
        return codes, chance[:, 0]

    def categories(self, steps: Steps, length: int) -> tuple[np.ndarray, np.ndarray] | None:
        """The same of categories; None where it names none."""
        if self._model.categories is None:
            return None
        codes, chance = self._model.next_categories(self._running(steps), length)
        return codes, chance[:, 0]

    @property
    def _nothing(self) -> bool:
        return self._model.products is None

    def _running(self, steps: Steps) -> Running:
        index = None if self._model.products is None else self._model.products.index
        return Running.of(
            steps.begin,
            steps.end,
            steps.trails.product,
            steps.trails.time,
            limit=0 if index is None else len(index.sessions),
            past=(steps.past_from, steps.past_to, steps.past),
        )
