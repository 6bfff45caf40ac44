"""Probabilities against truth: counted by hand, and drawn from a known calibration."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from connu.kernel.errors import UsageError
from connu.measure.calibration import calibrate

COLUMNS = ["left_source", "left_record_id", "right_source", "right_record_id"]


def pairs(*rows) -> pa.Table:
    """(left, right, kind, probability) with records of one source."""
    return pa.table(
        {
            "left_source": pa.array(["crm"] * len(rows), pa.string()),
            "left_record_id": pa.array([r[0] for r in rows], pa.string()),
            "right_source": pa.array(["crm"] * len(rows), pa.string()),
            "right_record_id": pa.array([r[1] for r in rows], pa.string()),
            "kind": pa.array([r[2] for r in rows], pa.string()),
            "match_probability": pa.array([r[3] for r in rows], pa.float64()),
        }
    )


def truth(people: dict[str, int]) -> pa.Table:
    return pa.table(
        {
            "source": pa.array(["crm"] * len(people), pa.string()),
            "record_id": pa.array(list(people), pa.string()),
            "entity": pa.array(list(people.values()), pa.int64()),
        }
    )


def test_a_case_counted_by_hand():
    links = pairs(
        ("1", "2", "match", 0.9),
        ("1", "3", "match", 0.95),
        ("2", "3", "identifier", 1.0),
        ("1", "unknown", "match", 0.9),
    )
    undecided = pairs(("1", "4", "match", 0.25))
    told = calibrate(links, undecided, truth({"1": 7, "2": 7, "3": 8, "4": 9}))
    assert (told.pairs, told.unchecked) == (3, 1)
    assert told.right == pytest.approx(1 / 3)
    assert told.told == pytest.approx((0.9 + 0.95 + 0.25) / 3)
    assert [(b.low, b.high, b.pairs) for b in told.bins] == [(0.2, 0.3, 1), (0.9, 1.0, 2)]
    assert told.bins[1].told == pytest.approx(0.925)
    assert told.bins[1].right.value == 0.5
    assert told.expected_error == pytest.approx((0.25 + 2 * 0.425) / 3)
    assert told.brier == pytest.approx((0.1**2 + 0.95**2 + 0.25**2) / 3)
    losses = [math.log2(0.9), math.log2(0.05), math.log2(0.75)]
    assert told.log_loss == pytest.approx(-sum(losses) / 3)
    assert told.people == 3
    for name, bounds in told.bounds.items():
        assert 0 <= bounds.low <= getattr(told, name) <= bounds.high, name


def test_what_is_drawn_calibrated_is_found_calibrated():
    rng = np.random.default_rng(5)
    n = 4000
    p = rng.random(n)
    right = rng.random(n) < p
    people = {f"l{i}": i for i in range(n)}
    people |= {f"r{i}": i if right[i] else -i - 1 for i in range(n)}
    rows = [(f"l{i}", f"r{i}", "match", float(p[i])) for i in range(n)]
    told = calibrate(pairs(*rows), pairs(), truth(people))
    assert told.expected_error < 0.03
    assert sum(b.right.low <= b.told <= b.right.high for b in told.bins) >= 8
    bold = pairs(*[(a, b, k, min(1.0, q + 0.3)) for a, b, k, q in rows])
    assert calibrate(bold, pairs(), truth(people)).expected_error > 0.15


def test_pairs_of_the_same_persons_count_as_one_word():
    """One wrong merge makes many wrong pairs: they are no more evidence than one."""
    links = pairs(*[(f"a{i}", f"b{i % 50}", "match", 0.8) for i in range(200)])
    people = {f"a{i}": i % 50 for i in range(200)}
    people |= {f"b{i}": i if i % 5 else -i - 1 for i in range(50)}
    told = calibrate(links, pairs(), truth(people))
    assert (told.right, told.people) == (0.8, 60)
    one_each = calibrate(links.slice(0, 50), pairs(), truth(people))
    assert told.bounds["right"].low == pytest.approx(one_each.bounds["right"].low)
    assert told.bins[0].right.low == pytest.approx(one_each.bins[0].right.low)


def test_nothing_to_check():
    told = calibrate(pairs(("1", "2", "identifier", 1.0)), pairs(), truth({"1": 1}))
    assert (told.pairs, told.unchecked, told.bins) == (0, 0, [])
    told = calibrate(pairs(("1", "2", "match", 1.0)), pairs(), truth({}))
    assert (told.pairs, told.unchecked) == (0, 1)


def test_certainty_falls_in_the_last_bin():
    told = calibrate(pairs(("1", "2", "match", 1.0)), pairs(), truth({"1": 1, "2": 1}), bins=4)
    assert [(b.low, b.high, b.right.value) for b in told.bins] == [(0.75, 1.0, 1.0)]
    assert told.log_loss == 0


def test_refusals():
    people = truth({"1": 1})
    with pytest.raises(UsageError, match="bins"):
        calibrate(pairs(), pairs(), people, bins=0)
    with pytest.raises(UsageError, match="kind"):
        calibrate(pairs().drop_columns("kind"), pairs(), people)
    with pytest.raises(UsageError, match="no column source"):
        calibrate(pairs(), pairs(), people.drop_columns("source"))
