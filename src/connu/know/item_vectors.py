"""Item vectors: items that the same sessions hold lie near each other.

Two items that nobody saw together may still stand beside the same others; the vectors know, the
counts do not. Positive pointwise mutual information of items within a few steps, and its truncated
singular value decomposition.

Source: Levy & Goldberg, Neural Word Embedding as Implicit Matrix Factorization, NeurIPS 2014.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from connu.know.sessions import Sessions
from connu.twins.neighbours import Neighbours

#: Steps within which two items count as together; nearer ones count more.
WINDOW = 5
#: Events that vectors are learnt from, the latest; more move them little.
_EVENTS = 3_000_000
#: Frequent neighbours are not allowed to crowd out the rest (Levy, Goldberg & Dagan 2015).
_SMOOTHING = 0.75
_POWER_ITERATIONS = 4


def item_vectors(sessions: Sessions, items: int, *, size: int = 48, seed: int = 0) -> np.ndarray:
    """float32 (items, size), each of length 1, or 0 for an item that stands alone.

    Cost: linear in events × WINDOW, and size × the pairs for the decomposition; 40 s of processor
    time for three million events.
    """
    first = int(np.searchsorted(sessions.starts, sessions.starts[-1] - _EVENTS))
    sessions = sessions.take(np.arange(first, len(sessions))) if first else sessions
    together = _together(sessions, items)
    size = min(size, items - 1)
    if together.nnz == 0 or size < 1:
        return np.zeros((items, 1), np.float32)
    seen = np.asarray(together.sum(axis=1)).ravel()
    smooth = seen**_SMOOTHING / (seen**_SMOOTHING).sum()
    pairs = together.tocoo()
    information = np.log(pairs.data / (seen[pairs.row] * smooth[pairs.col]))
    kept = information > 0
    matrix = sparse.csr_matrix(
        (information[kept], (pairs.row[kept], pairs.col[kept])), shape=(items, items)
    )
    if matrix.nnz == 0:
        return np.zeros((items, 1), np.float32)
    with threadpool_limits(1, "blas"):
        left, strength, _ = randomized_svd(
            matrix, size, random_state=seed, n_iter=_POWER_ITERATIONS
        )
    vectors = left * np.sqrt(strength)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-9)
    return np.ascontiguousarray(unit, np.float32)


def nearest_items(vectors: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """int32 (items, count): the items nearest to each, nearest first; -1 where there are none."""
    items = len(vectors)
    near = np.full((items, count), -1, np.int32)
    alone = ~vectors.any(axis=1)
    there = np.flatnonzero(~alone)
    if len(there) < 2:
        return near
    most = min(count + 1, len(there))
    index = Neighbours.build(vectors[there], seed=seed)
    _, found = index.search(vectors[there], most)
    # Itself need not be the first: others may have the very same vector.
    other = found != np.arange(len(there))[:, None]
    order = np.argsort(~other, axis=1, kind="stable")[:, : most - 1]
    near[there, : most - 1] = there[np.take_along_axis(found, order, axis=1)]
    return near


def _together(sessions: Sessions, items: int) -> sparse.csr_matrix:
    """How often two items stand within WINDOW steps of each other, by 1 / steps."""
    session = np.repeat(np.arange(len(sessions), dtype=np.int32), sessions.lengths)
    rows, columns, weights = [], [], []
    for steps in range(1, WINDOW + 1):
        one, other = sessions.item[:-steps], sessions.item[steps:]
        same = (session[:-steps] == session[steps:]) & (one != other)
        rows.append(one[same])
        columns.append(other[same])
        weights.append(np.full(int(same.sum()), 1 / steps, np.float32))
    pairs = (np.concatenate(rows), np.concatenate(columns))
    counted = sparse.coo_matrix((np.concatenate(weights), pairs), shape=(items, items)).tocsr()
    return (counted + counted.T).tocsr()
