"""How rightly words of few values are told – polarity, status, form, addressee – of what is found.

Judged where the theme is right: whether it was found is another question.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from connu.measure.intervals import Share, mean_share
from connu.measure.mean_f1 import mean_f1


class WordScore(msgspec.Struct, frozen=True):
    """How rightly one word is told.

    Attributes:
        judged: pairs of verbatim and theme, or statements, rightly found and said in the truth.
        right: the share told rightly; 95 % interval with verbatims as units.
        macro_f1: the mean F1 of the values that the truth holds; likewise.
        by_value: value → [told, truth, right].
    """

    judged: int
    right: Share
    macro_f1: Share
    by_value: dict[str, tuple[int, int, int]]


def word_score(
    told: np.ndarray, truth: np.ndarray, verbatim: np.ndarray, values: Sequence[str]
) -> WordScore | None:
    """Judge one word; None where the truth says nothing of it.

    Args:
        told, truth: int (n,), into values; rows with −1 in the truth are not judged, −1 told is
            wrong.
        verbatim: int (n,), whose rows hang together.
        values: their names.

    >>> score = word_score(np.array([0, 1, 1, 1]), np.array([0, 1, 0, 1]), np.arange(4), ["a", "b"])
    >>> score.right.value, round(score.macro_f1.value, 3)
    (0.75, 0.733)
    """
    said = truth >= 0
    told, truth, verbatim = told[said], truth[said], verbatim[said]
    if not len(truth):
        return None
    k = len(values)
    _, unit = np.unique(verbatim, return_inverse=True)
    counts = np.zeros((int(unit.max()) + 1, 3 * k))
    there = told >= 0
    np.add.at(counts, (unit[there], told[there]), 1)
    np.add.at(counts, (unit, k + truth), 1)
    hit = told == truth
    np.add.at(counts, (unit[hit], 2 * k + truth[hit]), 1)
    said_of, true_of, right_of = np.split(counts, 3, axis=1)
    named = true_of.any(0)
    total = counts.sum(0).astype(int)
    return WordScore(
        judged=len(truth),
        right=mean_share(hit.astype(np.float64), unit),
        macro_f1=mean_f1(right_of[:, named], said_of[:, named], true_of[:, named]),
        by_value={
            value: (int(total[v]), int(total[k + v]), int(total[2 * k + v]))
            for v, value in enumerate(values)
        },
    )
