"""How fast next products are told: many sessions at once, and one running session at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.next_steps import Steps

#: Steps told at once, and one by one.
BATCH, ONE_BY_ONE = 20_000, 2_000


@dataclass(frozen=True)
class NextSpeed:
    """Seconds turned round.

    Attributes:
        per_second: steps told in a batch, on one thread.
        median_ms, worst_ms: of one step, at the median and the 99th percentile.
    """

    per_second: float
    median_ms: float
    worst_ms: float


def next_speed(tell: Callable[[Steps, np.ndarray], np.ndarray], steps: Steps) -> NextSpeed:
    """Measure a method that has learnt already.

    Args:
        tell: (shop, which steps) → lists.
        steps: of the shop it has learnt; more than it has are drawn with repeats.
    """
    rng = np.random.default_rng(0)
    tell(steps, np.arange(min(len(steps), 100)))  # what is compiled once
    asked = rng.integers(0, len(steps), BATCH)
    begun = time.perf_counter()
    tell(steps, asked)
    per_second = BATCH / (time.perf_counter() - begun)
    seconds = []
    for step in rng.integers(0, len(steps), (ONE_BY_ONE, 1)):
        begun = time.perf_counter()
        tell(steps, step)
        seconds.append(time.perf_counter() - begun)
    median, worst = (float(np.percentile(seconds, q)) * 1000 for q in (50, 99))
    return NextSpeed(per_second, median, worst)
