"""A running visit: what comes next in it, answered from the models that a build keeps.

The models are mapped, not read, and stay open until another build is in force; an answer takes
about a millisecond. They know products and no person: nothing of anybody is read or given out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from connu.kernel.errors import BuildError, NotFoundError
from connu.ledger.builds import Builds
from connu.ledger.intents import INTENTS_FOLDER

if TYPE_CHECKING:
    from connu.know.next_model import NextModel


@dataclass(frozen=True)
class Coming:
    """What may come next.

    Attributes:
        target: a product's id or a category's path.
        probability: that it is the next to be looked at or bought.
    """

    target: str
    probability: float


class RunningVisits:
    """Answers about running visits of one brand, from the build in force.

    Args:
        folder: the brand's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._builds = Builds(folder)
        self._build_id = ""
        self._model: NextModel | None = None

    def next(
        self, level: Literal["product", "category"], products: Sequence[str], n: int
    ) -> list[Coming]:
        """The n likeliest, the likeliest first; none where no product of the visit is known.

        Args:
            level: of what is asked for.
            products: ids of what was seen so far, in order, the last on screen.
            n: how many.

        Raises:
            NotFoundError: the build tells nothing of that level, or keeps no model.
            BuildError: there is no build, or its models are damaged.
        """
        model = self._opened()
        if level in model.silent:
            raise _silent(level)
        running = model.running(list(products))
        if not len(running) or n < 1:
            return []
        if level == "product":
            items, chances = model.next_products(running, n)
            names = model.product_names
        else:
            items, chances = model.next_categories(running, n)
            names = model.category_paths
        return [
            Coming(names[item].as_py(), chance)
            for item, chance in zip(items[0].tolist(), chances[0].tolist(), strict=True)
            if item >= 0
        ]

    def _opened(self) -> NextModel:
        """The model of the build in force; opened anew where that is another one."""
        build = self._builds.current()
        if self._model is None or build.id != self._build_id:
            # Loaded here: numba takes a second that other readers need not wait for.
            from lightgbm.basic import LightGBMError

            from connu.know.next_model import NextModel

            folder = build.path / INTENTS_FOLDER / "next"
            if not folder.is_dir():
                raise _silent("product or category")
            try:
                model = NextModel.open(folder)
            except (OSError, EOFError, LookupError, TypeError, ValueError, LightGBMError) as error:
                raise BuildError(
                    f"what the build {build.id} keeps to say what comes next is damaged",
                    hint="run: connu build --force",
                    build=build.id,
                ) from error
            self._model, self._build_id = model, build.id
        return self._model


def _silent(level: str) -> NotFoundError:
    return NotFoundError(
        f"the build tells of no next {level}",
        hint="connu export intent_silences says why; after connu forget, run: connu build",
    )
