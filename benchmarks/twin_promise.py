"""Is a promised precision kept? Told over many random halves of the same people.

One half chooses from which probability on each value is stated (`twins.precision`), the other half
is told and judged. Probabilities are made once, by models that had not seen the person, and used
again in every split, which is quick; `refitted` learns, calibrates and chooses anew on each half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from connu.measure.intervals import wilson
from connu.measure.twins import evaluate_twins
from connu.twins.classifier import TwinsClassifier
from connu.twins.precision import risk_thresholds

#: A value stated of fewer people in a split is not judged on its own.
FEWEST = 30


@dataclass(frozen=True)
class Promise:
    """How a promise was kept.

    Attributes:
        precision: promised, 0–1.
        splits: how many.
        coverage: mean share of people something is stated of.
        right: share right of all statements of all splits.
        broken: splits whose statements are right less often than promised.
        beyond_chance: those of them in which even the upper bound of the interval (95 %) is.
        judged: statements of one value, of at least FEWEST people, over all splits.
        value_broken: those right less often than promised.
        value_beyond_chance: those of them beyond chance.
    """

    precision: float
    splits: int
    coverage: float
    right: float
    broken: int
    beyond_chance: int
    judged: int
    value_broken: int
    value_beyond_chance: int

    def told(self) -> str:
        """In a line."""
        if not self.coverage:
            return f"{self.precision:.0%} can be promised of nobody: nothing is told"
        return (
            f"{self.precision:.0%} promised: {self.coverage:.1%} told, {self.right:.2%} of it "
            f"right; below the promise in {self.broken} of {self.splits} splits "
            f"({self.beyond_chance} beyond chance), by value in {self.value_broken} of "
            f"{self.judged} ({self.value_beyond_chance} beyond chance)"
        )


def promise(
    probability: np.ndarray,
    y: np.ndarray,
    *,
    precision: float = 0.9,
    splits: int = 50,
    seed: int = 0,
) -> Promise:
    """Choose on one half, judge on the other, probabilities given.

    Args:
        probability: (n, k), of models that had not seen the person.
        y: (n,) codes.
        precision: promised.
        splits: random halves.
        seed: of the halves.
    """

    def state(chosen: np.ndarray, judged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        limits = risk_thresholds(probability[chosen], y[chosen], precision)
        return probability[judged], limits.state(probability[judged])

    return _over_halves(state, y, precision, splits, seed)


def refitted(
    counts: sparse.csr_matrix,
    y: np.ndarray,
    *,
    precision: float = 0.9,
    splits: int = 50,
    seed: int = 0,
) -> Promise:
    """Learn, calibrate and choose on one half, judge on the other; slow.

    Args:
        counts: (n, d).
        y: (n,) codes.
        precision: promised.
        splits: random halves.
        seed: of the halves.
    """

    def state(chosen: np.ndarray, judged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        model = TwinsClassifier(precision=precision).fit(counts[chosen], y[chosen])
        told = model.tell(counts[judged])
        return told.probability, told.code

    return _over_halves(state, y, precision, splits, seed)


def _over_halves(
    state: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    y: np.ndarray,
    precision: float,
    splits: int,
    seed: int,
) -> Promise:
    names = range(int(y.max()) + 1)
    coverage, people, hits = [], 0, 0.0
    whole: list[tuple[float, int]] = []
    by_value: list[tuple[float, int]] = []
    for chosen, judged in _halves(len(y), splits, seed):
        p, said = state(chosen, judged)
        score = evaluate_twins(p, y[judged], names, said)
        told = score.stated
        assert told is not None
        coverage.append(told.coverage)
        if told.right is not None:
            whole.append((told.right.value, told.people))
            people += told.people
            hits += told.right.value * told.people
        for value in score.values:
            if value.stated and value.stated.right and value.stated.people >= FEWEST:
                by_value.append((value.stated.right.value, value.stated.people))
    broken, beyond = _missed(whole, precision)
    value_broken, value_beyond = _missed(by_value, precision)
    return Promise(
        precision=precision,
        splits=splits,
        coverage=float(np.mean(coverage)),
        right=hits / people if people else float("nan"),
        broken=broken,
        beyond_chance=beyond,
        judged=len(by_value),
        value_broken=value_broken,
        value_beyond_chance=value_beyond,
    )


def _missed(told: list[tuple[float, int]], precision: float) -> tuple[int, int]:
    """How many shares are below the promise, and how many by more than chance explains."""
    broken = sum(right < precision - 1e-12 for right, _ in told)
    return broken, sum(wilson(right, people).high < precision for right, people in told)


def _halves(n: int, splits: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    for _ in range(splits):
        order = rng.permutation(n)
        yield order[: n // 2], order[n // 2 :]
