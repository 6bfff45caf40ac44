"""Coverage: how much of what customers say the codebook has a theme for, and what escapes it.

A statement is covered when a theme that names something is told of it surely enough; one that only
says «I am happy» (a general theme) is counted apart, and so is one with too few words to speak of
anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.understand.codebook import Codebook

#: From this probability on a theme is told of a statement.
TOLD = 0.5


@dataclass(frozen=True)
class Coverage:
    """How far a codebook covers statements.

    Attributes:
        statements: all of them.
        covered: of which a theme that names something is told.
        general: of which only a general theme is told.
        slight: of which nothing is told, and which hold no word that could tell.
        uncovered: of which nothing is told though they speak of something.
        dimensions: dimension → statements of which a theme of it is told.
        languages: language («»: not known) → (statements, covered).
    """

    statements: int
    covered: int
    general: int
    slight: int
    uncovered: int
    dimensions: dict[str, int]
    languages: dict[str, tuple[int, int]]

    @property
    def covered_share(self) -> float | None:
        """Of the statements that speak of something, the share that is covered; None: there is
        none."""
        speaking = self.covered + self.uncovered
        return self.covered / speaking if speaking else None


def coverage_of(
    codebook: Codebook, told: np.ndarray, telling: np.ndarray, language: list[str | None]
) -> Coverage:
    """Count coverage.

    Args:
        codebook: the themes, in the order of the columns.
        told: float32 (statements, themes): how probable each theme is, 0 where it is not told.
        telling: bool (statements,): it holds a word that could tell something.
        language: of each statement.

    >>> from connu.understand.codebook import Theme
    >>> book = Codebook((Theme("price", "product"), Theme("all", "brand", general=True)))
    >>> told = np.array([[0.9, 0], [0, 0.8], [0, 0], [0.2, 0]])
    >>> found = coverage_of(book, told, np.array([True, True, False, True]), ["fr"] * 4)
    >>> found.covered, found.general, found.slight, found.uncovered, found.covered_share
    (1, 1, 1, 1, 0.5)
    """
    sure = np.asarray(told >= TOLD, np.bool_)
    naming = np.array([not theme.general for theme in codebook.themes], np.bool_)
    covered = np.asarray(sure[:, naming].any(axis=1), np.bool_)
    general = sure.any(axis=1) & ~covered
    silent = ~covered & ~general
    dimensions = {}
    for dimension in dict.fromkeys(theme.dimension for theme in codebook.themes):
        mine = np.array([theme.dimension == dimension for theme in codebook.themes], np.bool_)
        dimensions[dimension] = int(sure[:, mine].any(axis=1).sum())
    spoken = np.array([one or "" for one in language], dtype=str)
    return Coverage(
        statements=len(told),
        covered=int(covered.sum()),
        general=int(general.sum()),
        slight=int((silent & ~telling).sum()),
        uncovered=int((silent & telling).sum()),
        dimensions=dimensions,
        languages={
            str(name): (int((spoken == name).sum()), int(covered[spoken == name].sum()))
            for name in np.unique(spoken)
        },
    )


def badly_covered(codebook: Codebook, told: np.ndarray) -> np.ndarray:
    """bool (statements,): no theme that names something is told of it surely enough.

    Args:
        codebook, told: as `coverage_of`.
    """
    naming = np.array([not theme.general for theme in codebook.themes], np.bool_)
    return np.asarray(~(told[:, naming] >= TOLD).any(axis=1), np.bool_)
