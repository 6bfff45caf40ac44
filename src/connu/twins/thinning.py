"""Thinning: known people's histories cut to the lengths that visitors' have.

Customers who gave their profile come often; a visitor nobody knows was seen a few times. What is
said of eight events is less sure than what is said of eighty, so how sure to be is learnt on known
people of whom no more is seen than of visitors. It is never learnt *from* the cut histories: the
model reads all there is, only calibration reads these.

The right thing to cut is the events: `thinned_events_sql` keeps a run of consecutive events, which
is what a short visit looks like, and every feature (pages, transitions, hours, pace) is then read
from it as from a visitor's. `thin` serves whoever has nothing but a matrix of counts: it cannot
know the order of events, and of blocks that count the same events only what `parents` tells it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from connu.engine.sql import literal
from connu.twins.chance import drawn, hashed, row_keys, step

#: How many events each visitor has: the untied events of a cookie of nobody known.
VISITOR_LENGTHS_SQL = """
    SELECT count(*) AS events
    FROM events e
    JOIN visitors v ON v.anonymous_id = e.anonymous_id
    WHERE v.customer_id IS NULL AND NOT v.shared_device
      AND NOT EXISTS (SELECT 1 FROM event_customers t WHERE t.source = e.source AND t.row = e.row)
    GROUP BY e.anonymous_id
"""
_KNOWN_SQL = "SELECT DISTINCT customer_id FROM known"
# Equal times are told apart by content, so that the rows' order in a file changes nothing.
_ORDER = "e.time, e.type, e.product, e.page, e.category, e.session, e.value, e.source, e.row"
_DIGITS = 8


def thinned_events_sql(
    *, seed: int, known: str = _KNOWN_SQL, lengths: str = VISITOR_LENGTHS_SQL
) -> str:
    """The query of the thinned events: columns of `events`, rows of known people alone.

    Each known customer draws a visitor's length and keeps as many consecutive events, from a place
    drawn too; whoever has no more keeps all he has. Both draws are hashes of the customer and the
    seed. Events of a browser (with a cookie) go before others: a visitor has only such; of a
    customer who has none, whatever he has is cut. Without any visitor nothing is cut.

    Reads `events`, `event_customers`, and what `known` and `lengths` read. Ties to customers are as
    for `events`, by source and row. Cost: a sort of the known people's events, about 1 s a million
    on two cores.

    Args:
        seed: of the draws.
        known: a query with the column customer_id, one row a customer.
        lengths: a query with the column events, one row a visitor.
    """
    kept = "CASE WHEN c.events < n.own THEN c.events ELSE n.own END"
    return f"""
    WITH lengths AS (
        SELECT events, row_number() OVER (ORDER BY events) - 1 AS place
        FROM ({lengths}) AS counted WHERE events > 0
    ),
    hashes AS (
        SELECT customer_id, md5({literal(f"{seed}")} || chr(31) || customer_id) AS digits
        FROM ({known}) AS people
    ),
    draws AS (
        SELECT h.customer_id, {_unit_sql("h.digits", 1)} AS start_share,
            CAST(floor({_unit_sql("h.digits", 1 + _DIGITS)} * m.visitors) AS BIGINT) AS place
        FROM hashes h CROSS JOIN (SELECT count(*) AS visitors FROM lengths) AS m
    ),
    cuts AS (
        SELECT d.customer_id, d.start_share, l.events
        FROM draws d LEFT JOIN lengths l ON l.place = d.place
    ),
    histories AS (
        SELECT e.*, t.customer_id AS whose,
            max(CASE WHEN e.anonymous_id IS NULL THEN 0 ELSE 1 END)
                OVER (PARTITION BY t.customer_id) AS browses
        FROM (
            SELECT source, row, anonymous_id, time, type, product, page, category, session, value
            FROM events
        ) AS e
        JOIN event_customers t ON t.source = e.source AND t.row = e.row
        JOIN ({known}) AS k ON k.customer_id = t.customer_id
    ),
    numbered AS (
        SELECT e.source, e.row, e.whose, count(*) OVER (PARTITION BY e.whose) AS own,
            row_number() OVER (PARTITION BY e.whose ORDER BY {_ORDER}) - 1 AS place
        FROM histories e
        WHERE e.browses = 0 OR e.anonymous_id IS NOT NULL
    ),
    spans AS (
        SELECT n.source, n.row, n.place, coalesce({kept}, n.own) AS kept,
            CAST(floor(c.start_share * (n.own - coalesce({kept}, n.own) + 1)) AS BIGINT) AS first
        FROM numbered n JOIN cuts c ON c.customer_id = n.whose
    )
    SELECT e.* FROM events e
    JOIN spans s ON s.source = e.source AND s.row = e.row
    WHERE s.place >= s.first AND s.place < s.first + s.kept
    """


def _unit_sql(digits: str, start: int) -> str:
    """Eight hexadecimal digits as a number in [0, 1), in words that DuckDB and Spark share."""
    terms = (
        f"(strpos('0123456789abcdef', substr({digits}, {start + i}, 1)) - 1) / {16.0 ** (i + 1)}"
        for i in range(_DIGITS)
    )
    return "(" + " + ".join(terms) + ")"


def thin(
    matrix: sparse.csr_matrix,
    lengths: np.ndarray,
    keys: np.ndarray | None = None,
    seed: int = 0,
    groups: Sequence[Sequence[int] | np.ndarray] | None = None,
    *,
    parents: np.ndarray | None = None,
    events: np.ndarray | None = None,
) -> sparse.csr_matrix:
    """Counts of known people, cut to lengths drawn among those of visitors.

    A row of N events draws a length L and keeps min(L, N) of its events without replacement
    (multivariate hypergeometric). Which events followed which is not in a matrix, so those kept
    are no run: `thinned_events_sql` cuts runs. Columns that `parents` ties to one another are cut
    as one: an event is kept with all the levels that count it. Other groups that count S of the N
    events keep S·min(L, N)/N of them, rounded up or down by chance so that the mean is right, and
    each is cut on its own: which product was seen at which hour is lost. Two groups that say the
    same thing and are not tied give people cut in no way visits are (measured: a classifier tells
    them at AUC 0.84, tied ones at 0.56).

    Args:
        matrix: whole counts (n, d), not negative; columns outside `groups` are kept as they are.
        lengths: events of each visitor (m,); those without events are left out. Without any,
            nothing is cut.
        keys: whose the rows are, uint64 (n,), as `chance.subject_keys`; the rows' content when
            absent, and equal rows are then cut alike.
        seed: of the draws.
        groups: the columns of each block that counts events; all of the matrix when absent.
        parents: of each column (d,) the one that counts its events one level wider, or -1, as
            `Vocabulary.parents`; a category counts what its products and narrower ones count.
        events: how many events each row has (n,); when absent, the largest of its groups' sums.

    Returns:
        The matrix cut, of the same shape, kind and type; the given one is left as it is. Cost:
        about 10 ns an event; with `parents`, a sparse product a level more.

    Raises:
        ValueError: counts that are not whole or negative, or groups that overlap.
    """
    n, width = matrix.shape
    cut = matrix.copy()
    cut.sum_duplicates()
    cut.sort_indices()
    group = _group_of(groups, width)
    counted = cut.data[group[cut.indices] >= 0]
    if ((counted < 0) | (counted != np.floor(counted))).any():
        raise ValueError("only whole counts, not negative, can be thinned: give counts, no weights")
    visits = np.sort(np.asarray(lengths, np.int64))
    visits = visits[visits > 0]
    if not len(visits) or not n:
        return cut
    keys = row_keys(cut) if keys is None else np.asarray(keys, np.uint64)
    wider = _wider(parents, group, cut.dtype)
    if wider is not None:
        # What is counted here and in no narrower column: every event once, where it says most.
        own_counts = cut - cut @ wider
        own_counts.data[own_counts.data < 0] = 0
        own_counts.sort_indices()
        cut = matrix.__class__(own_counts)
    length = visits[(drawn(keys, seed) * len(visits)).astype(np.int64)]
    own = np.full(n, -1, np.int64) if events is None else np.asarray(events, np.int64)
    _cut(cut.indptr, cut.indices, cut.data, group, length, own, hashed(keys, seed, 1))
    cut.eliminate_zeros()
    if wider is not None:
        level = cut @ wider
        while level.nnz:
            cut = cut + level
            level = level @ wider
        cut.sort_indices()
    return cut


def _group_of(groups: Sequence[Sequence[int] | np.ndarray] | None, width: int) -> np.ndarray:
    """The group of each column: int32 (d,), -1 of none."""
    if groups is None:
        return np.zeros(width, np.int32)
    group = np.full(width, -1, np.int32)
    for number, columns in enumerate(groups):
        chosen = np.asarray(columns, np.int64)
        if len(chosen) and (chosen.min() < 0 or chosen.max() >= width):
            raise ValueError(f"a group of columns does not fit into {width} columns")
        if len(np.unique(chosen)) < len(chosen) or (group[chosen] >= 0).any():
            raise ValueError("groups of columns overlap: an event would be cut twice")
        group[chosen] = number
    return group


def _wider(
    parents: np.ndarray | None, group: np.ndarray, dtype: np.dtype
) -> sparse.csr_matrix | None:
    """From columns to those one level wider (d, d), both in groups; tied groups become one."""
    if parents is None:
        return None
    parents = np.asarray(parents, np.int64)
    child = np.flatnonzero((parents >= 0) & (group >= 0))
    child = child[group[parents[child]] >= 0]
    parent = parents[child]
    ties = np.unique(np.stack([group[child], group[parent]]), axis=1)
    number = int(group.max()) + 1
    _, together = connected_components(
        sparse.coo_matrix((np.ones(ties.shape[1]), ties), shape=(number, number)), directed=False
    )
    group[group >= 0] = together[group[group >= 0]]
    width = len(parents)
    return sparse.csr_matrix((np.ones(len(child), dtype), (child, parent)), shape=(width, width))


@njit(cache=True, nogil=True)
def _cut(indptr, indices, data, group, length, own, states):
    """Cut every row in place: for each event in turn, keep it or not (Knuth's algorithm S)."""
    groups = 1
    for g in group:
        groups = max(groups, g + 1)
    left = np.zeros(groups, np.int64)
    need = np.zeros(groups, np.int64)
    state = np.zeros(groups, np.uint64)
    for i in range(len(indptr) - 1):
        left[:] = 0
        for place in range(indptr[i], indptr[i + 1]):
            g = group[indices[place]]
            if g >= 0:
                left[g] += int(data[place])
        events = own[i] if own[i] >= 0 else left.max()
        if length[i] >= events:
            continue
        for g in range(groups):
            state[g], share = step(states[i] + np.uint64(g))
            need[g] = min(left[g], int(np.floor(left[g] * length[i] / events + share)))
        for place in range(indptr[i], indptr[i + 1]):
            g = group[indices[place]]
            if g < 0:
                continue
            kept = 0
            for _ in range(int(data[place])):
                state[g], share = step(state[g])
                if share * left[g] < need[g]:
                    kept += 1
                    need[g] -= 1
                left[g] -= 1
            data[place] = kept
