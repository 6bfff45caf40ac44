"""Intervals for those a figure is claimed of, when these are not without number.

Wilson's interval is about the long run. What is told is told of some people, and whoever checks it
on them meets their chance as well as ours: of as many people as were judged, a share differs by √2
times as much. With far more people told than judged, as in most brands, this is Wilson's again.
"""

from __future__ import annotations

import math

from connu.measure.intervals import Share

_Z95 = 1.959963984540054


def share_ahead(share: Share, ahead: float) -> Share:
    """The 95 % interval of a share among others, from the one of the long run.

    The two samples are compared as if both came from one share, the pooled one (the score test), so
    that bounds stay within 0–1. How many independent trials stand behind the share is taken from
    its own bounds, either side by itself: those of dependent trials and of areas are widened alike.

    Args:
        share: with its interval of the long run.
        ahead: for how many people, for each one judged, it is claimed; inf: the long run.

    Source: Krishnamoorthy & Peng, Journal of Statistical Planning and Inference 141 (2011), for the
        prediction interval; Korn & Graubard, Survey Methodology 24 (1998), for the trials.

    >>> found = share_ahead(Share(0.5, 0.401, 0.599), 1.0)
    >>> round(found.low, 2), round(found.high, 2)
    (0.36, 0.64)
    >>> share_ahead(Share(0.5, 0.4, 0.6), math.inf)
    Share(value=0.5, low=0.4, high=0.6)
    """
    if ahead == math.inf:
        return share
    if ahead <= 0:
        return Share(share.value, 0.0, 1.0)
    low = _bound(share.value, share.low, ahead, -1.0)
    high = _bound(share.value, share.high, ahead, 1.0)
    return Share(share.value, min(low, share.low), max(high, share.high))


def _bound(value: float, bound: float, ahead: float, side: float) -> float:
    """Where the other share may lie on one side."""
    gap = abs(bound - value)
    if gap == 0 or bound * (1 - bound) == 0:
        return bound
    trials = _Z95 * _Z95 * bound * (1 - bound) / (gap * gap)
    # (other − value)² = c · pooled · (1 − pooled), solved for the other.
    c = _Z95 * _Z95 * (1 + 1 / ahead) / trials
    a, b = 1 / (1 + ahead), ahead / (1 + ahead)
    square, half = 1 + c * b * b, value + c * b / 2 - c * a * b * value
    rest = value * value - c * a * value * (1 - a * value)
    root = math.sqrt(max(0.0, half * half - square * rest))
    return min(1.0, max(0.0, (half + side * root) / square))
