"""Twins against truth: cases counted by hand, scikit-learn beside, and what must never matter."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

from connu.kernel.errors import UsageError
from connu.measure.intervals import wilson
from connu.measure.reliability import reliability, shown
from connu.measure.risk_coverage import RiskCoverage, shared_out, surest_right
from connu.measure.twin_reliability import twin_reliability
from connu.measure.twins import evaluate_twins
from connu.twins.calibration import expected_calibration_error


def two(*women: float) -> np.ndarray:
    """Probabilities of man and woman."""
    p = np.array(women)
    return np.stack([1 - p, p], axis=1)


def crowd(
    n: int, k: int, seed: int = 0, levels: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """People whose value is drawn from their probabilities, rounded to `levels` if asked."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, k)) * 1.3 + np.linspace(0, 1, k)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    if levels:
        p = np.floor(p * levels) + 1
        p /= p.sum(axis=1, keepdims=True)
    truth = (np.cumsum(p, axis=1) < rng.random((n, 1))).sum(axis=1).clip(0, k - 1)
    return p, truth


SEX = ("man", "woman")


def test_a_case_counted_by_hand():
    p = two(0.95, 0.9, 0.7, 0.4, 0.3, 0.3, 0.2, 0.1, 0.1, 0.05)
    truth = np.array([1, 1, 0, 1, 0, 0, 0, 0, 1, 0])
    score = evaluate_twins(p, truth, SEX, stated=np.array([1, 1, -1, -1, -1, -1, -1, 0, 0, 0]))
    assert (score.people, score.auc_of) == (10, "woman")
    # Pairs woman–man, 24: .95 and .9 win 6 each, .4 wins 5, .1 wins one and ties one.
    assert score.auc.value == pytest.approx((6 + 6 + 5 + 1.5) / 24)
    # Right: .95 .9 | not .7 | not .4 | .3 .3 .2 .1 | not .1 | .05.
    assert score.accuracy == wilson(0.7, 10)
    # At the base rate .4 (.4 ties: half a woman): women 2.5 of 4, men 5 of 6.
    assert score.balanced_accuracy.value == pytest.approx((2.5 / 4 + 5 / 6) / 2)
    # The surest two are .95 and .05, both right.
    assert score.acc20 == wilson(1.0, 2)
    # The surest five: those two, and .9, .1, .1 of which one is wrong.
    assert score.acc50.value == pytest.approx(4 / 5)
    # Women have .8 of the two places (.95, right), men 1.2 (.05 right; .2 of .1 .1: half right).
    assert score.acc20c.value == pytest.approx((0.8 + 1 + 0.1) / 2)
    confidence = p.max(axis=1)
    assert score.overconfidence == pytest.approx(confidence.mean() - 0.7)
    # Bins of 1/15: .6 alone; .7 .7 .7; .8; .9 .9 .9; .95 .95.
    gaps = [abs(0.6 - 0), abs(2.1 - 2), abs(0.8 - 1), abs(2.7 - 2), abs(1.9 - 2)]
    assert score.ece == pytest.approx(sum(gaps) / 10)
    assert [b.people for b in score.reliability] == [1, 3, 1, 3, 2]
    # .95 .95 right; .9 .9 .9 brings 4 of 5; nothing later is as good as .9.
    assert (score.coverage90.people, score.coverage90.probability) == (2, pytest.approx(0.95))
    assert score.coverage90.share.value == pytest.approx(0.2)
    assert (score.stated.people, score.stated.coverage) == (5, 0.5)
    assert score.stated.right == wilson(0.8, 5)
    assert score.stated.told == pytest.approx((0.95 + 0.9 + 0.9 + 0.9 + 0.95) / 5)
    man, woman = score.values
    assert (man.stated.right, woman.stated.right) == (wilson(2 / 3, 3), wilson(1.0, 2))
    assert (woman.people, woman.base_rate, woman.recall) == (4, 0.4, wilson(2.5 / 4, 4))
    assert woman.overconfidence == pytest.approx(0.4 - 0.4)
    assert man.auc == woman.auc == score.auc


@pytest.mark.parametrize("levels", [None, 6], ids=["all apart", "many alike"])
@pytest.mark.parametrize("k", [2, 3, 7])
def test_beside_scikit_learn(k, levels):
    p, truth = crowd(3000, k, seed=k, levels=levels)
    score = evaluate_twins(p, truth, range(k))
    rarer = int(np.argmin(np.bincount(truth)))
    if k == 2:
        assert score.auc_of == str(rarer)
        assert score.auc.value == pytest.approx(roc_auc_score(truth == rarer, p[:, rarer]))
    else:
        assert score.auc_of is None
        assert score.auc.value == pytest.approx(roc_auc_score(truth, p, multi_class="ovr"))
        for c, value in enumerate(score.values):
            assert value.auc.value == pytest.approx(roc_auc_score(truth == c, p[:, c]))
    assert score.log_loss == pytest.approx(log_loss(truth, p) / np.log(2))
    if levels is None:
        ratio = p / (np.bincount(truth) / len(truth))
        wanted = balanced_accuracy_score(truth, ratio.argmax(axis=1))
        assert score.balanced_accuracy.value == pytest.approx(wanted)
        assert score.accuracy.value == pytest.approx((p.argmax(axis=1) == truth).mean())
        surest = np.argsort(-p.max(axis=1))[:600]
        assert score.acc20.value == pytest.approx((p.argmax(axis=1) == truth)[surest].mean())


@pytest.mark.parametrize("k", [2, 5])
def test_rows_and_classes_may_come_in_any_order(k):
    """Equal probabilities abound, so that an order would show."""
    p, truth = crowd(500, k, seed=3, levels=4)
    said = np.where(p.max(axis=1) > 0.5, p.argmax(axis=1), -1)
    once = evaluate_twins(p, truth, range(k), said)
    rows = np.random.default_rng(1).permutation(500)
    again = evaluate_twins(p[rows], truth[rows], range(k), said[rows])
    assert _figures(again.as_dict()) == pytest.approx(_figures(once.as_dict()), abs=1e-12)
    mirrored = evaluate_twins(p[:, ::-1], k - 1 - truth, range(k)[::-1])
    for name in ("auc", "accuracy", "balanced_accuracy", "acc20", "acc50", "acc20c"):
        assert getattr(mirrored, name).value == pytest.approx(getattr(once, name).value), name
    assert mirrored.ece == pytest.approx(once.ece)


def _figures(told: object) -> list[float]:
    if isinstance(told, dict):
        return [f for value in told.values() for f in _figures(value)]
    if isinstance(told, list):
        return [f for value in told for f in _figures(value)]
    return [float(told)] if isinstance(told, (int, float)) else []


def test_people_equally_sure_count_as_their_mean():
    surest = RiskCoverage(np.array([0.9, 0.8, 0.8, 0.8, 0.8]), np.array([1, 1, 0, 0, 0.0]))
    # The first, and one of the four: over all choices 1/4 right.
    assert surest.accuracy_at(0.4).value == pytest.approx((1 + 0.25) / 2)
    assert surest.accuracy_at(0.1).value == 1.0


def test_coverage_takes_a_level_whole_or_not_at_all():
    right = np.array([1.0] * 10 + [1, 1, 1, 1, 0] + [0] * 5)
    surest = RiskCoverage(np.repeat([0.9, 0.8, 0.6], [10, 5, 5]), right)
    # 14 of 15 are right at .8, which 90 % allows and 95 % does not.
    assert (surest.coverage_at(0.9).people, surest.coverage_at(0.9).probability) == (15, 0.8)
    assert surest.coverage_at(0.95).people == 10
    assert surest.coverage_at(0.7).share.value == 1.0
    never = RiskCoverage(np.array([0.9, 0.8]), np.zeros(2)).coverage_at(0.9)
    assert (never.people, never.probability, never.share.value) == (0, None, 0.0)


def test_coverage_may_grow_again_after_a_stumble():
    surest = RiskCoverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([0, 1, 1, 1.0]))
    assert surest.coverage_at(0.75).people == 4


def test_nobody_counts_twice_when_the_fifth_is_shared_out():
    """One person is the surest of both rare classes; only one of them may take him."""
    p = np.array([[0.4, 0.4, 0.2], [0.3, 0.1, 0.6], [0.1, 0.3, 0.6], [0.0, 0.0, 1.0]])
    truth = np.array([0, 1, 2, 2])
    # At full coverage classes 0 and 1 have one place, class 2 two: 0 takes the first person, then
    # 1 takes the third (wrongly), and 2 the last and the second (wrongly).
    assert shared_out(p, truth, 1.0).value == pytest.approx(2 / 4)


def slowly_shared_out(p: np.ndarray, truth: np.ndarray, coverage: float) -> float:
    """The definition, level by level."""
    people = np.bincount(truth, minlength=p.shape[1])
    left, hits = np.ones(len(truth)), 0.0
    for c in sorted(range(p.shape[1]), key=lambda c: (people[c], c)):
        quota = coverage * people[c]
        for level in sorted(set(p[:, c]), reverse=True):
            on = p[:, c] == level
            part = min(1.0, quota / left[on].sum()) if left[on].sum() else 0.0
            hits += left[on & (truth == c)].sum() * part
            quota -= left[on].sum() * part
            left[on] *= 1 - part
    return hits / (coverage * len(truth))


@pytest.mark.parametrize("levels", [None, 3, 8])
@pytest.mark.parametrize("k", [2, 3, 6])
def test_shared_out_is_its_definition(k, levels):
    for seed in range(5):
        p, truth = crowd(120, k, seed=seed, levels=levels)
        for coverage in (0.07, 0.2, 0.5, 1.0):
            wanted = slowly_shared_out(p, truth, coverage)
            assert shared_out(p, truth, coverage).value == pytest.approx(wanted)


def test_shared_out_is_the_plain_selection_for_two_classes():
    p, truth = crowd(5000, 2, seed=9)
    women = int(0.2 * (truth == 1).sum())
    men = int(0.2 * (truth == 0).sum())
    hits = truth[np.argsort(-p[:, 1])[:women]].sum() + (truth[np.argsort(p[:, 1])[:men]] == 0).sum()
    found = shared_out(p, truth, 0.2)
    assert found.value == pytest.approx(hits / 1000, abs=2e-3)
    # Sure of the majority only: the surest fifth is good, the shared fifth is not.
    rng = np.random.default_rng(0)
    truth = (rng.random(2000) < 0.2).astype(np.int64)
    sure = np.where((truth == 0) & (rng.random(2000) < 0.5), rng.uniform(0, 0.1, 2000), 0.3)
    score = evaluate_twins(two(*sure), truth, SEX)
    assert score.acc20.value == 1.0
    assert score.acc20c.value < 0.9


def test_what_is_drawn_calibrated_is_found_calibrated():
    p, truth = crowd(20_000, 4, seed=5)
    score = evaluate_twins(p, truth, "abcd")
    assert score.ece < 0.015
    assert abs(score.overconfidence) < 0.01
    assert all(v.ece < 0.015 and abs(v.overconfidence) < 0.01 for v in score.values)
    held = [b.right.low <= b.told <= b.right.high for b in score.reliability]
    assert np.mean(held) > 0.8
    bold = p**3 / (p**3).sum(axis=1, keepdims=True)
    assert evaluate_twins(bold, truth, "abcd").overconfidence > 0.1


@pytest.mark.parametrize("k", [2, 3])
def test_the_interval_of_the_area_holds_as_often_as_it_says(k):
    everyone = crowd(100_000, k, seed=11)
    true_area = evaluate_twins(*everyone, range(k)).auc.value
    held = 0
    for seed in range(200):
        p, truth = crowd(150, k, seed=1000 + seed)
        auc = evaluate_twins(p, truth, range(k)).auc
        held += auc.low <= true_area <= auc.high
    assert 0.90 <= held / 200 <= 0.99


def test_the_bounds_of_a_coverage_hold_the_coverage():
    p, truth = crowd(2000, 2, seed=2)
    score = evaluate_twins(p, truth, SEX)
    for coverage in (score.coverage90, score.coverage95):
        assert coverage.share.low < coverage.share.value < coverage.share.high
    everyone = evaluate_twins(*crowd(200_000, 2, seed=3), SEX).coverage90.share.value
    assert score.coverage90.share.low <= everyone <= score.coverage90.share.high


def test_the_calibration_error_is_the_one_twins_calibrate_by():
    """On the edges of bins too: certainty, nothing, fifteenths."""
    rng = np.random.default_rng(1)
    told = np.concatenate([rng.random(500), np.repeat(np.arange(16) / 15, 20)])
    right = rng.integers(0, 2, len(told)).astype(float)
    assert reliability(told, right, 15)[1] == pytest.approx(expected_calibration_error(told, right))


def test_one_value_only_has_no_area():
    score = evaluate_twins(two(0.2, 0.3, 0.1), np.zeros(3, np.int64), SEX)
    assert (score.auc, score.auc_of) == (None, None)
    assert score.accuracy.value == score.balanced_accuracy.value == 1.0
    assert (score.values[1].recall, score.values[1].auc, score.values[1].people) == (None, None, 0)


def test_a_value_nobody_has_is_left_out_of_the_means():
    p, truth = crowd(400, 3, seed=1)
    wide = np.concatenate([p * 0.9, np.full((400, 1), 0.1)], axis=1)
    score = evaluate_twins(wide, truth, "abcd")
    plain = evaluate_twins(p, truth, "abc")
    assert score.auc.value == pytest.approx(plain.auc.value)
    assert score.balanced_accuracy.value == pytest.approx(plain.balanced_accuracy.value)
    assert score.acc20c.value == pytest.approx(plain.acc20c.value)


def test_what_is_no_share_has_bounds():
    rng = np.random.default_rng(9)
    p = rng.dirichlet([2, 1, 1], 300)
    y = (p.cumsum(1) < rng.random(300)[:, None]).sum(1)
    score = evaluate_twins(p, y, ("a", "b", "c"))
    assert set(score.bounds) == {"ece", "overconfidence", "log_loss"}
    for one in (score, *score.values):
        for name, bounds in one.bounds.items():
            assert bounds.low <= getattr(one, name) <= bounds.high, name
        # Drawn as told: perfect probabilities are not ruled out.
        assert one.bounds["ece"].low == 0.0
        assert one.bounds["overconfidence"].low < 0 < one.bounds["overconfidence"].high


def test_one_person_is_judged():
    score = evaluate_twins(two(0.5), np.array([1]), SEX, stated=np.array([-1]))
    assert (score.people, score.accuracy.value) == (1, 0.5)
    assert (score.stated.people, score.stated.right, score.stated.told) == (0, None, None)


def test_a_prediction_may_be_stated_or_not():
    p, truth = two(0.9, 0.4, 0.2), np.array([1, 1, 0])
    flags = evaluate_twins(p, truth, SEX, stated=np.array([True, False, True]))
    codes = evaluate_twins(p, truth, SEX, stated=np.array([1, -1, 0]))
    assert flags.stated == codes.stated
    assert evaluate_twins(p, truth, SEX).stated is None


def test_refusals():
    p, truth = two(0.9, 0.4), np.array([1, 0])
    with pytest.raises(UsageError, match="nobody"):
        evaluate_twins(p[:0], truth[:0], SEX)
    with pytest.raises(UsageError, match="shape"):
        evaluate_twins(p, truth, ("man",))
    with pytest.raises(UsageError, match="shape"):
        evaluate_twins(p[:, 1], truth, SEX)
    with pytest.raises(UsageError, match="codes outside"):
        evaluate_twins(p, np.array([0, 2]), SEX)
    with pytest.raises(UsageError, match="codes outside"):
        evaluate_twins(p, np.array([0, -1]), SEX)
    with pytest.raises(UsageError, match="add up"):
        evaluate_twins(p * 2, truth, SEX)
    with pytest.raises(UsageError, match="add up"):
        evaluate_twins(np.where(p > 0.8, np.nan, p), truth, SEX)
    with pytest.raises(UsageError, match="statements"):
        evaluate_twins(p, truth, SEX, stated=np.array([0, 2]))
    with pytest.raises(UsageError, match="statements"):
        evaluate_twins(p, truth, SEX, stated=np.array([0.9, 0.4]))


def test_bins_of_few_people_are_not_shown():
    confidence = np.repeat([0.55, 0.75, 0.85, 0.95], [40, 12, 3, 20])
    curve, _ = reliability(confidence, np.ones(75))
    seen = shown(curve, 10)
    # The bin of 3 alone could be had from the whole: the next smallest goes with it.
    assert [b.people for b in seen] == [40, None, None, 20]
    assert [b.right is None for b in seen] == [False, True, True, False]
    assert shown(curve, 2) == curve


def test_the_table_says_the_figures_and_hides_the_few():
    p, truth = crowd(400, 3, seed=4)
    truth[truth == 0] = 1
    truth[:3] = 0
    said = np.where(p.max(axis=1) > 0.6, p.argmax(axis=1), -1)
    score = evaluate_twins(p, truth, ("rare", "b", "c"), said)
    table = twin_reliability("taste", score)
    rows = table.to_pylist()
    assert set(table["attribute"].to_pylist()) == {"taste"}
    assert {row["value"] for row in rows} == {None, "b", "c"}
    assert min(row["people"] for row in rows if row["people"]) >= 10
    by_name = {(row["value"], row["measure"], row["coverage"]): row for row in rows}
    assert by_name[None, "accuracy", 0.2]["figure"] == score.acc20.value
    assert by_name[None, "auc", 1.0]["low"] == score.auc.low
    promise = by_name[None, "stated", score.stated.coverage]
    assert promise["figure"] == score.stated.right.value
    assert (promise["told"], promise["people"]) == (score.stated.told, score.stated.people)
    assert by_name["b", "ece", 1.0]["low"] is None
    assert sum(row["measure"] == "reliability" for row in rows) > 10
    assert twin_reliability("taste", evaluate_twins(p[:9], truth[:9], "abc")).num_rows == 0


def test_a_million_people_are_judged_quickly():
    p, truth = crowd(1_000_000, 2)
    begun = time.process_time()
    score = evaluate_twins(p, truth, SEX, p.argmax(axis=1))
    assert time.process_time() - begun < 6  # about 1.2 s alone; never a loop over people
    assert score.people == 1_000_000


def test_people_of_one_fold_are_compared():
    """Another fold's model says more of everybody: pooled that hides the order, within not."""
    truth = np.array([0, 1] * 20)
    fold = np.repeat([0, 1], 20)
    yes = np.where(truth == 1, 0.3, 0.2) + 0.4 * fold
    p = np.column_stack([1 - yes, yes])
    pooled = evaluate_twins(p, truth, ["no", "yes"])
    within = evaluate_twins(p, truth, ["no", "yes"], folds=fold)
    assert pooled.auc.value == 0.75 and within.auc.value == 1.0
    assert within.accuracy == pooled.accuracy
    one = evaluate_twins(p, truth, ["no", "yes"], folds=np.zeros(40, int))
    assert one.auc.value == pooled.auc.value


def test_the_area_over_folds_varies_as_its_interval_says():
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(300):
        truth = np.r_[np.arange(100) % 2]
        fold = np.arange(100) // 2 % 5
        score = 1 / (1 + np.exp(-(truth + rng.normal(size=100) + fold)))
        found = evaluate_twins(np.column_stack([1 - score, score]), truth, ["a", "b"], folds=fold)
        held += found.auc.low <= 0.7602 <= found.auc.high
    assert 0.92 <= held / 300 <= 0.98


def test_recall_by_rates_known_from_others():
    truth = np.array([0] * 30 + [1] * 10)
    p = np.tile([0.6, 0.4], (40, 1))
    assert evaluate_twins(p, truth, ["a", "b"]).values[1].recall.value == 1
    told = evaluate_twins(p, truth, ["a", "b"], rates=np.array([50, 50]))
    assert (told.values[0].recall.value, told.values[1].recall.value) == (1, 0)


def test_the_surest_are_those_of_each_model():
    """One fold's model says .4 more of everybody: pooled, its doubtful people pass for sure."""
    right = np.array([1.0, 1, 0, 0, 0, 1, 1, 0, 0, 0])
    confidence = np.array([0.5, 0.5, 0.4, 0.4, 0.4, 0.9, 0.9, 0.8, 0.8, 0.8])
    fold = np.repeat([3, 7], 5)
    assert RiskCoverage(confidence, right).accuracy_at(0.4).value == pytest.approx(0.5)
    assert surest_right(confidence, right, 0.4, fold) == wilson(1.0, 4)
    assert surest_right(confidence, right, 1.0, fold) == wilson(0.4, 10)
    p, truth = crowd(300, 3, seed=2, levels=5)
    own = np.random.default_rng(0).integers(0, 4, 300)
    whole = evaluate_twins(p, truth, range(3), folds=np.zeros(300, int))
    assert whole.acc20.value == pytest.approx(evaluate_twins(p, truth, range(3)).acc20.value)
    parts = [
        shared_out(p[own == f], truth[own == f], 0.2).value * (own == f).sum() for f in range(4)
    ]
    assert shared_out(p, truth, 0.2, own).value == pytest.approx(sum(parts) / 300)


def test_a_recall_is_as_wide_as_the_models_differ():
    """Each model finds its own share of a value; what another one finds lies in the interval."""
    rng = np.random.default_rng(8)
    held = {True: 0, False: 0}
    for _ in range(100):
        shares = rng.uniform(0.1, 0.9, 11)
        fold = np.repeat(np.arange(10), 12)
        found = rng.random(120) < shares[fold]
        # Of the value «b» the model says .6 where it finds it, of «a» always.
        yes = np.where(found, 0.6, 0.4)
        p = np.concatenate([np.stack([1 - yes, yes], axis=1), np.tile([0.9, 0.1], (120, 1))])
        truth, of = np.repeat([1, 0], 120), np.concatenate([fold, fold])
        true = rng.binomial(10_000, shares[-1]) / 10_000
        for folds in (of, None):
            share = evaluate_twins(p, truth, ["a", "b"], folds=folds).values[1].recall
            held[folds is not None] += share.low <= true <= share.high
    assert held[True] / 100 >= 0.85
    assert held[False] / 100 < 0.5


def test_models_that_agree_make_no_recall_wider():
    p, truth = crowd(400, 2, seed=6)
    fold = np.random.default_rng(1).integers(0, 5, 400)
    plain, apart = (evaluate_twins(p, truth, SEX, folds=f).values[1].recall for f in (None, fold))
    assert apart.value == plain.value
    assert apart.high - apart.low == pytest.approx(plain.high - plain.low, rel=0.3)
