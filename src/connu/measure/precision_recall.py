"""The area under the precision–recall curve: what a list of the likeliest is worth to its reader.

Where few buy, an area under the ROC curve can look fine while most of those named never buy; this
one does not forgive that. By chance it is the base rate.
"""

from __future__ import annotations

import numpy as np

from connu.measure.dependence import moved_variance, people_in
from connu.measure.intervals import Share, varied_share


def average_precision(
    score: np.ndarray,
    positive: np.ndarray,
    weight: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Share | None:
    """The average precision, with a 95 % interval; None where nobody is of the class.

    The mean, over those of the class, of the share right among all told at least as high; rows
    told alike stand or fall together. The interval is by what each row moves that mean, itself and
    through the share right of all below it, with as many degrees of freedom as people of the class:
    a trial for each of these would be far too wide where few of those told are right. Cost: one
    sort.

    Args:
        score: (n,) higher for the class.
        positive: bool (n,).
        weight: (n,) for how many alike each row stands, or None: one each.
        groups: int (n,), whose each row is (`dependence`), or None: each by itself.

    Source: Boyd, Eng & Page, ECML PKDD 2013 (average precision as the estimator); Hampel, JASA 69
        (1974), for the influence of a row.
    """
    many = np.ones(len(positive)) if weight is None else np.asarray(weight, np.float64)
    of_class = float(many[positive].sum())
    if not of_class:
        return None
    order = np.argsort(-score)
    levels = score[order]
    ends = np.append(levels[1:] != levels[:-1], True)
    last = np.flatnonzero(ends)
    right = np.cumsum(np.where(positive, many, 0.0)[order])[last]
    told = np.cumsum(many[order])[last]
    gained = np.diff(np.append(0.0, right))
    there = np.maximum(told, np.finfo(np.float64).tiny)
    precision = right / there
    value = min(1.0, float(np.dot(gained, precision)) / of_class)
    # Whoever stands higher raises, or lowers, the share right of every level from his own on.
    raised = np.cumsum((gained * (told - right) / there**2)[::-1])[::-1]
    lowered = np.cumsum((gained * right / there**2)[::-1])[::-1]
    level = np.cumsum(np.append(False, ends[:-1]))
    of_it = positive[order]
    influence = np.empty(len(positive))
    influence[order] = (
        np.where(of_it, precision[level] - value + raised[level], -lowered[level]) / of_class
    )
    people = people_in(positive, weight, groups)
    variance = moved_variance(influence, weight, groups) * people / max(1.0, people - 1)
    return varied_share(value, variance, people - 1, people)
