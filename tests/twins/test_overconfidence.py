"""Short visits, as the issue measured them: what is broken, what thinning repairs, what it cannot.

Made people have tastes that lean with their sex; the known are seen sixty times, visitors eight.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from connu.twins.audits import audits_to_ask
from connu.twins.recalibration import AuditCalibrator
from connu.twins.shift import DomainCheck, shift_report
from connu.twins.temperature import TemperatureCalibrator
from connu.twins.thinning import thin

PRODUCTS = 200


@cache
def world() -> tuple[np.ndarray, np.ndarray]:
    """How popular a product is (d,), and how it leans to the second sex (d,)."""
    rng = np.random.default_rng(11)
    return rng.normal(0, 1.0, PRODUCTS), rng.normal(0, 0.5, PRODUCTS)


def people(
    n: int, events: float, share: float, seed: int
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Counts of products, sexes, and how many events each has."""
    popular, lean = world()
    rng = np.random.default_rng(seed)
    sex = (rng.random(n) < share).astype(int)
    # Nobody is all his sex: how far, varies, and everybody has tastes of his own.
    how = rng.normal(1.0, 0.7, n) * (2 * sex - 1)
    taste = popular + np.outer(how, lean) + rng.normal(0, 1.0, (n, PRODUCTS))
    chance = np.exp(taste - taste.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    length = 1 + rng.poisson(rng.gamma(2.0, (events - 1) / 2.0, n))
    counts = rng.multinomial(length, chance)
    return sparse.csr_matrix(counts.astype(np.float32)), sex, length


@cache
def learnt() -> LogisticRegression:
    """The model, which reads all there is of other known people."""
    counts, sex, _ = people(3000, 60, 0.5, seed=1)
    return LogisticRegression(C=20.0, max_iter=1000).fit(normalize(counts), sex)


def scores(counts: sparse.csr_matrix) -> np.ndarray:
    logit = learnt().decision_function(normalize(counts))
    return np.stack([-logit, logit], axis=1) / 2


def overconfidence(probability: np.ndarray, sex: np.ndarray) -> float:
    """Mean confidence less accuracy."""
    return float(probability.max(axis=1).mean() - (probability.argmax(axis=1) == sex).mean())


def calibration_error(probability: np.ndarray, sex: np.ndarray) -> float:
    place = np.minimum((probability[:, 1] * 15).astype(int), 14)
    gap = np.bincount(place, probability[:, 1] - sex, minlength=15)
    return float(np.abs(gap).sum() / len(sex))


@cache
def calibrated() -> tuple[TemperatureCalibrator, TemperatureCalibrator]:
    """On whole histories of known people held out, and on the same thinned."""
    counts, sex, _ = people(4000, 60, 0.5, seed=2)
    _, _, visits = people(6000, 8, 0.5, seed=3)
    cut = thin(counts, visits, np.arange(4000, dtype=np.uint64), seed=1)
    return (
        TemperatureCalibrator().fit(scores(counts), sex),
        TemperatureCalibrator().fit(scores(cut), sex),
    )


def test_whole_histories_make_one_too_sure_of_short_visits_and_thinned_ones_do_not():
    counts, sex, _ = people(6000, 8, 0.5, seed=3)
    whole, thinned = (c.transform(scores(counts)) for c in calibrated())
    assert overconfidence(whole, sex) > 0.03
    assert abs(overconfidence(thinned, sex)) < 0.012
    assert calibration_error(thinned, sex) < 0.5 * calibration_error(whole, sex)


def test_of_long_visits_the_whole_histories_are_right():
    counts, sex, _ = people(4000, 60, 0.5, seed=4)
    whole, thinned = (c.transform(scores(counts)) for c in calibrated())
    assert abs(overconfidence(whole, sex)) < 0.012
    assert overconfidence(thinned, sex) < -0.02


def test_where_the_mix_moves_too_thinning_is_not_enough_and_audits_are():
    """Half of the known are men and three visitors in four: 200 of them are asked."""
    counts, sex, _ = people(6000, 8, 0.75, seed=5)
    _, thinned = calibrated()
    told = thinned.transform(scores(counts))
    before = calibration_error(told, sex)
    assert before > 0.06
    ids = np.array([f"v{i:05d}" for i in range(6000)])
    after = []
    for seed in range(5):
        asked = audits_to_ask(told, pa.array(ids), seed=seed)
        rows = np.searchsorted(ids, asked["anonymous_id"].to_numpy(zero_copy_only=False))
        calibrator = AuditCalibrator().fit(told[rows], sex[rows], asked["weight"].to_numpy())
        after.append(calibration_error(calibrator.transform(told), sex))
    assert np.mean(after) < 0.45 * before


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_shift_of_length_is_seen_and_thinning_takes_it_away(share: float):
    """And what is left of it when the mix of people moved is seen too."""
    known, _, _ = people(1500, 60, 0.5, seed=6)
    visitors, _, visits = people(1500, 8, share, seed=7)
    cut = thin(known, visits, np.arange(1500, dtype=np.uint64))
    z = [scores(m)[:, 1:] for m in (known, cut, visitors)]
    whole, thinned = (DomainCheck().fit(one, z[2]) for one in z[:2])
    said = shift_report(thinned, thinned.unlike(z[2]), thinned=True, whole=whole)
    assert said.auc is not None and said.auc_whole is not None
    assert said.unlike_share < 0.03
    if share == 0.5:
        assert said.auc_whole > 0.62 and said.auc < 0.54
        assert not said.ask
    else:
        assert said.auc > 0.6
        assert said.verdict == "shifted" and said.ask
