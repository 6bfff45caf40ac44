"""How rightly verbatims are given themes: precision, recall and F1, by theme and together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from connu.measure.intervals import Share, ratio_share
from connu.measure.mean_f1 import mean_f1


class Found(msgspec.Struct, frozen=True):
    """How rightly something is found; intervals are 95 %, with verbatims as units.

    Attributes:
        told: how often it was told.
        truth: how often it is so.
        right: how often both.
        precision: right ÷ told. recall: right ÷ truth.
        f1: their harmonic mean, 2 · right ÷ (told + truth).
    """

    told: int
    truth: int
    right: int
    precision: Share
    recall: Share
    f1: Share


class ThemesScore(msgspec.Struct, frozen=True):
    """How rightly themes are found.

    Attributes:
        verbatims: judged.
        by_theme: theme → figures, for those that the truth names or that were told, in order.
        micro: over all pairs of verbatim and theme.
        macro: the mean F1 of the themes that the truth names.
    """

    verbatims: int
    by_theme: dict[str, Found]
    micro: Found
    macro: Share


def theme_score(told: np.ndarray, truth: np.ndarray, themes: Sequence[str]) -> ThemesScore:
    """Judge themes.

    Args:
        told, truth: bool (verbatims, themes).
        themes: their names.

    >>> both = np.array([[True, False]] * 4)
    >>> theme_score(both, both, ["price", "app"]).macro.value
    1.0
    """
    named = truth.any(0) if len(truth) else np.zeros(len(themes), np.bool_)
    by_theme = {
        name: found(told[:, number] & truth[:, number], told[:, number], truth[:, number])
        for number, name in enumerate(themes)
        if told[:, number].any() or truth[:, number].any()
    }
    micro = found((told & truth).sum(1), told.sum(1), truth.sum(1))
    judged = (part[:, named].astype(np.float64) for part in (told & truth, told, truth))
    return ThemesScore(len(told), by_theme, micro, mean_f1(*judged))


def found(right: np.ndarray, told: np.ndarray, truth: np.ndarray) -> Found:
    """Figures of counts.

    Args:
        right, told, truth: (verbatims,), what was counted in each.
    """
    right, told, truth = (counts.astype(np.float64) for counts in (right, told, truth))
    return Found(
        told=int(told.sum()),
        truth=int(truth.sum()),
        right=int(right.sum()),
        precision=ratio_share(right, told),
        recall=ratio_share(right, truth),
        f1=ratio_share(2 * right, told + truth),
    )
