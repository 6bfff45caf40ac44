"""Which value survives: one of the values that a customer's records state, and how sure it is.

Pure arithmetic on arrays, one attribute at a time, compiled by numba: values are the hashes of
their normalised form, customers are slices of the rows. It never sees a name or an address. Rows
come in the order of rid within a customer, and sums and ties follow it: the order in which
records arrived changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

#: The rules of the settings, as the compiled code knows them.
RULES = {"recent": 0, "trusted": 1, "frequent": 2}

#: How often a value is wrong that one sure record states and nothing contradicts, as long as the
#: brand's own records have not told better (`declared_errors`).
DECLARED_ERROR = 0.02
#: What an older record counts against a newer value of something that may change (an address).
OUTDATED_WEIGHT = 0.5

#: A customer of more records than this is not asked how often records differ.
MOST_RECORDS = 20

#: The time of a record that has none: older than any.
NO_TIME = np.iinfo(np.int64).min


class Records(NamedTuple):
    """Records in the order of customer, then rid; what is known of them whatever the attribute.

    Attributes:
        starts: int64, customers + 1; customer c is the rows starts[c] to starts[c + 1] − 1.
        at: int64, when recorded (µs), NO_TIME if unknown.
        trust: int32, of the source.
        weight: float64, 0–1, probability that the record belongs to its customer.
    """

    starts: np.ndarray
    at: np.ndarray
    trust: np.ndarray
    weight: np.ndarray


class Stated(NamedTuple):
    """What each of those records states about one attribute.

    Attributes:
        key: int64, hash of the normalised value, 0 when the record says nothing.
        level: uint8, how complete the value is; a higher level beats every rule.
        form: uint8, how well it is written (case, accents); among equal keys the best is shown.
    """

    key: np.ndarray
    level: np.ndarray
    form: np.ndarray


def survivors(records: Records, stated: Stated, rule: str) -> np.ndarray:
    """The row whose value survives, by customer: int32, −1 when none states one.

    Among the values of the highest level: `recent` takes the value recorded last, then the most
    frequent (weighted by `weight`), then the most trusted; `trusted` the most trusted source's,
    then the last, then the most frequent; `frequent` the most frequent, then the last, then the
    most trusted. What is still equal goes to the first row. Of the records that state the
    value, the best written is shown, then the last recorded, then the first row.

    Cost: linear in records; about 30 ms a million.
    """
    return _survivors(*records, *stated, RULES[rule])


def agreement(
    records: Records,
    stated: Stated,
    chosen: np.ndarray,
    *,
    changes: bool,
    complete: bool,
    several: bool = False,
    error: float = DECLARED_ERROR,
) -> np.ndarray:
    """How probably the chosen record's value is right, by customer: float64, NaN when none.

    p = (W_v + 1) / (W_v + W_o + 1 + β), the mean of a Beta posterior, where W_v is the weight of
    the records that state the value, W_o of those that state another, and
    β = 2ε / (1 − ε) is set so that a single sure record gives 1 − ε, ε = `error`.
    With `changes`, a record older than the newest of W_v counts only OUTDATED_WEIGHT in W_o:
    people move and marry. With `complete`, records of a lower level than the chosen one's say
    nothing against it: «J» does not contradict «Jeanne». With `several`, no other value does:
    people have two telephones.
    """
    return _agreement(*records, *stated, chosen, changes, complete, several, error)


def disagreement(records: Records, stated: Stated, *, complete: bool) -> tuple[int, int]:
    """Pairs of sure records of one customer that both state the attribute, and how many differ.

    With `complete`, only values of the customer's highest level are asked. Customers of more than
    MOST_RECORDS are not asked: what made them may be a wrong link.
    """
    pairs, differ = _disagreement(*records, *stated, complete)
    return int(pairs), int(differ)


def areas(
    records: Records, postcode: np.ndarray, city: np.ndarray, address: np.ndarray
) -> np.ndarray:
    """Where each record says its customer lives, as one key: int64, 0 when it says nothing.

    The postcode; without one, that of the customer's first record of the same town, or else of
    the same address, that has one; or else the town, or the address, alone.

    Args:
        records: the records.
        postcode, city, address: keys by record, 0 when not stated.
    """
    return _areas(records.starts, postcode, city, address)


@njit(cache=True, nogil=True)
def _sorted_by_key(rows: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Rows by key; stable, so that equal keys stay in the order of rows."""
    size = len(rows)
    if size > 32:
        return rows[np.argsort(key[rows], kind="mergesort")]
    for i in range(1, size):
        row = rows[i]
        j = i - 1
        while j >= 0 and key[rows[j]] > key[row]:
            rows[j + 1] = rows[j]
            j -= 1
        rows[j + 1] = row
    return rows


@njit(cache=True, nogil=True)
def _first_wins(rule, at, other_at, many, other_many, trust, other_trust):
    """1 when the first value beats the other by the rule, −1 when the other does, 0 when equal."""
    by_time = (at > other_at) - (at < other_at)
    by_count = (many > other_many) - (many < other_many)
    by_trust = (trust > other_trust) - (trust < other_trust)
    if rule == 0:
        first, second, third = by_time, by_count, by_trust
    elif rule == 1:
        first, second, third = by_trust, by_time, by_count
    else:
        first, second, third = by_count, by_time, by_trust
    if first != 0:
        return first
    return second if second != 0 else third


@njit(cache=True, nogil=True)
def _survivors(starts, at, trust, weight, key, level, form, rule):
    chosen = np.full(len(starts) - 1, -1, np.int32)
    for c in range(len(starts) - 1):
        best_level = -1
        count = 0
        for row in range(starts[c], starts[c + 1]):
            if key[row] == 0 or level[row] < best_level:
                continue
            if level[row] > best_level:
                best_level = level[row]
                count = 0
            count += 1
        if count == 0:
            continue
        rows = np.empty(count, np.int32)
        count = 0
        for row in range(starts[c], starts[c + 1]):
            if key[row] != 0 and level[row] == best_level:
                rows[count] = row
                count += 1
        rows = _sorted_by_key(rows, key)
        best_at, best_many, best_trust, best_first, best_shown = np.int64(0), 0.0, 0, -1, -1
        i = 0
        while i < count:
            j = i
            newest, many, trusted, shown = at[rows[i]], 0.0, trust[rows[i]], rows[i]
            while j < count and key[rows[j]] == key[rows[i]]:
                row = rows[j]
                many += weight[row]
                newest = max(newest, at[row])
                trusted = max(trusted, trust[row])
                if form[row] > form[shown] or (form[row] == form[shown] and at[row] > at[shown]):
                    shown = row
                j += 1
            order = 1
            if best_first >= 0:
                order = _first_wins(rule, newest, best_at, many, best_many, trusted, best_trust)
            if order > 0 or (order == 0 and rows[i] < best_first):
                best_at, best_many, best_trust = newest, many, trusted
                best_first, best_shown = rows[i], shown
            i = j
        chosen[c] = best_shown
    return chosen


@njit(cache=True, nogil=True)
def _agreement(
    starts, at, trust, weight, key, level, form, chosen, changes, complete, several, error
):
    prior = 2 * error / (1 - error)
    result = np.full(len(chosen), np.nan)
    for c in range(len(chosen)):
        if chosen[c] < 0 or key[chosen[c]] == 0:
            continue
        value = key[chosen[c]]
        needed = level[chosen[c]] if complete else 0
        newest = at[chosen[c]]
        for row in range(starts[c], starts[c + 1]):
            if key[row] == value:
                newest = max(newest, at[row])
        agreed, other = 0.0, 0.0
        for row in range(starts[c], starts[c + 1]):
            if key[row] == value:
                agreed += weight[row]
            elif not several and key[row] != 0 and level[row] >= needed:
                older = changes and at[row] < newest
                other += weight[row] * (OUTDATED_WEIGHT if older else 1.0)
        result[c] = (agreed + 1) / (agreed + other + 1 + prior)
    return result


@njit(cache=True, nogil=True)
def _disagreement(starts, at, trust, weight, key, level, form, complete):
    pairs, differ = 0, 0
    for c in range(len(starts) - 1):
        if starts[c + 1] - starts[c] > MOST_RECORDS:
            continue
        top = 0
        for row in range(starts[c], starts[c + 1]):
            if complete and key[row] != 0 and level[row] > top:
                top = level[row]
        for row in range(starts[c], starts[c + 1]):
            if key[row] == 0 or level[row] < top or weight[row] < 1:
                continue
            for other in range(row + 1, starts[c + 1]):
                if key[other] != 0 and level[other] >= top and weight[other] >= 1:
                    pairs += 1
                    differ += key[other] != key[row]
    return pairs, differ


@njit(cache=True, nogil=True)
def _areas(starts, postcode, city, address):
    keys = postcode.copy()
    for c in range(len(starts) - 1):
        first, end = starts[c], starts[c + 1]
        # Beyond any person's number of records the search would cost their square.
        search = end - first <= 1000
        for row in range(first, end):
            if postcode[row] != 0:
                continue
            stated, same = city, city[row]
            if same == 0:
                stated, same = address, address[row]
            keys[row] = same
            if same == 0 or not search:
                continue
            for other in range(first, end):
                if stated[other] == same and postcode[other] != 0:
                    keys[row] = postcode[other]
                    break
    return keys
