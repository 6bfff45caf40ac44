"""Candidate pairs: for each record, the records that share the most and the rarest atoms.

Postings by bucket, then top-k by the summed information of the shared atoms, both directions
united. Cost: linear in the postings visited, bounded by `cap` a bucket.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit, prange

from connu.identify.atoms import MOST_ATOMS, count_buckets, keep_atoms, make_features
from connu.identify.encoding import Records
from connu.identify.pair_keys import pair_keys, sorted_once

#: Records kept per record, and the largest block an atom may have.
TOP, CAP = 10, 50
#: Records a record meets in the blocks of its atoms, the smallest blocks first.
MOST_VISITS = 120
_STEP = 50_000
#: Up to this many records every pair is a candidate.
_ALL_PAIRS = 400
#: At most `MOST_ATOMS` atoms of at most CAP records each.
_MOST_TOUCHED = MOST_ATOMS * CAP


def find_candidates(
    records: Records,
    *,
    fresh: np.ndarray | None = None,
    top: int = TOP,
    cap: int = CAP,
    threads: int = 2,
) -> np.ndarray:
    """Pairs worth comparing, as left · n + right (left < right), int64, sorted.

    Args:
        records: the encoded records.
        fresh: bool [n]: only pairs that these records propose; None: all.
        top: how many records each record proposes at most.
        cap: atoms shared by more records than this say too little.
        threads: worker threads.
    """
    n = records.size
    if n < 2:
        return np.zeros(0, np.int64)
    if n <= _ALL_PAIRS:
        left, right = np.triu_indices(n, 1)
        unique = records.unique_source
        wanted = (unique[left] < 0) | (unique[left] != unique[right])
        if fresh is not None:
            wanted &= fresh[left] | fresh[right]
        return left[wanted] * n + right[wanted]
    start, kept, size = _atoms(records, cap, threads)
    first, posting = postings(n, start, kept, len(size))
    weight = np.log(n / np.maximum(size, 1)).astype(np.float32)
    rows = np.arange(n) if fresh is None else np.flatnonzero(fresh)
    near = top_records(
        n,
        rows,
        top,
        start,
        kept,
        first,
        posting,
        weight,
        records.unique_source,
        MOST_VISITS,
        threads,
    )
    one = np.repeat(rows, top)[near.ravel() >= 0]
    other = near.ravel()[near.ravel() >= 0]
    return sorted_once(pair_keys(one, other, n))


def _atoms(records: Records, cap: int, threads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Atoms of every record that 2 to `cap` records share: start, atoms, records per atom."""
    n = records.size
    features = make_features(records)
    mask = np.uint64((1 << min(26, max(16, int(np.ceil(np.log2(n * 32)))))) - 1)
    buckets = np.zeros(int(mask) + 1, np.uint16)
    names, places = records.names, records.places
    shared = (
        n, mask, cap, features.columns, features.column_group, features.column_use,
        names.start, names.codes, features.name_table, features.name_use,
        places.start, places.codes, features.place_table, features.number_table,
        features.counts, buckets,
    )  # fmt: skip
    count_buckets(*shared)

    def keep(first: int) -> tuple[np.ndarray, np.ndarray]:
        last = min(first + _STEP, n)
        start = np.empty(last - first + 1, np.int64)
        out = np.empty((last - first) * MOST_ATOMS, np.int32)
        total = keep_atoms(first, last, *shared, start, out)
        return np.diff(start), out[:total].copy()

    with ThreadPoolExecutor(threads) as pool:
        pieces = list(pool.map(keep, range(0, n, _STEP)))
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.concatenate([sizes for sizes, _ in pieces]), out=start[1:])
    kept = np.concatenate([atoms for _, atoms in pieces])
    used = number_buckets(kept, buckets, np.full(len(buckets), -1, np.int32))
    return start, kept, np.bincount(kept, minlength=used)


@njit(cache=True, nogil=True)
def number_buckets(kept, buckets, dense):
    """Number the buckets in use from 0, in place, so that postings fit the atoms kept."""
    used = 0
    for z in range(kept.size):
        b = kept[z]
        if dense[b] < 0:
            dense[b] = used
            used += 1
        kept[z] = dense[b]
    return used


@njit(cache=True, nogil=True)
def postings(n, start, kept, used):
    """Records of each atom: first int64 [used + 1], records int32 [total], in order of rid."""
    first = np.zeros(used + 1, np.int64)
    for z in range(kept.size):
        first[kept[z] + 1] += 1
    for b in range(used):
        first[b + 1] += first[b]
    at = first[:-1].copy()
    out = np.empty(kept.size, np.int32)
    for i in range(n):
        for z in range(start[i], start[i + 1]):
            out[at[kept[z]]] = i
            at[kept[z]] += 1
    return first, out


@njit(cache=True, nogil=True, parallel=True)
def top_records(n, rows, top, start, kept, first, posting, weight, unique, most, parts):
    """The `top` records of the largest summed weight of each row: int32 [rows, top], -1 padded."""
    near = np.full((rows.size, top), -1, np.int32)
    for part in prange(parts):
        score = np.zeros(n, np.float32)
        touched = np.empty(_MOST_TOUCHED, np.int32)
        best = np.empty(top, np.float32)
        for row in range(part, rows.size, parts):
            i = rows[row]
            seen = visited = 0
            for z in range(start[i], start[i + 1]):
                b = kept[z]
                w = weight[b]
                visited += first[b + 1] - first[b]
                if visited > most:
                    break
                for p in range(first[b], first[b + 1]):
                    j = posting[p]
                    if score[j] == 0.0:
                        if seen == touched.size:
                            continue
                        touched[seen] = j
                        seen += 1
                    score[j] += w
            held = 0
            for t in range(seen):
                j = touched[t]
                s = score[j]
                score[j] = 0.0
                if j == i or (unique[i] >= 0 and unique[i] == unique[j]):
                    continue
                # Insertion into a short sorted list; ties by the smaller record.
                if held == top:
                    if s < best[top - 1] or (s == best[top - 1] and j > near[row, top - 1]):
                        continue
                    at = top - 1
                else:
                    at = held
                    held += 1
                while at > 0 and (
                    best[at - 1] < s or (best[at - 1] == s and near[row, at - 1] > j)
                ):
                    best[at] = best[at - 1]
                    near[row, at] = near[row, at - 1]
                    at -= 1
                best[at] = s
                near[row, at] = j
    return near
