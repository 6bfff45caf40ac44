"""What a subject's trail says of him and a category at one moment, as numbers.

One pass over a subject's events fills a few counters for each node he touched, at every level, and
for the shop as a whole (the node after the last). What is spread to by alikeness or by what is
bought afterwards joins as a candidate. Only events before the moment are read, and of a subject's
kind nothing: whoever is a customer today may have become one by the purchase that is predicted, so
that his kind would tell the future.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from connu.know.intent_columns import (
    AFTER_DAYS,
    FEATURES,
    HALF_LIVES_DAYS,
    LATELY_DAYS,
    MOST_SPREAD,
    MOST_TOUCHED,
    NEVER_DAYS,
    PLACE_OF,
    Around,
    Pairs,
)
from connu.know.trails import CART, DAY, OTHER, PURCHASE, REMOVE, SEARCH, VIEW, Trails

# Counters of one subject and node.
_T1, _T7, _T30, _T90, _V7, _C7, _C30, _B90, _B = range(9)
_LAST, _CART, _BOUGHT, _FIRST, _SESSIONS, _PRODUCTS, _MOST, _COMPARED, _DAYS = range(9, 18)
_PRICES, _PRICED, _SESSION, _IN_SESSION, _DAY, _ALIKE, _AFTER, _PAGES = range(18, 26)
_COUNTERS = 26


def find_pairs(
    trails: Trails, around: Around, moment: int, places: np.ndarray, nodes: np.ndarray
) -> Pairs:
    """The candidates of these subjects as they stood at a moment (µs).

    Subjects without an event before it have none.

    Args:
        places: int64 (s,): numbers of subjects.
        nodes: int32 (k',): node of `around` for each node of the trails' tree, or -1.

    Cost: one pass over the subjects' events, about 0.2 µs an event and 2 µs a candidate; 200 bytes
    a candidate.
    """
    category = np.where(trails.category >= 0, nodes[trails.category], -1).astype(np.int32)
    return pairs_of(trails, category, around, moment, places)


def pairs_of(
    trails: Trails, category: np.ndarray, around: Around, moment: int, places: np.ndarray
) -> Pairs:
    """As `find_pairs`, the events' nodes already turned into those of `around`."""
    place, node, features, size = _fill(
        trails.starts,
        trails.time,
        trails.session,
        trails.product,
        category,
        trails.role,
        trails.price,
        moment,
        places,
        around,
        _decay(),
        MOST_TOUCHED,
        MOST_SPREAD,
    )
    return Pairs(place[:size], node[:size], features[:size])


def _decay() -> np.ndarray:
    """float32 (hours, 4): what an event of that age still counts."""
    hours = np.arange(24 * 900)[:, None] / 24.0
    return np.exp2(-hours / np.array(HALF_LIVES_DAYS)).astype(np.float32)


@njit(cache=True, nogil=True)
def _fill(
    starts: np.ndarray,
    time: np.ndarray,
    session: np.ndarray,
    product: np.ndarray,
    category: np.ndarray,
    role: np.ndarray,
    price: np.ndarray,
    moment: int,
    places: np.ndarray,
    around: Around,
    decay: np.ndarray,
    most_touched: int,
    most_spread: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    k = len(around.above) - 1
    levels = around.lineage.shape[1]
    room = 0
    for s in places:
        room += min((starts[s + 1] - starts[s]) * levels, most_touched) + 1
    room += len(places) * most_spread * levels
    width = 49
    place_out = np.empty(room, np.int32)
    node_out = np.empty(room, np.int32)
    out = np.empty((room, width), np.float32)
    size = 0

    acc = np.zeros((k + 1, _COUNTERS), np.float64)
    seen = np.full(k + 1, -1, np.int64)
    touched = np.empty(k + 1, np.int32)
    product_of = np.full(len(price), -1, np.int64)
    product_views = np.zeros(len(price), np.int32)
    product_session = np.full(len(price), -1, np.int64)
    keys = np.empty(k + 1, np.float64)
    rank = np.zeros(k + 1, np.int32)
    hours_most = len(decay) - 1

    for s in places:
        begin, end = starts[s], starts[s + 1]
        if begin == end or time[begin] >= moment:
            continue
        count = 0
        gap_sum, gaps, bought_before = 0.0, 0, -1.0
        for i in range(begin, end):
            if time[i] >= moment:
                break
            age = (moment - time[i]) / DAY
            hour = min(int(age * 24), hours_most)
            c = category[i]
            what = role[i]
            item = product[i]
            late = age <= LATELY_DAYS
            fresh = False
            views = 0
            if item >= 0 and late and what != PURCHASE and what != REMOVE:
                if product_of[item] != s:
                    product_of[item] = s
                    product_views[item] = 0
                    product_session[item] = -1
                product_views[item] += 1
                views = product_views[item]
                fresh = product_session[item] != session[i]
                product_session[item] = session[i]
            if what == PURCHASE:
                if bought_before >= 0 and bought_before - age > 0.5:
                    gap_sum += bought_before - age
                    gaps += 1
                bought_before = age
            day = np.floor(age)
            for level in range(-1, levels):
                node = k
                if level >= 0:
                    if c < 0:
                        break
                    node = around.lineage[c, level]
                    if node < 0:
                        break
                a = acc[node]
                if seen[node] != s:
                    seen[node] = s
                    a[:] = 0.0
                    a[_LAST] = NEVER_DAYS
                    a[_CART] = NEVER_DAYS
                    a[_BOUGHT] = NEVER_DAYS
                    a[_FIRST] = age
                    a[_SESSION] = -1.0
                    a[_DAY] = -1.0
                    touched[count] = node
                    count += 1
                if what == PURCHASE:
                    a[_B90] += decay[hour, 3]
                    a[_B] += 1.0
                    a[_BOUGHT] = age
                    # What lay in the basket is bought.
                    a[_CART] = NEVER_DAYS
                    a[_C7] = 0.0
                    a[_C30] = 0.0
                    continue
                if what == REMOVE:
                    a[_C7] = max(a[_C7] - decay[hour, 1], 0.0)
                    a[_C30] = max(a[_C30] - decay[hour, 2], 0.0)
                    continue
                a[_T1] += decay[hour, 0]
                a[_T7] += decay[hour, 1]
                a[_T30] += decay[hour, 2]
                a[_T90] += decay[hour, 3]
                a[_LAST] = age
                if what == VIEW:
                    a[_V7] += decay[hour, 1]
                if what == CART:
                    a[_C7] += decay[hour, 1]
                    a[_C30] += decay[hour, 2]
                    a[_CART] = age
                if late:
                    a[_PAGES] += 1.0
                    if a[_SESSION] != session[i]:
                        a[_SESSION] = session[i]
                        a[_IN_SESSION] = 0.0
                        a[_SESSIONS] += 1.0
                    if a[_DAY] != day:
                        a[_DAY] = day
                        a[_DAYS] += 1.0
                    if views == 1:
                        a[_PRODUCTS] += 1.0
                    if fresh:
                        a[_IN_SESSION] += 1.0
                        a[_COMPARED] = max(a[_COMPARED], a[_IN_SESSION])
                    a[_MOST] = max(a[_MOST], views)
                    if item >= 0 and price[item] > 0:
                        a[_PRICES] += np.log(price[item])
                        a[_PRICED] += 1.0
        # The first is the shop: every event counts there. Of too many nodes, the most touched.
        if count - 1 > most_touched:
            for j in range(1, count):
                node = touched[j]
                keys[j] = -(acc[node, _T30] + 0.2 * acc[node, _T90] + 2.0 * acc[node, _B90])
            order = np.argsort(keys[1:count], kind="mergesort")
            chosen = touched[1:count][order].copy()
            for j in range(most_touched):
                touched[j + 1] = chosen[j]
            for j in range(most_touched, len(chosen)):
                seen[chosen[j]] = -1
            count = most_touched + 1
        own = count
        whole = acc[k]
        # What is alike to what was touched, and what is bought after what was bought.
        total = whole[_T30] + 1e-9
        for j in range(1, own):
            node = touched[j]
            weight = acc[node, _T30] / total
            bought = acc[node, _BOUGHT] <= AFTER_DAYS
            for e in range(around.alike_start[node], around.alike_start[node + 1]):
                b = around.alike_node[e]
                if seen[b] != s:
                    if weight < 0.05 or count - own >= most_spread:
                        continue
                    count = _join(b, s, k, acc, seen, touched, count, around)
                acc[b, _ALIKE] += weight * around.alike_weight[e]
            if bought:
                for e in range(around.after_start[node], around.after_start[node + 1]):
                    b = around.after_node[e]
                    if seen[b] != s:
                        if count - own >= most_spread:
                            continue
                        count = _join(b, s, k, acc, seen, touched, count, around)
                    acc[b, _AFTER] = max(acc[b, _AFTER], around.after_weight[e])
        # In which order nodes of one depth were touched last: 0 is the one on his mind.
        for j in range(1, count):
            rank[j] = 0
            node = touched[j]
            for other in range(1, own):
                b = touched[other]
                if around.facts[b, 4] == around.facts[node, 4] and acc[b, _LAST] < acc[node, _LAST]:
                    rank[j] += 1
        breadth = 0.0
        for j in range(1, own):
            if around.facts[touched[j], 4] == 0 and acc[touched[j], _LAST] <= LATELY_DAYS:
                breadth += 1.0
        usual = gap_sum / gaps if gaps > 0 else NEVER_DAYS
        for j in range(count):
            node = touched[j]
            a = acc[node]
            up = acc[around.above[node]] if node < k else whole
            row = out[size]
            place_out[size] = s
            node_out[size] = node
            size += 1
            for f in range(9):
                row[f] = a[f]
            row[9] = a[_LAST]
            row[10] = a[_CART]
            row[11] = a[_BOUGHT]
            row[12] = a[_FIRST]
            row[13] = a[_SESSIONS]
            row[14] = a[_PRODUCTS]
            row[15] = a[_MOST]
            row[16] = a[_COMPARED]
            row[17] = a[_DAYS]
            row[18] = a[_PRICES] / a[_PRICED] if a[_PRICED] > 0 else -1.0
            row[19] = a[_T30] / total
            row[20] = rank[j] if j > 0 else 0
            row[21] = up[_T7] - a[_T7]
            row[22] = up[_T30] - a[_T30]
            row[23] = up[_LAST]
            row[24] = up[_BOUGHT]
            row[25] = a[_ALIKE]
            row[26] = a[_AFTER]
            row[27] = whole[_T1]
            row[28] = whole[_T7]
            row[29] = whole[_T30]
            row[30] = whole[_T90]
            row[31] = whole[_C7]
            row[32] = min(whole[_LAST], whole[_BOUGHT])
            row[33] = whole[_CART]
            row[34] = whole[_BOUGHT]
            row[35] = whole[_B]
            row[36] = whole[_B90]
            row[37] = whole[_SESSIONS]
            row[38] = whole[_DAYS]
            row[39] = whole[_FIRST]
            row[40] = breadth
            row[41] = usual
            for f in range(4):
                row[42 + f] = around.facts[node, f]
            due = -9.0
            if a[_B] > 0:
                due = np.log(a[_BOUGHT] + 1.0) - around.facts[node, 3]
            row[46] = due
            row[47] = around.facts[node, 4]
            row[48] = a[_PAGES]
    return place_out, node_out, out, size


@njit(cache=True, nogil=True)
def _join(
    node: int,
    s: int,
    k: int,
    acc: np.ndarray,
    seen: np.ndarray,
    touched: np.ndarray,
    count: int,
    around: Around,
) -> int:
    """Make an untouched node, and what is above it, candidates; the new count."""
    while node < k and seen[node] != s:
        seen[node] = s
        acc[node, :] = 0.0
        acc[node, _LAST] = NEVER_DAYS
        acc[node, _CART] = NEVER_DAYS
        acc[node, _BOUGHT] = NEVER_DAYS
        acc[node, _FIRST] = NEVER_DAYS
        touched[count] = node
        count += 1
        node = around.above[node]
    return count


__all__ = [
    "AFTER_DAYS",
    "FEATURES",
    "HALF_LIVES_DAYS",
    "LATELY_DAYS",
    "MOST_SPREAD",
    "MOST_TOUCHED",
    "NEVER_DAYS",
    "OTHER",
    "PLACE_OF",
    "SEARCH",
    "Around",
    "Pairs",
    "find_pairs",
    "pairs_of",
]
