"""The compiled survivors against a plain reading of the rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.identify.survivorship import (
    DECLARED_ERROR,
    MOST_RECORDS,
    NO_TIME,
    OUTDATED_WEIGHT,
    Records,
    Stated,
    agreement,
    areas,
    disagreement,
    survivors,
)


def arrays(rows, sizes):
    """Rows (key, level, form, at, trust, weight) as the two structures."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    key, level, form, at, trust, weight = columns
    records = Records(
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        at=np.array(at, np.int64),
        trust=np.array(trust, np.int32),
        weight=np.array(weight, np.float64),
    )
    stated = Stated(np.array(key, np.int64), np.array(level, np.uint8), np.array(form, np.uint8))
    return records, stated


def one(rule, *rows):
    return int(survivors(*arrays(rows, [len(rows)]), rule)[0])


def row(key, *, level=1, form=0, at=0, trust=0, weight=1.0):
    return (key, level, form, at, trust, weight)


def test_each_rule_puts_its_own_first():
    old, new, often = row(1, at=1, trust=9), row(2, at=3), row(3, at=2)
    rows = (old, new, often, often)
    assert one("recent", *rows) == 1
    assert one("trusted", *rows) == 0
    assert one("frequent", *rows) == 2


def test_without_times_recent_falls_back_to_the_most_frequent():
    rows = (row(1, at=NO_TIME), row(2, at=NO_TIME), row(2, at=NO_TIME))
    assert one("recent", *rows) == 1


def test_a_complete_value_beats_every_rule():
    rows = (row(1, level=1, at=9, trust=9), row(1, level=1), row(2, level=2))
    assert {one(rule, *rows) for rule in ("recent", "trusted", "frequent")} == {2}


def test_the_best_written_form_of_the_value_is_shown():
    rows = (row(5, form=0, at=3), row(5, form=3, at=1), row(5, form=3, at=2), row(7, at=1))
    assert one("recent", *rows) == 2


def test_nobody_states_it():
    assert one("recent", row(0), row(0, at=5)) == -1
    records, stated = arrays([row(0), row(0)], [2])
    assert math.isnan(agreement(records, stated, np.array([-1]), changes=True, complete=True)[0])


def test_a_doubtful_record_counts_less():
    rows = (row(1, weight=0.4), row(1, weight=0.4), row(2, weight=1.0))
    assert one("frequent", *rows) == 2


def surely(*rows, changes=False, complete=False, several=False):
    records, stated = arrays(rows, [len(rows)])
    chosen = np.array([0], np.int32)
    told = agreement(records, stated, chosen, changes=changes, complete=complete, several=several)
    return float(told[0])


def test_one_sure_record_is_wrong_as_often_as_declarations_are():
    assert surely(row(1)) == pytest.approx(1 - DECLARED_ERROR)


def test_agreement_raises_and_disagreement_lowers():
    assert surely(row(1), row(1)) > surely(row(1)) > surely(row(1), row(1), row(2))
    assert surely(row(1), row(2)) < 0.7
    assert surely(row(1), row(2, weight=0.3)) > surely(row(1), row(2))
    assert surely(row(1), row(0)) == surely(row(1))


def test_an_older_value_counts_less_against_what_may_change():
    newer = (row(1, at=2), row(2, at=1))
    beta = 2 * DECLARED_ERROR / (1 - DECLARED_ERROR)
    assert surely(*newer, changes=True) == pytest.approx(2 / (1 + OUTDATED_WEIGHT + 1 + beta))
    assert surely(*newer, changes=False) == surely(row(1, at=1), row(2, at=1), changes=True)


def test_an_initial_does_not_contradict_a_name():
    assert surely(row(1, level=2), row(2, level=1), complete=True) == surely(row(1))
    assert surely(row(1, level=2), row(2, level=1), complete=False) < surely(row(1))


def test_a_second_telephone_does_not_contradict_the_first():
    assert surely(row(1), row(2), row(3), several=True) == surely(row(1))


def test_records_that_differ_are_counted_in_pairs():
    doubtful = row(9, weight=0.5)
    rows = [row(1), row(1), row(2), row(0), doubtful, row(3, level=2), row(3, level=2), row(4)]
    records, stated = arrays(rows, [5, 3])
    assert disagreement(records, stated, complete=False) == (3 + 3, 2 + 2)
    assert disagreement(records, stated, complete=True) == (3 + 1, 2)


def test_a_crowd_is_not_asked():
    rows = [row(n + 1) for n in range(MOST_RECORDS + 1)]
    assert disagreement(*arrays(rows, [len(rows)]), complete=False) == (0, 0)
    pairs = MOST_RECORDS * (MOST_RECORDS - 1) // 2
    assert disagreement(*arrays(rows[1:], [len(rows) - 1]), complete=False) == (pairs, pairs)


def test_an_area_is_a_postcode_as_far_as_one_is_known():
    postcode = np.array([0, 75, 0, 0, 0, 0, 69, 0])
    city = np.array([11, 11, 0, 12, 0, 0, 0, 11])
    address = np.array([0, 21, 21, 0, 22, 0, 0, 0])
    records, _ = arrays([row(0)] * 8, [6, 2])
    assert areas(records, postcode, city, address).tolist() == [75, 75, 75, 12, 22, 0, 69, 11]


# ------------------------------------------------------------------------- properties
def by_the_rules(rows, rule):
    """The survivor of one customer, written as it is told."""
    stated = [(n, r) for n, r in enumerate(rows) if r[0] != 0]
    if not stated:
        return -1
    top = max(r[1] for _, r in stated)
    stated = [(n, r) for n, r in stated if r[1] == top]
    values = {}
    for n, r in stated:
        values.setdefault(r[0], []).append((n, r))

    def rank(value):
        of = values[value]
        newest = max(r[3] for _, r in of)
        trust = max(r[4] for _, r in of)
        # Halves and quarters add up exactly, in any order.
        many = sum(r[5] for _, r in of)
        order = {
            "recent": (newest, many, trust),
            "trusted": (trust, newest, many),
            "frequent": (many, newest, trust),
        }[rule]
        return (*order, -min(n for n, _ in of))

    best = max(values, key=rank)
    return max(values[best], key=lambda v: (v[1][2], v[1][3], -v[0]))[0]


some_rows = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 1),
        st.integers(0, 2),
        st.sampled_from([NO_TIME, 1, 2, 3]),
        st.integers(0, 2),
        st.sampled_from([0.25, 0.5, 1.0]),
    ),
    min_size=1,
    max_size=45,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(some_rows, min_size=1, max_size=4), st.sampled_from(["recent", "trusted", "frequent"])
)
def test_survivors_are_the_rules(customers, rule):
    rows = [r for customer in customers for r in customer]
    chosen = survivors(*arrays(rows, [len(c) for c in customers]), rule)
    first = 0
    for customer, row_of in zip(customers, chosen, strict=True):
        expected = by_the_rules(customer, rule)
        assert row_of == (expected + first if expected >= 0 else -1)
        first += len(customer)


@settings(max_examples=30, deadline=None)
@given(some_rows, st.booleans(), st.booleans())
def test_probabilities_are_probabilities(rows, changes, complete):
    records, stated = arrays(rows, [len(rows)])
    chosen = survivors(records, stated, "recent")
    p = agreement(records, stated, chosen, changes=changes, complete=complete)[0]
    assert math.isnan(p) if chosen[0] < 0 else 0 < p < 1
