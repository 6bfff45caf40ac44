"""The scores against their definitions, pair by pair and record by record."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connu.kernel.errors import UsageError
from connu.measure.identities import evaluate_identities

Row = tuple[str, str, int]


def tables(records: list[tuple[str, str, int, int]]) -> tuple[pa.Table, pa.Table]:
    """Identities and truth of (source, record_id, customer, person)."""
    source = pa.array([r[0] for r in records], pa.string())
    record = pa.array([r[1] for r in records], pa.string())
    customer = pa.array([f"c{r[2]}" for r in records], pa.string())
    person = pa.array([r[3] for r in records], pa.int64())
    identities = pa.table({"source": source, "record_id": record, "customer_id": customer})
    return identities, pa.table({"source": source, "record_id": record, "entity": person})


def test_a_case_counted_by_hand():
    # Customer 0 holds two of Ada's three records and Bob's one; Ada's third stands alone.
    records = [("crm", "1", 0, 1), ("crm", "2", 0, 1), ("web", "1", 0, 2), ("web", "2", 1, 1)]
    score = evaluate_identities(*tables(records))
    assert (score.pairs.predicted, score.pairs.true, score.pairs.right) == (3, 3, 1)
    assert score.pairwise.precision.value == pytest.approx(1 / 3)
    assert score.pairwise.recall.value == pytest.approx(1 / 3)
    assert score.bcubed.precision.value == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert score.bcubed.recall.value == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3) / 4)
    assert score.customer_sizes == {1: 1, 3: 1}
    assert score.entity_sizes == {1: 1, 3: 1}
    assert (score.customers, score.entities, score.records) == (2, 2, 4)


def test_only_pairs_of_different_sources():
    records = [("crm", "1", 0, 1), ("crm", "2", 0, 2), ("web", "1", 0, 1), ("web", "2", 1, 2)]
    score = evaluate_identities(*tables(records), cross_source_only=True)
    # Compared: crm1–web1, crm1–web2, crm2–web1, crm2–web2.
    assert (score.pairs.predicted, score.pairs.true, score.pairs.right) == (2, 2, 1)
    assert score.cross_source_only


def test_everything_right_and_nothing_to_find():
    score = evaluate_identities(*tables([("a", "1", 0, 5), ("a", "2", 1, 6)]))
    assert score.pairwise.precision.value == score.pairwise.recall.value == 1
    assert score.pairwise.f1.value == score.bcubed.f1.value == 1
    # No pair was seen: the interval says that nothing is known.
    assert (score.pairwise.precision.low, score.pairwise.precision.high) == (0, 1)


def test_no_record_in_common():
    identities, _ = tables([("a", "1", 0, 0)])
    _, truth = tables([("b", "1", 0, 0)])
    score = evaluate_identities(identities, truth)
    assert (score.records, score.only_in_truth, score.only_in_identities) == (0, 1, 1)
    empty = evaluate_identities(identities, truth.slice(0, 0))
    assert (empty.records, empty.only_in_identities) == (0, 1)


def test_records_of_one_side_are_counted_and_not_scored():
    identities, truth = tables([("a", "1", 0, 0), ("a", "2", 0, 0), ("a", "3", 0, 1)])
    score = evaluate_identities(identities, truth.slice(0, 2))
    assert (score.records, score.only_in_truth, score.only_in_identities) == (2, 0, 1)
    assert score.pairwise.precision.value == 1
    score = evaluate_identities(identities.slice(1), truth)
    assert (score.records, score.only_in_truth, score.only_in_identities) == (2, 1, 0)


@pytest.mark.parametrize("name", ["entity", "person", "cluster", "customer_id"])
def test_the_names_of_the_truth(name):
    identities, truth = tables([("a", "1", 0, 0), ("a", "2", 0, 1)])
    renamed = truth.rename_columns(["source", "record_id", name])
    assert evaluate_identities(identities, renamed).entities == 2


def test_a_truth_without_sources():
    identities, truth = tables([("a", "1", 0, 0), ("b", "2", 0, 0), ("b", "3", 1, 0)])
    score = evaluate_identities(identities, truth.drop_columns("source"))
    assert (score.records, score.pairs.right, score.pairs.true) == (3, 1, 3)
    same = pa.concat_tables([identities, identities.slice(0, 1).set_column(0, "source", [["b"]])])
    with pytest.raises(UsageError, match="share record ids"):
        evaluate_identities(same, truth.drop_columns("source"))


def test_numbers_as_record_ids():
    identities, truth = tables([("a", "1", 0, 0), ("a", "2", 0, 0)])
    numbers = truth.set_column(1, "record_id", pa.array([1, 2], pa.int64()))
    assert evaluate_identities(identities, numbers).pairs.right == 1


def test_refusals():
    identities, truth = tables([("a", "1", 0, 0), ("a", "2", 0, 0)])
    with pytest.raises(UsageError, match="who a record is"):
        evaluate_identities(identities, truth.drop_columns("entity"))
    with pytest.raises(UsageError, match="no column record_id"):
        evaluate_identities(identities.drop_columns("record_id"), truth)
    with pytest.raises(UsageError, match="twice in the truth"):
        evaluate_identities(identities, pa.concat_tables([truth, truth]))
    with pytest.raises(UsageError, match="twice in the identities"):
        evaluate_identities(pa.concat_tables([identities, identities]), truth)


# ------------------------------------------------------------------------- properties
labels = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14
)


def by_definition(records, compared):
    """Pairwise and B-cubed shares by brute force; `compared(r, s)` says which pairs count."""
    pairs = [(r, s) for r, s in combinations(records, 2) if compared(r, s)]
    predicted = [p for p in pairs if p[0][2] == p[1][2]]
    true = [p for p in pairs if p[0][3] == p[1][3]]
    right = [p for p in predicted if p in true]
    precisions, recalls = [], []
    for r in records:
        seen = [s for s in records if s == r or compared(r, s)]
        ours = [s for s in seen if s[2] == r[2]]
        theirs = [s for s in seen if s[3] == r[3]]
        both = [s for s in ours if s in theirs]
        precisions.append(Fraction(len(both), len(ours)))
        recalls.append(Fraction(len(both), len(theirs)))
    n = len(records)
    return len(predicted), len(true), len(right), sum(precisions) / n, sum(recalls) / n


@settings(max_examples=60, deadline=None)
@given(labels, st.booleans(), st.randoms(use_true_random=False))
def test_scores_are_the_definitions(drawn, cross, shuffle):
    records = [(source, str(n), k, e) for n, (source, k, e) in enumerate(drawn)]
    identities, truth = tables(records)
    order = list(range(len(records)))
    shuffle.shuffle(order)
    score = evaluate_identities(identities, truth.take(order), cross_source_only=cross)
    predicted, true, right, p, r = by_definition(records, lambda a, b: not cross or a[0] != b[0])
    pairs = score.pairs
    assert (pairs.predicted, pairs.true, pairs.right) == (predicted, true, right)
    assert score.pairwise.precision.value == (right / predicted if predicted else 1)
    assert score.pairwise.recall.value == (right / true if true else 1)
    assert score.bcubed.precision.value == float(p)
    assert score.bcubed.recall.value == float(r)
    assert score.bcubed.f1.value == float(2 * p * r / (p + r))
    for agreement in (score.pairwise, score.bcubed):
        for share in (agreement.precision, agreement.recall, agreement.f1):
            assert 0 <= share.low <= share.value <= share.high <= 1


@settings(max_examples=30, deadline=None)
@given(labels)
def test_exchanging_identities_and_truth_exchanges_precision_and_recall(drawn):
    there = evaluate_identities(*tables([(s, str(n), k, e) for n, (s, k, e) in enumerate(drawn)]))
    back = evaluate_identities(*tables([(s, str(n), e, k) for n, (s, k, e) in enumerate(drawn)]))
    for a, b in ((there.pairwise, back.pairwise), (there.bcubed, back.bcubed)):
        assert a.precision.value == b.recall.value
        assert a.f1.value == b.f1.value
