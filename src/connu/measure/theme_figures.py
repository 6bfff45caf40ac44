"""How rightly verbatims are given themes: precision, recall and F1, by theme and together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from connu.measure.bootstrap import resampled
from connu.measure.intervals import Share


class Found(msgspec.Struct, frozen=True):
    """How rightly something is found; intervals are 95 %, by verbatims drawn again.

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
    k = len(themes)
    counted = np.concatenate([told & truth, told, truth], axis=1).astype(np.float64)
    named = truth.any(0) if len(truth) else np.zeros(k, np.bool_)

    def macro(sums: np.ndarray) -> np.ndarray:
        f1 = _ratio(2 * sums[:, :k], sums[:, k : 2 * k] + sums[:, 2 * k :])
        # A draw without a theme that the truth names scores it 0 or not at all: rare, not at all.
        there = named & (sums[:, 2 * k :] > 0)
        return _ratio((np.nan_to_num(f1) * there).sum(1), there.sum(1))[:, None]

    by_theme = {
        name: found(told[:, number] & truth[:, number], told[:, number], truth[:, number])
        for number, name in enumerate(themes)
        if told[:, number].any() or truth[:, number].any()
    }
    micro = found((told & truth).sum(1), told.sum(1), truth.sum(1))
    trials = int(truth.any(1).sum())
    return ThemesScore(len(told), by_theme, micro, resampled(counted, macro, trials=[trials])[0])


def found(right: np.ndarray, told: np.ndarray, truth: np.ndarray) -> Found:
    """Figures of counts.

    Args:
        right, told, truth: (verbatims,), what was counted in each.
    """
    counts = np.stack([right, told, truth], axis=1).astype(np.float64)

    def figures(sums: np.ndarray) -> np.ndarray:
        hits, said, true = sums.T
        return np.stack([_ratio(hits, said), _ratio(hits, true), _ratio(2 * hits, said + true)], 1)

    trials = [int(np.count_nonzero(units)) for units in (told, truth, told + truth)]
    precision, recall, f1 = resampled(counts, figures, trials=trials)
    total = counts.sum(0).astype(int)
    return Found(int(total[1]), int(total[2]), int(total[0]), precision, recall, f1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part ÷ whole; NaN where there is no whole."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
