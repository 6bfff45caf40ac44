"""The mean F1 of several values or themes, with its interval."""

from __future__ import annotations

import numpy as np

from connu.measure.intervals import Share, varied_share


def mean_f1(right: np.ndarray, told: np.ndarray, truth: np.ndarray) -> Share:
    """The mean F1, and its 95 % interval by what each unit moves it by.

    A column counts as much as any other, however rare; one of which nothing was told and nothing is
    so has none, and is left out. So the rarest decide how sure the mean is: each column's variance
    is taken around its own few units, one that no unit contradicts varies as one more wrong and one
    more right would make it, and the whole is widened by the degrees of freedom there are.

    Args:
        right, told, truth: (units, k), how often in each unit each was told rightly, was told, is
            so. Units are what was drawn: verbatims, whose statements hang together.

    Returns:
        The mean; of no column 0, with the interval 0–1.

    Source: as `intervals.residual_share`; Satterthwaite, Biometrics Bulletin 2 (1946), for the
        degrees of freedom; Agresti & Coull, The American Statistician 52 (1998), for what is not
        contradicted.

    >>> mean_f1(np.eye(2), np.eye(2), np.eye(2)).value
    1.0
    """
    both = (told + truth).sum(0)
    there = both > 0
    if not there.any():
        return Share(0.0, 0.0, 1.0)
    right, told, truth = (counts[:, there] for counts in (right, told, truth))
    f1 = 2 * right.sum(0) / both[there]
    moves = (2 * right - f1 * (told + truth)) / both[there]
    units = ((told + truth) > 0).sum(0)
    seen = np.square(moves).sum(0)
    freedom = np.maximum(1, units - 1)
    guess = (f1 * units + 2) / (units + 4)
    varies = np.where(seen > 0, seen * units / freedom, guess * (1 - guess) / (units + 4))
    # What one unit moves several columns by hangs together; what each lacks is added to that.
    variance = float(np.square(moves.mean(1)).sum() + (varies - seen).sum() / len(f1) ** 2)
    freed = float(varies.sum() ** 2 / (np.square(varies) / freedom).sum())
    return varied_share(float(f1.mean()), variance, freed, int((told + truth).any(1).sum()))
