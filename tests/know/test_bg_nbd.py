"""BG/NBD against its published formulas, published estimates, and bases it made itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.special import beta as beta_function
from scipy.special import gamma as gamma_function
from scipy.special import hyp2f1

from connu.know.bg_nbd import BgNbd
from connu.know.purchases import histories_from

CDNOW = Path(__file__).parents[3] / "shared/data/value/cdnow.parquet"
MODEL = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
X = np.array([0, 0, 2, 5, 30])
RECENCY = np.array([0.0, 0.0, 30.43, 20.0, 38.0])
TENURE = np.array([5.0, 38.86, 38.86, 38.86, 39.0])


def test_expected_purchases_are_the_published_formulas() -> None:
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    for days in (1.0, 39.0, 500.0):
        z = days / (alpha + TENURE + days)
        shape = hyp2f1(r + X, b + X, a + b + X - 1, z)
        whole = (a + b + X - 1) / (a - 1)
        whole *= 1 - ((alpha + TENURE) / (alpha + TENURE + days)) ** (r + X) * shape
        left = ((alpha + TENURE) / (alpha + RECENCY)) ** (r + X)
        odds = np.where(X > 0, a / (b + np.maximum(X, 1) - 1) * left, 0.0)
        told = MODEL.expected(X, RECENCY, TENURE, days)
        np.testing.assert_allclose(told, whole / (1 + odds), rtol=1e-6)
        np.testing.assert_allclose(MODEL.active(X, RECENCY, TENURE), 1 / (1 + odds), rtol=1e-9)
    # Fader, Hardie & Lee's worked example: x = 2, t_x = 30.43, T = 38.86, 39 weeks ahead.
    assert MODEL.expected(X, RECENCY, TENURE, 39.0)[2] == pytest.approx(1.226, abs=0.001)


def test_likelihood_is_the_published_formula() -> None:
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    x, recency, tenure = X[:4], RECENCY[:4], TENURE[:4]
    stay = beta_function(a, b + x) / beta_function(a, b)
    stay *= gamma_function(r + x) * alpha**r / gamma_function(r) / (alpha + tenure) ** (r + x)
    left = beta_function(a + 1, b + np.maximum(x, 1) - 1) / beta_function(a, b) * (x > 0)
    left *= gamma_function(r + x) * alpha**r / gamma_function(r) / (alpha + recency) ** (r + x)
    assert MODEL.loss(x, recency, tenure) == pytest.approx(-np.log(stay + left).mean(), rel=1e-10)


def test_quantiles_and_chance_agree_with_simulated_futures() -> None:
    rng = np.random.default_rng(1)
    model = BgNbd(0.8, 30.0, 0.9, 2.5, early=True)
    x, recency, tenure = np.array([4]), np.array([90.0]), np.array([120.0])
    n, days = 40_000, 100.0
    active = rng.random(n) < model.active(x, recency, tenure)
    pace = rng.gamma(0.8 + 4, 1 / (30.0 + 120.0), n)
    leave = rng.beta(0.9, 2.5 + 1 + 4, n)
    wishes = rng.poisson(pace * days)
    came = np.where(active, np.minimum(wishes, rng.geometric(leave)), 0)
    # Geometric: he leaves after that purchase, which is still one.
    assert model.again(x, recency, tenure, days)[0] == pytest.approx((came > 0).mean(), abs=0.01)
    assert model.expected(x, recency, tenure, days)[0] == pytest.approx(came.mean(), rel=0.02)
    for share in (0.3, 0.6, 0.75, 0.95):
        told = model.quantile(x, recency, tenure, days, np.array([share]))[0]
        assert told == np.quantile(came, share, method="inverted_cdf")


@pytest.mark.parametrize("early", [False, True])
def test_fit_finds_what_made_the_base(early: bool) -> None:
    truth = BgNbd(0.7, 25.0, 0.8, 2.0, early)
    x, recency, tenure = simulated(truth, 20_000, 300.0, 3)
    found = BgNbd.fit(x, recency, tenure, early)
    assert found.loss(x, recency, tenure) <= truth.loss(x, recency, tenure) + 1e-6
    assert (found.r, found.alpha) == pytest.approx((0.7, 25.0), rel=0.15)
    mixed = np.random.default_rng(0).permutation(len(x))
    assert BgNbd.fit(x[mixed], recency[mixed], tenure[mixed], early) == found


@pytest.mark.parametrize(
    ("x", "recency", "tenure"),
    [([0], [0], [5]), ([0, 0], [0, 0], [1, 9]), ([500], [500], [501]), ([1, 1], [1, 1], [400, 2])],
)
def test_fit_ends_where_the_likelihood_has_no_summit(
    x: list[int], recency: list[int], tenure: list[int]
) -> None:
    columns = [np.array(c) for c in (x, recency, tenure)]
    found = BgNbd.fit(*columns)
    assert np.isfinite([found.r, found.alpha, found.a, found.b]).all()
    assert np.isfinite(found.expected(*columns, 365.0)).all()


@pytest.mark.skipif(not CDNOW.is_file(), reason="the CDNOW purchases are not here")
def test_cdnow_gives_about_the_published_estimates() -> None:
    table = pq.read_table(CDNOW)
    digits = table["date"].to_numpy()
    months = (digits // 10000 - 1970) * 12 + digits // 100 % 100 - 1
    time = months.astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)
    time += (digits % 100 - 1) * 86_400_000_000
    whole = histories_from(table["customer"].to_numpy(), time, table["value"].to_numpy())
    known = whole.before(int(whole.day.min()) + 273)
    found = BgNbd.fit(known.frequency, known.recency, known.tenure)
    # Published for a tenth of the customers, in weeks: .243, 4.414, .793, 2.426.
    assert found.r == pytest.approx(0.243, rel=0.1)
    assert found.alpha / 7 == pytest.approx(4.414, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(0.246, rel=0.1)


def simulated(
    model: BgNbd, n: int, tenure_days: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Histories a model makes: x, recency, tenure."""
    rng = np.random.default_rng(seed)
    tenure = rng.uniform(0.3, 1.0, n) * tenure_days
    pace = rng.gamma(model.r, 1 / model.alpha, n)
    left = rng.geometric(np.maximum(rng.beta(model.a, model.b, n), 1e-9)) - int(model.early)
    gaps = rng.exponential(1.0, (n, 400)) / np.maximum(pace, 1e-12)[:, None]
    when = np.cumsum(gaps, axis=1)
    happened = (when <= tenure[:, None]) & (np.arange(400) < left[:, None])
    x = happened.sum(1)
    recency = np.where(x > 0, when[np.arange(n), np.maximum(x, 1) - 1], 0.0)
    return x, recency, tenure
