"""Moments: a basket left, a price watched, a purchase just made – what is worth knowing today.

Each is a plain count that anybody can check in the trail, told with its sentence, and is silent
where the trail leaves a doubt: a purchase without product settles every basket before it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.know.moment_rhythms import Rhythms, learn_rhythms
from connu.know.moment_scan import COUNTS, MOMENTS, scan_moments
from connu.know.moment_sentence import moment_sentences
from connu.know.trails import Trails

#: What a moment is about, by code.
_LEVELS = ("product", "product", "category")
#: Rows that the buffers begin with, per subject.
_ROOM = 2


def find_moments(
    trails: Trails, rhythms: Rhythms | None = None, *, session_minutes: float = 30
) -> pa.Table:
    """What is so at `trails.now`.

    - basket_left: put in the basket in the last 14 days, neither taken out nor bought since, and
      the session is over.
    - price_watched: looked at in 3 sessions or more of the last 30 days, in the last 7 too, and
      never bought.
    - just_bought: bought in the category, and so soon those who buy of it again do not – unless he
      came back to look at it in 3 sessions since.

    Args:
        rhythms: learnt from everybody; from these trails when absent. Give them where the trails
            are one subject's.
        session_minutes: a pause so long ends a session.

    Returns:
        place int32, moment string, level string (product, category), target int32 (code into
        `products`, or node), since int64 (µs: first of the events it is about; the purchase), last
        int64, times int32 (times put in the basket; sessions; purchases), evidence string. Sorted
        by place, moment, target.

    Cost: three walks along the events, 20 ns each; two sentences a µs.
    """
    tree = trails.categories
    rhythms = rhythms or learn_rhythms(trails)
    days = rhythms.of(tree)
    product, names = trails.product, None
    if len(product) < len(trails.products):
        names, product = np.unique(product, return_inverse=True)
        product = product.astype(np.int32) - np.int32(len(names) > 0 and names[0] < 0)
        names = names[names >= 0]
    products = len(trails.products) if names is None else len(names)
    rows, found = 0, _ROOM * len(trails) + 16
    while rows < found:
        rows = found
        counts, spans = np.empty((rows, COUNTS), np.int32), np.empty((rows, 2), np.int64)
        found = scan_moments(
            trails.starts,
            trails.time,
            trails.session,
            product,
            trails.category,
            trails.role,
            products,
            days,
            trails.now,
            round(session_minutes * 60e6),
            counts,
            spans,
        )
    counts, spans = counts[:found], spans[:found]
    place, moment, target, times = counts.T
    if names is not None and len(names):
        of_product = moment < _LEVELS.index("category")
        target = np.where(of_product, names[np.where(of_product, target, 0)], target)
    order = np.lexsort((target, moment, place))
    place, moment, target, times = (
        column[order].astype(np.int32) for column in (place, moment, target, times)
    )
    since, last = spans[order].T.copy()
    claimed = np.append(rhythms.claims(tree), np.nan)
    evidence = moment_sentences(
        moment, times, since, last, claimed[np.where(moment == len(MOMENTS) - 1, target, -1)]
    )
    return pa.table(
        {
            "place": pa.array(place),
            "moment": pa.array(MOMENTS, pa.string()).take(pa.array(moment)),
            "level": pa.array(_LEVELS, pa.string()).take(pa.array(moment)),
            "target": pa.array(target),
            "since": pa.array(since),
            "last": pa.array(last),
            "times": pa.array(times),
            "evidence": evidence,
        }
    )
