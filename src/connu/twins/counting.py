"""Counting: coded events → rows of a sparse matrix, compiled.

The one place where behaviour becomes numbers, for a million visitors at night as for one online,
so that both agree to the bit. Counts are whole; whatever is a sum of fractions is summed in the
order of time; nothing depends on the order in which events arrive.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

from connu.twins.coded import NO_SESSION, NO_TIME, Events, Rows, Tables
from connu.twins.features import MEASURES
from connu.twins.sorting import count_distinct, sort_by_time, sort_keys

#: A feature counts so often at most in one subject: a machine must not dominate.
MOST = 1000
#: Without sessions, events so far apart (µs) are of two visits.
PAUSE_US = 30 * 60 * 1_000_000
_SECOND_US, _HOUR_US, _DAY_US = 1_000_000, 3_600_000_000, 86_400_000_000
_MEASURES = len(MEASURES)
#: Of a number made of two, the lower.
_LOW = (1 << 32) - 1
#: A pace that varies less is even: what is left is rounding.
_STEADY = 1e-9
#: Events whose features are counted at a time: bounds the memory of what is being sorted.
_SLICE = 100_000


def count_rows(events: Events, tables: Tables, threads: int = 2) -> Rows:
    """The rows of all subjects, in order.

    Cost: about 0.5 µs of a processor an event; memory 12 bytes a feature of an event, for the
    slices at work, beside the result.
    """
    order, starts = _grouped(events.place, events.time, events.subjects)
    width = tables.width + events.contexts.shape[1]
    cuts = _slices(starts, _SLICE)
    known = np.zeros(events.subjects, np.float32)

    def work(cut: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        first, last = cut
        total = int(starts[last] - starts[first]) * width + (last - first) * _MEASURES
        columns, values = np.empty(total, np.int32), np.empty(total, np.float32)
        lengths = np.zeros(last - first, np.int64)
        _count(
            first,
            last,
            order,
            starts,
            width,
            events.time,
            events.session,
            events.product,
            events.category,
            events.page,
            events.value,
            events.contexts,
            tables.product,
            tables.rating,
            tables.mean,
            tables.category,
            tables.page,
            tables.leaf,
            tables.top,
            tables.leaf_pairs,
            tables.top_pairs,
            tables.hour,
            tables.weekday,
            columns,
            values,
            lengths,
            known,
        )
        kept = int(lengths.sum())
        return lengths, columns[:kept].copy(), values[:kept].copy()

    if len(cuts) == 1 or threads == 1:
        made = [work(cut) for cut in cuts]
    else:
        with ThreadPoolExecutor(threads) as pool:
            made = list(pool.map(work, cuts))
    return Rows(
        lengths=np.concatenate([lengths for lengths, _, _ in made]),
        columns=np.concatenate([columns for _, columns, _ in made]),
        values=np.concatenate([values for _, _, values in made]),
        known_share=known,
    )


def _slices(starts: np.ndarray, events: int) -> list[tuple[int, int]]:
    """Runs of subjects of about `events` events; a subject is never cut."""
    last = len(starts) - 1
    bounds = np.searchsorted(starts, np.arange(events, int(starts[-1]), events))
    marks = np.unique(np.concatenate([[0], np.minimum(bounds, last), [last]])).tolist()
    return list(pairwise(marks)) or [(0, last)]


@njit(cache=True, nogil=True)
def _grouped(place, time, subjects):
    """The events by subject: their order, and where each one's start."""
    starts = np.zeros(subjects + 1, np.int64)
    for p in place:
        starts[p + 1] += 1
    for s in range(subjects):
        starts[s + 1] += starts[s]
    order = np.empty(len(place), np.int64)
    free = starts[:-1].copy()
    for i in range(len(place)):
        order[free[place[i]]] = i
        free[place[i]] += 1
    return order, starts


@njit(cache=True, nogil=True)
def _count(
    first,
    last,
    order,
    starts,
    width,
    time,
    session,
    product,
    category,
    page,
    value,
    contexts,
    product_column,
    rating_column,
    rating_mean,
    category_columns,
    page_columns,
    leaf,
    top,
    leaf_pairs,
    top_pairs,
    hour_column,
    weekday_column,
    out_columns,
    out_values,
    lengths,
    known,
):
    """Write the rows of subjects first … last one after another, and their lengths."""
    at = 0
    most = 0
    for s in range(first, last):
        most = max(most, starts[s + 1] - starts[s])
    all_keys, spare = np.empty(most * width, np.int32), np.empty(most * width, np.int32)
    buckets = np.empty(256, np.int64)
    all_sessions, spare_sessions = np.empty(most, np.int64), np.empty(most, np.int64)
    all_products, all_categories = np.empty(most, np.int32), np.empty(most, np.int32)
    all_gaps, spare_order = np.empty(most, np.float64), np.empty(most, np.int64)
    for s in range(first, last):
        a, b = starts[s], starts[s + 1]
        n = b - a
        if n == 0:
            continue
        sort_by_time(order[a:b], time, spare_order)
        keys = all_keys[: n * width]
        used = 0
        sessions = all_sessions[:n]
        with_session = 0
        products = all_products[:n]
        with_product = 0
        categories = all_categories[:n]
        with_category = 0
        named, named_known = 0, 0
        other, other_known = 0, 0
        rated = 0
        for i in range(a, b):
            e = order[i]
            p, c, g = product[e], category[e], page[e]
            understood = False
            if p >= 0:
                products[with_product] = p
                with_product += 1
                if product_column[p] >= 0:
                    keys[used] = product_column[p]
                    used += 1
                    understood = True
                if rating_column[p] >= 0 and not np.isnan(value[e]):
                    rated += 1
            if c >= 0:
                categories[with_category] = c
                with_category += 1
                for level in range(category_columns.shape[1]):
                    if category_columns[c, level] >= 0:
                        keys[used] = category_columns[c, level]
                        used += 1
                        understood = True
            paged = False
            if g >= 0:
                for level in range(page_columns.shape[1]):
                    if page_columns[g, level] >= 0:
                        keys[used] = page_columns[g, level]
                        used += 1
                        paged = True
            for k in range(contexts.shape[1]):
                if contexts[e, k] >= 0:
                    keys[used] = contexts[e, k]
                    used += 1
            if p >= 0 or c >= 0:
                named += 1
                if understood:
                    named_known += 1
            else:
                other += 1
                if paged or (g < 0 and contexts[e, 0] >= 0):
                    other_known += 1
            if session[e] != NO_SESSION:
                sessions[with_session] = session[e]
                with_session += 1
            if time[e] != NO_TIME:
                column = hour_column[(time[e] // _HOUR_US) % 24]
                if column >= 0:
                    keys[used] = column
                    used += 1
                column = weekday_column[(time[e] // _DAY_US + 3) % 7]
                if column >= 0:
                    keys[used] = column
                    used += 1
        if named > 0:
            known[s] = named_known / named
        elif other > 0:
            known[s] = other_known / other

        # Moments: events of one time are one moment, as their order is not known. A moment's
        # session or category counts where all its events agree.
        gaps = all_gaps[:n]
        linked, seconds = 0, 0.0
        visits_without = 0
        before_time = NO_TIME
        before_session = np.int64(NO_SESSION)
        before_mixed = False
        last_category, last_one = np.int64(-1), NO_TIME
        last_session = np.int64(NO_SESSION)
        last_mixed = False
        last_without = NO_TIME
        first_time = NO_TIME
        i = a
        while i < b:
            t = time[order[i]]
            j = i
            moment_session = session[order[i]]
            mixed = False
            moment_category = np.int64(-1)
            several = False
            without = False
            while j < b and time[order[j]] == t:
                e = order[j]
                if session[e] != moment_session:
                    mixed = True
                if session[e] == NO_SESSION:
                    without = True
                c = category[e]
                if c >= 0:
                    if moment_category >= 0 and moment_category != c:
                        several = True
                    # The greatest, not the last: the order within a moment must not show.
                    moment_category = max(moment_category, c)
                j += 1
            i = j
            if t == NO_TIME:
                visits_without += 1 if without else 0
                continue
            if first_time == NO_TIME:
                first_time = t
            if without:
                if last_without == NO_TIME or t - last_without > PAUSE_US:
                    visits_without += 1
                last_without = t
            if before_time != NO_TIME and _together(
                t - before_time, moment_session, mixed, before_session, before_mixed
            ):
                gap = (t - before_time) / _SECOND_US
                gaps[linked] = np.log1p(gap)
                linked += 1
                seconds += gap
            before_time, before_session, before_mixed = t, moment_session, mixed
            if moment_category >= 0:
                if (
                    not several
                    and last_category >= 0
                    and _together(t - last_one, moment_session, mixed, last_session, last_mixed)
                ):
                    x, y = leaf[last_category], leaf[moment_category]
                    if x >= 0 and y >= 0 and leaf_pairs[x, y] >= 0:
                        keys[used] = leaf_pairs[x, y]
                        used += 1
                    x, y = top[last_category], top[moment_category]
                    if x >= 0 and y >= 0 and top_pairs[x, y] >= 0:
                        keys[used] = top_pairs[x, y]
                        used += 1
                last_category = np.int64(-1) if several else moment_category
                last_one, last_session, last_mixed = t, moment_session, mixed

        visits = count_distinct(sessions, with_session, spare_sessions, buckets) + visits_without
        pace, varies = 0.0, 0.0
        for k in range(linked):
            pace += gaps[k]
        if linked:
            pace /= linked
            for k in range(linked):
                varies += abs(gaps[k] - pace)
            varies = varies / linked if varies > _STEADY * linked else 0.0
        begin = at
        out_values[at] = np.log1p(n)
        out_values[at + 1] = np.log1p(visits)
        span = (before_time - first_time) / _DAY_US if first_time != NO_TIME else 0.0
        out_values[at + 2] = np.log1p(span)
        out_values[at + 3] = pace
        out_values[at + 4] = varies
        out_values[at + 5] = np.log1p(seconds / max(visits, 1))
        different = count_distinct(products, with_product, spare, buckets)
        out_values[at + 6] = np.log1p(different)
        out_values[at + 7] = different / max(with_product, 1)
        out_values[at + 8] = count_distinct(categories, with_category, spare, buckets) / max(
            with_category, 1
        )
        for k in range(_MEASURES):
            out_columns[at + k] = k
        at += _MEASURES

        sort_keys(keys, used, spare, buckets)
        k = 0
        while k < used:
            j = k + 1
            while j < used and keys[j] == keys[k]:
                j += 1
            out_columns[at] = keys[k]
            out_values[at] = min(j - k, MOST)
            at += 1
            k = j

        if rated:
            at = _rate(
                a, b, order, time, product, value, rating_column, rating_mean, rated,
                begin, at, out_columns, out_values, buckets,
            )  # fmt: skip
        lengths[s - first] = at - begin


@njit(cache=True, nogil=True)
def _together(gap, session, mixed, other_session, other_mixed):
    """Whether two moments are of one visit: of one session, or, without, not far apart."""
    if mixed or other_mixed:
        return False
    if session == NO_SESSION or other_session == NO_SESSION:
        return gap <= PAUSE_US
    return session == other_session


@njit(cache=True, nogil=True)
def _rate(
    a, b, order, time, product, value, rating_column, rating_mean, rated,
    begin, at, out_columns, out_values, buckets,
):  # fmt: skip
    """Add a subject's ratings to his row: of each product the last, of one moment's the best."""
    keys, spare = np.empty(rated, np.int64), np.empty(rated, np.int64)
    events = np.empty(rated, np.int64)
    found = 0
    for i in range(a, b):
        e = order[i]
        p = product[e]
        if p >= 0 and rating_column[p] >= 0 and not np.isnan(value[e]):
            events[found] = e
            keys[found] = (np.int64(rating_column[p]) << 32) + found
            found += 1
    sort_keys(keys, found, spare, buckets)
    k = 0
    while k < found:
        column = keys[k] >> 32
        best = events[keys[k] & _LOW]
        k += 1
        while k < found and keys[k] >> 32 == column:
            e = events[keys[k] & _LOW]
            k += 1
            if time[e] > time[best] or (time[e] == time[best] and value[e] > value[best]):
                best = e
        out_columns[at] = column
        out_values[at] = value[best] - rating_mean[product[best]]
        at += 1
    length = at - begin
    row_columns, row_values = out_columns[begin:at].copy(), out_values[begin:at].copy()
    keys, spare = np.empty(length, np.int64), np.empty(length, np.int64)
    for k in range(length):
        keys[k] = (np.int64(row_columns[k]) << 32) + k
    sort_keys(keys, length, spare, buckets)
    for k in range(length):
        out_columns[begin + k] = row_columns[keys[k] & _LOW]
        out_values[begin + k] = row_values[keys[k] & _LOW]
    return at
