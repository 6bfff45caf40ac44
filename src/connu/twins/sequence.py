"""Many tests of one promise, in an order that lets the last that passes be believed.

Theorem. A null hypothesis is "of the people this sure or surer, more than 1 − precision are told
wrongly"; its p-value is the exact binomial tail (Clopper–Pearson, turned round). Let t be the
highest threshold whose null is true. It depends on the population alone; the held-out people above
it are independent draws with that error; so the test that meets it rejects with at most its level,
and a walk can go wrong only by passing there: fixed-sequence testing, Angelopoulos, Bates, Candès,
Jordan & Lei, Learn then Test (2021); for selective classification Geifman & El-Yaniv
(NIPS 2017). A single walk from the very top is often ended by one unlucky person, so it has several
starts among which the level is divided, and a walk that reaches the next start unbroken takes its
level along: the fallback procedure, Wiens (2003), Wiens & Dmitrienko (2005), valid whatever the
dependence of the tests. Starts are placed by the probabilities alone, never by the answers.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc

#: Share of the level kept for the start where passing is likeliest; the rest is for earlier ones.
_MAIN = 0.6
#: Rungs of the ladder of earlier starts are this far apart in people.
_RUNG = 2.0


def tail(missed: np.ndarray, people: np.ndarray, error: float, counted: float) -> np.ndarray:
    """P(at most this many errors) if the share of errors were `error`: the null's p-value.

    The binomial's tail is that of a beta law; with `counted` below 1 the law is as wide as the
    difference of two samples is. Held against the exact tail (hypergeometric) it never allows an
    error more, and seldom one less.

    Args:
        missed: errors seen (m,), whole or weighted.
        people: among how many (m,), whole or effective.
        error: share of errors under the null, 0–1.
        counted: 1 for the long run; ahead / (1 + ahead) for people ahead.

    Returns:
        float64 (m,), 0–1.
    """
    right = np.maximum(people - missed, 1e-9)
    at_most = betainc(right * counted, (missed + 1.0) * counted, 1.0 - error)
    return np.where(missed >= people, 1.0, at_most)


def fewest(error: float, level: float, counted: float) -> float:
    """The least number of errorless people that passes at a level (29 at .1 and .05)."""

    def short(people: float) -> bool:
        return bool(tail(np.zeros(1), np.full(1, people), error, counted)[0] > level)

    high = 1.0
    while short(high):
        high *= 2.0
    low = high / 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if short(middle) else (low, middle)
    return high


def starts(
    people: np.ndarray, expected: np.ndarray, error: float, level: float, counted: float
) -> list[tuple[int, float]]:
    """Where walks start (index of a group, in order) and with how much of the level.

    The main start is where the probabilities, taken at their word, make passing likeliest; before
    it a ladder of sizes, in case they are not to be taken at their word. Where they promise
    nothing anywhere, there is the ladder alone.

    Args:
        people: in each group and those before it (m,), as `tail` counts them.
        expected: share of errors the probabilities expect among them (m,).
        error, counted: as for `tail`.
        level: to be divided.
    """
    possible = np.flatnonzero(people >= fewest(error, level, counted))
    if not len(possible):
        return []
    reach = (error - expected[possible]) * np.sqrt(people[possible])
    hopeful = bool(reach.max() > 0)
    main = int(possible[reach.argmax()]) if hopeful else len(people)
    # A tenth of the level is about what a rung gets: below, not even the errorless would pass.
    rung = fewest(error, level / 10.0, counted)
    rungs: list[int] = []
    while rung * _RUNG <= people[min(main, len(people) - 1)]:
        at = int(np.argmax(people >= rung))
        if at < main and at not in rungs:
            rungs.append(at)
        rung *= _RUNG
    if not rungs:
        return [(main if hopeful else int(possible[0]), level)]
    kept = _MAIN if hopeful else 0.0
    ladder = [(at, level * (1.0 - kept) / len(rungs)) for at in rungs]
    return [*ladder, (main, level * kept)] if hopeful else ladder


def walk(p_value: np.ndarray, beginnings: list[tuple[int, float]]) -> int:
    """The last null rejected, −1 for none.

    Args:
        p_value: of each null in order (m,).
        beginnings: rising indices at which part of the level is given, as `starts` makes them.
    """
    last, level = -1, 0.0
    stops = [start for start, _ in beginnings] + [len(p_value)]
    for (start, share), stop in zip(beginnings, stops[1:], strict=True):
        level += share
        fails = p_value[start:stop] > level
        reached = start + int(fails.argmax()) if fails.any() else stop
        if reached > start:
            last = reached - 1
        if reached < stop:
            level = 0.0
    return last
