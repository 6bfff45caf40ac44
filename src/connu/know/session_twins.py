"""Session twins: who looked at the same things, and what came next for them.

For a running session, the latest sessions that share its items are weighed: by how late in this
session the shared item stands, and by how rare it is; an old one weighs less. What the nearest of
them hold is a candidate, and so is what followed or preceded its items, what lies near them, what
is popular now, and what the subject looked at before. Each candidate is described by the columns
of `session_features`; a ranker weighs them.

Sources: V-SKNN, Ludewig & Jannach, Evaluation of session-based recommendation algorithms, UMUAI
2018; STAN, Garg et al., SIGIR 2019; VMIS-kNN, Kersbergen, Sprangers & Schelter, Serenade, SIGMOD
2022. What is ours: the candidates of all kinds in one pass, each seen only as it stood when the
session began, so that the ranker can be learnt on the very sessions that are indexed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: Of a running session the latest events count, so many at most.
LONGEST = 20
#: Sessions looked at per item, the latest; twins kept; steps around a shared item.
POSTINGS, TWINS, STEPS = 300, 200, 4
#: An item's weight by how many distinct ones came after it; items whose surroundings are read.
DECAY, CLOSE = 0.75, 4
#: Days after which a twin weighs 1 / e.
REST_DAYS = 21.0
_DAY = 86_400e6
#: Columns of the counts held per item while a session is told of.
_TWINS, _AFTER, _NEXT, _BEFORE, _AFTER_ANY, _BEFORE_ANY, _COUNT, _NEAREST, _SECOND, _BOTH = range(
    10
)


@njit(cache=True)
def _first_at(values: np.ndarray, low: int, high: int, wanted: int) -> int:
    """The first place in values[low:high] (ascending) not below `wanted`."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def _touch(item: int, slot: np.ndarray, items: np.ndarray, touched: int) -> int:
    """Note an item as a candidate, with its place + 1 in `slot`; returns how many there are."""
    if slot[item] > 0:
        return touched
    items[touched] = item
    slot[item] = touched + 1
    return touched + 1


@njit(cache=True)
def _walk(
    distinct: int,
    item: int,
    previous: int,
    weight: np.float32,
    limit: int,
    own: int,
    index: tuple[np.ndarray, np.ndarray, np.ndarray],
    starts: np.ndarray,
    held: np.ndarray,
    near: np.ndarray,
    shared: np.ndarray,
    twins: np.ndarray,
    counts: np.ndarray,
    slot: np.ndarray,
    items: np.ndarray,
    found: int,
    touched: int,
) -> tuple[int, int, int]:
    """Read an item's postings: weigh its sessions, count what stands around it.

    `shared[s]` is (weight, how many distinct items of this session came after the one shared).
    Returns the sessions found, the candidates touched, and the postings read.
    """
    begins, session, position = index
    low = begins[item]
    high = _first_at(session, low, begins[item + 1], limit)
    rarity = np.log(1 + limit / (1.0 + high - low))
    bottom = max(low, high - POSTINGS)
    for e in range(high - 1, bottom - 1, -1):
        s = session[e]
        if s == own:
            continue
        if shared[s, 0] == 0:
            twins[found] = s
            found += 1
            shared[s, 1] = distinct
        shared[s, 0] += weight * rarity
        if distinct >= CLOSE:
            continue
        here = starts[s] + position[e]
        for x in range(here + 1, min(starts[s + 1], here + STEPS + 1)):
            other = held[x]
            touched = _touch(other, slot, items, touched)
            gain = np.float32(1.0 / (x - here))
            counts[other, _AFTER_ANY] += weight * gain
            if distinct == 0:
                counts[other, _AFTER] += gain
                if x == here + 1:
                    counts[other, _NEXT] += 1
                    if position[e] > 0 and held[here - 1] == previous:
                        counts[other, _BOTH] += 1
            elif distinct == 1 and x == here + 1:
                counts[other, _SECOND] += 1
        for x in range(max(starts[s], here - STEPS), here):
            other = held[x]
            touched = _touch(other, slot, items, touched)
            gain = np.float32(1.0 / (here - x))
            counts[other, _BEFORE_ANY] += weight * gain
            if distinct == 0:
                counts[other, _BEFORE] += gain
    if distinct < 2:
        for other in near[item]:
            if other < 0:
                break
            touched = _touch(other, slot, items, touched)
    return found, touched, high - bottom


@njit(cache=True)
def _weigh_twins(
    found: int,
    now: int,
    limit: int,
    starts: np.ndarray,
    held: np.ndarray,
    ends: np.ndarray,
    shared: np.ndarray,
    twins: np.ndarray,
    counts: np.ndarray,
    slot: np.ndarray,
    items: np.ndarray,
    touched: int,
) -> int:
    """Give the items of the nearest sessions what those weigh; returns the candidates touched."""
    weight = np.empty(found, np.float32)
    for k in range(found):
        # Of sessions that share the same, the later one is nearer.
        weight[k] = shared[twins[k], 0] * (1 + 0.05 * twins[k] / limit)
    least = np.float32(0)
    if found > TWINS:
        least = np.partition(weight, found - TWINS)[found - TWINS]
    for k in range(found):
        s = twins[k]
        if weight[k] >= least:
            held_back = 1.0 + shared[s, 1]
            # Whoever asks with an older clock is answered as of now: nothing weighs more than 1.
            rest = max(now - ends[s], 0) / _DAY
            given = shared[s, 0] / held_back * np.exp(-rest / REST_DAYS)
            for x in range(starts[s], starts[s + 1]):
                other = held[x]
                touched = _touch(other, slot, items, touched)
                counts[other, _TWINS] += given
                counts[other, _COUNT] += 1
                counts[other, _NEAREST] = max(counts[other, _NEAREST], shared[s, 0])
        shared[s, 0] = 0
    return touched


@njit(cache=True)
def _chosen(
    touched: int,
    items: np.ndarray,
    counts: np.ndarray,
    slot: np.ndarray,
    vectors: np.ndarray,
    session_vector: np.ndarray,
    run: np.ndarray,
    most: int,
) -> tuple[np.ndarray, float]:
    """The candidates with the best quick scores, best first, and the most that twins hold."""
    last = run[len(run) - 1]
    top_twins, top_around = np.float32(1e-9), np.float32(1e-9)
    for k in range(touched):
        item = items[k]
        if item != last:
            top_twins = max(top_twins, counts[item, _TWINS])
        top_around = max(top_around, counts[item, _AFTER_ANY] + counts[item, _BEFORE_ANY] / 2)
    score = np.empty(touched, np.float64)
    for k in range(touched):
        item = items[k]
        around = counts[item, _AFTER_ANY] + counts[item, _BEFORE_ANY] / 2
        score[k] = counts[item, _TWINS] / top_twins + around / top_around
        if score[k] == 0:
            # What no twin holds is told apart by how near it lies.
            alike = np.float32(0)
            for d in range(vectors.shape[1]):
                alike += vectors[item, d] * session_vector[d]
            score[k] += 0.2 * alike
    for item in run:
        score[slot[item] - 1] += 10  # what this session holds is always weighed
    kept = np.arange(touched)
    if touched > most:
        least = np.partition(score, touched - most)[touched - most]
        kept = np.flatnonzero(score >= least)
    # Ties by item, so that the order of reading says nothing.
    kept = kept[np.argsort(items[:touched][kept])]
    kept = kept[np.argsort(-score[kept], kind="mergesort")][:most]
    return items[:touched][kept], float(top_twins)


@njit(cache=True, nogil=True)
def describe(
    starts: np.ndarray,
    run_items: np.ndarray,
    run_times: np.ndarray,
    limits: np.ndarray,
    own: np.ndarray,
    ended: np.ndarray,
    past_from: np.ndarray,
    past_to: np.ndarray,
    past: np.ndarray,
    index: tuple[np.ndarray, np.ndarray, np.ndarray],
    session_starts: np.ndarray,
    session_items: np.ndarray,
    session_ends: np.ndarray,
    vectors: np.ndarray,
    near: np.ndarray,
    popular: np.ndarray,
    group: np.ndarray,
    counts: np.ndarray,
    slot: np.ndarray,
    items: np.ndarray,
    shared: np.ndarray,
    candidates: np.ndarray,
    columns: np.ndarray,
) -> None:
    """Fill the candidates of q running sessions and their columns.

    Args:
        starts: int64 (q + 1,); run_items int32, run_times int64 (µs): the events so far; the last
            is on screen.
        limits: int64 (q,): only sessions before this number are known, and not that of `own`:
            int64 (q,), -1 where it is not among them.
        ended: bool (q,): the session is over.
        past_from, past_to: int64 (q,), past int32: earlier items of the same subjects.
        index: the `Postings`; session_starts, session_items, session_ends: the `Sessions`.
        vectors: float32 (items, d); near: int32 (items, …) the items nearest to each.
        popular: int32: candidates for everybody.
        group: int32 (items,): category, or -1.
        counts: float32 (items, 10), slot: int32 (items,), shared: float32 (sessions, 2): zero,
            and zero again in the end; items: int32 (items,): room to work in.
        candidates: int32 (q, n), written: best first by the quick score; -1 where there are fewer.
        columns: float32 (q, n, len(FEATURES)), written.

    Cost: some 0.1 ms a session.
    """
    most = candidates.shape[1]
    twins = np.empty(min(len(session_starts), LONGEST * POSTINGS + 1), np.int32)
    session_vector = np.zeros(vectors.shape[1], np.float32)
    begins, session, _ = index
    for q in range(len(starts) - 1):
        run = run_items[max(starts[q], starts[q + 1] - LONGEST) : starts[q + 1]]
        times = run_times[starts[q + 1] - len(run) : starts[q + 1]]
        length, limit, now = len(run), int(limits[q]), int(times[len(run) - 1])
        last = run[length - 1]
        found, touched, distinct, read_last = 0, 0, 0, 0
        session_vector[:] = 0
        for j in range(length):
            item = run[length - 1 - j]
            repeated = False
            for k in range(j):
                repeated = repeated or run[length - 1 - k] == item
            if repeated:
                continue
            weight = np.float32(DECAY**distinct)
            session_vector += weight * vectors[item]
            previous = run[length - 2] if length > 1 else -1
            found, touched, read = _walk(
                distinct, item, previous, weight, limit, int(own[q]),
                index, session_starts, session_items, near,
                shared, twins, counts, slot, items, found, touched,
            )  # fmt: skip
            if distinct == 0:
                read_last = read
            touched = _touch(item, slot, items, touched)
            distinct += 1
        touched = _weigh_twins(
            found, now, max(limit, 1), session_starts, session_items, session_ends,
            shared, twins, counts, slot, items, touched,
        )  # fmt: skip
        before = past[max(past_from[q], past_to[q] - 50) : past_to[q]]
        for item in before:
            touched = _touch(item, slot, items, touched)
        if touched < most:
            for item in popular:
                touched = _touch(item, slot, items, touched)
        norm = np.float32(np.sqrt((session_vector * session_vector).sum()) + 1e-9)
        session_vector /= norm
        best, top_twins = _chosen(touched, items, counts, slot, vectors, session_vector, run, most)
        pause = np.log1p((times[length - 1] - times[length - 2]) / 1e6) if length > 1 else -1.0
        pause_before = (
            np.log1p((times[length - 2] - times[length - 3]) / 1e6) if length > 2 else -1.0
        )
        for r in range(most):
            if r >= len(best):
                candidates[q, r] = -1
                columns[q, r, :] = 0
                continue
            item = best[r]
            candidates[q, r] = item
            of, to = counts[item], columns[q, r]
            low = begins[item]
            high = _first_at(session, low, begins[item + 1], limit)
            tenth = _first_at(session, low, high, limit * 9 // 10)
            hundredth = _first_at(session, tenth, high, limit * 99 // 100)
            to[0] = of[_TWINS] / top_twins
            to[1] = r
            to[2] = of[_AFTER] / (read_last + 5)
            to[3] = of[_NEXT]
            to[4] = of[_NEXT] / (read_last + 3)
            to[5] = of[_BEFORE] / (read_last + 5)
            to[6] = of[_AFTER_ANY]
            to[7] = of[_BEFORE_ANY]
            to[8] = of[_COUNT]
            to[9] = of[_NEAREST]
            to[10] = of[_SECOND]
            to[11] = of[_BOTH]
            to[12] = (of[_AFTER] + of[_BEFORE]) / np.sqrt(1.0 + high - low)
            to[13] = np.log1p(high - low)
            to[14] = np.log1p(high - tenth)
            to[15] = np.log1p(high - hundredth)
            to[16] = (now - session_ends[session[low]]) / _DAY if high > low else -1
            to[17] = (now - session_ends[session[high - 1]]) / _DAY if high > low else -1
            times_here, steps_ago, in_group = 0, 99, 0
            for j in range(length):
                if run[length - 1 - j] == item:
                    times_here += 1
                    steps_ago = min(steps_ago, j)
                if group[item] >= 0 and group[run[j]] == group[item]:
                    in_group += 1
            to[18] = times_here
            to[19] = steps_ago
            to[20] = item == last
            to[21] = counts[last, _NEXT] / (read_last + 3)
            to[22] = length
            to[23] = np.log1p(read_last)
            to[24] = pause
            to[25] = pause_before
            to[26] = distinct / length
            alike_last, alike = np.float32(0), np.float32(0)
            for d in range(vectors.shape[1]):
                alike_last += vectors[last, d] * vectors[item, d]
                alike += session_vector[d] * vectors[item, d]
            to[27] = alike_last
            to[28] = alike
            to[29] = group[item] >= 0 and group[last] == group[item]
            to[30] = in_group / length
            past_times, past_group, past_steps = 0, 0, len(before) + 1
            for j in range(len(before)):
                if before[len(before) - 1 - j] == item:
                    past_times += 1
                    past_steps = min(past_steps, j + 1)
                if group[item] >= 0 and group[before[j]] == group[item]:
                    past_group += 1
            to[31] = past_times
            to[32] = past_group / max(len(before), 1)
            to[33] = np.log(past_steps) if past_times > 0 else 9
            to[34] = ended[q]
        for k in range(touched):
            counts[items[k], :] = 0
            slot[items[k]] = 0
