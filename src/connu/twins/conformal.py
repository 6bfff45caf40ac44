"""A second reading of a statement: which classes cannot be excluded, class by class.

A conformal set holds the true class with a chosen probability whatever the model; taken over all
people at once it keeps that by serving the common class (90 % overall was 74 % for the rarer one).
Here each class is compared with its own people only (Mondrian), so the promise holds for each.
It says what cannot be excluded, not what is so: it never makes a statement, it confirms one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connu.kernel.errors import UsageError


def mondrian_sets(p: np.ndarray, y: np.ndarray, p_new: np.ndarray, level: float) -> np.ndarray:
    """Classes that cannot be excluded for new people: the true one is among them with `level`.

    A class is excluded where at most a share 1 − level of its own people, the new one among them,
    have a probability for it as low as his. A class with fewer than level / (1 − level) people
    excludes nobody.

    Args:
        p: probabilities of held-out people (n, k).
        y: their codes (n,).
        p_new: probabilities of the people asked about (m, k).
        level: 0–1, for example .9.

    Returns:
        bool (m, k); a row may be empty: unlike the people of every class.

    Raises:
        UsageError: shapes that do not go together, level out of range.

    Cost: a sort of n, and k binary searches of m.

    Source: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005), ch. 4.5.
    """
    told, codes, asked = np.asarray(p, np.float64), np.asarray(y), np.asarray(p_new, np.float64)
    if told.ndim != 2 or asked.shape[1:] != told.shape[1:] or codes.shape != told.shape[:1]:
        raise UsageError(
            "conformal sets need the same classes, and a code for each held-out person"
        )
    if not 0 < level < 1:
        raise UsageError("a level lies between 0 and 1")
    sets = np.empty(asked.shape, np.bool_)
    for c in range(told.shape[1]):
        own = np.sort(told[codes == c, c])
        as_low = np.searchsorted(own, asked[:, c], side="right") + 1
        # 1 − level is not exact in binary: .1 of 10 people is one person.
        sets[:, c] = as_low > (1.0 - level) * (len(own) + 1) + 1e-9
    return sets


@dataclass(frozen=True, eq=False)
class SecondReading:
    """How statements fare before conformal sets, on people neither had seen.

    Attributes:
        level: of the sets, 0–1.
        people: int64 (k,), held-out people of each true class.
        covered: float64 (k,), share of them whose class is never excluded; NaN without people.
        stated: int64 (k,), statements of each class.
        confirmed: float64 (k,), share of the statements whose set is that class alone.
        contradicted: float64 (k,), share whose set excludes it.
        right_confirmed: float64 (k,), share of the confirmed statements that are right.
    """

    level: float
    people: np.ndarray
    covered: np.ndarray
    stated: np.ndarray
    confirmed: np.ndarray
    contradicted: np.ndarray
    right_confirmed: np.ndarray


def second_reading(
    p: np.ndarray, y: np.ndarray, stated: np.ndarray, level: float = 0.9, seed: int = 0
) -> SecondReading:
    """Read statements about held-out people again, each half of them by the other half's sets.

    Args:
        p: probabilities (n, k).
        y: codes (n,).
        stated: codes stated (n,), −1 where silent, as `Thresholds.state` gives them.
        level: 0–1.
        seed: of the halves, which are dealt by content: row order changes nothing.

    Raises:
        UsageError: shapes that do not go together, level out of range.
    """
    told, codes, said = np.asarray(p, np.float64), np.asarray(y), np.asarray(stated)
    if told.ndim != 2 or codes.shape != told.shape[:1] or said.shape != codes.shape:
        raise UsageError("a second reading needs a code and a statement for each person")
    n, k = told.shape
    half = np.empty(n, np.bool_)
    order = np.lexsort((said, *told.T, codes))
    half[order] = np.random.default_rng(seed).permutation(n) < n // 2
    sets = np.empty((n, k), np.bool_)
    for side in (half, ~half):
        sets[side] = mondrian_sets(told[~side], codes[~side], told[side], level)
    rows = np.arange(n)
    spoken = said >= 0
    inside = sets[rows, np.maximum(said, 0)] & spoken
    alone = inside & (sets.sum(1) == 1)
    people = np.bincount(codes, minlength=k)
    statements = np.bincount(said[spoken], minlength=k)
    confirmed = np.bincount(said[alone], minlength=k)

    def share(of: np.ndarray, among: np.ndarray) -> np.ndarray:
        return np.divide(of, among, out=np.full(k, np.nan), where=among > 0)

    return SecondReading(
        level=level,
        people=people,
        covered=share(np.bincount(codes[sets[rows, codes]], minlength=k), people),
        stated=statements,
        confirmed=share(confirmed, statements),
        contradicted=share(np.bincount(said[spoken & ~inside], minlength=k), statements),
        right_confirmed=share(np.bincount(said[alone & (said == codes)], minlength=k), confirmed),
    )
