"""Promises made on known people, held against visitors whom somebody asked."""

from __future__ import annotations

import numpy as np
import pytest

from connu.kernel.errors import UsageError
from connu.twins.promises import hear_audits, held_promises

SURE = np.array([[0.95, 0.05]])


def answers(right: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """As many statements of the first class, rightly and wrongly made."""
    return np.repeat(SURE, right + wrong, axis=0), np.repeat([0, 1], [right, wrong])


def visitors(
    n: int, shares: list[float], seed: int = 0, *, lied: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Told as if both values were as frequent; `lied`: share whose value has nothing to do."""
    rng = np.random.default_rng(seed)
    codes = rng.choice(2, n, p=shares)
    seen = np.where(rng.random(n) < lied, rng.integers(0, 2, n), codes)
    logit = 1.8 * (2 * (seen == 0) - 1) + 1.9 * rng.normal(size=n)
    p = 1 / (1 + np.exp(-logit))
    return np.stack([p, 1 - p], axis=1), codes


@pytest.mark.parametrize(
    ("right", "wrong", "outcome"),
    [
        (60, 0, "proved"),
        (20, 0, "not_contradicted"),
        (45, 5, "not_contradicted"),
        (42, 8, "not_contradicted"),
        (35, 15, "silenced"),
        (0, 4, "silenced"),
        (0, 1, "not_contradicted"),
        (0, 0, "untested"),
    ],
)
def test_a_promise_is_held_by_what_audits_can_prove(right: int, wrong: int, outcome: str):
    p, codes = answers(right, wrong)
    after, promises = held_promises(p, codes, np.array([0.9, np.inf]), 0.9)
    one = promises[0]
    assert (one.outcome, one.stated, one.right) == (outcome, right + wrong, right)
    assert promises[1].outcome == "silent"
    assert after[0] == (np.inf if outcome == "silenced" else 0.9) == one.after
    if right + wrong:
        assert one.low <= right / (right + wrong) <= one.high
    else:
        assert (one.low, one.high) == (0.0, 1.0)


def test_clopper_and_pearson_s_bounds():
    p, codes = answers(8, 2)
    _, promises = held_promises(p, codes, np.array([0.9, 0.9]), 0.9)
    assert (promises[0].low, promises[0].high) == pytest.approx((0.4439, 0.9748), abs=1e-4)


def test_a_contradicted_class_is_stated_only_where_audits_prove_it():
    p = np.concatenate([np.full(60, 0.99), np.full(40, 0.92)])
    codes = np.concatenate([np.zeros(60, int), np.tile([0, 1], 20)])
    after, promises = held_promises(np.stack([p, 1 - p], axis=1), codes, np.array([0.9, 0.9]), 0.9)
    assert (promises[0].outcome, promises[0].after) == ("raised", 0.99)
    assert after.tolist() == [0.99, 0.9]
    assert promises[1].outcome == "untested"


def test_the_other_class_keeps_its_promise():
    first, wrong = answers(10, 20)
    second, right = answers(50, 0)
    p, codes = np.concatenate([first, second[:, ::-1]]), np.concatenate([wrong, 1 - right])
    after, promises = held_promises(p, codes, np.array([0.9, 0.9]), 0.9)
    assert [one.outcome for one in promises] == ["silenced", "proved"]
    assert after.tolist() == [np.inf, 0.9]


def test_all_together_may_contradict_what_no_class_does():
    k = 8
    p = np.repeat(np.full((k, k), 0.01) + 0.92 * np.eye(k), 8, axis=0)
    codes = np.repeat(np.arange(k), 8)
    codes[::8] = (codes[::8] + 1) % k
    codes[1::8] = (codes[1::8] + 1) % k
    after, promises = held_promises(p, codes, np.full(k, 0.9), 0.9)
    assert {one.outcome for one in promises} == {"silenced"}
    assert np.isinf(after).all()
    alone, _ = held_promises(p[:8], codes[:8], np.full(k, 0.9), 0.9)
    assert (alone == 0.9).all()


def test_a_value_that_is_none_of_the_classes_is_an_error():
    p, codes = answers(40, 0)
    codes[:20] = -1
    _, promises = held_promises(p, codes, np.array([0.9, 0.9]), 0.9)
    assert (promises[0].outcome, promises[0].right) == ("silenced", 20)


def test_a_kept_promise_is_seldom_contradicted():
    """Two classes, each right nine times in ten, and exactly so: the worst that is kept."""
    rng = np.random.default_rng(0)
    said = np.repeat([[0.95, 0.05], [0.05, 0.95]], 60, axis=0)
    contradicted = 0
    for _ in range(400):
        codes = np.repeat([0, 1], 60) ^ (rng.random(120) < 0.1)
        after, _ = held_promises(said, codes, np.array([0.9, 0.9]), 0.9)
        contradicted += bool((after != 0.9).any())
    assert contradicted <= 0.05 * 400


# ---------------------------------------------------------------------- heard together
def test_audits_move_probabilities_and_keep_the_promise():
    """Visitors of another mix: what was promised at 0.9 is broken, and after audits it is kept."""
    thresholds = np.array([0.9, 0.9])
    broken, kept, stated = [], [], []
    for seed in range(6):
        p, codes = visitors(8000, [0.15, 0.85], seed)
        rows = np.random.default_rng(seed).choice(8000, 200, replace=False)
        heard = hear_audits(p, rows, codes[rows], thresholds, 0.9, seed=seed)
        assert heard.loss_after < heard.loss_before
        first = p[:, 0] >= 0.9
        broken.append((codes[first] == 0).mean())
        moved = heard.calibrator.transform(p)
        said = moved[:, 0] >= heard.thresholds[0]
        stated.append(said.mean())
        if said.any():
            kept.append((codes[said] == 0).mean())
        assert heard.shares.low[1] < 0.9 and heard.shares.high[1] > 0.8
    assert np.mean(broken) < 0.85
    assert not kept or np.mean(kept) > 0.87
    assert np.mean(stated) > 0.01


def test_without_a_shift_the_promise_stays():
    stayed = 0
    for seed in range(8):
        p, codes = visitors(4000, [0.5, 0.5], seed)
        rows = np.random.default_rng(seed).choice(4000, 200, replace=False)
        heard = hear_audits(p, rows, codes[rows], np.array([0.92, 0.92]), 0.9, seed=seed)
        stayed += bool((heard.thresholds == 0.92).all())
    assert stayed >= 7


def test_where_scores_say_little_of_visitors_nothing_is_stated():
    p, codes = visitors(6000, [0.5, 0.5], seed=3, lied=0.9)
    rows = np.random.default_rng(0).choice(6000, 200, replace=False)
    heard = hear_audits(p, rows, codes[rows], np.array([0.9, 0.9]), 0.9)
    moved = heard.calibrator.transform(p)
    assert (moved.max(axis=1) >= heard.thresholds[moved.argmax(axis=1)]).mean() < 0.02
    assert heard.calibrator.slope_ < 0.3


def test_the_order_of_audits_changes_nothing():
    p, codes = visitors(3000, [0.3, 0.7], seed=1)
    rows = np.arange(0, 3000, 15)
    weights = np.linspace(10, 20, 200)
    one = hear_audits(p, rows, codes[rows], np.array([0.9, 0.8]), 0.9, weights=weights)
    order = np.random.default_rng(2).permutation(200)
    other = hear_audits(
        p, rows[order], codes[rows[order]], np.array([0.9, 0.8]), 0.9, weights=weights[order]
    )
    assert other.calibrator.to_dict() == one.calibrator.to_dict()
    assert other.promises == one.promises and other.shares == one.shares
    assert (other.loss_after, other.loss_before) == (one.loss_after, one.loss_before)


def test_one_audit_is_too_few():
    p, codes = visitors(10, [0.5, 0.5])
    with pytest.raises(UsageError, match="fewer than two"):
        hear_audits(p, np.array([1]), codes[:1], np.array([0.9, 0.9]), 0.9)
