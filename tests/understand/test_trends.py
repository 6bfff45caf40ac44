"""Themes that rise or fall are told, accidents are not, and little data is silence."""

from __future__ import annotations

import numpy as np
import pytest

from connu.understand.period_counts import PeriodCounts
from connu.understand.trends import FALLING, RISING, SILENCES, STEADY, trends


def counted(counts, statements, segments=(None,)):
    counts = np.asarray(counts)
    counts = counts[None] if counts.ndim == 2 else counts
    many = np.broadcast_to(np.asarray(statements), (len(segments), counts.shape[2]))
    names = [f"theme {i}" for i in range(counts.shape[1])]
    periods = [f"2026-{i + 1:02}-01" for i in range(counts.shape[2])]
    return PeriodCounts(periods, list(segments), names, counts, many, 0)


def by_theme(found):
    return {(one.segment, one.theme): one for one in found}


def test_the_test_is_cochran_and_armitage_s():
    """Without restlessness: z = Σ t (x - n p̄) ÷ √(p̄ (1 - p̄) Σ n (t - t̄)²)."""
    x, n, t = np.array([20, 25, 34, 41]), np.array([300, 310, 290, 300]), np.arange(4.0)
    share, middle = x.sum() / n.sum(), (n * t).sum() / n.sum()
    spread = (n * (t - middle) ** 2).sum()
    slope = (t * (x - n * share)).sum() / spread
    found = trends(counted([x, [30, 30, 30, 30]], n))[0]
    assert found.theme == "theme 0" and found.restlessness == 1
    assert found.change.value == pytest.approx(3 * slope)
    z = slope / np.sqrt(share * (1 - share) / spread)
    from scipy.stats import t as student

    # two periods of its own to spare, and two of the other theme
    assert found.p_value == pytest.approx(2 * student.sf(z, 4))
    assert found.first == pytest.approx(share - slope * middle)
    assert found.last == pytest.approx(share + slope * (3 - middle))


def test_what_rises_falls_or_stays():
    n = np.full(12, 500)
    found = trends(counted([np.arange(12) * 5 + 20, 90 - np.arange(12) * 5, [50] * 12], n))
    told = by_theme(found)
    rising, falling, steady = (told[None, f"theme {i}"] for i in range(3))
    assert (rising.direction, falling.direction, steady.direction) == (RISING, FALLING, STEADY)
    assert rising.change.value == pytest.approx(55 / 500)
    assert rising.change.low > 0 > falling.change.high
    assert (rising.first, rising.last) == (pytest.approx(0.04), pytest.approx(0.15))
    assert steady.change.low < 0 < steady.change.high


def test_more_statements_alone_are_no_rise():
    n = np.array([100, 200, 400, 800, 1600])
    assert trends(counted([n // 10], n))[0].direction == STEADY


def test_bustle_is_no_trend():
    """The same rise, in a theme that jumps about anyway."""
    n, rise = np.full(12, 500), np.arange(12) * 3 + 40
    calm = trends(counted([rise], n))[0]
    wild = trends(counted([rise + 36 * np.array([1, -1] * 6)], n))[0]
    assert calm.direction == RISING and wild.direction == STEADY
    assert wild.restlessness > 5 and calm.restlessness == 1
    assert wild.change.high - wild.change.low > 2 * (calm.change.high - calm.change.low)


def test_the_latest_period_against_those_before():
    n = np.full(6, 500)
    found = trends(counted([[40, 42, 38, 40, 41, 90], [40, 42, 38, 40, 41, 39]], n), kind="latest")
    told = by_theme(found)
    burst, usual = told[None, "theme 0"], told[None, "theme 1"]
    assert (burst.direction, usual.direction) == (RISING, STEADY)
    assert burst.first == pytest.approx(40.2 / 500) and burst.last == pytest.approx(90 / 500)
    assert burst.change.value == pytest.approx(49.8 / 500)


def test_segments_are_judged_each():
    n = np.full((2, 8), 400)
    counts = np.stack([[[60] * 8], [np.arange(8) * 8 + 20]])
    found = by_theme(trends(counted(counts, n, (None, "often"))))
    assert found[None, "theme 0"].direction == STEADY
    assert found["often", "theme 0"].direction == RISING


def test_periods_in_which_nobody_wrote_say_nothing():
    counts, n = np.array([20, 0, 30, 40, 0, 50, 60]), np.array([400, 0, 400, 400, 0, 400, 400])
    found = trends(counted([counts], n))[0]
    assert found.direction == RISING and found.silence is None
    assert 0 <= found.first < found.last <= 1


def test_too_little_is_silence():
    n = np.full(6, 500)
    few, many, all_of_them = [3] * 6, [30] * 6, [500] * 6
    found = by_theme(trends(counted([few, many, all_of_them], n)))
    assert found[None, "theme 0"].silence == found[None, "theme 2"].silence == "too_few"
    assert found[None, "theme 0"].direction is None and found[None, "theme 0"].q_value == 1
    assert found[None, "theme 1"].direction == STEADY
    short = trends(counted([[30] * 3], np.full(3, 500)))[0]
    assert short.silence == "too_short" and set(SILENCES) == {"too_few", "too_short"}
    assert trends(counted([[30]], [500]), kind="latest")[0].silence == "too_short"
    assert trends(counted(np.empty((0, 4), int), np.full(4, 9))) == []
    assert trends(counted([[0, 0, 0, 0]], np.zeros(4, int)))[0].silence == "too_short"


def test_two_periods_can_be_compared():
    found = trends(counted([[30, 90]], [500, 500]), kind="latest")[0]
    assert found.direction == RISING and found.change.value == pytest.approx(0.12)


def test_those_told_come_first_and_the_surest_of_them():
    n = np.full(10, 500)
    rng = np.random.default_rng(0)
    rows = [rng.binomial(500, 0.1, 10), np.arange(10) * 6 + 20, np.arange(10) * 4 + 30, [2] * 10]
    found = trends(counted(rows, n))
    assert [one.theme for one in found] == ["theme 1", "theme 2", "theme 0", "theme 3"]
    assert found[0].q_value <= found[1].q_value <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("restless", [0.0, 0.3])
def test_accidents_among_what_is_told_are_few_and_intervals_hold(restless):
    """Thirty themes, three of which really rise; the rest vary about a steady share."""
    rng = np.random.default_rng(1)
    wrong = held = judged = right = 0.0
    for _ in range(200):
        n = rng.integers(300, 900, 12)
        noise = np.exp(restless * rng.normal(size=(30, 12)) - restless**2 / 2)
        share = rng.uniform(0.02, 0.15, (30, 1)) * noise
        share[:3] *= np.linspace(0.4, 1.6, 12)
        found = trends(counted(rng.binomial(n, np.minimum(share, 1)), n))
        told = [one for one in found if one.direction in (RISING, FALLING)]
        real = [one.direction == RISING and int(one.theme[6:]) < 3 for one in told]
        wrong += real.count(False) / max(len(real), 1)
        right += real.count(True) / 3
        for one in found:
            if one.silence is None and int(one.theme[6:]) >= 3:
                judged += 1
                held += one.change.low <= 0 <= one.change.high
    assert wrong / 200 <= 0.06
    assert 0.93 <= held / judged <= 0.99
    assert right / 200 > (0.9 if not restless else 0.3)
