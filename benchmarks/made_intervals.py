"""Do intervals of few buyers, and of rare themes, hold the truth? On made scores, drawn again.

    python -m benchmarks.made_intervals

Areas: few who bought and 1,200 who did not, by DeLong's variance alone and as `measure.auc` has it.
Mean F1: eight themes, the rarest told in one text of fifty, held against as many texts again, by
residuals alone and as `measure.mean_f1` has it. About a minute of processor time.
"""

from __future__ import annotations

import numpy as np

from connu.measure.ahead import share_ahead
from connu.measure.auc import Area, area_share
from connu.measure.intervals import Share, residual_share
from connu.measure.mean_f1 import mean_f1

DRAWS, OTHERS = 1500, 1200
SHARES = np.array([0.2, 0.1, 0.05, 0.05, 0.03, 0.03, 0.02, 0.02])
FOUND = np.linspace(0.9, 0.4, len(SHARES))
#: Labels of a theme from which on it counts in the mean, as in the tables.
OFTEN = 5


def main() -> int:
    """Print a Markdown table."""
    chance = np.random.default_rng(5)
    print("| figure | truth | covered before | now |\n|---|--:|--:|--:|")
    for buyers, lost in ((18, 0.0), (10, 1 / 7)):
        true, plain, own = areas(chance, buyers, lost)
        of = f"area, {buyers} buyers, {lost:.0%} without a sign"
        print(f"| {of} | {true:.3f} | {plain:.1%} | {own:.1%} |")
    for texts in (100, 250):
        plain, own = means(chance, texts)
        print(f"| mean F1 of {texts} texts, on as many | – | {plain:.1%} | {own:.1%} |")
    return 0


def areas(chance: np.random.Generator, buyers: int, lost: float) -> tuple[float, float, float]:
    """The true area, and how often either interval holds it."""
    others = np.sort(chance.normal(0, 1, 200_000))
    true = float(np.searchsorted(others, scores(chance, 200_000, lost)).mean() / len(others))
    held = np.zeros(2)
    bought = np.arange(buyers + OTHERS) < buyers
    for _ in range(DRAWS):
        told = np.append(scores(chance, buyers, lost), chance.normal(0, 1, OTHERS))
        area = Area(told, bought)
        for way, many in enumerate((None, float(OTHERS))):
            share = area_share(area.value, area.influence, buyers, others=many)
            held[way] += share.low <= true <= share.high
    return true, *(held / DRAWS).tolist()


def scores(chance: np.random.Generator, n: int, lost: float) -> np.ndarray:
    """Of buyers; those lost look like anybody."""
    if not lost:
        return chance.normal(1.8, 1, n)
    return np.where(chance.random(n) < lost, chance.normal(0, 1, n), chance.normal(2.2, 0.8, n))


def means(chance: np.random.Generator, texts: int) -> tuple[float, float]:
    """How often either interval holds the mean F1 found on as many other texts."""
    held, judged = np.zeros(2), 0
    for _ in range(DRAWS):
        mine, other = codes(chance, texts), codes(chance, texts)
        named = mine[2].sum(0) >= OFTEN
        there = named & ((other[1] + other[2]).sum(0) > 0)
        if not there.any():
            continue
        judged += 1
        right, both = other[0].sum(0), (other[1] + other[2]).sum(0)
        true = float((2 * right[there] / both[there]).mean())
        parts = [part[:, named] for part in mine]
        for way, share in enumerate((by_residuals(*parts), mean_f1(*parts))):
            wide = share_ahead(share, 1.0)
            held[way] += wide.low <= true <= wide.high
    plain, own = (held / judged).tolist()
    return plain, own


def codes(chance: np.random.Generator, texts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Told rightly, told, true: float (texts, themes)."""
    truth = chance.random((texts, len(SHARES))) < SHARES
    told = chance.random(truth.shape) < np.where(truth, FOUND, SHARES * 0.3)
    return (told & truth).astype(float), told.astype(float), truth.astype(float)


def by_residuals(right: np.ndarray, told: np.ndarray, truth: np.ndarray) -> Share:
    """As before: what each text moves the mean by, its variance taken for known."""
    both = (told + truth).sum(0)
    f1 = 2 * right.sum(0) / both
    moves = ((2 * right - f1 * (told + truth)) / both).mean(1)
    return residual_share(float(f1.mean()), moves, int(np.count_nonzero((told + truth).any(1))))


if __name__ == "__main__":
    raise SystemExit(main())
