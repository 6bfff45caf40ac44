"""Thinning: known people's histories cut to the lengths that visitors' have.

Customers who gave their profile come often; a visitor nobody knows was seen a few times. What is
said of eight events is less sure than what is said of eighty, so how sure to be is learnt on known
people of whom no more is seen than of visitors. It is never learnt *from* the cut histories: the
model reads all there is, only calibration reads these.

The right thing to cut is the events: `thinned_events_sql` keeps a run of consecutive events, which
is what a short visit looks like, and every feature (pages, transitions, hours, pace) is then read
from it as from a visitor's. `thin` serves whoever has nothing but a matrix of counts: it cannot
know the order of events, nor which count of one block is the same event as which of another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from scipy import sparse

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
    groups: Sequence[tuple[int, int]] | None = None,
    events: np.ndarray | None = None,
) -> sparse.csr_matrix:
    """Counts of known people, cut to lengths drawn among those of visitors.

    A row of N events draws a length L and keeps min(L, N) of its events without replacement
    (multivariate hypergeometric). Which events followed which is not in a matrix, so those kept
    are no run: `thinned_events_sql` cuts runs. With `groups`, a block that counts S of the N
    events keeps S·min(L, N)/N of them, rounded up or down by chance so that the mean is right, and
    each block is cut on its own: that two blocks count the same events is not kept.

    Args:
        matrix: whole counts (n, d), not negative; columns outside `groups` are kept as they are.
        lengths: events of each visitor (m,); those without events are left out. Without any,
            nothing is cut.
        keys: whose the rows are, uint64 (n,), as `chance.subject_keys`; the rows' content when
            absent, and equal rows are then cut alike.
        seed: of the draws.
        groups: column blocks that count events, as [start, stop); the whole matrix when absent.
        events: how many events each row has (n,); when absent, the largest of its blocks' sums.

    Returns:
        The matrix cut, of the same shape, kind and type; the given one is left as it is. Cost:
        about 5 ns an event.

    Raises:
        ValueError: counts that are not whole or negative, or groups that overlap.
    """
    n, width = matrix.shape
    cut = matrix.copy()
    cut.sum_duplicates()
    cut.sort_indices()
    starts, stops = _blocks(groups, width)
    inside = np.zeros(width + 1, np.int64)
    np.add.at(inside, starts, 1)
    np.add.at(inside, stops, -1)
    counted = cut.data[np.cumsum(inside)[cut.indices] > 0]
    if ((counted < 0) | (counted != np.floor(counted))).any():
        raise ValueError("only whole counts, not negative, can be thinned: give counts, no weights")
    visits = np.sort(np.asarray(lengths, np.int64))
    visits = visits[visits > 0]
    if not len(visits) or not n:
        return cut
    keys = row_keys(cut) if keys is None else np.asarray(keys, np.uint64)
    length = visits[(drawn(keys, seed) * len(visits)).astype(np.int64)]
    own = np.full(n, -1, np.int64) if events is None else np.asarray(events, np.int64)
    states = hashed(keys, seed, 1)
    _cut(cut.indptr, cut.indices, cut.data, starts, stops, length, own, states)
    cut.eliminate_zeros()
    return cut


def _blocks(groups: Sequence[tuple[int, int]] | None, width: int) -> tuple[np.ndarray, np.ndarray]:
    blocks = np.array([(0, width)] if groups is None else sorted(groups), np.int64).reshape(-1, 2)
    starts, stops = blocks[:, 0].copy(), blocks[:, 1].copy()
    if (starts > stops).any() or (stops > width).any() or (starts < 0).any():
        raise ValueError(f"a group of columns does not fit into {width} columns")
    if (stops[:-1] > starts[1:]).any():
        raise ValueError("groups of columns overlap: an event would be cut twice")
    return starts, stops


@njit(cache=True, nogil=True)
def _cut(indptr, indices, data, starts, stops, length, own, states):
    """Cut every row in place: for each event in turn, keep it or not (Knuth's algorithm S)."""
    groups = len(starts)
    first = np.empty(groups + 1, np.int64)
    last = np.empty(groups + 1, np.int64)
    total = np.empty(groups + 1, np.int64)
    for i in range(len(indptr) - 1):
        events = own[i]
        largest = 0
        place = indptr[i]
        for g in range(groups):
            while place < indptr[i + 1] and indices[place] < starts[g]:
                place += 1
            first[g] = place
            count = 0
            while place < indptr[i + 1] and indices[place] < stops[g]:
                count += int(data[place])
                place += 1
            last[g] = place
            total[g] = count
            largest = max(largest, count)
        events = max(events, 0) if events >= 0 else largest
        if length[i] >= events:
            continue
        for g in range(groups):
            state = states[i] + np.uint64(g)
            state, share = step(state)
            left = total[g]
            need = min(left, int(np.floor(left * length[i] / events + share)))
            for place in range(first[g], last[g]):
                kept = 0
                for _ in range(int(data[place])):
                    state, share = step(state)
                    if share * left < need:
                        kept += 1
                        need -= 1
                    left -= 1
                data[place] = kept
