"""The area under the precision–recall curve: what a list of the likeliest is worth to its reader.

Where few buy, an area under the ROC curve can look fine while most of those named never buy; this
one does not forgive that. By chance it is the base rate.
"""

from __future__ import annotations

import numpy as np

from connu.measure.intervals import Share, wilson


def average_precision(
    score: np.ndarray, positive: np.ndarray, weight: np.ndarray | None = None
) -> Share | None:
    """The average precision, with a 95 % interval; None where nobody is of the class.

    The mean, over those of the class, of the share right among all told at least as high; rows
    told alike stand or fall together. The interval is Wilson's, with one trial for each of the
    class. Cost: one sort.

    Args:
        score: (n,) higher for the class.
        positive: bool (n,).
        weight: (n,) for how many alike each row stands, or None: one each.

    Source: Boyd, Eng & Page, ECML PKDD 2013 (average precision as the estimator, and binomial
        intervals of it).
    """
    many = np.ones(len(positive)) if weight is None else np.asarray(weight, np.float64)
    of_class = float(many[positive].sum())
    if not of_class:
        return None
    order = np.argsort(-score)
    levels = score[order]
    last = np.flatnonzero(np.append(levels[1:] != levels[:-1], True))
    so_far = np.cumsum(np.where(positive, many, 0.0)[order])[last]
    told = np.cumsum(many[order])[last]
    gained = np.diff(np.append(0.0, so_far))
    precision = np.divide(so_far, told, out=np.zeros(len(told)), where=told > 0)
    value = float(np.dot(gained, precision)) / of_class
    return wilson(min(1.0, value), of_class)
